"""Where lint's cache is, and what its results depend on beside the files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from revox_sync.config import Environment, LintOptions
from revox_sync.contract import schema_directory
from revox_sync.lint.cache import FORMAT, Cache
from revox_sync.source.workspace import Workspace
from revox_sync.version import __version__


@contextmanager
def remembered(
    root: Path,
    workspace: Workspace,
    environments: Sequence[Environment],
    options: LintOptions,
    directory: Path | None,
) -> Iterator[Cache]:
    """The cache of a project for one set of options; what is new is written at the end.

    Args:
        directory: where caches are; None: the user's cache folder.
    """
    names = [each.name for each in environments]
    name = _digest(str(root), repr(options), repr(names))
    key = _digest(str(FORMAT), __version__, _program(), repr(sorted(workspace.configuration_texts().items())))
    cache = Cache((directory or user_cache()) / f"lint-{name}.json", key, workspace.tree)
    yield cache
    cache.save(each.path for each in workspace.files)


def user_cache() -> Path:
    """The user's folder for things that can be made again."""
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "revox-sync" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "revox-sync"
    # The XDG Base Directory specification: a relative path is to be ignored.
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / ".cache") / "revox-sync"


def _program() -> str:
    """Stands for the code and the schemas: another build of one version has other times or sizes."""
    package = Path(__file__).parent.parent
    files = sorted([*package.rglob("*.py"), *schema_directory().glob("*.json")])
    return repr([(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files])


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()
