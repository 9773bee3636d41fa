from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from revox_sync.sync.keeper import LockKeeper
from revox_sync.sync.lock import Lock, LockEntry

EMPTY = Lock("test", "http://127.0.0.1/api", None, {})


def entry(number: int) -> LockEntry:
    return LockEntry(f"asst_{number}", f"A{number}", {})


def test_every_entry_is_saved_at_once() -> None:
    saved: list[Lock] = []
    keeper = LockKeeper(EMPTY, saved.append)
    keeper.put("a", entry(1), "org_1")
    keeper.put("b", entry(2), "org_1")
    assert [sorted(each.entries) for each in saved] == [["a"], ["a", "b"]]
    assert {each.organization_id for each in saved} == {"org_1"}
    assert keeper.entry("b") == entry(2)
    assert keeper.entry("c") is None
    assert keeper.changed


def test_what_is_there_already_is_not_written() -> None:
    saved: list[Lock] = []
    keeper = LockKeeper(Lock("test", EMPTY.base_url, "org_1", {"a": entry(1)}), saved.append)
    keeper.put("a", entry(1), "org_1")
    assert saved == []
    assert not keeper.changed


def test_a_moved_entry_leaves_its_old_place() -> None:
    saved: list[Lock] = []
    keeper = LockKeeper(Lock("test", EMPTY.base_url, "org_1", {"old": entry(1), "b": entry(2)}), saved.append)
    keeper.put("new", entry(1), "org_1", "old")
    assert [sorted(each.entries) for each in saved] == [["b", "new"]]


def test_an_organisation_stays() -> None:
    saved: list[Lock] = []
    keeper = LockKeeper(Lock("test", EMPTY.base_url, "org_1", {}), saved.append)
    keeper.put("a", entry(1), None)
    assert [each.organization_id for each in saved] == ["org_1"]


def test_what_was_not_saved_is_not_known() -> None:
    def refuse(_: Lock) -> None:
        raise OSError(28, "No space left on device")

    keeper = LockKeeper(EMPTY, refuse)
    with pytest.raises(OSError, match="No space"):
        keeper.put("a", entry(1), "org_1")
    assert keeper.entry("a") is None
    assert not keeper.changed


def test_many_threads_lose_nothing() -> None:
    saved: list[Lock] = []
    keeper = LockKeeper(EMPTY, saved.append)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: keeper.put(str(number), entry(number), "org_1"), range(200)))
    assert len(saved[-1].entries) == 200
    assert [len(each.entries) for each in saved] == list(range(1, 201))
