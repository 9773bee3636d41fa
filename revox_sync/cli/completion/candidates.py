"""What may stand in one place of a command line: from the project, the rules, the schemas and the folder.

Each function gives values and what they are. Nothing here raises: whoever presses Tab wants no error.
"""

# os.path, not pathlib: somebody waits for the next letter.
# ruff: noqa: PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from revox_sync.config import STATE_FOLDER
from revox_sync.errors import RevoxSyncError

Candidate = tuple[str, str]
"""A value and what it is; the latter may be empty."""
_HEAD: Final = 400
"""Characters of a JSON file that say what it is."""


def addresses(project: str) -> Iterator[Candidate]:
    """Addresses of the assistants of a project, with their files."""
    from revox_sync.source.files.tree import DiskTree, find_root
    from revox_sync.source.workspace import Workspace

    with suppress(RevoxSyncError, OSError):
        yield from ((file.address, file.path) for file in Workspace(DiskTree(find_root(project))).files)


def locked_addresses(project: str) -> Iterator[Candidate]:
    """Addresses that some lock of a project holds."""
    from revox_sync.source.files.tree import DiskTree, find_root
    from revox_sync.source.workspace import Workspace

    with suppress(RevoxSyncError, OSError):
        found = Workspace(DiskTree(find_root(project))).locked_addresses()
        yield from ((address, "") for address in sorted(found) if address)


def environments(project: str) -> Iterator[Candidate]:
    """Names of the environments of a project."""
    from revox_sync.source.files.tree import DiskTree, find_root
    from revox_sync.source.workspace import Workspace

    with suppress(RevoxSyncError, OSError):
        config = Workspace(DiskTree(find_root(project))).config
        for name in config.environments:
            yield name, "the default" if name == config.default_environment else ""


def schemas(_: str) -> Iterator[Candidate]:
    """Names of the schemas."""
    from revox_sync.contract.schema_files import EDITOR, schema_names

    yield from ((name, "") for name in (*schema_names(), EDITOR))


def saved_plans(word: str) -> Iterator[Candidate]:
    """Saved plans in the folder of a word, and folders in it."""
    yield from _documents(word, "revox-sync/saved-plan", "saved plan")


def snapshots(word: str) -> Iterator[Candidate]:
    """Backups of the project in the current folder, snapshots in the folder of a word, and folders in it."""
    backups = os.path.join(STATE_FOLDER, "backup", "")
    if not word or backups.startswith(word):
        yield from _documents(backups, "revox-sync/snapshot", "backup")
    yield from _documents(word, "revox-sync/snapshot", "snapshot")


def _documents(word: str, kind: str, said: str) -> Iterator[Candidate]:
    folder = os.path.dirname(word)
    with suppress(OSError):
        for entry in sorted(os.scandir(folder or os.curdir), key=lambda entry: entry.name):
            path = os.path.join(folder, entry.name)
            if entry.name.startswith(".") and not os.path.basename(word).startswith("."):
                continue
            if entry.is_dir() and word:
                yield os.path.join(path, ""), ""
            elif entry.name.endswith(".json") and entry.is_file() and kind in _head(path):
                yield path, said


def _head(path: str) -> str:
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        return file.read(_HEAD)
    return ""


FROM_PROJECT: Final[dict[str, Callable[[str], Iterator[Candidate]]]] = {
    "address": addresses,
    "locked": locked_addresses,
    "environment": environments,
    "schema": schemas,
}
"""By kind, what is asked with the folder of the project."""
FROM_FOLDER: Final[dict[str, Callable[[str], Iterator[Candidate]]]] = {"plan": saved_plans, "snapshot": snapshots}
"""By kind, what is asked with the word that is being typed."""
