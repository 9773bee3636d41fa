"""Questions to git: the files of a revision, and which revisions there are. It never writes or uses the network."""

from __future__ import annotations

import hashlib
import os
import posixpath
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from revox_sync.errors import UsageError
from revox_sync.source.files.ignored_files import GIT_SETTINGS, is_hidden
from revox_sync.source.files.tree import LINK_TO_HIDDEN, Tree, TreeError, files_below, leaves_root, limit_of

# Modes of a tree's entries (git-fast-import(1)).
_LINK: Final = "120000"
_REGULAR: Final = frozenset({"100644", "100755"})
_MOST_LINKS: Final = 40
"""How many links are followed, as many as Linux does."""
_SHA256_DIGITS: Final = 64


class Git:
    """The repository around a project.

    Args:
        root: the project root, the top of the repository or a folder in it.

    Raises:
        UsageError: git is not installed, or the project is in no repository.
    """

    def __init__(self, root: Path) -> None:
        self.root: Final = root
        found = self._run("rev-parse", "--git-dir")
        if found.returncode != 0:
            words = found.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
            raise UsageError(f"`{root}` is in no repository that git can read: {words.removeprefix('fatal: ')}")
        top = self.ask("rev-parse", "--show-toplevel")
        # git before 2.38 does not know `safe.bareRepository`: a bare repository has no work tree with a `.git`.
        if not top or not (Path(top) / ".git").exists():
            raise UsageError(f"`{root}` looks like a repository without a work tree", hint="run it in a checkout")

    def ask(self, *arguments: str) -> str | None:
        """The answer of a git command without its last newline; None when git refuses."""
        done = self._run(*arguments)
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n") if done.returncode == 0 else None

    def commit(self, revision: str) -> str | None:
        """The full name of a commit; None when this clone has no such commit."""
        return self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    @property
    def shallow(self) -> bool:
        """Whether older commits are missing from this clone."""
        return self.ask("rev-parse", "--is-shallow-repository") == "true"

    @contextmanager
    def tree(self, commit: str) -> Iterator[GitTree]:
        """The project's files at a commit, readable while the block runs."""
        listing = self.ask("ls-tree", "-r", "-l", "-z", commit, "--", ".") or ""
        with subprocess.Popen(  # noqa: S603 - fixed program, no shell
            self._command("cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        ) as reader:
            assert reader.stdin is not None  # noqa: S101 - pipes were asked for
            assert reader.stdout is not None  # noqa: S101
            try:
                yield GitTree(_entries(listing), reader.stdin, reader.stdout)
            finally:
                reader.stdin.close()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - fixed program, no shell
                self._command(*arguments),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                env=_environment(),
            )
        except FileNotFoundError:
            raise UsageError("git is not installed, or not on PATH") from None

    def _command(self, *arguments: str) -> list[str]:
        return ["git", *GIT_SETTINGS, "-C", str(self.root), *arguments]


class GitTree:
    """A project's files at one commit; links are followed, but not out of the project.

    Args:
        entries: mode, object name and size in bytes, by path below the project root.
        requests: input of `git cat-file --batch`: names of objects, one per line.
        answers: its output.
    """

    def __init__(self, entries: Mapping[str, tuple[str, str, int]], requests: IO[bytes], answers: IO[bytes]) -> None:
        self._entries = entries
        self._requests = requests
        self._answers = answers
        self._owner: Final = os.getpid()

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError when it is missing, too large, no regular file or outside the root."""
        entry = self._entries.get(self._resolved(path))
        if entry is None:
            raise TreeError("does not exist")
        mode, name, size = entry
        if mode not in _REGULAR:
            raise TreeError("is not a regular file")
        if size > (limit := limit_of(path)):
            raise TreeError(f"is too large ({size:,} bytes; the limit is {limit:,})")
        return self._content(name)

    def name(self, path: str) -> str | None:
        """The object name of a file's content; None for anything but a file that can be read."""
        mode, name, size = self._entries.get(self._resolved(path), ("", "", 0))
        return name if mode in _REGULAR and size <= limit_of(path) else None

    def exists(self, path: str) -> bool:
        """Whether something is there: a file, a link, or a folder with files."""
        return posixpath.normpath(path) in self._entries or bool(files_below(path, self._entries))

    def files(self, directory: str) -> list[str]:
        """Paths of all files below `directory`, sorted, see `Tree.files`; links to files count."""
        if leaves_root(directory):
            raise TreeError("is outside the project")
        return sorted(self._below(posixpath.normpath(directory), ()))

    def _below(self, folder: str, entered: tuple[str, ...]) -> Iterator[str]:
        """As the method of this name of `DiskTree`."""
        real = self._resolved(folder)
        for path in files_below(real, self._entries):
            name = posixpath.normpath(posixpath.join(folder, posixpath.relpath(path, real)))
            target = self._folder_behind(path) if self._entries[path][0] == _LINK else None
            if target is None:
                yield name
                continue
            way = (*entered, posixpath.dirname(path) or ".")
            if not target or target == "." or any(f"{passed}/".startswith(f"{target}/") for passed in way):
                yield name + "/"
            else:
                yield from self._below(name, way)

    def _folder_behind(self, link: str) -> str | None:
        """The folder that a link leads to; empty where nobody can tell, None where it leads to a file."""
        try:
            target = self._resolved(link)
        except TreeError:
            target = ""
        if target and files_below(target, self._entries):
            return target
        return None if target in self._entries or "." in posixpath.basename(link) else ""

    def ignored(self, path: str) -> bool:  # noqa: ARG002 - as in Tree
        """Whether git ignores the file: what is committed, it does not."""
        return False

    def _resolved(self, path: str) -> str:
        """The path behind all links; any folder of the path may be one."""
        hidden = is_hidden(posixpath.normpath(path))
        for _ in range(_MOST_LINKS):
            if leaves_root(path):
                raise TreeError("is outside the project")
            path = posixpath.normpath(path)
            steps = path.split("/")
            starts = ("/".join(steps[:end]) for end in range(1, len(steps) + 1))
            link = next((start for start in starts if self._entries.get(start, ("",))[0] == _LINK), None)
            if link is None:
                if is_hidden(path) and not hidden:
                    raise TreeError(LINK_TO_HIDDEN)
                return path
            target = self._content(self._entries[link][1]).decode("utf-8", "surrogateescape")
            path = posixpath.join(posixpath.dirname(link), target) + path[len(link) :]
        raise TreeError("is a link that leads in a circle")

    def _content(self, name: str) -> bytes:
        if os.getpid() != self._owner:  # a fork shares the pipes: each process would get answers meant for the other
            raise RuntimeError("only the process that started git may read from it")
        self._requests.write(f"{name}\n".encode("ascii"))
        self._requests.flush()
        head = self._answers.readline().split()
        if len(head) != 3:
            raise TreeError("is missing from this clone")
        content = self._answers.read(int(head[2]))
        self._answers.read(1)  # git writes a newline behind it
        return content


def same_content(first: Tree, second: Tree, path: str) -> bool:
    """Whether a file can be read in both trees and is the same, byte for byte."""
    try:
        if not isinstance(first, GitTree):
            first, second = second, first
        if not isinstance(first, GitTree):
            return first.read(path) == second.read(path)
        # Names are compared instead of contents: git need not send what it has.
        name = first.name(path)
        other_name = second.name(path) if isinstance(second, GitTree) else _object_name(second.read(path), name or "")
    except TreeError:
        return False
    return name is not None and name == other_name


def _object_name(content: bytes, like: str) -> str:
    """The name that git gives a file's content, by the algorithm of another name: SHA-1 or SHA-256."""
    algorithm = hashlib.sha256 if len(like) == _SHA256_DIGITS else hashlib.sha1
    return algorithm(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _entries(listing: str) -> dict[str, tuple[str, str, int]]:
    found = {}
    for line in listing.split("\0"):
        facts, tab, path = line.partition("\t")
        if tab:
            mode, _, name, size = facts.split()
            found[path] = (mode, name, int(size) if size.isdigit() else 0)
    return found


def _environment() -> dict[str, str]:
    # No question on the terminal, nothing fetched for a partial clone, no translated messages.
    return {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
