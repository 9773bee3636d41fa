"""What a run saw of its files, so that a later one can tell whether it would see the same."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from revox_sync.source.files.tree import TreeError

try:
    from _blake2 import blake2b
except ImportError:  # another Python; hashlib has the same function, but takes 3 ms to load OpenSSL first
    from hashlib import blake2b

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from revox_sync.source.files.tree import DiskTree

SETTLED_NS: Final = 2_000_000_000
"""How long, in nanoseconds, a file must have been left alone for its times to stand for its content: two seconds is the
coarsest clock of a file system in use (FAT). git guards its index in the same way ("racy git")."""

REFUSED: Final = "!"
"""What a record says of an answer that was an error starts so."""

Signature = list[int]
"""Times, size and number of a file: what no change of its content leaves alone."""
Seen = tuple[str, Signature | None]
"""Digest of a file, or how it was refused, and its signature where that stands for the content."""
CHANGED: Final[Seen] = (REFUSED + "changed", None)


class RecordedTree:
    """A tree on disk that remembers every answer it gave.

    A file is known by the digest of its content. Where the system keeps a time of change that nobody can set (POSIX
    `st_ctime`), a file whose signature is the one of a former run is not read again: its digest is the same.

    Args:
        tree: where files come from.
        past: `record` of a former run, or anything else that was read in its place.
        now_ns: time when this run began, nanoseconds since the epoch.
    """

    def __init__(self, tree: DiskTree, past: Mapping[str, Any], now_ns: int) -> None:
        self._tree = tree
        self._past: Mapping[str, Any] = past
        self._settled_before = now_ns - SETTLED_NS if os.name == "posix" else 0
        self._read: dict[str, Seen] = {}
        self._listed: dict[str, str] = {}
        self._asked: dict[str, bool] = {}

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError."""
        # The signature first: a change that comes between the two then shows as one.
        signature = self._signature(path)
        try:
            content = self._tree.read(path)
        except TreeError as error:
            self.accept({path: (_refused(error), None)})
            raise
        self.accept({path: (digest_of(content), signature)})
        return content

    def exists(self, path: str) -> bool:
        """Whether something is there."""
        self._asked[path] = found = self._tree.exists(path)
        return found

    def files(self, directory: str) -> list[str]:
        """Paths of all files below `directory`, sorted. Raises TreeError."""
        try:
            found = self._tree.files(directory)
        except TreeError as error:
            self._listed[directory] = _refused(error)
            raise
        self._listed[directory] = digest_of("\0".join(found).encode("utf-8", "surrogateescape"))
        return found

    def digest(self, path: str) -> str | None:
        """Stands for the content of a file, which is read at most once for it; None where it cannot be read."""
        known = self._read.get(path) or self._remembered(path)
        if known is None:
            try:
                self.read(path)
            except TreeError:
                return None
            known = self._read[path]
        self._read[path] = known
        return None if known[0].startswith(REFUSED) else known[0]

    def observations(self, paths: Iterable[str]) -> dict[str, Seen]:
        """What was seen of files, for the process that this one is a copy of."""
        return {path: self._read[path] for path in paths if path in self._read}

    def accept(self, testimony: Mapping[str, Seen]) -> None:
        """Take in what was seen, also by a copy of this process. What was seen differently before has changed."""
        for path, seen in testimony.items():
            known = self._read.get(path, seen)
            self._read[path] = seen if known[0] == seen[0] else CHANGED

    def sees_the_same(self) -> bool:
        """Whether every answer of the former run would be the same now; False where there is no record of one."""
        try:
            files, folders, asked = self._past["read"], self._past["listed"], self._past["asked"]
            return (
                all(self._listing(path) == each for path, each in folders.items())
                and all(self.exists(path) == each for path, each in asked.items())
                and all(self._content(path) == each[0] for path, each in files.items())
            )
        except (KeyError, TypeError, AttributeError, IndexError):
            return False

    @property
    def record(self) -> dict[str, Any]:
        """Every answer given, as plain JSON values: digests, no content."""
        return {"read": self._read, "listed": self._listed, "asked": self._asked}

    def _content(self, path: str) -> str:
        self.digest(path)
        return self._read[path][0]

    def _listing(self, directory: str) -> str:
        with suppress(TreeError):
            self.files(directory)
        return self._listed[directory]

    def _remembered(self, path: str) -> Seen | None:
        """What the former run knew of a file that is as it was."""
        try:
            digest, signature = self._past["read"][path]
        except (KeyError, TypeError, ValueError):
            return None
        return (digest, signature) if signature and signature == self._signature(path) else None

    def _signature(self, path: str) -> Signature | None:
        """None for a file that changed so lately that its next change may show the same times."""
        # The tree's, for a file that is what it was may have come to lie outside the project, behind a link.
        status = self._tree.status(path)
        if status is None or max(status.st_mtime_ns, status.st_ctime_ns) >= self._settled_before:
            return None
        return [status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev]


def _refused(error: TreeError) -> str:
    return REFUSED + error.reason


def digest_of(content: bytes) -> str:
    """BLAKE2b-128 of some bytes, in hexadecimal."""
    return blake2b(content, digest_size=16).hexdigest()
