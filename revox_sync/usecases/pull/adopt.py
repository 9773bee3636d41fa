"""Files for remote assistants that have none: what `pull --new` and `pull --id` do."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.contract.fields import assistant_node, contract
from revox_sync.errors import BrokenFilesError, RefusedError
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint
from revox_sync.lint.model.finding import Severity
from revox_sync.remote.client import Client
from revox_sync.source.edits.new_file import PROMPT_FOLDER, NewFileTexts, new_file_texts
from revox_sync.source.files.text_files import create_files
from revox_sync.source.files.tree import OverlayTree
from revox_sync.source.model.value import opaque
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.comparing.desired import Desired, desire
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.importing.adopt import (
    Bound,
    NewFile,
    adopted_entry,
    bound_ids,
    clashing_with_files,
    fetch_whole,
    named_by_id,
    namesakes,
    new_file,
)
from revox_sync.sync.importing.names import address_key, new_addresses
from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.state.environments import OtherEnvironments
from revox_sync.usecases.apply.session import Session
from revox_sync.values.pointer import Value, dotted
from revox_sync.values.secret import Secret

_PLATFORM_VARIABLES: Final = frozenset({"REVOX_API_KEY", "REVOX_BASE_URL", "REVOX_CUSTOM_HEADERS"})
_NO_SPELLING: Final = "has no spelling in YAML, or is too large"
_Draft: TypeAlias = tuple[NewFile, NewFileTexts]


@dataclass(frozen=True, slots=True)
class _Project:
    """What new files must fit in with.

    Attributes:
        workspace: reads no environment variable.
        desired: every file by address, name and kind; matching needs nothing else of it.
        taken: addresses that a new file must not get: those of files, lock entries and whatever lies in the folder.
        variables: environment variables that mean something already.
        defaults: those of the environment whose values are known, with their secrets wrapped.
        others: what other environments hold of the same API.
    """

    workspace: Workspace
    environment: Environment
    desired: tuple[Desired, ...]
    taken: frozenset[str]
    variables: frozenset[str]
    defaults: Mapping[str, Value]
    others: OtherEnvironments

    @property
    def directory(self) -> str:
        """Where new files go: the first assistants directory."""
        return self.workspace.config.directories[0]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A new file that can be planned: what to say of it, its texts by path, and its lock entry."""

    adopted: Adopted
    texts: Mapping[str, str]
    entry: LockEntry


def adopt(session: Session, client: Client, ids: Sequence[str], *, new: bool, check: bool) -> AdoptReport:
    """Give remote assistants a file and a lock entry each. Call it within `session.alone()`.

    Args:
        ids: assistants to take by id, among them sub-assistants, which no list shows.
        new: take every listed assistant without lock entry and file, too.
        check: write nothing.

    Raises:
        BrokenFilesError: the name in a file cannot be read, so the file could mean any assistant.
        UsageError: an id is bound already or does not exist, or a file cannot be written.
        RefusedError: the key belongs to another organisation, or a file appeared meanwhile.
    """
    project = _read_project(session)
    state = session.state(client, project.desired)
    found = _wanted(client, ids, state, project, new=new)
    names = {wish.address: wish.name for wish in project.desired}
    free = {address: name for address, name in names.items() if address not in state.lock.entries}
    skipped = list(clashing_with_files(found, free))
    clashing = {clash.id for clash in skipped}
    with session.settings.during("reading assistants"):
        remotes = fetch_whole(client, [remote for remote in found if remote.id not in clashing])
    drafts: list[_Draft] = []
    for made in _new_files(remotes, state, project):
        if isinstance(made, Skipped):
            skipped.append(made)
        else:
            drafts.append((made, new_file_texts(project.directory, made.address, made.fields)))
    ready = _noted(list(_plannable(drafts, skipped, project)), names)
    if ready and not check:
        _write(session, state, ready, remotes)
    lock = session.lock_name if ready and not check else None
    adopted = tuple(file.adopted for file in ready)
    return AdoptReport(not check, adopted, tuple(skipped), lock, state.organization_id)


