"""The journal on disk: how often the disk is asked, and what is there when it refuses."""

from __future__ import annotations

import os
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Intent, JournalStep, read_journal
from revox_sync.sync.state.journal_file import JournalFile, journal_path
from tests.source.files.disk_effects import effects
from tests.sync.state.test_journal import CREATE, HEADER, STEPS, written


def test_it_lies_beside_its_lock_and_knows_the_branch(tmp_path: Path) -> None:
    path = journal_path(tmp_path / "test.lock.json", "test")
    assert path == tmp_path / "test.journal.jsonl"
    assert JournalFile(path, branch="main").branch == "main"


def test_it_starts_in_a_folder_that_git_leaves_out(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "a" / "b" / "j")
    file.start(HEADER)
    assert sorted(each.name for each in (tmp_path / "a" / "b").iterdir()) == [".gitignore", "j"]
    file.start(HEADER)
    # What was open is closed before it begins anew, and only then.
    assert effects(lambda: file.start(HEADER))[0] == "close"
    file.close()
    assert effects(file.close) == []


def test_what_is_kept_stays_whatever_becomes_of_the_others(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "j", kept=iter(STEPS[:2]))
    for _ in range(2):
        file.rewrite(HEADER, ())
        assert list(read_journal((tmp_path / "j").read_bytes()).steps) == STEPS[:2]
        assert effects(file.close) == []
    file.rewrite(HEADER, [CREATE])
    assert list(read_journal((tmp_path / "j").read_bytes()).steps) == [*STEPS[:2], CREATE]


def test_known_ids_are_written_once(tmp_path: Path) -> None:
    intents: list[JournalStep] = [replace(CREATE, address=each) for each in "abc"]
    # An update knows of none, and those of the next create are still the same.
    intents.insert(1, Intent("d", Action.UPDATE, "d", 0.0, id="asst_1"))
    assert written(tmp_path / "j", intents).count(b"asst_7") == 1


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    written(tmp_path / "j")
    assert stat.S_IMODE((tmp_path / "j").stat().st_mode) == 0o600


class Disk:
    """Puts things on disk slowly, and counts."""

    def __init__(self, seconds: float = 0.0, fails_at: int | None = None) -> None:
        self.count = 0
        self._seconds = seconds
        self._fails_at = fails_at

    def sync(self, descriptor: int) -> None:
        self.count += 1
        time.sleep(self._seconds)
        if self.count == self._fails_at:
            raise OSError(28, "No space left on device")
        os.fsync(descriptor)


def ending(number: int) -> Ending:
    return Ending(f"a{number}", happened=False)


def started(folder: Path) -> tuple[JournalFile, Disk]:
    """A journal that has begun, and its disk, which counts what comes after that."""
    disk = Disk()
    file = JournalFile(folder / "j", disk.sync)
    file.start(HEADER)
    disk.count = 0
    return file, disk


