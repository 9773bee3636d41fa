"""The journal on disk: every step is there before the next thing happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
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


class JournalFile:
    """Writes the steps of many threads; a step is on disk when `append` returns.

    One thread writes at a time. What the others note meanwhile one of them writes next: the disk is asked once for many
    steps, and no step waits for more than two turns.

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
        self._lines: list[str] = []
        # How many steps there were since the start, and how many of them are on disk.
        self._noted = 0
        self._on_disk = 0
        self._writing = False
        self._condition = Condition()

    def start(self, header: Header, intents: Iterable[Intent] = ()) -> None:
        """Replace the journal by one with a header, and the intents of an earlier one of which nobody knows the end.

        Raises OSError when the disk refuses.
        """
        self.close()
        self._known, self._failure = frozenset(), None
        self._noted, self._on_disk, self._lines = 0, 0, []
        text = header_line(header) + "".join(map(self._text, (*self._kept, *intents)))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_gitignore(self._path)
        # It names assistants and says what is being done to them: that is nobody else's business on a shared machine.
        replace_file(self._path, text.encode("ascii"), mode=OWNER_ONLY, sync=self._sync)
        # Only now: the file that was there before is not the one with this name any more.
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | NO_LINK)

    def append(self, step: JournalStep) -> None:
        """Write a step. Raises OSError when the disk refuses, from then on for every step."""
        self.note(step)
        self.sync()

    def note(self, step: JournalStep) -> None:
        """Have a step written by the next `sync`, whoever calls that; it is behind those that were noted before.

        Raises OSError when the disk has refused an earlier one.
        """
        with self._condition:
            self._require_whole()
            # No system call here: a thread that comes back from one with this lock makes all others queue behind it.
            self._lines.append(self._text(step))
            self._noted += 1

    def sync(self, patience: float = 0.0) -> None:
        """Have every step that was noted before on disk. Raises OSError when the disk refuses.

        Args:
            patience: seconds in which another thread that has to ask the disk anyway may do it.
        """
        with self._condition:
            noted = self._noted
            self._condition.wait_for(lambda: self._is_over(noted), patience)
            self._condition.wait_for(lambda: self._is_over(noted) or not self._writing)
            if self._on_disk >= noted:
                return
            self._require_whole()
            lines, noted = self._lines, self._noted
            self._lines, self._writing = [], True
        self._write(lines, noted)

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

    def _text(self, step: JournalStep) -> str:
        # All creates of an apply share one set of known ids, which may be thousands: it is written once.
        if isinstance(step, Intent) and step.action is Action.CREATE and step.known is not self._known:
            self._known = step.known
            return known_line(step.known) + step_line(step)
        return step_line(step)

    def _write(self, lines: list[str], noted: int) -> None:
        # After a failure nobody knows what is on disk: nothing more is written, and nothing more is sent.
        failure: OSError | None = OSError(EIO, os.strerror(EIO))
        try:
            self._put("".join(lines).encode("ascii"))
            failure = None
        except OSError as error:
            failure = error
            raise
        finally:
            with self._condition:
                self._failure, self._writing = failure, False
                if failure is None:
                    self._on_disk = noted
                self._condition.notify_all()

    def _is_over(self, noted: int) -> bool:
        """Whether so many steps are on disk, or never will be."""
        return self._on_disk >= noted or self._failure is not None

    def _require_whole(self) -> None:
        if self._failure is not None:
            raise OSError(self._failure.errno, self._failure.strerror)

    def _put(self, content: bytes) -> None:
        if self._descriptor is None:
            raise ValueError("the journal was not started")
        write_all(self._descriptor, content)
        self._sync(self._descriptor)
