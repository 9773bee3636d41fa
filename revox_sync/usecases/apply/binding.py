"""What `import` and `forget` do: they bind one address to a remote assistant in the lock, or unbind it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from revox_sync.config import STATE_FOLDER
from revox_sync.errors import RefusedError, UsageError
from revox_sync.output.text.visible import visible
from revox_sync.sync.comparing.desired import require_variables
from revox_sync.sync.comparing.ignored import managed_value
from revox_sync.sync.importing.bind import Binding, bind
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.remote_state.match import MatchKind
from revox_sync.sync.state.environments import LOCK_SUFFIX
from revox_sync.sync.state.lock_file import LOCAL_FOLDER, load_lock
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.commands import runnable
from revox_sync.values.address import Selection, as_arguments
from revox_sync.values.did_you_mean import did_you_mean

_PATHS_LISTED: Final = 8
"""Of more paths in which file and server differ, only the number is shown."""


def import_assistant(session: Session, address: str, assistant_id: str) -> Iterator[str]:
    """Bind the file of an address to a remote assistant; lines that say what this means.

    Raises:
        UsageError: no file has the address, or the API has no assistant of the id.
        RefusedError: the id is bound to another address, or the lock cannot be written.
        BrokenFilesError: the file has errors.
    """
    addresses = {file.address for file in session.workspace.files}
    if address not in addresses and assistant_id in addresses:
        hint = f"`revox-sync import {as_arguments(assistant_id, address)}`"
        raise UsageError(f"`{address}` is no address: the address comes first, then the id", hint=hint)
    file = next((file for file in session.files(Selection((address,))) if file.address == address), None)
    if file is None:
        raise UsageError(f"no file has the address `{address}`", hint="name one assistant; patterns do not work here")
    with session.alone(), session.client() as client:
        session.settle(client)
        (desired,) = session.desired([file])
        require_variables([desired])
        state = session.state(client, [desired])
        _require_usable_locks(session)
        # Not from the list: that leaves out fields, and sub-assistants altogether.
        answer = client.get_assistant(assistant_id)
        if answer is None:
            raise UsageError(
                f"the API has no assistant `{assistant_id}` (404)", hint="check the id, the environment and the API key"
            )
        if (refusal := session.others.refusal(assistant_id, str(answer["name"]))) is not None:
            raise refusal
        missing = {match.entry.id for match in state.matches.matches if match.entry and match.kind is MatchKind.MISSING}
        addresses = {known.address for known in session.workspace.files}
        remote = remote_assistant(answer)
        managed = managed_value(desired.declared, remote.value, desired.ignored)
        binding = bind(replace(desired, declared=managed), remote, state.lock, addresses, missing)
        if binding.changed:
            _write(session, binding.lock, address)
        else:
            session.recovery.drop(address)
    return _imported_lines(session, binding, desired.name)


def forget_assistant(session: Session, address: str) -> Iterator[str]:
    """Remove the lock entry of an address; lines that say what this means.

    Args:
        session: an offline one.

    Raises UsageError if there is no such entry, RefusedError if the lock cannot be written.
    """
    with session.alone():
        unknown = _unknown_creates(session)
        lock = session.load_lock()
        known = {*lock.entries, *unknown}
        if address not in known:
            listed = f"addresses in it: {', '.join(sorted(known)[:8])}" if known else "it has no entries"
            message = f"the lock of `{lock.environment}` has no entry `{address}`"
            raise UsageError(message, hint=did_you_mean(address, known) or listed)
        _write(session, lock.without(address), address, everywhere=True)
    return _forgotten_lines(session, address, lock.entries.get(address))


def report_binding(session: Session, lines: Iterable[str]) -> None:
    """Say on stdout what changed; nothing with `-q`."""
    if session.settings.verbosity >= 0:
        sys.stdout.write("".join(visible(runnable(line, session.settings)) + "\n" for line in lines))


def _unknown_creates(session: Session) -> frozenset[str]:
    """Addresses for which an apply that did not end may have created an assistant. Brings the lock up to date."""
    if not session.recovery.path.exists():
        return frozenset()
    # Only the API can say what became of the apply, so now a key is needed after all.
    online = open_session(session.settings)
    with online.client() as client:
        return frozenset(online.settle(client).unknown)


def _require_usable_locks(session: Session) -> None:
    """Raises RefusedError if the lock of another environment cannot be used: it may hold the id, and nobody knows."""
    folder = session.root / STATE_FOLDER
    others = {*folder.glob(f"*{LOCK_SUFFIX}"), *(folder / LOCAL_FOLDER).glob(f"*{LOCK_SUFFIX}")}
    for path in sorted(others - {session.lock_path}):
        load_lock(path, path.name.removesuffix(LOCK_SUFFIX), None)


def _write(session: Session, lock: Lock, address: str, *, everywhere: bool = False) -> None:
    """Replace the lock, and drop what an interrupted apply left open for the address. Raises RefusedError.

    Args:
        everywhere: also what applies on other branches left open.
    """
    try:
        session.save_lock(lock)
        # The user has just said what the address means, so nobody has to find out any more.
        session.recovery.drop(address, everywhere=everywhere)
    except OSError as error:
        raise RefusedError(f"the lock cannot be written: {error.strerror}") from None


def _imported_lines(session: Session, binding: Binding, name: str) -> Iterator[str]:
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
        listed = ", ".join(f"`{path}`" for path in binding.differing[:_PATHS_LISTED])
        more = len(binding.differing) - _PATHS_LISTED
        yield f"File and server differ in {listed}{f' and {more} more' if more > 0 else ''}."
        yield (
            "The next plan shows that as a conflict: `revox-sync apply --on-drift revert` lets the file win, "
            "`revox-sync pull --theirs` the server."
        )
    yield _written_line(session)


def _forgotten_lines(session: Session, address: str, entry: LockEntry | None) -> Iterator[str]:
    """What became of a forget, and what follows from it; without an entry it was only an interrupted create."""
    environment = session.environment.name
    if entry is None:
        yield f"Forgot the interrupted create of `{address}` in environment `{environment}`."
    else:
        yield f'Forgot that `{address}` is {entry.id} ("{entry.name}") in environment `{environment}`.'
    yield "Nothing changed on the server or in the files."
    if any(file.address == address for file in session.workspace.files):
        again = f"; `revox-sync import {as_arguments(address, entry.id)}` binds the two again" if entry else ""
        yield f"The next plan takes the remote assistant of the file's name, or creates one{again}."
    elif entry is not None:
        yield f"No file manages {entry.id} any longer."
    yield _written_line(session)


def _written_line(session: Session) -> str:
    # The lock of an API on this machine is not committed.
    return f"Lock written: {session.lock_name}" + ("" if session.endpoint.is_loopback else "; commit it")
