"""The rules of what is known of a leaf, row by row (docs/design.md, "What is known of a leaf").

A row names the values that the server and the file may have: `old` was there before something was sent, `new` is what
was sent, `edit` is what somebody else wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest

from revox_sync.sync.comparing.leaf_rules import (
    ABSENT,
    UNSET,
    LeafLook,
    LeafState,
    SentLeaf,
    Verdict,
    WriteEnd,
    confirms,
    decide,
    decide_removed,
    is_before,
    judge_answer,
    judge_end,
    record_after_answer,
    record_after_end,
    sent_record,
    token_of,
)
from revox_sync.sync.model.lock import MOST_OLDER, MOST_SENT, Confirmed, LeafRecord, Sent, Tokens

S = LeafState
THEN, NOW = "yesterday", "today"
"""Two version tokens: of the last look, and another one."""


@dataclass(frozen=True)
class Seen:
    """What a look shows: the server's value, null where it is None, and the token."""

    value: str | None
    token: str | None = THEN


def look(server: Seen, file: str | None = "file", *, default: str | None = None) -> LeafLook:
    """The file's value beside the server's; the last look had the token THEN."""
    value = server.value
    return LeafLook(
        equal=value == file,
        alike=value == file,
        declared=f"={file}" if file is not None else ABSENT,
        value=f"={value}",
        remembered=frozenset({f"={value}"}),
        form=form(value),
        unset=value is None or value == default,
        token=server.token,
        moved=server.token is None or server.token != THEN,
    )


def form(value: str | None) -> str:
    return ABSENT if value is None else f"~{value}"


def confirmed(declared: str | None, server: str | None, previous: str | None = None) -> Confirmed:
    """What is remembered after `declared` was applied, and the server had `server`."""
    return Confirmed(None if declared is None else f"={declared}", f"={server}", previous)


def unseen(*sent: str | None, before: str = "~old", token: str | None = THEN, answered: bool = False) -> Sent:
    return Sent(tuple(map(form, sent)), before, token, answered)


