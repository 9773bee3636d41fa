"""What the lock remembers, as values."""

from __future__ import annotations

import pytest

from revox_sync.sync.model.lock import MOST_OLDER, MOST_SENT, Confirmed, Lock, LockEntry, Sent, Tokens

FULL = tuple(f"t{number}" for number in range(MOST_OLDER))


def test_how_much_is_remembered() -> None:
    """As docs/design.md says ("Lock"): locks of other versions hold as much."""
    assert (MOST_SENT, MOST_OLDER) == (4, 8)


@pytest.mark.parametrize(
    ("before", "token", "after"),
    [
        (Tokens(), "t1", Tokens("t1")),
        (Tokens("t1"), "t1", Tokens("t1")),
        (Tokens("t1"), "t2", Tokens("t2", ("t1",))),
        (Tokens("t2", ("t1",)), "t3", Tokens("t3", ("t2", "t1"))),
        (Tokens("t2", ("t1",)), "t1", Tokens("t1")),
        (Tokens("t2", ("t1",)), None, Tokens(None, ("t2", "t1"))),
        (Tokens(None, ("t1",)), "t2", Tokens("t2", ("t1",))),
        (Tokens("t", FULL), "new", Tokens("new", ("t", *FULL[:-1]))),
    ],
)
def test_tokens_after_a_look_that_is_believed(before: Tokens, token: str | None, after: Tokens) -> None:
    assert before.seen(token) == after


@pytest.mark.parametrize(
    ("known", "token", "intent", "expected"),
    [
        (Tokens(), None, None, False),
        (Tokens(None, ("t1",)), None, Tokens("t1"), False),
        (Tokens("t2", ("t1",)), "t1", None, True),
        (Tokens("t2", ("t1",)), "t2", None, False),
        (Tokens("t2", ("t1",)), "t3", None, False),
        (Tokens("t2", ("t1",)), "t2", Tokens("t2"), False),
        (Tokens("t2", ("t1",)), "t2", Tokens("t3"), True),
        (Tokens("t2", ("t1",)), "t3", Tokens("t3"), False),
    ],
)
def test_an_older_version_is_recognised(
    known: Tokens, token: str | None, intent: Tokens | None, *, expected: bool
) -> None:
    assert known.is_stale(token, intent) is expected


SEEN, SENT = Confirmed("0", "1", "2"), Sent(("3",), "4", None, answered=True)
ENTRY = LockEntry("asst_1", "A", {("a",): SEEN, ("b",): SENT, ("c",): None}, secrets=frozenset({("tools", "*", "url")}))


def test_an_entry_knows_its_leaves() -> None:
    assert ENTRY.secret_places == {("c",), ("tools", "*", "url")}
    assert ENTRY.unseen == {("b",)}
    assert ENTRY.without_previous.leaves == {("a",): Confirmed("0", "1"), ("b",): SENT, ("c",): None}
    plain = LockEntry("asst_1", "A", {})
    assert (plain.outdated, plain.appended, plain.seals, plain.tokens) == (False, {}, {}, Tokens())


def test_a_lock_takes_and_loses_entries() -> None:
    lock = Lock("test", "https://x/api", "org_1", {"a": ENTRY})
    other = LockEntry("asst_2", "B", {})
    both = lock.with_entry("b", other)
    assert both == Lock("test", "https://x/api", "org_1", {"a": ENTRY, "b": other})
    assert both.without("b") == lock
    assert both.without("unknown") == both
    assert lock.with_entry("a", other).entries == {"a": other}
