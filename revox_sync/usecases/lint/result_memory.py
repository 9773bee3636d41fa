"""Results of lint in the memory of a process that goes on, so that each check looks only at what has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from revox_sync.lint.model.file_result import FileResult
from revox_sync.source.files.recorded_tree import digest_of
from revox_sync.source.files.tree import Tree, TreeError
from revox_sync.source.workspace import AssistantFile
from revox_sync.values.named_tuple import NamedTuple


class _Seen(NamedTuple):
    """What something depends on: digests of files by path, and what stands for everything else."""

    key: str
    digests: Mapping[str, str | None]


class ResultMemory:
    """What former checks of one project found. It forgets the files that a project does not have any more."""

    def __init__(self) -> None:
        self.results: Final[dict[str, tuple[_Seen, FileResult]]] = {}
        self.read: Final[dict[str, tuple[_Seen, Collection[str]]]] = {}

    def look(self, tree: Tree, key: str) -> RememberedLook:
        """The memory as one check uses it.

        Args:
            tree: the files as they are now.
            key: stands for everything beside files that results depend on.
        """
        return RememberedLook(self, tree, key)

    def forget_others(self, paths: Iterable[str]) -> None:
        """Keep only what is about these files."""
        alive = set(paths)
        for known in (self.results, self.read):
            for path in known.keys() - alive:
                del known[path]


class RememberedLook:
    """A `ResultCache` for one check: each file is read at most once to find out whether it has changed."""

    def __init__(self, memory: ResultMemory, tree: Tree, key: str) -> None:
        self._memory = memory
        self._tree = tree
        self._key = key
        self._digests: dict[str, str | None] = {}
        self._held: dict[str, FileResult] = {}

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file; None where it is not known, or something that it depends on has changed."""
        held = self._held.get(file.path)
        if held is not None:
            return held
        seen, result = self._memory.results.get(file.path, (None, None))
        return result if seen is not None and self._is_as(seen) else None

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result that depends on nothing but its files."""
        self._memory.results[file.path] = (self._seen(file.path, result.read), result)

    def hold(self, file: AssistantFile, result: FileResult) -> None:
        """Use a result for the rest of this check, whatever it depends on."""
        self._held[file.path] = result

    def files_read(self, file: AssistantFile, read: Callable[[], tuple[Collection[str], bool]]) -> Collection[str]:
        """Paths of the files that an assistant is made of.

        Args:
            read: finds out, and whether that depends on nothing but those files.
        """
        seen, paths = self._memory.read.get(file.path, (None, ()))
        if seen is not None and self._is_as(seen):
            return paths
        paths, complete = read()
        if complete:
            self._memory.read[file.path] = (self._seen(file.path, paths), frozenset(paths))
        return paths

    def _seen(self, own: str, others: Iterable[str]) -> _Seen:
        return _Seen(self._key, {path: self._digest(path) for path in (own, *others)})

    def _is_as(self, seen: _Seen) -> bool:
        if seen.key != self._key or any(self._digest(path) != former for path, former in seen.digests.items()):
            return False
        # Of the first file nobody asks: it need not be referred to.
        _, *others = seen.digests
        return not any(map(self._tree.ignored, others))

    def _digest(self, path: str) -> str | None:
        if path not in self._digests:
            try:
                self._digests[path] = digest_of(self._tree.read(path))
            except TreeError:
                self._digests[path] = None
        return self._digests[path]
