"""Which remote assistants without a file are to get one: by name, by id, and by what others say of them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.contract.fields import assistant_node, is_hidden
from revox_sync.errors import BrokenFilesError, NotAuthorisedError, RejectedError, UsageError
from revox_sync.remote.client import Client
from revox_sync.source.edits.new_file import PROMPT_FOLDER
from revox_sync.source.model.value import opaque
from revox_sync.source.workspace import Workspace
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.importing.adopt import Bound, bound_ids, fetch_whole, named_by_id
from revox_sync.sync.importing.names import address_key, new_addresses
from revox_sync.sync.importing.references import id_shape, named_ids
from revox_sync.sync.model.adopt_report import Skipped
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import UNREADABLE, State, remote_assistant
from revox_sync.sync.state.environments import OtherEnvironments
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.project.environ import project_environ
from revox_sync.values.address import is_named, is_titled
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.pointer import Value, dotted
from revox_sync.values.secret import Secret

_PLATFORM_VARIABLES: Final = frozenset({"REVOX_API_KEY", "REVOX_BASE_URL", "REVOX_CUSTOM_HEADERS"})
_MOST_ASKED: Final = 200
"""Ids that are asked for because a text names something that looks like one."""


@dataclass(frozen=True, slots=True)
class Project:
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
class AdoptRequest:
    """Which remote assistants are to get files.

    Attributes:
        ids: assistants to take by id, among them sub-assistants, which no list shows.
        new: take every listed assistant without lock entry and file, too, and the sub-assistants that they name.
        patterns: names and globs; of the listed ones only those whose address or name one of them selects; none: all.
        exclude: of these, those that are not meant.
        folder: of the new files, below the assistants directory; empty for the directory itself.
        pulls: whether the command line means files that are there, too.
    """

    ids: tuple[str, ...] = ()
    new: bool = False
    patterns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    folder: str = ""
    pulls: bool = False

    def takes(self, address: str, remote: Remote) -> bool:
        """Whether a listed assistant is meant that would get an address."""
        if any(means(pattern, address, remote) for pattern in self.exclude):
            return False
        return not self.patterns or any(means(pattern, address, remote) for pattern in self.patterns)


def means(pattern: str, address: str, remote: Remote) -> bool:
    """Whether a pattern selects an assistant: by the address that its file gets, or by its name."""
    own = address.rpartition("/")[2]
    return any(is_named(text, pattern) for text in (address, own)) or is_titled(remote.name, pattern)


@dataclass(frozen=True, slots=True)
class Found:
    """An assistant to adopt, its address, and where it was found if no list shows it."""

    remote: Remote
    address: str
    origin: str = ""


def read_project(session: Session) -> Project:
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
    taken, defaults = _taken_addresses(workspace), _known_defaults(session)
    return Project(workspace, environment, tuple(desired), taken, frozenset(variables), defaults, session.others)


def _taken_addresses(workspace: Workspace) -> frozenset[str]:
    directory = workspace.config.directories[0]
    inside = [posixpath.relpath(path, directory) for path in workspace.tree.files(directory)]
    names = {address_key(posixpath.splitext(path)[0]) for path in inside}
    # The prompt of a new file goes to prompts/ADDRESS.md, which must be free as well.
    prompts = {name.removeprefix(f"{PROMPT_FOLDER}/") for name in names}
    return frozenset({*names, *prompts, *(file.address for file in workspace.files), *workspace.locked_addresses()})


def _known_defaults(session: Session) -> dict[str, Value]:
    """The project's defaults as a plan has them. A secret there is compared: an assistant may have one of its own."""
    quiet = session.settings._replace(verbosity=-1)  # what there is to say of .env was said when the session began
    defaults = Workspace(session.workspace.tree, project_environ(quiet)).defaults(session.environment)
    unknown = {pointer[0] for pointer, child in opaque({**defaults}) if not isinstance(child, Secret)}
    known = {key: child for key, child in defaults.items() if key not in unknown}
    wrapped: dict[str, Value] = wrap_schema_secrets(known, assistant_node())
    return wrapped


def require_known_patterns(session: Session, client: Client, patterns: Sequence[str], request: AdoptRequest) -> None:
    """Raises UsageError if a pattern names no assistant that would get a file: nothing is ignored."""
    project = read_project(session)
    state = session.state(client, project.desired)
    listed = {remote.id: remote for remote in (*state.unmanaged, *state.set_aside)}
    addresses = _addresses(listed.values(), state, project, request)
    for pattern in patterns:
        if any(means(pattern, addresses[key], remote) for key, remote in listed.items()):
            if not any(means(pattern, addresses[remote.id], remote) for remote in state.unmanaged):
                hint = f"take the pattern out of `unmanaged` in {CONFIG_NAME}, or name the assistant with --id"
                raise UsageError(f"`{pattern}` names only assistants that the project leaves to others", hint=hint)
            continue
        known = [*(wish.address for wish in project.desired), *addresses.values()]
        known += [remote.name for remote in listed.values()]
        near = did_you_mean(pattern, known)
        raise UsageError(
            f"no file has the address `{pattern}`, and no new assistant has that address or name",
            hint=near
            or "`revox-sync pull --new --check` lists the addresses that new files would get; "
            "sub-assistants are in no list: --id ID takes one",
        )


