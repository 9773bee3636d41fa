"""What is remembered of a leaf that was sent, row by row (docs/design.md, "What is known of a leaf")."""

from __future__ import annotations

from itertools import product

import pytest

from revox_sync.sync.comparing.leaf_rules import (
    ABSENT,
    UNSET,
    LeafLook,
    SentLeaf,
    Verdict,
    WriteEnd,
    decide,
    judge_answer,
    judge_end,
    record_after_answer,
    record_after_end,
    sent_record,
)
from revox_sync.sync.model.lock import MOST_SENT, Confirmed, LeafRecord, Sent
from tests.sync.comparing.leaf_looks import NOW, THEN, S, Seen, confirmed, form, look, unseen

SENT = SentLeaf("~new", "~old")
FIRST = SentLeaf("~new", UNSET)

# What was sent; what the answer shows; what became of it.
ANSWERS: list[tuple[SentLeaf, LeafLook | None, Verdict]] = [
    (SENT, look(Seen("new"), "new"), Verdict.KEPT),
    (SENT, look(Seen("New"), "new")._replace(form="~new"), Verdict.KEPT),
    (SENT, look(Seen("other form"), "new")._replace(equal=True), Verdict.KEPT),
    (SENT, look(Seen("old"), "new"), Verdict.DROPPED),
    (SENT, look(Seen("third"), "new"), Verdict.REPLACED),
    (SENT, look(Seen(None), "new"), Verdict.REPLACED),
    (SENT, None, Verdict.UNREAD),
    (FIRST, look(Seen(None), "new"), Verdict.DROPPED),
    (FIRST, look(Seen("usual"), "new", default="usual"), Verdict.DROPPED),
    (FIRST, look(Seen("third"), "new"), Verdict.REPLACED),
    (SentLeaf("~new", "~new"), look(Seen("new"), "new"), Verdict.KEPT),
    (SentLeaf(ABSENT, "~old"), look(Seen(None), None), Verdict.KEPT),
    (SentLeaf(ABSENT, "~old"), look(Seen("old"), None), Verdict.DROPPED),
]


@pytest.mark.parametrize(("sent", "answer", "verdict"), ANSWERS)
def test_an_own_answer(sent: SentLeaf, answer: LeafLook | None, verdict: Verdict) -> None:
    assert judge_answer(sent, answer) is verdict


DONE = Sent(("~new",), "~old", THEN, answered=True)

# What the answer shows, or another look where `own` is not set; what is remembered.
AFTER_ANSWER: list[tuple[LeafLook | None, bool, LeafRecord]] = [
    (look(Seen("new"), "new"), True, Confirmed("=new", "=new", "~old")),
    (look(Seen("New"), "new")._replace(form="~new"), True, Confirmed("=new", "=New", "~old")),
    (look(Seen("old"), "new")._replace(token=NOW), True, Confirmed(None, "=old")),
    (look(Seen("old"), "new")._replace(token=None), True, Confirmed(None, "=old")),
    (look(Seen("old"), "new")._replace(token=THEN), True, DONE._replace(answered=False)),  # perhaps it is done later
    (look(Seen("third"), "new"), True, DONE),
    (look(Seen(None), "new"), True, DONE),
    (look(Seen("new"), "new"), False, Confirmed("=new", "=new", "~old")),
    (look(Seen("old"), "new"), False, DONE),  # perhaps dropped, perhaps edited back
    (look(Seen("third"), "new"), False, DONE),
    (None, False, DONE),
    (None, True, DONE),
]


@pytest.mark.parametrize(("answer", "own", "record"), AFTER_ANSWER)
@pytest.mark.parametrize("former", [None, confirmed("old", "old"), confirmed(None, "old")])
def test_what_an_answer_leaves(
    answer: LeafLook | None, record: LeafRecord, former: LeafRecord | None, *, own: bool
) -> None:
    assert record_after_answer(SENT, THEN, former, answer, own=own) == record


