"""The steps of `revox-sync pull`."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from revox_sync.config import Config
from revox_sync.errors import ExitCode, RefusedError, UsageError, worst
from revox_sync.remote.client import Client
from revox_sync.source.files.text_files import save_texts
from revox_sync.source.files.watched_tree import WatchedTree
from revox_sync.source.workspace import Workspace
from revox_sync.sync.applying.recovery import Replayed
from revox_sync.sync.model.adopt_report import AdoptReport
from revox_sync.sync.model.pull_report import PullReport
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.pull.file_checks import new_leaks
from revox_sync.usecases.pull.take_over import PullResult
from revox_sync.values.address import Selection, is_named
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from revox_sync.usecases.pull.find_new import AdoptRequest


def open_pull(settings: Settings) -> tuple[Session, WatchedTree]:
    """A session in which `!env` reads no environment variable, because secrets are never pulled, and its tree."""
    session = open_session(settings)
    tree = WatchedTree(session.workspace.tree)
    workspace = Workspace(tree, None)
    environment = workspace.config.environment(settings.environment)
    return replace(session, workspace=workspace, environment=environment), tree


@contextmanager
def lock_in_force(session: Session, client: Client, *, check: bool) -> Iterator[Replayed]:
    """The lock in force. Unless `check`, what an apply left open is settled, and nobody else writes in the block."""
    if check:
        yield session.recall(client)
    else:
        with session.alone():
            yield session.settle(client)


def write_pull(session: Session, result: PullResult, tree: WatchedTree) -> None:
    """Write files and lock. Raises UsageError if a file cannot be written, RefusedError if the lock cannot.

    Nothing is written if another lock is on disk than the one that was read, or if a file has been edited since.
    """
    # Files first: if the lock is not written any more, the next command finds that file and server do not differ, and
    # that is all it needs. The other way round, the next plan would take the old values in the files for new edits.
    session.require_same_lock()
    save_texts(session.root, result.texts, tree)
    if result.lock is not None:
        try:
            session.merge_lock(result.lock)
        except OSError as error:
            raise RefusedError(f"the files are written, but the lock cannot be: {error.strerror}") from None


def tell_leaks(session: Session, result: PullResult) -> None:
    """Warn of secrets in plain text that a pull brings into the files: somebody has put them into the dashboard."""
    if result.texts:
        for leak in new_leaks(session, result.texts):
            session.settings.tell(f"warning: {leak}")


def report_of(session: Session, result: PullResult, known: Replayed, *, written: bool) -> PullReport:
    """What was pulled, or would be; the lock may have been written before already (`known`)."""
    changes_lock = written and (known.changed or result.lock is not None)
    return PullReport(
        environment=session.environment.name,
        written=written,
        assistants=result.assistants,
        files=tuple(sorted(result.texts)),
        lock=session.lock_name if changes_lock else None,
        base_url=session.endpoint.shown,
        organization_id=result.organization_id or known.lock.organization_id,
    )


def adopt_assistants(session: Session, client: Client, request: AdoptRequest | None, *, check: bool) -> AdoptReport:
    """Give remote assistants files, if any are meant; see `adopt`."""
    if request is None:
        return AdoptReport(not check)
    from revox_sync.usecases.pull.adopt import adopt  # it writes YAML, and most pulls write no new file

    return adopt(session, client, request, check=check)


class NewFiles(NamedTuple):
    """What a command line says of new files.

    Attributes:
        ids: of assistants to take by id.
        new: whether to take every listed assistant without a file, too.
        into: folder of the new files, as it was typed.
    """

    ids: tuple[str, ...] = ()
    new: bool = False
    into: str | None = None


def adopt_request(
    session: Session, client: Client, selection: Selection, wish: NewFiles
) -> tuple[AdoptRequest | None, Selection | None]:
    """What a command line asks to be adopted, and the files that it asks to be pulled; None where it asks for none.

    With `new` a pattern may name files, assistants without a file, or both.

    Raises UsageError if a pattern names neither, or `into` is no folder that files can be in.
    """
    ids, new = wish.ids, wish.new
    if not new and not ids:
        if wish.into is not None:
            raise UsageError("--into names the folder of new files", hint="use it with --new or --id")
        return None, selection
    from revox_sync.usecases.pull.find_new import AdoptRequest, require_known_patterns

    folder = _folder(session.workspace.config, wish.into)
    if not new:
        return AdoptRequest(ids, folder=folder), selection if selection.addresses else None
    addresses = [file.address for file in session.workspace.files]
    named, excluded = (
        tuple(pattern for pattern in patterns if any(is_named(address, pattern) for address in addresses))
        for patterns in selection
    )
    pulled = Selection(named, excluded)
    # Without a pattern that names a file, addresses of new ones would stand for all files.
    pulls = bool(named or not selection.addresses) and any(map(pulled.has, addresses))
    request = AdoptRequest(ids, new, selection.addresses, selection.exclude, folder, pulls)
    others = [each for each in (*selection.addresses, *selection.exclude) if each not in {*named, *excluded}]
    if others:
        require_known_patterns(session, client, others, request)
    return request, pulled if pulls else None


def _folder(config: Config, into: str | None) -> str:
    """A folder below the assistants directory, as part of an address. Raises UsageError."""
    if into is None:
        return ""
    # Shells complete paths, so the directory itself may stand before it.
    path, directory = posixpath.normpath(into.replace(os.sep, "/")), posixpath.normpath(config.directories[0])
    path = path.removeprefix(f"{directory}/") if path != directory else "."
    if path == ".":
        return ""
    from revox_sync.sync.importing.names import folder_fault

    if fault := folder_fault(path):
        raise UsageError(f"--into {into}: {fault}", hint=f"name a folder below `{directory}`, such as --into sales")
    return path


def pull_exit_code(report: PullReport, adopted: AdoptReport) -> ExitCode:
    """1 for broken files, 2 for what a check found to do, 4 for what nobody but the user can decide."""
    refused = any(
        assistant.unsettled or (assistant.refused and not assistant.broken) for assistant in report.assistants
    )
    pending = not report.written and (report.files or adopted.adopted)
    return worst(
        ExitCode.REFUSED if refused or adopted.skipped else ExitCode.OK,
        ExitCode.CHANGES if pending else ExitCode.OK,
        ExitCode.FINDINGS if any(assistant.broken for assistant in report.assistants) else ExitCode.OK,
    )
