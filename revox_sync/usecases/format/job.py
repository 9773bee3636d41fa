"""The work of `revox-sync fmt`: finds files, formats them, and writes those that change."""

# os.path, not pathlib: a commit hook waits for it.
# ruff: noqa: PTH112, PTH118

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, Final

from revox_sync.config import CONFIG_NAME
from revox_sync.contract.fields import assistant_node
from revox_sync.source.files.tree import MAX_BYTES, DiskTree, OverlayTree, Tree, TreeError
from revox_sync.source.files.watched_tree import WatchedTree
from revox_sync.source.formatting.format_text import Formatted, format_bytes
from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import Problem, ProblemKind
from revox_sync.source.workspace import SUFFIXES, Workspace
from revox_sync.usecases.project.open_project import no_assistants
from revox_sync.usecases.project.project_root import path_in_project
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class FormatOutcome(NamedTuple):
    """What became of the files of one project.

    Attributes:
        workspace: the project before.
        changed: new texts by path.
        same: number of files that are formatted already.
        broken: what cannot be read, by path.
        left: what is left as it is, by path.
    """

    workspace: Workspace
    changed: Mapping[str, str]
    same: int
    broken: Mapping[str, Formatted]
    left: Mapping[str, Formatted]


class FormatJob:
    """The files of one project that a call of fmt names.

    Args:
        root: the project root.
        paths: files and folders; empty for all of the assistants directories.
        stream: where the text of the one path comes from; None if files come from the disk.

    Raises UsageError where there is nothing to format, and ConfigError.
    """

    def __init__(self, root: str, paths: Sequence[str], stream: BinaryIO | None = None) -> None:
        self._root: Final = root
        self._watched: Final = WatchedTree(DiskTree(root))
        tree: Tree = self._watched
        if stream is not None:
            # One byte more than a file may have: the reader then says that it is too large.
            tree = OverlayTree(tree, {path_in_project(root, path): stream.read(MAX_BYTES + 1) for path in paths})
        self._workspace: Final = Workspace(tree)
        self.files: Final = tuple(dict.fromkeys(self._find(paths, streamed=stream is not None)))

    def format(self) -> FormatOutcome:
        """Format the files; nothing is written."""
        assistants = {file.path for file in self._workspace.files}
        changed: dict[str, str] = {}
        broken: dict[str, Formatted] = {}
        left: dict[str, Formatted] = {}
        for path in self.files:
            try:
                content = self._workspace.tree.read(path)
            except TreeError as error:
                problem = Problem(ProblemKind.UNRESOLVED, f"file {error.reason}", "", Place(path, 0, 0))
                broken[path] = Formatted(None, problem)
                continue
            # Where a fragment will stand, and so which fields it may have, only its readers know.
            formatted = format_bytes(content, path, assistant_node() if path in assistants else None)
            if formatted.text is None:
                (broken if formatted.problem else left)[path] = formatted
            elif formatted.text.encode("utf-8", "surrogatepass") != content:
                changed[path] = formatted.text
        same = len(self.files) - len(changed) - len(broken) - len(left)
        return FormatOutcome(self._workspace, changed, same, broken, left)

    def write(self, outcome: FormatOutcome) -> None:
        """Replace the files that change. Raises RefusedError for one that has been edited meanwhile."""
        if not outcome.changed:
            return
        from pathlib import Path

        from revox_sync.source.files.text_files import save_texts

        save_texts(Path(self._root), outcome.changed, self._watched)

    def _find(self, paths: Sequence[str], *, streamed: bool) -> Iterator[str]:
        if streamed:
            yield from (path_in_project(self._root, path) for path in paths)
            return
        if not paths:
            found = list(self._own_files())
            if not found:
                raise no_assistants(self._root, self._workspace)
            yield from found
        for path in paths:
            inside = path_in_project(self._root, path)
            if os.path.isdir(path):
                yield from self._in_folder(inside)
            elif path.endswith(SUFFIXES):  # a commit hook names texts, too, which have no layout
                real = os.path.realpath(os.path.join(self._root, inside))
                yield path_in_project(os.path.realpath(self._root), real) if self._is_linked(inside) else inside

    def _own_files(self) -> Iterator[str]:
        """Assistants and fragments, as far as no link leads to them."""
        for directory in self._workspace.config.directories:
            if self._workspace.tree.exists(directory):
                yield from self._yaml_below(directory)

    def _in_folder(self, folder: str) -> list[str]:
        inside = [path for path in self._own_files() if folder == "." or path.startswith(folder + "/")]
        return inside or list(self._yaml_below(folder))

    def _yaml_below(self, folder: str) -> Iterator[str]:
        for path in self._workspace.tree.files(folder):
            hidden = any(part.startswith(".") for part in posixpath.normpath(path).split("/"))
            if path.endswith(SUFFIXES) and not hidden and path != CONFIG_NAME and not self._is_linked(path):
                yield path

    def _is_linked(self, path: str) -> bool:
        """Whether a link leads to a file: what it leads to is formatted where it is, or is none of ours."""
        return os.path.realpath(os.path.join(self._root, path)) != os.path.join(os.path.realpath(self._root), path)
