from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Intent, Journal, entry_digest, load_journal
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.sync.state.recorder import StateRecorder

EMPTY = Lock("test", "http://127.0.0.1/api", None, {})


def entry(number: int) -> LockEntry:
    return LockEntry(f"asst_{number}", f"A{number}", {})


def intent(address: str, previous_address: str | None = None) -> Intent:
    return Intent(address, Action.CREATE, address, 0.0, previous_address=previous_address)


class Kept:
    """A keeper, and what it has saved."""

    def __init__(self, folder: Path, lock: Lock = EMPTY, *unsettled: Intent) -> None:
        self.saved: list[Lock] = []
        self.path = folder / "j"
        self.keeper = StateRecorder(lock, self.saved.append, JournalFile(self.path, branch="main"), unsettled)

    @property
    def journal(self) -> Journal:
        found = load_journal(self.path)
        assert found is not None
        return found


def test_the_lock_is_written_before_and_after(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keeper.prepare()
    for address, number in (("a", 1), ("b", 2)):
        kept.keeper.done(kept.keeper.begin(intent(address)), entry(number), "org_1")
        assert kept.keeper.entry(address) == entry(number)
    kept.keeper.not_done(kept.keeper.begin(intent("c")))
    kept.keeper.settle()
    assert kept.saved == [EMPTY]
    assert len(kept.journal.steps) == 6
    ends = [step for step in kept.journal.steps if isinstance(step, Ending)]
    # Recovery makes the same lock of these, and of nothing else.
    assert [(end.address, end.entry, end.organization_id) for end in ends] == [
        ("a", entry(1), "org_1"),
        ("b", entry(2), "org_1"),
        ("c", None, None),
    ]
    assert [(end.happened, end.branch) for end in ends] == [(True, "main"), (True, "main"), (False, "main")]
    kept.keeper.finish()
    assert [sorted(each.entries) for each in kept.saved] == [[], ["a", "b"]]
    assert kept.saved[-1].organization_id == "org_1"
    assert kept.keeper.ids == {"asst_1", "asst_2"}
    assert (kept.keeper.changed, kept.path.exists()) == (True, False)


def test_nothing_done_writes_nothing(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.path.write_text("of another apply", "utf-8")
    kept.keeper.finish()
    assert (kept.saved, kept.keeper.changed, kept.path.exists()) == ([], False, True)


def test_what_is_there_already_is_no_change(tmp_path: Path) -> None:
    kept = Kept(tmp_path, Lock("test", EMPTY.base_url, "org_1", {"a": entry(1)}))
    kept.keeper.put("a", entry(1), "org_1")
    kept.keeper.drop("b")
    assert not kept.keeper.changed


def test_a_moved_entry_leaves_its_old_place(tmp_path: Path) -> None:
    kept = Kept(tmp_path, Lock("test", EMPTY.base_url, "org_1", {"old": entry(1), "b": entry(2)}))
    kept.keeper.put("new", entry(1), "org_1", "old")
    kept.keeper.finish()
    assert [sorted(each.entries) for each in kept.saved] == [["b", "new"]]


def test_a_deleted_one_leaves_the_lock(tmp_path: Path) -> None:
    kept = Kept(tmp_path, Lock("test", EMPTY.base_url, "org_1", {"a": entry(1), "b": entry(2)}))
    kept.keeper.prepare()
    kept.keeper.done(kept.keeper.begin(intent("a")), None)
    kept.keeper.finish()
    assert sorted(kept.saved[-1].entries) == ["b"]


def test_an_intent_says_what_it_replaces(tmp_path: Path) -> None:
    kept = Kept(tmp_path, Lock("test", EMPTY.base_url, "org_1", {"old": entry(1), "a": entry(2)}))
    kept.keeper.prepare()
    begun = [kept.keeper.begin(each) for each in (intent("new", "old"), intent("a"), intent("b"))]
    assert [each.former for each in begun] == [entry_digest(entry(1)), entry_digest(entry(2)), None]
    assert {each.branch for each in begun} == {"main"}
    assert list(kept.journal.open.values()) == begun


def test_the_journal_knows_the_organisation_before_the_lock_does(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keeper.prepare("org_2")
    assert kept.journal.header.organization_id == "org_2"
    kept.keeper.begin(intent("a"))
    kept.keeper.finish()
    assert (kept.journal.header.organization_id, kept.saved) == ("org_2", [EMPTY])


def test_a_lock_is_merged_after_requests_and_saved_before_them(tmp_path: Path) -> None:
    saved: list[Lock] = []
    merged: list[Lock] = []
    keeper = StateRecorder(EMPTY, saved.append, JournalFile(tmp_path / "j"), merge=merged.append)
    keeper.prepare()
    keeper.done(keeper.begin(intent("a")), entry(1))
    keeper.finish()
    assert (saved, [sorted(each.entries) for each in merged]) == ([EMPTY], [["a"]])


@pytest.mark.parametrize(
    ("known", "named", "after", "changed"),
    [(None, None, None, False), (None, "org_1", "org_1", True), ("org_1", "org_2", "org_1", False)],
)
def test_the_lock_takes_the_organisation_that_it_does_not_know(
    tmp_path: Path, known: str | None, named: str | None, after: str | None, *, changed: bool
) -> None:
    kept = Kept(tmp_path, Lock("test", EMPTY.base_url, known, {"a": entry(1)}))
    kept.keeper.put("a", entry(1), named)
    assert kept.keeper.changed is changed
    kept.keeper.put("b", entry(2), named)
    kept.keeper.finish()
    assert [each.organization_id for each in kept.saved] == [after]


def test_an_organisation_stays(tmp_path: Path) -> None:
    kept = Kept(tmp_path, Lock("test", EMPTY.base_url, "org_1", {}))
    kept.keeper.put("a", entry(1), None)
    kept.keeper.finish()
    assert [each.organization_id for each in kept.saved] == ["org_1"]


def test_what_has_no_end_stays_in_the_journal(tmp_path: Path) -> None:
    kept = Kept(tmp_path, EMPTY, intent("earlier"))
    kept.keeper.prepare()
    kept.keeper.begin(intent("now"))
    kept.keeper.done(kept.keeper.begin(intent("a")), entry(1))
    kept.keeper.finish()
    assert list(kept.journal.open) == ["earlier", "now"]
    assert (len(kept.journal.steps), kept.journal.header.lock_digest) == (2, lock_digest(kept.saved[-1]))


def test_a_lock_that_cannot_be_written_leaves_the_journal(tmp_path: Path) -> None:
    left = [1]

    def save(_: Lock) -> None:
        if not left:
            raise OSError(28, "No space left on device")
        left.pop()

    keeper = StateRecorder(EMPTY, save, JournalFile(tmp_path / "j"))
    keeper.prepare()
    keeper.done(keeper.begin(intent("a")), entry(1))
    with pytest.raises(OSError, match="No space"):
        keeper.finish()
    journal = load_journal(tmp_path / "j")
    assert journal is not None
    assert len(journal.steps) == 2


def test_an_end_goes_to_disk_with_the_next_intent(tmp_path: Path) -> None:
    on_disk: list[int] = []

    def sync(descriptor: int) -> None:
        os.fsync(descriptor)
        journal = load_journal(tmp_path / "j")
        on_disk.append(len(journal.steps) if journal is not None else 0)

    keeper = StateRecorder(EMPTY, lambda _: None, JournalFile(tmp_path / "j", sync))
    keeper.prepare()
    on_disk.clear()
    keeper.done(keeper.begin(intent("a")), entry(1))
    keeper.not_done(keeper.begin(intent("b")))
    assert on_disk == [1, 3]
    keeper.settle()
    keeper.settle()
    assert on_disk == [1, 3, 4]
    # What no list shows cannot be looked for.
    keeper.done(keeper.begin(replace(intent("c"), hidden=True)), entry(2))
    assert on_disk == [1, 3, 4, 5, 6]


def test_what_was_not_done_is_not_open_also_where_that_could_not_be_written(tmp_path: Path) -> None:
    """Otherwise a sub-assistant that was never sent would be unknown until somebody says that it does not exist."""
    refuses = False

    def sync(_: int) -> None:
        if refuses:
            raise OSError(28, "No space left on device")

    keeper = StateRecorder(EMPTY, lambda _: None, JournalFile(tmp_path / "j", sync))
    keeper.prepare()
    begun = keeper.begin(replace(intent("a"), hidden=True))
    refuses = True
    with pytest.raises(OSError, match="No space"):
        keeper.not_done(begun)
    refuses = False
    keeper.finish()
    assert not (tmp_path / "j").exists()


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keeper.prepare()

    def work(number: int) -> None:
        kept.keeper.done(kept.keeper.begin(intent(str(number))), entry(number), "org_1")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(200)))
    kept.keeper.settle()
    assert len(kept.journal.steps) == 400
    kept.keeper.finish()
    assert len(kept.saved[-1].entries) == 200
