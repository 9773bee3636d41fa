"""Which files of a project are none of its own: hidden ones, and those that git ignores."""

# os.path, not pathlib: one lint in a hook is too short to import it.
# ruff: noqa: PTH110, PTH118, PTH120

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection
from typing import Final

GIT_SETTINGS: Final = (
    # A branch may hold files that make the project's folder look like a bare repository, whose settings name commands
    # that git would run.
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
)
"""Options of git with which it runs no program that a repository names."""
# Hooks of git set them for the top of the repository, and relative to it; a project may be a folder in it.
_OF_ANOTHER_FOLDER: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


def is_hidden(path: str) -> bool:
    """Whether the name of a file or of one of its folders begins with a dot; the path is normalised."""
    return path.startswith(".") or "/." in path


def is_listed(path: str, ignored: Collection[str]) -> bool:
    """Whether a normalised path, or a folder of it, is among those of `ignored_by_git`."""
    if path in ignored:
        return True
    while path := posixpath.dirname(path):
        if path + "/" in ignored:
            return True
    return False


def ignored_by_git(root: str) -> frozenset[str]:
    """The files below a folder that git ignores and does not track, relative to it; a folder ends with a slash.

    Empty where there is no repository, or git cannot or will not read it.
    """
    folder = root
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return frozenset()
    import subprocess  # takes 7 ms, and only files that refer to others need it

    listing = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z", "--", ".")
    command = ["git", *GIT_SETTINGS, "-C", root, *listing]
    environ = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_FOLDER}
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, no shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=environ,
        )
    except OSError:  # git is not installed
        return frozenset()
    return frozenset(os.fsdecode(done.stdout).split("\0")) - {""} if done.returncode == 0 else frozenset()
