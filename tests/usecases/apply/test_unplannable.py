"""Files for which nothing can be planned, each for itself."""

from __future__ import annotations

import pytest

from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.remote_state.match import Match, Matches, MatchKind
from revox_sync.usecases.apply.unplannable import have_this_name, unplannable

REMOTE = Remote("1", "A", {})
ENTRY = LockEntry("1", "A", {})


@pytest.mark.parametrize(
    ("match", "namesakes", "locked", "words"),
    [
        (Match("a", MatchKind.CREATE), (), (), ""),
        (Match("a", MatchKind.LOCKED, REMOTE, ENTRY), ("b",), ("a",), ""),
        (Match("a", MatchKind.UNREADABLE, None, ENTRY), ("b",), ("a",), ""),
        (Match("a", MatchKind.AMBIGUOUS, candidates=("1", "2")), ("b",), (), ""),
        (Match("a", MatchKind.CREATE), ("b", "c"), ("c",), "`b` has this name, too, and the lock has neither"),
        (Match("a", MatchKind.ADOPTED, REMOTE), ("b",), (), "`b` has this name, too, and the lock has neither"),
        (Match("a", MatchKind.ADOPTED, REMOTE), ("b",), ("b",), ""),
        (Match("a", MatchKind.MOVED, REMOTE, ENTRY, "old"), ("b",), ("b", "old"), ""),
        (Match("a", MatchKind.CREATE), ("b",), ("b",), "no second assistant is created of one name"),
        (Match("a", MatchKind.MISSING, None, ENTRY), ("b",), ("a", "b"), "1 no longer exists on the server, and `b`"),
        (Match("a", MatchKind.MISSING, None, ENTRY), (), ("a",), ""),
    ],
)
def test_names(match: Match, namesakes: tuple[str, ...], locked: tuple[str, ...], words: str) -> None:
    lock = Lock("test", "https://x.example.com", None, dict.fromkeys(locked, ENTRY))
    state = State(None, Matches((match,), ()), lock, "")
    found = unplannable([Desired("a", "A", {}, namesakes=frozenset(namesakes))], state)
    assert (list(found), words in (found["a"].reason if found else "")) == (["a"] if words else [], True)


def test_variables_go_first() -> None:
    state = State(None, Matches((Match("a", MatchKind.CREATE),), ()), Lock("test", "https://x", None, {}), "")
    found = unplannable([Desired("a", "A", {}, ("B", "C"), frozenset({"b"}))], state)
    assert found["a"].reason.startswith("environment variables are not set or empty: `B`, `C`;")


def test_many_namesakes_are_counted() -> None:
    assert have_this_name(["a"]) == "`a` has this name, too"
    assert have_this_name(["a", "b"]) == "`a`, `b` have this name, too"
    assert have_this_name([*"abcdef"]) == "`a`, `b`, `c`, `d` and 2 more have this name, too"