def wanted_assistants(client: Client, state: State, project: Project, request: AdoptRequest) -> list[Found]:
    """The assistants to adopt, each once, with their addresses."""
    own = {entry.id: Bound(address, project.environment.name) for address, entry in state.lock.entries.items()}
    for key in request.ids:
        _require_own(project.others, key, "")
    named = named_by_id(client, request.ids, bound_ids(project.workspace.tree) | own)
    for remote in named:
        _require_own(project.others, remote.id, remote.name)
    listed = state.unmanaged if request.new else ()
    # The address must not depend on what else is taken: a pattern names the one that a file of all would have.
    addresses = _addresses([*named, *listed], state, project, request)
    found = [*named, *(remote for remote in listed if request.takes(addresses[remote.id], remote))]
    if listed and not found and request.exclude and not request.pulls:
        raise UsageError("--exclude leaves no assistant", hint="name fewer")
    return [Found(remote, addresses[remote.id]) for remote in {remote.id: remote for remote in found}.values()]


def _addresses(remotes: Iterable[Remote], state: State, project: Project, request: AdoptRequest) -> dict[str, str]:
    taken = project.taken | state.lock.entries.keys()
    return new_addresses({remote.id: remote.name for remote in remotes}, taken, request.folder)


def whole_assistants(client: Client, found: Sequence[Found]) -> tuple[list[Found], list[Skipped]]:
    """The same with what the list call leaves out, and those that are listed but not found by their ids."""
    whole = {remote.id: remote for remote in fetch_whole(client, [each.remote for each in found])}
    unread = [each.remote for each in found if each.remote.id not in whole]
    return (
        [replace(each, remote=whole[each.remote.id]) for each in found if each.remote.id in whole],
        [Skipped(remote.id, remote.name, UNREADABLE) for remote in unread],
    )


def unreadable_assistants(state: State, request: AdoptRequest) -> Iterator[Skipped]:
    """What is listed in a form that cannot be read, and may be meant: nobody may take it for nothing."""
    for entry in state.unreadable:
        named = entry.name is None or any(is_titled(entry.name, pattern) for pattern in request.patterns)
        if request.new and (named or not request.patterns):
            yield Skipped(entry.id, entry.name, f"the API lists it in a form that cannot be read: {entry.problem}")


def referenced_assistants(
    client: Client, taken_over: Sequence[Found], state: State, project: Project, request: AdoptRequest
) -> tuple[list[Found], int]:
    """The sub-assistants that the found assistants name by id; without patterns those of managed ones, too.

    And how many texts look like ids but were not asked for, because there are too many.
    """
    managed = [match.remote for match in state.matches.matches if match.remote is not None]
    listed = [*state.unmanaged, *state.set_aside]
    bound = {*bound_ids(project.workspace.tree), *(entry.id for entry in state.lock.entries.values())}
    known = {*bound, *(remote.id for remote in (*managed, *listed)), *(each.remote.id for each in taken_over)}
    shapes = frozenset(map(id_shape, known))
    sources = {each.address: each.remote for each in taken_over}
    if not request.patterns:
        sources |= {match.address: match.remote for match in state.matches.matches if match.remote is not None}
    taken = {*project.taken, *state.lock.entries, *(each.address for each in taken_over)}
    hidden: list[Found] = []
    left, unasked = _MOST_ASKED, 0
    while sources:
        named: dict[str, str] = {}
        for address, remote in sources.items():
            for key, pointer in named_ids(remote.value, {*known, *named}, shapes):
                named[key] = f"`{address}` names it in `{dotted(pointer)}`"
        asked = list(named)[:left]
        left, unasked = left - len(asked), unasked + len(named) - len(asked)
        known |= named.keys()
        sources = {}
        answers = [found for key in asked if (found := _hidden(client, key, project)) is not None]
        addresses = new_addresses({remote.id: remote.name for remote in answers}, taken, request.folder)
        for remote in answers:
            each = Found(remote, addresses[remote.id], f"a sub-assistant: {named[remote.id]}")
            taken.add(each.address)
            hidden.append(each)
            sources[each.address] = remote
    return hidden, unasked


def _hidden(client: Client, key: str, project: Project) -> Remote | None:
    """The sub-assistant of an id that some text names; None where it is the id of something else."""
    try:
        answer = client.get_assistant(key)
    except (RejectedError, NotAuthorisedError):
        return None
    if answer is None or not is_hidden(answer):
        return None
    remote = remote_assistant(answer)
    return remote if project.others.refusal(remote.id, remote.name) is None else None


def _require_own(others: OtherEnvironments, assistant_id: str, name: str) -> None:
    if (refusal := others.refusal(assistant_id, name)) is not None:
        raise refusal
