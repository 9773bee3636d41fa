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
