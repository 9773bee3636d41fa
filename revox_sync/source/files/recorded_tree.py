"""What a run saw of its files, so that a later run can tell whether it would see the same."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from revox_sync.source.files.tree import TreeError

try:
    from _blake2 import blake2b
except ImportError:  # another Python; hashlib has the same function, but takes 3 ms to load OpenSSL first
    from hashlib import blake2b

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from revox_sync.source.files.tree import DiskTree

_SETTLED_NS: Final = 2_000_000_000
"""Nanoseconds that a file must have been left alone for its times to stand for its content."""
# Two seconds is the coarsest clock of a file system in use (FAT). git guards its index in the same way ("racy git").

_REFUSED: Final = "!"
"""Begins the record of an answer that was an error."""
_DIGEST_BYTES: Final = 16
_SIGNATURE_BYTES: Final = 8

Signature = int
"""Stands for times, size and inode of a file: every change of its content changes one of them."""
Seen = tuple[str, Signature | None]
"""Digest of a file, or why it could not be read; and its signature, where that stands for the content."""
_CHANGED: Final[Seen] = (_REFUSED + "changed", None)


class RecordedTree:
    """A tree on disk that records every answer it gives, with files as digests of their contents.

    Args:
        tree: where files come from.
        past: `record` of a former run, or whatever else the cache file held.
        now_ns: time when this run began, nanoseconds since the epoch.
    """

    def __init__(self, tree: DiskTree, past: Mapping[str, Any], now_ns: int) -> None:
        self._tree = tree
        self._past: Mapping[str, Any] = past
        # POSIX keeps a time of change that no program can set (`st_ctime`). Elsewhere no file counts as settled, and
        # each is read again.
        self._settled_before = now_ns - _SETTLED_NS if os.name == "posix" else 0
        self._read: dict[str, Seen] = {}
        self._listed: dict[str, list[str] | str] = {}
        self._asked: dict[str, bool] = {}
        self._ignored: dict[str, bool] = {}

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError."""
        # The signature first: a change between the two then shows, because the signature is older than the content.
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
        self._listed[directory] = found
        return found

    def ignored(self, path: str) -> bool:
        """Whether git keeps the file out of the repository. About no file ("") git is asked, and nothing recorded."""
        found = self._tree.ignored(path)
        if path:
            self._ignored[path] = found
        return found

    def digest(self, path: str) -> str | None:
        """Digest of a file's content; None where it cannot be read. The file is read at most once for it."""
        known = self._read.get(path)
        if known is None:
            known = self._remembered(path)
            if known is None:
                try:
                    self.read(path)
                except TreeError:
                    return None
                known = self._read[path]
            self._read[path] = known
        return None if known[0].startswith(_REFUSED) else known[0]

    def observations(self, paths: Iterable[str]) -> dict[str, Seen]:
        """What this process saw of files, for the process that it was forked from."""
        return {path: self._read[path] for path in paths if path in self._read}

    def accept(self, observations: Mapping[str, Seen]) -> None:
        """Record what this process or a fork of it saw. A file that was seen differently before counts as changed."""
        for path, seen in observations.items():
            known = self._read.get(path, seen)
            self._read[path] = seen if known[0] == seen[0] else _CHANGED

    @cached_property
    def unchanged(self) -> set[str]:
        """Paths of files that are as the former run saw them, by their times alone: none is read for it."""
        # As `_signature`, but in one go: a run that checks one file asks this of thousands.
        former = self.former
        statuses = zip(former.paths, former.signatures, self._tree.plain_statuses(former.paths), strict=True)
        return {
            path
            for path, signature, status in statuses
            if status is not None
            if signature == hash((status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev))
            if signature
        }

    @cached_property
    def former(self) -> FormerFiles:
        """The files that the former run read, with what it saw of them."""
        return FormerFiles(self._past.get("read"))

    def is_as_before(self, path: str) -> bool:
        """Whether a file has the content that the former run read; the file is read where only that can tell."""
        known = self.former.seen(path)
        return known is not None and self.digest(path) == known[0]

    @property
    def learned(self) -> int:
        """Of how many files this run can say for a later one, as the former could not, that they have not changed."""
        return sum(bool(signature) and path not in self.unchanged for path, (_, signature) in self._read.items())

    def sees_the_same(self) -> bool:
        """Whether every answer of the former run would be the same now; False without a usable record of it."""
        try:
            refused, folders, asked = self._past["refused"], self._past["listed"], self._past["asked"]
            ignored = self._past["ignored"]
            return (
                all(self._listing(path) == digest for path, digest in folders.items())
                and all(self.exists(path) == was_there for path, was_there in asked.items())
                and all(map(self.is_as_before, [path for path in self.former.paths if path not in self.unchanged]))
                and all(self._content(path) == reason for path, reason in refused.items())
                and all(self.ignored(path) == was_ignored for path, was_ignored in ignored.items())
            )
        except (KeyError, TypeError, AttributeError, IndexError):
            return False

    @property
    def record(self) -> dict[str, Any]:
        """Every answer given, as plain JSON values: digests, no content."""
        refused = {path: digest for path, (digest, _) in self._read.items() if digest.startswith(_REFUSED)}
        read = FormerFiles.record({path: seen for path, seen in self._read.items() if path not in refused})
        listed = {directory: _listing_digest(found) for directory, found in self._listed.items()}
        return {"read": read, "refused": refused, "listed": listed, "asked": self._asked, "ignored": self._ignored}

    def remember_unchanged(self) -> None:
        """Have the files in `record`, too, that have not changed since the former run and were not asked for."""
        for path in self.unchanged:
            self.digest(path)

    def _content(self, path: str) -> str:
        self.digest(path)
        return self._read[path][0]

    def _listing(self, directory: str) -> str:
        with suppress(TreeError):
            self.files(directory)
        return _listing_digest(self._listed[directory])

    def _remembered(self, path: str) -> Seen | None:
        """What the former run saw of a file that has not changed since; None where that is not known."""
        known = self.former.seen(path)
        if known is None or path in self.unchanged:
            return known
        return known if known[1] and known[1] == self._signature(path) else None

    def _signature(self, path: str) -> Signature | None:
        """None for a file that changed so recently that its next change may leave the same times."""
        # Asked of the tree, which refuses a file that a link has moved out of the project meanwhile.
        status = self._tree.status(path)
        if status is None or max(status.st_mtime_ns, status.st_ctime_ns) >= self._settled_before:
            return None
        # One number, because thousands of them are parsed from a cache. Numbers have the same hash in every process; a
        # Python with another one reads the files again.
        return hash((status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev))


