"""Where files come from: the disk or memory, always inside one project root."""

# os.path, not pathlib: a run reads thousands of files, and this is its inner loop.
# ruff: noqa: PTH110, PTH112, PTH114, PTH117, PTH118, PTH120

from __future__ import annotations

import errno
import os
import posixpath
import stat
from typing import TYPE_CHECKING, Final, Protocol

from revox_sync.config import CONFIG_NAME, STATE_FOLDER
from revox_sync.source.files.ignored_files import ignored_by_git, is_hidden, is_listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_BYTES: Final = 1024 * 1024
"""Largest file that is read, YAML or `!file`, in bytes."""
LARGEST_DOCUMENT: Final = 128 * MAX_BYTES
"""Largest lock, journal, plan or snapshot that is read, in bytes; 10,000 assistants need a tenth of it."""

_OUTSIDE: Final = "is outside the project"
LINK_TO_HIDDEN: Final = "is a link to a hidden file"
_LINK_TO_IGNORED: Final = "is a link to a file that git ignores"
# To open a pipe must not wait for its writer, and a link that replaced the file after the check must not be followed.
# Windows has neither flag; there, text would be translated without O_BINARY.
_OPEN_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)
_NO_NAMES: Final = frozenset({"", ".", ".."})


def find_root(start: str) -> str:
    """The project root: the nearest folder with revox-sync.yaml, from `start` upward, else the nearest with .git.

    Where there is neither, it is `start`, an absolute path.
    """
    folders = [start]
    while (above := os.path.dirname(folders[-1])) != folders[-1]:
        folders.append(above)
    for marker in (CONFIG_NAME, ".git"):
        for folder in folders:
            if os.path.exists(os.path.join(folder, marker)):
                return folder
    return start


class TreeError(Exception):
    """A file cannot be read.

    Attributes:
        reason: why, in words that follow the file's name, such as "does not exist".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Tree(Protocol):
    """A project's files, by POSIX path relative to its root."""

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError when it is missing, too large, no regular file or outside the root."""

    def exists(self, path: str) -> bool:
        """Whether something is there, readable or not."""

    def files(self, directory: str) -> list[str]:
        """Paths of all files below `directory`, sorted; empty when there is no such directory.

        Links to folders of the project are followed. Where one cannot be, because it leads out, nowhere or in a circle,
        its own path is among the others, with a slash behind: what may be in it is not gone.
        """

    def ignored(self, path: str) -> bool:
        """Whether git keeps the file out of the repository; False where nobody knows."""


def limit_of(path: str) -> int:
    """Most bytes of a project's file that are read: of a lock more than of what people write."""
    return LARGEST_DOCUMENT if path.startswith(STATE_FOLDER + "/") else MAX_BYTES


def leaves_root(path: str) -> bool:
    """Whether a path is absolute or leads out of the folder that it starts in."""
    normal = posixpath.normpath(path)
    return normal == ".." or normal.startswith(("../", "/"))


def is_lost_link(path: str) -> bool:
    """Whether a path without suffix is a link that leads nowhere, or in a circle."""
    return "." not in os.path.split(path)[1] and not os.path.exists(path)


def is_within(location: str, folder: str) -> bool:
    """Whether a location is a folder or lies below it; both are absolute paths without links."""
    return location == folder or location.startswith(folder.rstrip(os.sep) + os.sep)


class MemoryTree:
    """Files held in memory.

    Args:
        files: contents by path; a string stands for its UTF-8 bytes.
    """

    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        # Half of a surrogate pair has no UTF-8. It becomes bytes that are none, and is reported as in a file on disk.
        self._files = {
            posixpath.normpath(path): body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
            for path, body in files.items()
        }

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError when it is missing, too large or outside the root."""
        if leaves_root(path):
            raise TreeError(_OUTSIDE)
        body = self._files.get(posixpath.normpath(path))
        if body is None:
            raise TreeError("does not exist")
        if len(body) > limit_of(path):
            raise TreeError(_too_large(len(body), limit_of(path)))
        return body

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return posixpath.normpath(path) in self._files

    def files(self, directory: str) -> list[str]:
        """Paths of all files below `directory`, sorted."""
        return files_below(directory, self._files)

    def ignored(self, path: str) -> bool:  # noqa: ARG002 - as in Tree
        """Whether git ignores the file: it knows of none in memory."""
        return False


def files_below(directory: str, paths: Iterable[str]) -> list[str]:
    """Those of the normalised paths that lie below a folder, sorted."""
    prefix = posixpath.normpath(directory) + "/"
    return sorted(path for path in paths if prefix == "./" or path.startswith(prefix))


class OverlayTree:
    """A tree in which some files are replaced or added.

    Args:
        tree: where all other files come from.
        texts: contents by path.
    """

    def __init__(self, tree: Tree, texts: Mapping[str, bytes | str]) -> None:
        self._tree = tree
        self._above = MemoryTree(texts)

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError when it is missing, too large or outside the root."""
        return (self._above if self._above.exists(path) else self._tree).read(path)

    def exists(self, path: str) -> bool:
        """Whether something is there."""
        return self._above.exists(path) or self._tree.exists(path)

    def files(self, directory: str) -> list[str]:
        """Paths of all files below `directory`, sorted."""
        return sorted({*self._tree.files(directory), *self._above.files(directory)})

    def ignored(self, path: str) -> bool:
        """Whether git keeps the file out of the repository."""
        return self._tree.ignored(path)