def test_an_own_answer_ends_what_was_unseen() -> None:
    former = unseen("earlier")
    for shown in ("new", "old"):
        assert isinstance(record_after_answer(SENT, NOW, former, look(Seen(shown), "new"), own=True), Confirmed)
    expected = Sent(("~earlier", "~new"), "~old", NOW, answered=True)
    assert record_after_answer(SENT, NOW, former, look(Seen("third"), "new"), own=True) == expected
    assert record_after_answer(SENT, NOW, former, None, own=False) == expected


def test_without_tokens_an_answer_that_shows_nothing_of_it_has_dropped_it() -> None:
    shown = look(Seen("old", None), "new")
    assert record_after_answer(SENT, None, None, shown, own=True) == Confirmed(None, "=old")


# What became of the request as a whole; what a look shows of the leaf; what is remembered.
AFTER_END: list[tuple[WriteEnd, LeafLook | None, LeafRecord]] = [
    (WriteEnd.DONE, look(Seen("new"), "new"), Confirmed("=new", "=new", "~old")),
    (WriteEnd.DONE, look(Seen("old"), "new"), DONE),
    (WriteEnd.DONE, look(Seen("third"), "new"), DONE),
    (WriteEnd.DONE, None, DONE),
    (WriteEnd.NOT_DONE, look(Seen("old"), "new"), unseen("new")),
    (WriteEnd.NOT_DONE, None, unseen("new")),
    (WriteEnd.UNCLEAR, look(Seen("old", NOW), "new"), unseen("new")),
    (WriteEnd.UNCLEAR, look(Seen("third", NOW), "new"), unseen("new")),
    (WriteEnd.UNCLEAR, look(Seen("new", NOW), "new"), unseen("new")),  # it had that before: nothing tells
    (WriteEnd.UNCLEAR, None, unseen("new")),
]


@pytest.mark.parametrize(("end", "found", "record"), AFTER_END)
@pytest.mark.parametrize("former", [None, confirmed("old", "old")])
def test_what_a_lost_answer_leaves(
    end: WriteEnd, found: LeafLook | None, record: LeafRecord, former: LeafRecord | None
) -> None:
    assert record_after_end(end, SENT, THEN, former, found) == record


def test_what_is_sent_again_is_united_with_what_was_unseen() -> None:
    former = unseen("first", before="~oldest", answered=True)
    assert record_after_end(WriteEnd.UNCLEAR, SENT, NOW, former, None) == Sent(
        ("~first", "~new"), "~old", NOW, answered=False
    ), "before, token and answer are those of the last request"
    assert sent_record(SENT, NOW, unseen("new", "first"), answered=False).digests == ("~first", "~new"), "the last last"


def test_the_fifth_value_sent_pushes_out_the_oldest() -> None:
    record: LeafRecord | None = None
    for value in "abcde":
        record = sent_record(SentLeaf(form(value), "~old"), THEN, record, answered=False)
    assert isinstance(record, Sent)
    assert record.digests == ("~b", "~c", "~d", "~e")
    assert len(record.digests) == MOST_SENT
    assert decide(look(Seen("a"), "z"), record, known=True) is S.CONFLICT, "what is forgotten is nobody's"


TWO = {"x": SENT, "y": SentLeaf("~new", "~old")}

