"""What a command read of the files that it is going to write into, so that it overwrites no edit made meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revox_sync.source.files.recorded_tree import digest_of
from revox_sync.source.files.tree import TreeError

if TYPE_CHECKING:
    from revox_sync.source.files.tree import Tree


class WatchedTree:
    """A tree that remembers what each file held when it was first read.

    Args:
        tree: where files come from.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._first: dict[str, str] = {}

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError."""
        content = self._tree.read(path)
        self._first.setdefault(path, digest_of(content))
        return content

    def exists(self, path: str) -> bool:
        """Whether something is there, readable or not."""
        return self._tree.exists(path)

    def files(self, directory: str) -> list[str]:
        """Paths of all files below `directory`, sorted. Raises TreeError."""
        return self._tree.files(directory)

    def ignored(self, path: str) -> bool:
        """Whether git keeps the file out of the repository."""
        return self._tree.ignored(path)

    def is_as_read(self, path: str) -> bool:
        """Whether a file still holds what it held when it was first read; False for one that was never read."""
        try:
            return digest_of(self._tree.read(path)) == self._first.get(path)
        except TreeError:
            return False

    def wrote(self, path: str, content: bytes) -> None:
        """Remember what we have written: from now on that is what a file should hold."""
        self._first[path] = digest_of(content)