class DiskTree:
    """Files below a folder on disk; links are resolved and may not lead out of it.

    Args:
        root: the project root.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = os.path.realpath(root)
        self._real_folders: dict[str, str] = {}
        self._inside: dict[str, str] = {}
        self._ignored: frozenset[str] | None = None

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError when it is missing, too large, no regular file or outside the root."""
        try:
            return _read_regular(*self._found(path), limit_of(path))
        except OSError as error:
            raise TreeError(_in_words(error)) from error

    def status(self, path: str) -> os.stat_result | None:
        """Times and size of the file that `read` reads; None where `read` would fail."""
        try:
            return self._found(path)[1]
        except (TreeError, OSError, ValueError):
            return None

    def plain_statuses(self, paths: Iterable[str]) -> Iterator[os.stat_result | None]:
        """As `status`, of many files; None also for those that a link leads to, or whose path is not the plain one."""
        inside, lstat, regular = self._inside, os.lstat, stat.S_ISREG
        for path in paths:
            start = path.rfind("/") + 1
            folder = path[:start]
            try:
                if folder not in inside:
                    self._location(path)
                status = lstat(inside[folder] + path[start:])
                yield status if regular(status.st_mode) else None
            except (KeyError, TreeError, OSError, ValueError):
                yield None

    def exists(self, path: str) -> bool:
        """Whether something is there; a link counts even if it leads nowhere."""
        return not leaves_root(path) and os.path.lexists(os.path.join(self._root, path))

    def files(self, directory: str) -> list[str]:
        """Paths of all files below `directory`, sorted, see `Tree.files`; links to files count."""
        if leaves_root(directory) or "\0" in directory:
            raise TreeError(_OUTSIDE)
        start = os.path.normpath(os.path.join(self._root, directory))
        if not is_within(os.path.realpath(start), self._root):
            raise TreeError(_OUTSIDE)
        if os.path.islink(start) and not os.path.exists(start):
            raise TreeError("is a link that leads nowhere")
        below = os.path.relpath(start, self._root).replace(os.sep, "/")
        return sorted(self._below(start, "" if below == "." else below + "/", ()))

    def _below(self, start: str, prefix: str, entered: tuple[str, ...]) -> list[str]:
        """Paths of all files below a folder.

        Args:
            prefix: path from the project root to the folder, through links.
            entered: real folders of the links on the way.
        """
        found: list[str] = []
        folders = [(start, prefix)]
        while folders:
            folder, here = folders.pop()
            for entry in _entries(folder):
                name, is_link = entry.name, entry.is_symlink()
                if not is_link and entry.is_dir():
                    folders.append((entry.path, f"{here}{name}/"))
                elif not is_link or not os.path.isdir(entry.path):
                    # What leads nowhere may have led to a folder, unless its name has a suffix, as nearly all have.
                    found.append(f"{here}{name}/" if is_link and is_lost_link(entry.path) else here + name)
                else:
                    target = os.path.realpath(entry.path)
                    # A folder that holds the link, or one on the way to it, would be entered for ever.
                    way = (*entered, os.path.realpath(folder))
                    followed = is_within(target, self._root) and not any(is_within(passed, target) for passed in way)
                    found.extend(self._below(target, f"{here}{name}/", way) if followed else [f"{here}{name}/"])
        return found

    def ignored(self, path: str) -> bool:
        """Whether git keeps the file out of the repository. Git is asked once, about all files."""
        if self._ignored is None:
            self._ignored = ignored_by_git(self._root)
        return is_listed(posixpath.normpath(path), self._ignored)

    def _found(self, path: str) -> tuple[str, os.stat_result]:
        """Where a file really is, links resolved, and its status. Raises OSError, TreeError when it is outside."""
        start = path.rfind("/") + 1
        name = path[start:]
        # A run asks about thousands of files in few folders: a folder is resolved once.
        known = self._inside.get(path[:start])
        plain = known is not None and name not in _NO_NAMES and os.sep not in name and "\0" not in name
        location = known + name if known is not None and plain else self._location(path)
        status = os.lstat(location)
        if stat.S_ISLNK(status.st_mode):
            location = os.path.realpath(location, strict=True)
            self._require_own(path, location)
            status = os.lstat(location)
            if stat.S_ISDIR(status.st_mode):
                raise TreeError("is a link to a folder, which cannot be followed")
        return location, status

    def _location(self, path: str) -> str:
        """Where a file is, with the links of its folder resolved. Raises TreeError when that is outside."""
        if leaves_root(path) or os.path.isabs(path) or "\0" in path:
            raise TreeError(_OUTSIDE)
        folder, name = os.path.split(os.path.normpath(path))
        real = self._real_folder(folder)
        location = os.path.join(real, name)
        if not os.path.islink(location):
            self._require_own(path, location)
        if real == os.path.normpath(os.path.join(self._root, folder)):  # no link that has to be looked at each time
            self._inside[folder.replace(os.sep, "/") + "/" if folder else ""] = os.path.join(real, "")
        return location

    def _require_own(self, path: str, location: str) -> None:
        """Raises TreeError if a path leads through links to what is none of the project's files."""
        if not is_within(location, self._root):
            raise TreeError(_OUTSIDE)
        asked, real = posixpath.normpath(path), location[len(self._root) :].strip(os.sep).replace(os.sep, "/")
        if asked == real:
            return
        if is_hidden(real) and not is_hidden(asked):
            raise TreeError(LINK_TO_HIDDEN)
        if self.ignored(real):
            raise TreeError(_LINK_TO_IGNORED)

    def _real_folder(self, folder: str) -> str:
        # Resolving costs a system call per path component, and a run reads many files of few folders.
        real = self._real_folders.get(folder)
        if real is None:
            real = self._real_folders[folder] = os.path.realpath(os.path.join(self._root, folder))
        return real


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder, which may be gone meanwhile. Raises TreeError where it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        # A folder that cannot be listed must not look empty: its files would count as deleted.
        if error.errno not in {errno.ENOENT, errno.ENOTDIR}:
            raise TreeError(f"holds a folder that {_in_words(error)}: `{os.path.split(folder)[1]}`") from error
        return []


