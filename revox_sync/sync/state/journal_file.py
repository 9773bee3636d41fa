"""The journal on disk: every step is there before the next thing happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from errno import EIO
from pathlib import Path
from threading import Condition
from typing import Final

from revox_sync.source.files.replace_file import OWNER_ONLY, replace_file, sync_folder, write_all
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Header, Intent, JournalStep, header_line, known_line, step_line
from revox_sync.sync.state.lock_file import write_gitignore
from revox_sync.sync.state.state_folder import NO_LINK

JOURNAL: Final = ".journal.jsonl"
"""How the name of a journal ends."""


def journal_path(lock_path: Path, environment: str) -> Path:
    """Where an environment's journal is: beside its lock."""
    return lock_path.with_name(f"{environment}{JOURNAL}")


@dataclass(slots=True)
class _Batch:
    """Lines that go to disk together.

    Attributes:
        ended: whether they are on disk, or never will be.
        failure: why they never will be.
    """

    lines: list[str] = field(default_factory=list)
    ended: bool = False
    failure: OSError | None = None


class JournalFile:
    """Writes the steps of many threads; a step is on disk when `append` returns.

    One thread writes at a time. What the others want to write meanwhile is collected in a batch, which one of them
    writes next: the disk is asked once for many steps, and no step waits for more than two turns.

    Args:
        path: of the file.
        sync: puts what was written to a file descriptor on disk.
        branch: see the attribute.
        kept: steps that stay in the file whatever becomes of the others.

    Attributes:
        branch: of git, which the steps that are appended belong to.
    """

    def __init__(
        self,
        path: Path,
        sync: Callable[[int], None] = os.fsync,
        *,
        branch: str | None = None,
        kept: Iterable[JournalStep] = (),
    ) -> None:
        self._path = path
        self.branch = branch
        self._kept = tuple(kept)
        self._sync = sync
        self._descriptor: int | None = None
        self._known: frozenset[str] = frozenset()
        self._failure: OSError | None = None
        self._writing = False
        self._next = _Batch()
        self._condition = Condition()

    def start(self, header: Header, intents: Iterable[Intent] = ()) -> None:
        """Replace the journal by one with a header, and the intents of an earlier one of which nobody knows the end.

        Raises OSError when the disk refuses.
        """
        self.close()
        self._known, self._failure = frozenset(), None
        text = header_line(header) + "".join(map(self._lines, (*self._kept, *intents)))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_gitignore(self._path)
        # It names assistants and says what is being done to them: that is nobody else's business on a shared machine.
        replace_file(self._path, text.encode("ascii"), mode=OWNER_ONLY, sync=self._sync)
        # Only now: the file that was there before is not the one with this name any more.
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | NO_LINK)

    def append(self, step: JournalStep) -> None:
        """Write a step. Raises OSError when the disk refuses, from then on for every step."""
        with self._condition:
            batch = self._next
            batch.lines.append(self._lines(step))
            while self._writing and not batch.ended:
                self._condition.wait()
            is_mine = not batch.ended
            if is_mine:
                self._writing, self._next = True, _Batch()
        if is_mine:
            self._write(batch)
        if batch.failure is not None:
            raise OSError(batch.failure.errno, batch.failure.strerror)

    def rewrite(self, header: Header, intents: Iterable[Intent]) -> None:
        """Leave only some intents, and what is kept, in the journal; without any, no file.

        Raises OSError when the disk refuses.
        """
        left = tuple(intents)
        if left or self._kept:
            self.start(header, left)
            self.close()
            return
        self.close()
        with suppress(FileNotFoundError):
            self._path.unlink()
            # Otherwise a power cut could bring back the journal of an apply that has ended.
            sync_folder(self._path.parent)

    def close(self) -> None:
        """Close the file; what is in it stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lines(self, step: JournalStep) -> str:
        # All creates of an apply share one set of known ids, which may be thousands: it is written once.
        if isinstance(step, Intent) and step.action is Action.CREATE and step.known is not self._known:
            self._known = step.known
            return known_line(step.known) + step_line(step)
        return step_line(step)

    def _write(self, batch: _Batch) -> None:
        # After a failure nobody knows what is on disk: nothing more is written, and nothing more is sent.
        failure: OSError | None = self._failure or OSError(EIO, os.strerror(EIO))
        try:
            if self._failure is None:
                self._put("".join(batch.lines).encode("ascii"))
                failure = None
        except OSError as error:
            failure = error
        finally:
            with self._condition:
                self._failure = batch.failure = failure
                batch.ended, self._writing = True, False
                self._condition.notify_all()

    def _put(self, content: bytes) -> None:
        if self._descriptor is None:
            raise ValueError("the journal was not started")
        write_all(self._descriptor, content)
        self._sync(self._descriptor)
