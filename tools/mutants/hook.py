"""Lets one module be a mutant in this process and in those that it starts; nothing on disk changes.

A folder with `sitecustomize.py`, put first on PYTHONPATH, carries it over to programs that tests start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

MODULE: Final = "REVOX_SYNC_MUTANT_MODULE"
SOURCE: Final = "REVOX_SYNC_MUTANT_SOURCE"
SITE: Final = f"from {__name__} import install; install()\n"


class _Loader(SourceFileLoader):
    """Reads a module from another file; to itself and to others it is where it always is."""

    def __init__(self, fullname: str, path: str, source: Path) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source.read_bytes(), self.get_filename(fullname), "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, module: str, source: Path) -> None:
        self._module = module
        self._source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin, self._source)
        return spec


def install() -> None:
    """Import the mutant that the environment variables name, if they do."""
    if MODULE in os.environ:
        sys.meta_path.insert(0, _Finder(os.environ[MODULE], Path(os.environ[SOURCE])))


def carry_over(site: Path, root: Path, module: str, source: Path) -> None:
    """Let this process and those that it starts import the mutant; `site` is an empty folder for that."""
    (site / "sitecustomize.py").write_text(SITE, "utf-8")
    os.environ.update({MODULE: module, SOURCE: str(source)})
    os.environ["PYTHONPATH"] = os.pathsep.join([str(site), str(root)])
    install()