def _read_project(session: Session) -> _Project:
    """The project of a session, read without environment variables. Raises BrokenFilesError, see `adopt`."""
    workspace, environment = Workspace(session.workspace.tree, None), session.environment
    locked = session.load_lock().entries
    desired, variables = [], set(_PLATFORM_VARIABLES)
    for file in workspace.files:
        value = workspace.load(file, environment).value
        fields = value if isinstance(value, dict) else {}
        variables |= {secret.variable for _, secret in opaque(fields) if isinstance(secret, Secret) and secret.variable}
        name = fields.get("name")
        if isinstance(name, str):
            desired.append(Desired(file.address, name, {key: fields[key] for key in ("name", "type") if key in fields}))
        elif file.address not in locked:
            raise BrokenFilesError(
                f"`{file.path}` has no name that can be read, so nobody can tell which assistant it means",
                hint="`revox-sync lint` says what is wrong with it",
            )
    taken, defaults = _taken_addresses(workspace), _known_defaults(workspace, environment)
    return _Project(workspace, environment, tuple(desired), taken, frozenset(variables), defaults, session.others)


def _taken_addresses(workspace: Workspace) -> frozenset[str]:
    directory = workspace.config.directories[0]
    inside = [posixpath.relpath(path, directory) for path in workspace.tree.files(directory)]
    names = {address_key(posixpath.splitext(path)[0]) for path in inside}
    # The prompt of a new file goes to prompts/ADDRESS.md, which must be free as well.
    prompts = {name.removeprefix(f"{PROMPT_FOLDER}/") for name in names}
    return frozenset({*names, *prompts, *(file.address for file in workspace.files), *workspace.locked_addresses()})


def _known_defaults(workspace: Workspace, environment: Environment) -> dict[str, Value]:
    if not workspace.tree.exists(CONFIG_NAME):
        return {}
    value = workspace.loader(environment).load(CONFIG_NAME).value
    defaults = value.get("defaults") if isinstance(value, dict) else None
    if not isinstance(defaults, dict):
        return {}
    unknown = {pointer[0] for pointer, child in opaque(defaults) if not isinstance(child, Secret)}
    known = {key: child for key, child in defaults.items() if key not in unknown}
    wrapped: dict[str, Value] = wrap_schema_secrets(known, assistant_node())
    return wrapped


def _wanted(client: Client, ids: Sequence[str], state: State, project: _Project, *, new: bool) -> list[Remote]:
    """The assistants to adopt, each once."""
    own = {entry.id: Bound(address, project.environment.name) for address, entry in state.lock.entries.items()}
    for key in ids:
        _require_own(project.others, key, "")
    named = named_by_id(client, ids, bound_ids(project.workspace.tree) | own)
    for remote in named:
        _require_own(project.others, remote.id, remote.name)
    found = [*named, *(state.unmanaged if new else ())]
    return list({remote.id: remote for remote in found}.values())


def _require_own(others: OtherEnvironments, assistant_id: str, name: str) -> None:
    if (refusal := others.refusal(assistant_id, name)) is not None:
        raise refusal


def _new_files(remotes: Iterable[Remote], state: State, project: _Project) -> Iterator[NewFile | Skipped]:
    by_id = {remote.id: remote for remote in remotes}
    taken = project.taken | state.lock.entries.keys()
    addresses = new_addresses({key: remote.name for key, remote in by_id.items()}, taken)
    accepted, variables = contract(project.environment.contract), set(project.variables)
    for key in sorted(addresses, key=addresses.__getitem__):
        made = new_file(by_id[key], addresses[key], project.defaults, accepted, variables)
        variables |= made.variables.keys() if isinstance(made, NewFile) else set()
        yield made