# What each leaf of a request shows afterwards, nothing where it could not be read; what became of the request.
ENDS: list[tuple[dict[str, Seen], WriteEnd]] = [
    ({"x": Seen("new"), "y": Seen("new")}, WriteEnd.DONE),
    ({"x": Seen("new", NOW), "y": Seen("old", NOW)}, WriteEnd.DONE),
    ({"x": Seen("edit", NOW), "y": Seen("new", NOW)}, WriteEnd.DONE),
    ({"y": Seen("new", NOW)}, WriteEnd.DONE),
    ({"x": Seen("new", None), "y": Seen("old", None)}, WriteEnd.DONE),
    ({"x": Seen("old"), "y": Seen("old")}, WriteEnd.NOT_DONE),
    ({"x": Seen("old", NOW), "y": Seen("old", NOW)}, WriteEnd.UNCLEAR),
    ({"x": Seen("old", None), "y": Seen("old", None)}, WriteEnd.UNCLEAR),
    ({"x": Seen("old"), "y": Seen("old", None)}, WriteEnd.UNCLEAR),  # a field of which the token says nothing
    ({"x": Seen("old"), "y": Seen("edit")}, WriteEnd.UNCLEAR),
    ({"x": Seen("edit"), "y": Seen("edit")}, WriteEnd.UNCLEAR),
    ({"x": Seen("old")}, WriteEnd.UNCLEAR),
    ({}, WriteEnd.UNCLEAR),
]


@pytest.mark.parametrize(("shown", "end"), ENDS)
def test_the_end_of_a_request_without_answer(shown: dict[str, Seen], end: WriteEnd) -> None:
    assert judge_end(TWO, {key: look(seen) for key, seen in shown.items()}, THEN) is end


def test_a_request_that_was_based_on_no_token_is_never_known_not_done() -> None:
    assert judge_end({"x": SENT}, {"x": look(Seen("old", None))}, None) is WriteEnd.UNCLEAR
    assert judge_end({"x": SENT}, {"x": look(Seen("old"))}, None) is WriteEnd.UNCLEAR


def test_a_leaf_that_did_not_change_is_no_evidence() -> None:
    same = SentLeaf("~same", "~same")
    assert judge_end({"x": same}, {"x": look(Seen("same"))}, THEN) is WriteEnd.UNCLEAR
    shown = {"x": look(Seen("same")), "y": look(Seen("old"))}
    assert judge_end({"x": same, "y": SENT}, shown, THEN) is WriteEnd.NOT_DONE
    assert judge_end({"x": same, "y": SENT}, {"y": look(Seen("old"))}, THEN) is WriteEnd.NOT_DONE
    assert judge_end({}, {}, THEN) is WriteEnd.UNCLEAR


def test_null_and_the_default_are_what_a_field_was_before() -> None:
    for shown in (look(Seen(None)), look(Seen("usual"), default="usual")):
        assert judge_end({"x": FIRST}, {"x": shown}, THEN) is WriteEnd.NOT_DONE
    assert judge_end({"x": FIRST}, {"x": look(Seen("edit"))}, THEN) is WriteEnd.UNCLEAR


def test_a_key_that_is_taken_out_is_evidence() -> None:
    gone = {"x": SentLeaf(ABSENT, "~old")}
    assert judge_end(gone, {"x": look(Seen(None))}, THEN) is WriteEnd.DONE
    assert judge_end(gone, {"x": look(Seen("old"))}, THEN) is WriteEnd.NOT_DONE
    assert judge_end(gone, {"x": look(Seen("old", NOW))}, THEN) is WriteEnd.UNCLEAR


@pytest.mark.parametrize(
    ("value", "file", "token"), [*product(["new", "old", "edit", None], ["new", "c"], [THEN, NOW])]
)
def test_after_any_unclear_end_an_edit_is_never_an_update(value: str | None, file: str, token: str) -> None:
    """Whatever the end: the next plan is an update only where the server has what we sent, or nothing has moved."""
    seen = look(Seen(value, token), file)
    for end in WriteEnd:
        record = record_after_end(end, SENT, THEN, confirmed("old", "old"), look(Seen("edit", NOW), "new"))
        if decide(seen, record, known=True) is S.UPDATE:
            assert value == "new" or (value == "old" and token == THEN and end is not WriteEnd.DONE)


def test_what_stands_for_nothing_stays_the_same() -> None:
    """Locks and journals hold it: a version that wrote another word would not know what an older one has sent."""
    assert (ABSENT, UNSET) == ("absent", "unset")
