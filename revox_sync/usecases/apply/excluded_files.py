"""What a command line did not name, and what must not be taken for gone or free because of that."""

from __future__ import annotations

from collections.abc import Collection

from revox_sync.config import Environment
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.importing.adopt import bound_ids
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.remote_state.match import ExcludedFiles


def orphan_addresses(workspace: Workspace, lock: Lock) -> frozenset[str]:
    """Addresses of lock entries without a file."""
    return frozenset(lock.entries.keys() - {each.address for each in workspace.files})


def excluded_files(
    workspace: Workspace, environment: Environment, wanted: Collection[str], lock: Lock
) -> ExcludedFiles:
    """The files nobody named, and the assistants of other environments.

    The names of files are read only where one of them may be the new place of a lock entry without a file.

    Args:
        wanted: addresses that were named.
        lock: the one in force.
    """
    has_orphans = bool(orphan_addresses(workspace, lock))
    files = {
        each.address: _name(workspace, each, environment) if has_orphans and each.address not in lock.entries else None
        for each in workspace.files
        if each.address not in wanted
    }
    return ExcludedFiles(files, bound_ids(workspace.tree).keys() - {entry.id for entry in lock.entries.values()})


def _name(workspace: Workspace, file: AssistantFile, environment: Environment) -> str | None:
    """The name in a file, which may be broken."""
    value = workspace.load(file, environment).value
    name = value.get("name") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None