# The record; the server's value and the file's; what is to be done.
DECIDED: list[tuple[LeafRecord | None, Seen, str | None, LeafState]] = [
    # file and server say the same: whatever is remembered
    (None, Seen("a"), "a", S.IN_SYNC),
    (None, Seen(None), None, S.IN_SYNC),
    (confirmed("a", "a"), Seen("b"), "b", S.IN_SYNC),
    (confirmed("a", "a", "~b"), Seen("b"), "b", S.IN_SYNC),
    (confirmed(None, "a"), Seen("a"), "a", S.IN_SYNC),
    (unseen("new"), Seen("new"), "new", S.IN_SYNC),
    (unseen("new"), Seen("old"), "old", S.IN_SYNC),
    (unseen("new"), Seen("edit", NOW), "edit", S.IN_SYNC),
    # none: new to the file
    (None, Seen(None), "a", S.UPDATE),
    (None, Seen(None, None), "a", S.UPDATE),
    (None, Seen("edit"), "a", S.CONFLICT),
    (None, Seen("edit", NOW), "a", S.CONFLICT),
    (None, Seen("edit"), None, S.CONFLICT),
    # confirmed: the three-way table
    (confirmed("a", "b"), Seen("b"), "a", S.ACCEPTED),
    (confirmed("a", "b"), Seen("b", NOW), "a", S.ACCEPTED),
    (confirmed("a", "a"), Seen("a"), "c", S.UPDATE),
    (confirmed("a", "a"), Seen("a", NOW), "c", S.UPDATE),
    (confirmed("a", "a"), Seen("a", None), "c", S.UPDATE),
    (confirmed("a", "b"), Seen("b"), "c", S.UPDATE),
    (confirmed("a", "a"), Seen("edit"), "a", S.DRIFT),
    (confirmed("a", "a"), Seen("edit", NOW), "a", S.DRIFT),
    (confirmed("a", "a"), Seen(None, NOW), "a", S.DRIFT),
    (confirmed("a", "a"), Seen("edit"), "c", S.CONFLICT),
    (confirmed("a", "a"), Seen("edit", NOW), "c", S.CONFLICT),
    # confirmed, and the server has what it had before our last write: no edit while the token stands still
    (confirmed("new", "new", "~old"), Seen("old"), "new", S.CONFLICT),
    (confirmed("new", "new", "~old"), Seen("old", NOW), "new", S.DRIFT),
    (confirmed("new", "new", "~old"), Seen("old", None), "new", S.DRIFT),
    (confirmed("new", "new", "~old"), Seen("edit"), "new", S.DRIFT),
    (confirmed("new", "new", "~old"), Seen("old", NOW), "c", S.CONFLICT),
    (confirmed("new", "new", "~old"), Seen("new"), "c", S.UPDATE),
    (confirmed("new", "new", ABSENT), Seen(None), "new", S.CONFLICT),
    (confirmed("new", "new", ABSENT), Seen(None, NOW), "new", S.DRIFT),
    (confirmed("new", "new", UNSET), Seen(None), "new", S.CONFLICT),
    (confirmed("new", "new", UNSET), Seen(None, NOW), "new", S.DRIFT),
    (confirmed("new", "new", UNSET), Seen("edit"), "new", S.DRIFT),
    # the server ignored it: to be sent on each run
    (confirmed(None, "old"), Seen("old"), "a", S.UPDATE),
    (confirmed(None, "old"), Seen("old", NOW), "a", S.UPDATE),
    (confirmed(None, "old"), Seen("edit"), "a", S.CONFLICT),
    (confirmed(None, "old"), Seen("edit", NOW), "a", S.CONFLICT),
    # sent, not seen: v in sents
    (unseen("new"), Seen("new"), "c", S.UPDATE),
    (unseen("new"), Seen("new", NOW), "c", S.UPDATE),
    (unseen("new"), Seen("new", None), "c", S.UPDATE),
    (unseen("one", "two"), Seen("one", NOW), "two", S.UPDATE),
    (unseen("one", "two"), Seen("two", NOW), "c", S.UPDATE),
    (unseen("new", answered=True), Seen("new", NOW), "c", S.UPDATE),
    # v = before: ours only while the request may still be under way and nobody has touched the assistant
    (unseen("new"), Seen("old"), "new", S.UPDATE),
    (unseen("new"), Seen("old"), "c", S.UPDATE),
    (unseen("new"), Seen("old", NOW), "new", S.CONFLICT),
    (unseen("new"), Seen("old", None), "new", S.CONFLICT),
    (unseen("new", token=None), Seen("old"), "new", S.CONFLICT),
    (unseen("new", token=None), Seen("old", None), "new", S.CONFLICT),
    (unseen("new", answered=True), Seen("old"), "new", S.CONFLICT),
    (unseen("new", answered=True), Seen("old", NOW), "new", S.CONFLICT),
    (unseen("new", before=UNSET), Seen(None), "new", S.UPDATE),
    (unseen("new", before=UNSET), Seen(None, NOW), "new", S.CONFLICT),
    (unseen("new", before=UNSET, token=None), Seen(None), "new", S.CONFLICT),
    # anything else
    (unseen("new"), Seen("edit"), "new", S.CONFLICT),
    (unseen("new"), Seen("edit", NOW), "new", S.CONFLICT),
    (unseen("new", before=UNSET), Seen("edit"), "new", S.CONFLICT),
    (unseen("new"), Seen(None), "new", S.CONFLICT),
    (unseen("new", answered=True), Seen("edit"), "c", S.CONFLICT),
]


@pytest.mark.parametrize(("record", "server", "file", "state"), DECIDED)
def test_what_is_to_be_done(record: LeafRecord | None, server: Seen, file: str | None, state: LeafState) -> None:
    assert decide(look(server, file), record, known=True) is state


@pytest.mark.parametrize(("record", "server", "file"), [row[:3] for row in DECIDED])
def test_an_assistant_new_to_the_lock_is_in_sync_or_one_conflict(
    record: LeafRecord | None, server: Seen, file: str | None
) -> None:
    assert decide(look(server, file), record, known=False) is (S.IN_SYNC if server.value == file else S.CONFLICT)


