"""What new files must fit in with: names, variables and defaults that a project has already."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.contract.fields import assistant_node
from revox_sync.errors import BrokenFilesError
from revox_sync.source.edits.new_file import PROMPT_FOLDER
from revox_sync.source.model.value import opaque
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.importing.names import address_key
from revox_sync.usecases.apply.session import Session
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret

PLATFORM_VARIABLES: Final = frozenset({"REVOX_API_KEY", "REVOX_BASE_URL", "REVOX_CUSTOM_HEADERS"})


@dataclass(frozen=True, slots=True)
class AdoptProject:
    """A project before new files come.

    Attributes:
        workspace: reads no environment variable.
        desired: address, name and kind of every file; nothing else of it is looked at.
        taken: addresses that mean something, and names without suffix of whatever lies where new files go.
        variables: environment variables that mean something.
        defaults: those of the environment, guarded, but for those whose value is not known.
    """

    workspace: Workspace
    environment: Environment
    desired: tuple[Desired, ...]
    taken: frozenset[str]
    variables: frozenset[str]
    defaults: Mapping[str, Value]

    @property
    def directory(self) -> str:
        """Where new files go: the first assistants directory."""
        return self.workspace.config.directories[0]


def read_adopt_project(workspace: Workspace, session: Session) -> AdoptProject:
    """The project of a session, read without environment variables.

    Raises BrokenFilesError where a file without lock entry has no name that can be read: it could mean any assistant.
    """
    environment, locked = session.environment, session.load_lock().entries
    desired, variables = [], set(PLATFORM_VARIABLES)
    for file in workspace.files:
        value = workspace.load(file, environment).value
        fields = value if isinstance(value, dict) else {}
        variables |= {each.variable for _, each in opaque(fields) if isinstance(each, Secret) and each.variable}
        name = fields.get("name")
        if isinstance(name, str):
            desired.append(Desired(file.address, name, {key: fields[key] for key in ("name", "type") if key in fields}))
        elif file.address not in locked:
            raise _nameless(file)
    taken, defaults = _taken(workspace), _defaults(workspace, environment)
    return AdoptProject(workspace, environment, tuple(desired), taken, frozenset(variables), defaults)


def _nameless(file: AssistantFile) -> BrokenFilesError:
    return BrokenFilesError(
        f"`{file.path}` has no name that can be read, so nobody can tell which assistant it means",
        hint="revox-sync lint says what is wrong with it",
    )


def _taken(workspace: Workspace) -> frozenset[str]:
    directory = workspace.config.directories[0]
    beside = [posixpath.relpath(path, directory) for path in workspace.tree.files(directory)]
    names = {address_key(posixpath.splitext(each)[0]) for each in beside}
    prompts = {each.removeprefix(f"{PROMPT_FOLDER}/") for each in names}
    return frozenset({*names, *prompts, *(each.address for each in workspace.files), *workspace.locked_addresses()})


def _defaults(workspace: Workspace, environment: Environment) -> dict[str, Value]:
    if not workspace.tree.exists(CONFIG_NAME):
        return {}
    value = workspace.loader(environment).load(CONFIG_NAME).value
    offered = value.get("defaults") if isinstance(value, dict) else None
    if not isinstance(offered, dict):
        return {}
    unknown = {pointer[0] for pointer, each in opaque(offered) if not isinstance(each, Secret)}
    known = {key: each for key, each in offered.items() if key not in unknown}
    guarded: dict[str, Value] = wrap_schema_secrets(known, assistant_node())
    return guarded
