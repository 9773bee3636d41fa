"""Asks git: files of a revision, and which revisions there are. Only reads, never the network."""

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
from revox_sync.source.files.tree import MAX_BYTES, Tree, TreeError, leaves_root

SAFE: Final = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""A branch may hold files that make the project's folder look like a repository of its own, with commands to run."""
LINK: Final = "120000"
REGULAR: Final = frozenset({"100644", "100755"})
MOST_LINKS: Final = 40
SHA256_DIGITS: Final = 64


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
        if not top or not (Path(top) / ".git").exists():  # git before 2.38 does not know the setting above
            raise UsageError(f"`{root}` looks like a repository without a work tree", hint="run it in a checkout")

    def ask(self, *arguments: str) -> str | None:
        """The answer of a git command without its last newline; None when git refuses."""
        done = self._run(*arguments)
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n") if done.returncode == 0 else None

    def commit(self, revision: str) -> str | None:
        """The full name of a commit; None when there is none of that name here."""
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
            assert reader.stdin is not None  # noqa: S101 - both were asked for
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
        return ["git", *SAFE, "-C", str(self.root), *arguments]


class GitTree:
    """A project's files at one commit; links are followed, and may not lead out of the project.

    Args:
        entries: mode, object and size in bytes by path below the project root.
        requests: where the names of wanted objects are written, one a line.
        answers: where `git cat-file --batch` answers them.
    """

    def __init__(self, entries: Mapping[str, tuple[str, str, int]], requests: IO[bytes], answers: IO[bytes]) -> None:
        self._entries = entries
        self._requests = requests
        self._answers = answers
        self._asking: Final = os.getpid()

    def read(self, path: str) -> bytes:
        """Content of a file. Raises TreeError when it is missing, too large, no regular file or outside the root."""
        entry = self._entries.get(self._resolved(path))
        if entry is None:
            raise TreeError("does not exist")
        mode, name, size = entry
        if mode not in REGULAR:
            raise TreeError("is not a regular file")
        if size > MAX_BYTES:
            raise TreeError(f"is too large ({size:,} bytes; the limit is {MAX_BYTES:,})")
        return self._content(name)

    def name(self, path: str) -> str | None:
        """What git calls the content of a file; None for anything but a file that can be read."""
        mode, name, size = self._entries.get(self._resolved(path), ("", "", 0))
        return name if mode in REGULAR and size <= MAX_BYTES else None

    def exists(self, path: str) -> bool:
        """Whether something is there: a file, a link, or a folder with files."""
        normal = posixpath.normpath(path)
        return normal in self._entries or any(each.startswith(normal + "/") for each in self._entries)

    def files(self, directory: str) -> list[str]:
        """Paths of all files below `directory`, sorted; links to files count."""
        if leaves_root(directory):
            raise TreeError("is outside the project")
        prefix = posixpath.normpath(directory) + "/"
        return sorted(path for path in self._entries if prefix == "./" or path.startswith(prefix))

    def _resolved(self, path: str) -> str:
        """The path behind all links, of which any of its folders may be one."""
        for _ in range(MOST_LINKS):
            if leaves_root(path):
                raise TreeError("is outside the project")
            path = posixpath.normpath(path)
            link = next((each for each in _beginnings(path) if self._mode(each) == LINK), None)
            if link is None:
                return path
            target = self._content(self._entries[link][1]).decode("utf-8", "surrogateescape")
            path = posixpath.join(posixpath.dirname(link), target) + path[len(link) :]
        raise TreeError("is a link that leads in a circle")

    def _mode(self, path: str) -> str | None:
        entry = self._entries.get(path)
        return entry[0] if entry is not None else None

    def _content(self, name: str) -> bytes:
        if os.getpid() != self._asking:  # a copy of this process would take the other one's answers
            raise RuntimeError("git answers the process that started it, and no copy of that")
        self._requests.write(f"{name}\n".encode("ascii"))
        self._requests.flush()
        head = self._answers.readline().split()
        if len(head) != 3:
            raise TreeError("is missing from this clone")
        content = self._answers.read(int(head[2]))
        self._answers.read(1)  # the newline behind it
        return content


def same_content(one: Tree, other: Tree, path: str) -> bool:
    """Whether a file can be read in both trees and is the same, byte for byte. What git has it need not bring."""
    try:
        if not isinstance(one, GitTree):
            one, other = other, one
        if not isinstance(one, GitTree):
            return one.read(path) == other.read(path)
        name = one.name(path)
        there = other.name(path) if isinstance(other, GitTree) else _object_name(other.read(path), name or "")
    except TreeError:
        return False
    return name is not None and name == there


def _object_name(content: bytes, like: str) -> str:
    """What git calls a file's content, by the algorithm that another name was made with."""
    algorithm = hashlib.sha256 if len(like) == SHA256_DIGITS else hashlib.sha1
    return algorithm(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _beginnings(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts) + 1))


def _entries(listing: str) -> dict[str, tuple[str, str, int]]:
    found = {}
    for line in listing.split("\0"):
        facts, tab, path = line.partition("\t")
        if tab:
            mode, _, name, size = facts.split()
            found[path] = (mode, name, int(size) if size.isdigit() else 0)
    return found


def _environment() -> dict[str, str]:
    """No question on the terminal, nothing fetched for a partial clone, no localised words."""
    return {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
