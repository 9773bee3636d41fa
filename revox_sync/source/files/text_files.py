"""Text files, read and written whole: those that a command line names, and those of the project."""

# os.path, not pathlib: one lint in a hook is too short to import it.
# ruff: noqa: PTH100, PTH114, PTH117, PTH120

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from revox_sync.errors import RefusedError, UsageError
from revox_sync.source.files.replace_file import (
    NEW_FILE,
    OWNER_ONLY,
    replace_file,
    sync_folder,
    temporary_name,
    write_new,
)
from revox_sync.source.files.tree import LARGEST_DOCUMENT, TreeError, is_within, read_regular

if TYPE_CHECKING:
    from pathlib import Path

    from revox_sync.source.files.watched_tree import WatchedTree


def read_file(path: Path | str) -> str:
    """The text of a file that the command line names. Raises UsageError where it cannot be read."""
    try:
        return read_regular(os.path.realpath(path), LARGEST_DOCUMENT).decode("utf-8")
    except TreeError as error:
        raise UsageError(f"`{path}` {error.reason}") from None
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"`{path}` is not UTF-8 text") from None


def write_file(path: Path | str, text: str, *, private: bool = False) -> None:
    """Write a file that the command line names, and the folders above it. Raises UsageError where it cannot.

    Args:
        private: whether only its owner may read it.
    """
    from pathlib import Path  # takes milliseconds to import, and most lints write no report

    require_no_link(path)
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_file():
            # A pipe, or /dev/stderr: who reads it would wait in vain if a file took its place.
            target.write_text(text, "utf-8")
        else:
            replace_file(target, text.encode(), mode=OWNER_ONLY if private else None)
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None


def require_no_link(path: Path | str) -> None:
    """Raises UsageError if a file that the command line names is a link, or lies behind one that leads elsewhere.

    A link that somebody has committed would let a report overwrite any file. Those of the system, such as /dev/stdout,
    are no files of anybody.
    """
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.islink(path) and not is_within(folder, "/dev") and not is_within(folder, "/proc"):
        raise UsageError(f"`{path}` is a link; nothing was written", hint="name the file that is meant")
    # What a path says itself may lead anywhere: `../report.html`, or an absolute path.
    says_so = os.path.isabs(path) or os.path.normpath(path).startswith(os.pardir)
    real_folder = os.path.realpath(os.path.dirname(path) or os.curdir)
    if not says_so and not is_within(real_folder, os.path.realpath(os.curdir)):
        raise UsageError(f"`{path}` leads through a link to another place", hint="name the folder that is meant")


def save_texts(root: Path, texts: Mapping[str, str], tree: WatchedTree) -> None:
    """Replace files below `root`, by path. Modes stay; of a link, the target is replaced.

    Args:
        tree: through which the files were read.

    Raises UsageError where a file is read-only, two paths lead to one file, or the system refuses, and RefusedError
    where a file has been edited since it was read. Most of that shows before anything is written; where it shows later,
    the files before that one are written.
    """
    targets = {path: (root / path).resolve() for path in texts}
    for path, target in targets.items():
        first = next(candidate for candidate, same in targets.items() if same == target)
        if first != path:
            # The second text would overwrite the first one.
            raise UsageError(f"`{first}` and `{path}` are one file", hint="name one of them at a time")
        _require_as_read(path, tree)
        # The rename that replaces a file would succeed: it needs rights on the folder only.
        if not target.stat().st_mode & stat.S_IWRITE:
            raise UsageError(f"`{path}` is read-only; nothing was written")
    for path, text in texts.items():
        # Once more right before the write: between the two somebody may have saved a file in an editor.
        _require_as_read(path, tree)
        try:
            replace_file(targets[path], text.encode())
            tree.wrote(path, text.encode())
        except OSError as error:
            raise UsageError(f"cannot write `{path}`: {error.strerror}") from None


def _require_as_read(path: str, tree: WatchedTree) -> None:
    if not tree.is_as_read(path):
        message = f"`{path}` was edited while this command ran; it is left as it is"
        raise RefusedError(message, hint="run the command again")


LinkFile: TypeAlias = Callable[["Path", "Path"], None]
"""Gives the file at the first path a second name; raises FileExistsError where that is taken."""


def create_files(root: Path, texts: Mapping[str, str], link: LinkFile = os.link) -> None:
    """Write new files below `root`, in this order, and the folders they need. All are removed again when one fails.

    Raises:
        RefusedError: something is there already, or a folder leads out of the root.
        UsageError: the system refuses.
    """
    written: list[Path] = []
    try:
        for path, text in texts.items():
            target = root / path
            _create(root, target, path, text, link)
            written.append(target)
    except BaseException:
        for target in written:
            with suppress(OSError):
                target.unlink()
        raise


def _create(root: Path, target: Path, path: str, text: str, link: LinkFile) -> None:
    try:
        # Before any folder is made: that, too, would be outside.
        if not is_within(os.path.realpath(target.parent), os.path.realpath(root)):
            raise RefusedError(f"`{path}` is outside the project: a folder of its path is a link")
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_new(target, text.encode(), link)
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(target):
            raise RefusedError(f"`{path}` exists; nothing was overwritten") from None
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None


def _write_new(target: Path, content: bytes, link: LinkFile) -> None:
    # The file appears whole, because it gets its name when it is written; and it replaces no other, because a second
    # name, unlike a rename, is refused where one is there.
    temporary = target.with_name(temporary_name())
    try:
        write_new(str(temporary), content, NEW_FILE, os.fsync)
        try:
            link(temporary, target)
        except FileExistsError:
            raise
        except OSError:
            # FAT and some network folders have no second names.
            write_new(str(target), content, NEW_FILE, os.fsync)
    finally:
        with suppress(OSError):
            temporary.unlink()
    sync_folder(target.parent)
