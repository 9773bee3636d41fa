"""The steps of `revox-sync pull`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TextIO

from revox_sync.errors import RefusedError
from revox_sync.lint.fixes.fix_files import shown_text
from revox_sync.output.text.unified_diff import text_diff
from revox_sync.remote.client import Client
from revox_sync.source.files.write_files import save_texts
from revox_sync.source.workspace import Workspace
from revox_sync.sync.applying.replay_journal import Replayed
from revox_sync.sync.model.pull_report import PullReport
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.pull.take_over import PullResult


def open_pull(settings: Settings) -> Session:
    """A session that reads no environment variable for `!env`: secrets are never pulled."""
    session = open_session(settings)
    workspace = Workspace(session.workspace.tree, None)
    return replace(session, workspace=workspace, environment=workspace.config.environment(settings.environment))


@contextmanager
def lock_in_force(session: Session, client: Client, *, check: bool) -> Iterator[Replayed]:
    """The lock in force, and nobody else writes while the block runs.

    What an apply left open is settled before. With `check`, nothing is written, and so nothing is held either.
    """
    if check:
        yield session.recall(client)
    else:
        with session.alone():
            yield session.settle(client)


def write_pull(session: Session, result: PullResult) -> None:
    """Files first, then the lock: a file that is done does not differ, whatever the lock still says.

    Raises UsageError where a file cannot be written, RefusedError where the lock cannot.
    """
    save_texts(session.root, result.texts)
    if result.lock is not None:
        try:
            session.save_lock(result.lock)
        except OSError as error:
            raise RefusedError(f"the files are written, but the lock cannot be: {error.strerror}") from None


def show_diff(session: Session, result: PullResult, stream: TextIO) -> None:
    """Show what would change in the files."""
    after = session.workspace.over(result.texts)
    for path in sorted(result.texts):
        before, now = (shown_text(each, path) for each in (session.workspace, after))
        stream.write(text_diff(path, before, now, session.settings.paint(stream)))
    stream.flush()


def report_of(session: Session, result: PullResult, known: Replayed, *, written: bool) -> PullReport:
    """What was pulled, or would be; the lock may have been written before already (`known`)."""
    changes_lock = written and (known.changed or result.lock is not None)
    return PullReport(
        environment=session.environment.name,
        written=written,
        assistants=result.assistants,
        files=tuple(sorted(result.texts)),
        lock=str(session.lock_path.relative_to(session.root)) if changes_lock else None,
    )