def read_regular(location: str, limit: int = MAX_BYTES) -> bytes:
    """Content of a file at a path of the system. It never waits, and reads hardly more than `limit` bytes.

    Raises:
        TreeError: the file has more than `limit` bytes, or is a folder, a link, a pipe or a device.
        OSError: it cannot be opened.
    """
    return _read_regular(location, os.lstat(location), limit)


def _read_regular(location: str, seen: os.stat_result, limit: int) -> bytes:
    # Checked before it is opened, because opening alone can make a device act, and again behind that, because another
    # file may have taken its place.
    _require_regular(seen)
    opened = os.open(location, _OPEN_FLAGS)
    try:
        status = os.fstat(opened)
        _require_regular(status)
        body = _content(opened, status.st_size, limit) if status.st_size <= limit else b""
    finally:
        os.close(opened)
    size = max(status.st_size, len(body))
    if size > limit:
        raise TreeError(_too_large(size, limit))
    return body


def _content(opened: int, size: int, limit: int) -> bytes:
    # Not one call for `limit` bytes: to allocate them takes longer than to read most files. A file that grows meanwhile
    # is read on, up to the limit.
    body = os.read(opened, size + 1)
    return body if len(body) <= size else body + os.read(opened, limit + 1 - len(body))


def _require_regular(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise TreeError("is a folder")
    if stat.S_ISLNK(status.st_mode):
        raise TreeError("is a link")
    if not stat.S_ISREG(status.st_mode):
        raise TreeError("is not a regular file")


def _too_large(size: int, limit: int = MAX_BYTES) -> str:
    return f"is too large ({size:,} bytes; the limit is {limit:,})"


def _in_words(error: OSError) -> str:
    words = {
        errno.ENOENT: "does not exist",
        errno.ENOTDIR: "does not exist",
        errno.ELOOP: "is a link that leads in a circle",
        errno.EACCES: "may not be read (permission denied)",
        errno.ENAMETOOLONG: "has too long a name",
    }
    return words.get(error.errno or 0, f"cannot be read ({(error.strerror or 'unknown error').lower()})")
