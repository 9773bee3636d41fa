"""The journal on disk: every step is there before the next thing happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from errno import EIO
from pathlib import Path
from threading import Lock
from typing import Final

from revox_sync.source.files.replace_file import OWNER_ONLY, replace_file, sync_folder, write_all
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Header, Intent, JournalStep, header_line, known_line, step_line
from revox_sync.sync.state.lock_file import write_gitignore

JOURNAL: Final = ".journal.jsonl"
"""How the name of a journal ends."""


def journal_path(lock_path: Path, environment: str) -> Path:
    """Where an environment's journal is: beside its lock."""
    return lock_path.with_name(f"{environment}{JOURNAL}")


class _Batch:
    """Lines that go to disk together, and the threads that wait for it: each is woken once.

    Attributes:
        ended: whether they are on disk, or never will be.
        failure: why not.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.turns: list[Lock] = []
        self.ended = False
        self.failure: OSError | None = None

    def turn_of_next(self) -> Lock:
        """What one more thread waits for."""
        turn = Lock()
        turn.acquire()
        self.turns.append(turn)
        return turn

    def end(self, failure: OSError | None) -> None:
        """Let everybody go on."""
        self.failure, self.ended = failure, True
        for each in self.turns:
            each.release()


class JournalFile:
    """Writes steps of many threads.

    A step is on disk when `append` returns. Whoever comes while another thread waits for the disk is written with all
    others who have come by then, in one go: the disk is asked once for many, and nobody waits for more than two turns.

    Args:
        path: of the file.
        sync: puts what was written to a file descriptor on disk.
    """

    def __init__(self, path: Path, sync: Callable[[int], None] = os.fsync) -> None:
        self._path = path
        self._sync = sync
        self._descriptor: int | None = None
        self._known: frozenset[str] = frozenset()
        self._failure: OSError | None = None
        self._writing = False
        self._next = _Batch()
        self._mutex = Lock()

    def start(self, header: Header, intents: Iterable[Intent] = ()) -> None:
        """Replace the journal by one with a header, and the intents of an earlier one of which nobody knows the end.

        Raises OSError when the disk refuses.
        """
        self.close()
        self._known, self._failure = frozenset(), None
        text = header_line(header) + "".join(self._lines(each) for each in intents)
        self._replace(text.encode("ascii"))
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def append(self, step: JournalStep) -> None:
        """Write a step. Raises OSError when the disk refuses, from then on for every step."""
        with self._mutex:
            batch = self._next
            batch.lines.append(self._lines(step))
            turn = batch.turn_of_next() if self._writing else None
            self._writing = True
        if turn is not None:
            turn.acquire()  # let go once the batch is on disk, or this thread is to bring it there
        if not batch.ended:
            self._write_batch()
        if batch.failure is not None:
            raise OSError(batch.failure.errno, batch.failure.strerror)

    def remove(self) -> None:
        """Take the journal away, where there is one. Raises OSError when the disk refuses."""
        self.close()
        try:
            self._path.unlink()
        except FileNotFoundError:
            return
        sync_folder(self._path.parent)

    def close(self) -> None:
        """Let go of the file; what is in it stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lines(self, step: JournalStep) -> str:
        if isinstance(step, Intent) and step.action is Action.CREATE and step.known is not self._known:
            self._known = step.known
            return known_line(step.known) + step_line(step)
        return step_line(step)

    def _write_batch(self) -> None:
        """Write for everybody who has come; while the disk is at it, others may come."""
        with self._mutex:
            batch, self._next = self._next, _Batch()
        # After a failure nobody knows what is on disk: nothing more is written, and nothing more is sent.
        failure: OSError | None = self._failure or OSError(EIO, os.strerror(EIO))
        try:
            if self._failure is None:
                self._put("".join(batch.lines).encode("ascii"))
                failure = None
        except OSError as error:
            failure = error
        finally:
            self._failure = failure
            batch.end(failure)
            self._hand_over()

    def _hand_over(self) -> None:
        """Let the first who has come meanwhile write for all who have."""
        with self._mutex:
            self._writing = bool(self._next.turns)
            if self._writing:
                self._next.turns.pop(0).release()

    def _put(self, content: bytes) -> None:
        if self._descriptor is None:
            raise ValueError("the journal was not started")
        write_all(self._descriptor, content)
        self._sync(self._descriptor)

    def _replace(self, content: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_gitignore(self._path)
        replace_file(self._path, content, mode=OWNER_ONLY, sync=self._sync)


def rewrite(path: Path, header: Header, intents: Iterable[Intent]) -> None:
    """Leave only some intents of a journal; without any, no file. Raises OSError when the disk refuses."""
    file, left = JournalFile(path), tuple(intents)
    if not left:
        file.remove()
        return
    file.start(header, left)
    file.close()
