"""Where lint's cache is, and what its results depend on beside the files."""

# os.path, not pathlib: this is the better part of a run in which nothing has changed.
# ruff: noqa: PTH111, PTH117, PTH118, PTH120

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Final

from revox_sync import version
from revox_sync.contract.schema_files import schema_directory
from revox_sync.lint.cache.cache import FORMAT, Cache
from revox_sync.source.files.recorded_tree import digest_of
from revox_sync.source.files.tree import DiskTree
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.settings import Settings

_CODE: Final = (".py", ".json")


def open_cache(root: str, settings: Settings, request: LintRequest) -> Cache:
    """The cache of a project for one set of options.

    Args:
        root: the project root.
    """
    name = _digest(root, repr((settings.environment, request.select, request.ignore)))
    path = os.path.join(request.cache_dir or user_cache(), f"lint-{name}.json")
    return Cache(path, _digest(str(FORMAT), version.__version__, *_program()), DiskTree(root), time.time_ns())


def user_cache() -> str:
    """The user's folder for things that can be made again."""
    if os.name == "nt":
        return os.path.join(os.environ.get("LOCALAPPDATA", _home()), "revox-sync", "Cache")
    if sys.platform == "darwin":
        return os.path.join(_home(), "Library", "Caches", "revox-sync")
    # The XDG Base Directory specification: a relative path is to be ignored.
    named = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(named if os.path.isabs(named) else os.path.join(_home(), ".cache"), "revox-sync")


def _home() -> str:
    """The user's home; for one without, as in some containers, a place where nothing can be written."""
    home = os.path.expanduser("~")
    return home if os.path.isabs(home) else os.devnull


def _program() -> Iterator[str]:
    """Stands for the code and the schemas: another build of one version has other times or sizes."""
    folders = [os.path.dirname(version.__file__), schema_directory()]
    while folders:
        with os.scandir(folders.pop()) as entries:
            # The order in which a file system lists a folder is arbitrary.
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
                    folders.append(entry.path)
                elif entry.name.endswith(_CODE):
                    status = entry.stat()
                    yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"


def _digest(*parts: str) -> str:
    return digest_of("\0".join(parts).encode("utf-8", "backslashreplace"))
