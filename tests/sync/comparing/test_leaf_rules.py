"""What is to be done with a leaf, row by row (docs/design.md, "What is known of a leaf")."""

from __future__ import annotations

import pytest

from revox_sync.sync.comparing.leaf_rules import (
    ABSENT,
    UNSET,
    LeafState,
    confirms,
    decide,
    decide_removed,
    is_before,
    token_of,
)
from revox_sync.sync.model.lock import LeafRecord
from tests.sync.comparing.leaf_looks import NOW, S, Seen, confirmed, look, unseen

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