class FormerFiles:
    """Digests and signatures of files that a former run read.

    They are kept in columns, and digests and signatures as one text each: a run that checks one file needs those of
    thousands of others, and takes longer to parse them one by one than to check it.

    Args:
        record: what `record` gave, or whatever else the cache file held; then there are no files.
    """

    def __init__(self, record: Any) -> None:
        try:
            paths, digests, signatures = record["paths"], record["digests"], bytes.fromhex(record["signatures"])
            numbers = memoryview(signatures).cast("q").tolist()
            "".join([digests, *paths])  # fails where one is no text
            usable = len(paths) == len(numbers) == len(digests) / (2 * _DIGEST_BYTES)
        except (KeyError, TypeError, ValueError):
            usable = False
        self.paths: Final[list[str]] = paths if usable else []
        self.signatures: Final[list[Signature]] = numbers if usable else []
        """0 where it does not stand for the content."""
        self._digests = digests if usable else ""

    def seen(self, path: str) -> Seen | None:
        """What the run saw of a file; None for one that it did not read."""
        row = self._rows.get(path)
        if row is None:
            return None
        start = 2 * _DIGEST_BYTES * row
        return self._digests[start : start + 2 * _DIGEST_BYTES], self.signatures[row] or None

    @staticmethod
    def record(read: Mapping[str, Seen]) -> dict[str, Any]:
        """What was seen of files that could be read, as plain JSON values."""
        numbers = [
            (signature or 0).to_bytes(_SIGNATURE_BYTES, sys.byteorder, signed=True) for _, signature in read.values()
        ]
        digests = "".join([digest for digest, _ in read.values()])
        return {"paths": list(read), "digests": digests, "signatures": b"".join(numbers).hex()}

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {path: row for row, path in enumerate(self.paths)}


def _listing_digest(found: list[str] | str) -> str:
    """What is recorded of a listing, or of why there is none."""
    return found if isinstance(found, str) else digest_of("\0".join(found).encode("utf-8", "surrogateescape"))


def _refused(error: TreeError) -> str:
    return _REFUSED + error.reason


def digest_of(content: bytes) -> str:
    """BLAKE2b-128 of some bytes, in hexadecimal."""
    return blake2b(content, digest_size=16).hexdigest()