def _plannable(drafts: Sequence[_Draft], skipped: list[Skipped], project: _Project) -> Iterator[_Ready]:
    """The new files as the project will see them; those that could not be planned go to `skipped`."""
    texts = {path: text for _, written in drafts for path, text in written.texts.items()}
    future = Workspace(OverlayTree(project.workspace.tree, texts), None)
    files = {file.address: file for file in future.files}
    errors = _errors(future, [files[made.address] for made, written in drafts if written.texts], project.environment)
    for made, written in drafts:
        # An error in a file that existed before, such as a default, is an error of every new file.
        wrong = (message for path, message in errors.items() if path in written.texts or path not in texts)
        reason = _unwritable(written) or next(wrong, "")
        if reason:
            skipped.append(Skipped(made.remote.id, made.remote.name, f"no file can hold it: {reason}"))
        else:
            (desired,) = desire([(made.address, future.load(files[made.address], project.environment))])
            yield _ready(made, written, files[made.address].path, desired)


def _noted(ready: Sequence[_Ready], names: Mapping[str, str]) -> list[_Ready]:
    """The new files with a note on those whose name another file has, too.

    Args:
        names: of the files that were there, by address.
    """
    others = namesakes({**names, **{file.adopted.address: file.adopted.name for file in ready}})
    return [
        replace(file, adopted=replace(file.adopted, notes=(*file.adopted.notes, _same_name(found))))
        if (found := others.get(file.adopted.address))
        else file
        for file in ready
    ]


def _same_name(addresses: Sequence[str]) -> str:
    listed = ", ".join(f"`{address}`" for address in addresses)
    return f"{listed} {'has' if len(addresses) == 1 else 'have'} this name, too; only the lock tells them apart"


def _unwritable(written: NewFileTexts) -> str:
    """Why there can be no file; empty if there can be one."""
    if not written.texts:
        return "together, its texts are too large"
    needed = [key for key in assistant_node().schema["required"] if key in written.unwritable]
    return f"`{needed[0]}` {_NO_SPELLING}" if needed else ""


def _errors(future: Workspace, files: Sequence[AssistantFile], environment: Environment) -> dict[str, str]:
    """The first error of each file that has some, by path, of the files that the given assistants are made of."""
    report = lint(future, files, [environment], NEEDED_TO_PLAN, suppressible=False)
    errors: dict[str, str] = {}
    for finding in report.findings:
        if finding.severity is Severity.ERROR:
            place = f"{finding.region.path}:{finding.region.line}"
            errors.setdefault(finding.region.path, f"{place}: {finding.code} {finding.message}")
    return errors


def _ready(made: NewFile, written: NewFileTexts, path: str, desired: Desired) -> _Ready:
    entry, differing = adopted_entry(desired, made.remote)
    notes = (
        *(f"without `{dotted(part.pointer)}`: {part.reason}" for part in made.left_out),
        *(f"without `{key}`: it {_NO_SPELLING}" for key in written.unwritable),
        *(f"`{dotted(pointer)}` comes from `defaults`; the next plan sets it" for pointer in differing),
    )
    adopted = Adopted(
        address=made.address,
        id=made.remote.id,
        name=made.remote.name,
        path=path,
        files=tuple(written.texts),
        variables={name: dotted(pointer) for name, pointer in made.variables.items()},
        notes=notes,
    )
    return _Ready(adopted, written.texts, entry)


def _write(session: Session, state: State, ready: Iterable[_Ready], remotes: Iterable[Remote]) -> None:
    """Write files, then the lock."""
    # In this order: if the process ends before the lock is written, each file finds its assistant by name. And the lock
    # is written even if a file cannot be: it then holds the files before that one.
    organizations = (str(found) for remote in remotes if (found := remote.value.get("organization_id")))
    organization_id = state.lock.organization_id or state.organization_id or min(organizations, default=None)
    entries: dict[str, LockEntry] = {}
    session.require_same_lock()
    try:
        for file in ready:
            create_files(session.root, file.texts)
            entries[file.adopted.address] = file.entry
    finally:
        if entries:
            lock = replace(state.lock, organization_id=organization_id, entries={**state.lock.entries, **entries})
            try:
                session.merge_lock(lock)
            except OSError as error:
                raise RefusedError(
                    f"the new files are written, but the lock cannot be: {error.strerror}",
                    hint="the next plan finds their assistants by name",
                ) from None
