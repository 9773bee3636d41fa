from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from revox_sync.emulator.store import Store
from tests.clock import SetClock


@pytest.fixture(params=["memory", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "emulator.sqlite3" if request.param == "file" else None


def test_assistants_come_back_in_order_and_unchanged(path: Path | None) -> None:
    documents: list[dict[str, Any]] = [{"id": "b", "name": "é\u0000\u2028", "speed": 1.5}, {"id": "a", "voice": None}]
    with Store(path) as store:
        for document in documents:
            store.add(document)
        assert store.all() == documents
        assert store.find("a") == documents[1]
        assert store.find("c") is None


def test_change_returns_what_it_keeps(path: Path | None) -> None:
    with Store(path) as store:
        store.add({"id": "a", "name": "before"})
        assert store.change("a", lambda current: {**current, "name": "after"}) == {"id": "a", "name": "after"}
        assert store.find("a") == {"id": "a", "name": "after"}
        assert store.change("c", lambda current: current) is None


def test_a_failing_change_keeps_what_was(path: Path | None) -> None:
    with Store(path) as store:
        store.add({"id": "a"})
        with pytest.raises(TypeError):
            store.change("a", lambda _: {"id": object()})
        assert store.find("a") == {"id": "a"}


def test_remove(path: Path | None) -> None:
    with Store(path) as store:
        store.add({"id": "a"})
        assert [store.remove("a"), store.remove("a")] == [True, False]
        assert store.all() == []


def test_an_id_is_taken_once(path: Path | None) -> None:
    with Store(path) as store:
        store.add({"id": "a"})
        with pytest.raises(sqlite3.IntegrityError):
            store.add({"id": "a"})
        assert store.all() == [{"id": "a"}]


def test_parallel_changes_are_all_kept(path: Path | None) -> None:
    def one_more(current: dict[str, Any]) -> dict[str, Any]:
        return {**current, "count": current["count"] + 1}

    with Store(path) as store, ThreadPoolExecutor(8) as pool:
        store.add({"id": "a", "count": 0})
        list(pool.map(lambda _: store.change("a", one_more), range(100)))
        assert store.find("a") == {"id": "a", "count": 100}


def test_a_file_is_still_there_after_closing(tmp_path: Path) -> None:
    with Store(tmp_path / "emulator.sqlite3") as store:
        store.add({"id": "a"})
    with Store(tmp_path / "emulator.sqlite3") as store:
        assert store.all() == [{"id": "a"}]
    assert [path.name for path in tmp_path.iterdir()] == ["emulator.sqlite3"]


def test_two_stores_on_one_file(tmp_path: Path) -> None:
    with Store(tmp_path / "emulator.sqlite3") as one, Store(tmp_path / "emulator.sqlite3") as other:
        one.add({"id": "a"})
        other.add({"id": "b"})
        assert one.all() == other.all() == [{"id": "a"}, {"id": "b"}]


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot open the emulator database"):
        Store(tmp_path / "nowhere" / "emulator.sqlite3")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello " * 100)
    with pytest.raises(OSError, match=r"cannot use .*notes\.txt as an emulator database: file is not a database"):
        Store(path)
    assert path.read_text() == "hello " * 100


def test_the_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    before = path.read_bytes()
    with pytest.raises(OSError, match="it belongs to another program"):
        Store(path)
    assert path.read_bytes() == before


def test_the_past(path: Path | None) -> None:
    clock = SetClock()
    with Store(path) as store:
        store.add({"id": "a", "text": "1"})
        store.remember(10, clock)
        assert store.all(seconds_ago=10) == [{"id": "a", "text": "1"}]  # what was there before is not known to be new
        for text in ("2", "3"):
            clock.advance(1)
            store.change("a", lambda current, text=text: {**current, "text": text})  # type: ignore[misc]
        clock.advance(1)
        store.remove("a")
        store.add({"id": "b"})  # SQLite gives it the row of the other
        moments = [[assistant.get("text") for assistant in store.all(seconds_ago=ago)] for ago in (0, 0.5, 1, 2, 3)]
        assert moments == [[None], ["3"], ["3"], ["2"], ["1"]]
        assert store.find("b", seconds_ago=0.5) is None
        assert store.find("a", seconds_ago=2) == {"id": "a", "text": "2"}
        assert store.find("a") is None


def test_the_past_ends_somewhere() -> None:
    clock = SetClock()
    with Store(None) as store:
        store.remember(2, clock)
        for text in range(100):
            store.add({"id": str(text)})
            clock.advance(1)
        assert [len(store.all(seconds_ago=ago)) for ago in (0, 1, 2)] == [100, 100, 99]
        store.remember(2, clock)
        assert len(store.all(seconds_ago=2)) == 100