def test_the_default_is_as_good_as_nothing() -> None:
    seen = look(Seen("usual"), "a", default="usual")
    assert decide(seen, None, known=True) is S.UPDATE
    assert decide(seen, unseen("a", before=UNSET), known=True) is S.UPDATE
    assert decide(seen, unseen("a", before="~old"), known=True) is S.CONFLICT
    assert decide(seen, confirmed("a", "a"), known=True) is S.DRIFT, "somebody has set it back"
    assert decide(seen, confirmed("a", "a", UNSET), known=True) is S.CONFLICT, "or an old version was read"


def test_what_was_remembered_by_another_digest_is_recognised() -> None:
    """The same value, with a secret in it that the file has meanwhile given another name."""
    seen = look(Seen("b"), "a")._replace(remembered=frozenset({"=b", "=former"}))
    assert decide(seen, confirmed("a", "former"), known=True) is S.ACCEPTED
    assert decide(seen, confirmed("c", "former"), known=True) is S.UPDATE
    assert decide_removed(seen, confirmed("a", "former")) is S.REMOVED


# Another form of one value counts as that value: the digests differ, the forms do not.
def test_another_form_of_what_was_sent_is_what_was_sent() -> None:
    seen = look(Seen("NEW", NOW), "c")._replace(form="~new")
    assert decide(seen, unseen("new"), known=True) is S.UPDATE
    assert decide(seen, unseen("other"), known=True) is S.CONFLICT
    assert decide(seen, confirmed("new", "new"), known=True) is S.CONFLICT, "remembered to the letter"


def test_the_servers_form_of_what_was_sent_is_left_alone_while_the_file_says_the_same() -> None:
    seen = look(Seen("NEW", NOW), "new")._replace(form="~new", alike=True)
    assert decide(seen, unseen("new"), known=True) is S.ACCEPTED, "to send it again would change nothing"
    assert decide(seen, unseen("earlier", "new", answered=True), known=True) is S.ACCEPTED
    assert decide(seen, unseen("other"), known=True) is S.CONFLICT, "nobody has sent that"
    assert decide(seen, confirmed("old", "old"), known=True) is S.CONFLICT
    assert decide(seen, None, known=True) is S.CONFLICT
    assert decide(seen, unseen("new"), known=False) is S.CONFLICT
    assert decide(seen._replace(alike=False), unseen("new"), known=True) is S.UPDATE


# The record of a key that the file no longer has; the server's value; what is to be done.
REMOVED: list[tuple[LeafRecord | None, Seen, LeafState]] = [
    (None, Seen(None), S.IN_SYNC),
    (confirmed("a", "a"), Seen(None, NOW), S.IN_SYNC),
    (unseen(None, before="~a"), Seen(None, NOW), S.IN_SYNC),
    (unseen("new"), Seen(None), S.IN_SYNC),
    (None, Seen("secret"), S.REMOVED),
    (confirmed("a", "a"), Seen("a"), S.REMOVED),
    (confirmed("a", "a"), Seen("a", NOW), S.REMOVED),
    (confirmed("a", "b"), Seen("b"), S.REMOVED),
    (confirmed("a", "a"), Seen("edit"), S.CONFLICT),
    (confirmed("a", "a"), Seen("edit", NOW), S.CONFLICT),
    (confirmed("new", "new", "~old"), Seen("old"), S.CONFLICT),
    (unseen("new"), Seen("new", NOW), S.REMOVED),
    (unseen(None, before="~a"), Seen("a"), S.REMOVED),
    (unseen(None, before="~a"), Seen("a", NOW), S.CONFLICT),
    (unseen(None, before="~a", answered=True), Seen("a"), S.CONFLICT),
    (unseen(None, before="~a", token=None), Seen("a"), S.CONFLICT),
    (unseen(None, before="~a"), Seen("edit", NOW), S.CONFLICT),
]


@pytest.mark.parametrize(("record", "server", "state"), REMOVED)
def test_a_key_that_the_file_no_longer_has(record: LeafRecord | None, server: Seen, state: LeafState) -> None:
    assert decide_removed(look(server, None)._replace(equal=False), record) is state