class BatchFile(JournalFile):
    """Says when a step joins a batch: a thread may be held up before and after that."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, self._turn)

    def _text(self, step: JournalStep) -> str:
        self._joins(step)
        return super()._text(step)

    def _joins(self, step: JournalStep) -> None:
        """A step joins a batch."""

    def _turn(self, descriptor: int) -> None:
        """The disk is asked for a batch."""


class FullFile(BatchFile):
    """Keeps the disk busy with the first step until all others have come."""

    def __init__(self, path: Path, steps: int) -> None:
        super().__init__(path)
        self._steps = steps
        self._joined = threading.Semaphore(0)
        self.turns: list[int] = []

    def _joins(self, _: JournalStep) -> None:
        self._joined.release()

    def _turn(self, descriptor: int) -> None:
        content = self._path.read_bytes() if self._path.exists() else b""
        if content and not self.turns:
            assert all(self._joined.acquire(timeout=60) for _ in range(self._steps))
        os.fsync(descriptor)
        self.turns += [content.count(b"\n")] if content else []


def test_the_disk_is_asked_once_for_many(tmp_path: Path) -> None:
    file = FullFile(tmp_path / "j", 64)
    file.start(HEADER)
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda number: file.append(ending(number)), range(64)))
    file.close()
    assert len(file.turns) <= 2
    assert file.turns[-1] == 1 + 64
    assert sorted(each.address for each in read_journal((tmp_path / "j").read_bytes()).steps) == sorted(
        f"a{number}" for number in range(64)
    )


def test_one_at_a_time_asks_each_time(tmp_path: Path) -> None:
    file, disk = started(tmp_path)
    for number in range(5):
        file.append(ending(number))
        assert len(read_journal((tmp_path / "j").read_bytes()).steps) == number + 1
    file.close()
    assert disk.count == 5


class WatchedFile(BatchFile):
    """Notes at which turn of the disk a step joins a batch, and at which it is there."""

    def __init__(self, path: Path, disk: Disk) -> None:
        super().__init__(path)
        self._disk = disk
        self.joined: dict[str, int] = {}
        self.arrived: dict[str, int] = {}

    def _joins(self, step: JournalStep) -> None:
        self.joined[step.address] = self._disk.count

    def _turn(self, descriptor: int) -> None:
        self._disk.sync(descriptor)
        for step in read_journal(self._path.read_bytes()).steps if self.joined else ():
            self.arrived.setdefault(step.address, self._disk.count)


def test_nobody_waits_for_more_than_two_turns(tmp_path: Path) -> None:
    file = WatchedFile(tmp_path / "j", Disk(0.05))
    file.start(HEADER)
    threads = [threading.Thread(target=file.append, args=(ending(number),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    file.close()
    assert max(file.arrived[address] - file.joined[address] for address in file.joined) <= 2
    assert len(file.arrived) == len(threads)


def test_what_is_noted_goes_to_disk_with_what_comes_next(tmp_path: Path) -> None:
    file, disk = started(tmp_path)
    file.sync()
    for number in range(3):
        file.note(ending(number))
    assert disk.count == 0
    file.append(ending(3))
    file.sync()
    file.close()
    assert disk.count == 1
    assert [step.address for step in read_journal((tmp_path / "j").read_bytes()).steps] == ["a0", "a1", "a2", "a3"]


def test_who_has_patience_leaves_the_disk_to_others(tmp_path: Path) -> None:
    file, disk = started(tmp_path)
    file.note(ending(0))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(file.sync, patience=60)
        time.sleep(0.05)  # until it waits
        file.sync()
        waiting.result(10)
    file.note(ending(2))
    file.sync(patience=0.001)
    file.close()
    assert disk.count == 2


def test_after_a_failure_nothing_is_written(tmp_path: Path) -> None:
    disk = Disk(0.02, fails_at=3)
    file = JournalFile(tmp_path / "j", disk.sync)
    file.start(HEADER)
    file.append(ending(0))

    def fails(number: int) -> bool:
        try:
            file.append(ending(number))
        except OSError:
            return True
        return False

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(fails, range(1, 9)))
    with pytest.raises(OSError, match="No space"):  # the cause, and not what follows from it
        file.append(ending(9))
    with pytest.raises(OSError, match="No space"):
        file.note(ending(9))
    with pytest.raises(OSError, match="No space"):
        file.sync(patience=60)
    assert disk.count == 3
    file.start(HEADER)
    file.sync()
    file.append(ending(1))
    assert [step.address for step in read_journal((tmp_path / "j").read_bytes()).steps] == ["a1"]
    file.rewrite(HEADER, ())


def test_it_is_replaced_whole(tmp_path: Path) -> None:
    before = written(tmp_path / "j")

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        JournalFile(tmp_path / "j", refuse).start(HEADER)
    assert (tmp_path / "j").read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".tmp")] == []


def test_what_is_left_of_it(tmp_path: Path) -> None:
    written(tmp_path / "j")
    journal = read_journal((tmp_path / "j").read_bytes())
    JournalFile(tmp_path / "j").rewrite(HEADER, journal.open.values())
    assert list(read_journal((tmp_path / "j").read_bytes()).steps) == [STEPS[2], STEPS[7]]
    JournalFile(tmp_path / "j").rewrite(HEADER, ())
    assert not (tmp_path / "j").exists()
    JournalFile(tmp_path / "j").rewrite(HEADER, ())


def test_a_journal_must_be_started(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not started"):
        JournalFile(tmp_path / "j").append(ending(1))


def test_a_fault_of_ours_stops_the_others_as_well(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "j")
    with pytest.raises(ValueError, match="not started"):
        file.append(ending(1))
    with pytest.raises(OSError, match=r"(?i)input/output"):
        file.append(ending(2))


@pytest.mark.skipif(os.name != "posix", reason="folders are forced to disk where they can be opened")
def test_a_power_cut_brings_no_ended_journal_back(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "j")
    file.start(HEADER)
    assert effects(lambda: file.append(ending(1))) == ["sync file"]
    assert effects(lambda: file.rewrite(HEADER, ())) == ["close", "unlink", "sync folder", "close"]
