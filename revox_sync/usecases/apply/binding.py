"""What `import` and `forget` share: one address, the lock they write, and how they say what it means."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from revox_sync.config import STATE_FOLDER
from revox_sync.errors import RefusedError, UsageError
from revox_sync.output.text.visible import visible
from revox_sync.source.workspace import AssistantFile
from revox_sync.sync.importing.bind import Binding
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.state.lock_file import LOCAL_FOLDER, load_lock
from revox_sync.usecases.apply.session import Session
from revox_sync.values.did_you_mean import did_you_mean

LOCK: Final = ".lock.json"
MOST_PATHS: Final = 8
"""Paths of one assistant that are listed; of more, the number is."""


def one_file(session: Session, address: str) -> AssistantFile:
    """The file of an address; globs are not accepted. Raises UsageError where there is none."""
    found = {each.address: each for each in session.files([address])}
    if address not in found:
        raise UsageError(f"no file has the address `{address}`", hint="name one assistant; patterns do not work here")
    return found[address]


def known_entry(lock: Lock, address: str, unknown: AbstractSet[str]) -> LockEntry | None:
    """The lock entry of an address; None where only an interrupted create is known (`unknown`). Raises UsageError."""
    known = {*lock.entries, *unknown}
    if address not in known:
        listed = f"addresses in it: {', '.join(sorted(known)[:8])}" if known else "it has no entries"
        raise UsageError(
            f"the lock of `{lock.environment}` has no entry `{address}`", hint=did_you_mean(address, known) or listed
        )
    return lock.entries.get(address)


def require_only_here(session: Session, assistant_id: str) -> None:
    """Raises RefusedError where another environment's lock of the same API holds the id: it would have two owners."""
    folder = session.root / STATE_FOLDER
    others = {*folder.glob(f"*{LOCK}"), *(folder / LOCAL_FOLDER).glob(f"*{LOCK}")} - {session.lock_path}
    for path in sorted(others):
        lock = load_lock(path, path.name.removesuffix(LOCK), None)
        holder = next((address for address, entry in lock.entries.items() if entry.id == assistant_id), None)
        if holder is not None and lock.base_url == session.endpoint.base_url:
            raise RefusedError(
                f"{assistant_id} is bound to `{holder}` in environment `{lock.environment}`",
                hint=f"revox-sync forget {holder} --env {lock.environment} lets go of it",
            )


def write_binding(session: Session, lock: Lock, address: str) -> None:
    """Replace the lock, and end what an interrupted apply left open for an address: the user has said what holds.

    Raises RefusedError where the disk does not let us.
    """
    try:
        session.save_lock(lock)
        session.recovery.drop(address)
    except OSError as error:
        raise RefusedError(f"the lock cannot be written: {error.strerror}") from None


def report_binding(session: Session, lines: Iterator[str]) -> None:
    """Say on stdout what changed; nothing with `-q`."""
    if session.settings.verbosity >= 0:
        sys.stdout.write("".join(visible(line) + "\n" for line in lines))


def _written(session: Session) -> str:
    """Names the lock that was written; one of an API on this machine is not committed."""
    where = session.lock_path.relative_to(session.root)
    return f"Lock written: {where}" + ("" if session.endpoint.is_loopback else "; commit it")


def bound_lines(session: Session, binding: Binding, name: str) -> Iterator[str]:
    """What became of an import; `name` is the file's."""
    remote = binding.remote
    if not binding.changed:
        yield f"`{binding.address}` is bound to {remote.id} already; nothing changed."
        return
    yield f"Bound `{binding.address}` to {remote.id} in environment `{session.environment.name}`."
    if binding.replaced:
        yield f"It was bound to {binding.replaced}, which no longer exists on the server."
    if binding.moved_from:
        yield f"The entry moved here from `{binding.moved_from}`, which has no file; its digests still count."
    if remote.name != name:
        yield f'Its name on the server is "{remote.name}"; the file says "{name}".'
    if binding.differing:
        yield f"File and server differ in {_listed(binding.differing)}."
        yield (
            "The next plan shows that as a conflict: `revox-sync apply --on-drift revert` lets the file win, "
            "`revox-sync pull --theirs` the server."
        )
    yield _written(session)


def forgotten_lines(session: Session, address: str, entry: LockEntry | None) -> Iterator[str]:
    """What became of a forget, and what follows from it."""
    environment = session.environment.name
    if entry is None:
        yield f"Forgot the interrupted create of `{address}` in environment `{environment}`."
    else:
        yield f'Forgot that `{address}` is {entry.id} ("{entry.name}") in environment `{environment}`.'
    yield "Nothing changed on the server or in the files."
    if any(each.address == address for each in session.workspace.files):
        again = f"; `revox-sync import {address} {entry.id}` binds the two again" if entry else ""
        yield f"The next plan takes the remote assistant of the file's name, or creates one{again}."
    elif entry is not None:
        yield f"No file manages {entry.id} any longer."
    yield _written(session)


def _listed(paths: tuple[str, ...]) -> str:
    hidden = len(paths) - MOST_PATHS
    return ", ".join(f"`{each}`" for each in paths[:MOST_PATHS]) + (f" and {hidden} more" if hidden > 0 else "")