# The record; the server's value, which is the file's, too; whether the leaf may be confirmed now.
CONFIRMED: list[tuple[LeafRecord | None, Seen, bool]] = [
    (None, Seen("a"), True),
    (confirmed("a", "a"), Seen("b"), True),
    (confirmed(None, "a"), Seen("a"), True),
    (unseen("new"), Seen("new"), True),
    (unseen("one", "two"), Seen("one", NOW), True),
    (unseen("new"), Seen("edit"), True),
    (unseen("new"), Seen("old"), False),
    (unseen("new"), Seen("old", NOW), False),
    (unseen("new", answered=True), Seen("old"), False),
    (unseen("new", before=UNSET), Seen(None), False),
    (unseen("new", "old"), Seen("old"), True),  # also sent: then it is no proof that nothing comes any more
    (unseen("new", before=UNSET), Seen("edit"), True),
]


@pytest.mark.parametrize(("record", "server", "expected"), CONFIRMED)
def test_an_equal_file_proves_nothing_while_the_value_is_the_one_before(
    record: LeafRecord | None, server: Seen, *, expected: bool
) -> None:
    assert confirms(look(server, server.value), record) is expected


def test_what_was_there_before() -> None:
    assert is_before(look(Seen("old")), unseen("new"))
    assert not is_before(look(Seen(None)), unseen("new"))
    assert is_before(look(Seen(None)), unseen("new", before=UNSET))
    assert is_before(look(Seen("usual"), default="usual"), unseen("new", before=UNSET))
    assert not is_before(look(Seen("old")), unseen("new", before=UNSET))


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


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("2026-03-05T09:30:00Z", "2026-03-05T09:30:00Z"),
        (7, "7"),
        ({"b": 1, "a": 2}, '{"a": 2, "b": 1}'),
        (None, None),
        ("", None),
        ({}, None),
        ([], None),
    ],
)
def test_a_token_is_whatever_updated_at_is(value: object, token: str | None) -> None:
    assert token_of({"updated_at": value}) == token
    assert token_of({}) is None


def seen_all(*tokens: str | None) -> Tokens:
    found = Tokens()
    for token in tokens:
        found = found.seen(token)
    return found


def test_former_tokens_are_remembered_the_latest_first() -> None:
    assert seen_all("a") == Tokens("a")
    assert seen_all("a", "a") == Tokens("a")
    assert seen_all("a", "b", "c") == Tokens("c", ("b", "a"))


def test_the_ninth_former_token_pushes_out_the_oldest() -> None:
    found = seen_all(*"abcdefghij")
    assert found == Tokens("j", tuple("ihgfedcb"))
    assert len(found.older) == MOST_OLDER == 8
    assert not found.is_stale("a")
    assert found.is_stale("b")


def test_a_missing_token_is_another_one() -> None:
    assert seen_all("a", None) == Tokens(None, ("a",))
    assert seen_all("a", None, "b") == Tokens("b", ("a",)), "nothing is no token to remember"
    assert seen_all(None, None) == Tokens()


def test_a_former_token_that_is_believed_makes_the_others_worthless() -> None:
    assert seen_all("a", "b", "c", "a") == Tokens("a")


# What is remembered; the token of the look; that of the look an open request was based on; whether it is stale.
STALE: list[tuple[Tokens, str | None, str | None, bool]] = [
    (Tokens("b", ("a",)), "a", None, True),
    (Tokens("b", ("a",)), "b", None, False),
    (Tokens("b", ("a",)), "c", None, False),
    (Tokens("b", ("a",)), None, None, False),
    (Tokens(None, ("a",)), "a", None, True),
    (Tokens(), "a", None, False),
    # with an open request: what it was based on is newer than what the lock has
    (Tokens("b", ("a",)), "b", "c", True),
    (Tokens("b", ("a",)), "c", "c", False),
    (Tokens("b", ("a",)), "b", "b", False),
    (Tokens("b", ("a",)), "d", "c", False),
    (Tokens("b", ("a",)), "a", "b", True),
    (Tokens("b", ("a",)), None, "c", False),
]


@pytest.mark.parametrize(("tokens", "token", "based_on", "stale"), STALE)
def test_a_look_at_an_older_version(tokens: Tokens, token: str | None, based_on: str | None, *, stale: bool) -> None:
    assert tokens.is_stale(token, Tokens(based_on) if based_on else None) is stale
