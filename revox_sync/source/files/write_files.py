"""Writes files of the project: changed ones, and new ones that take no other file's place."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from revox_sync.errors import RefusedError, UsageError
from revox_sync.source.files.replace_file import NEW_FILE, replace_file, sync_folder, temporary_name, write_new


def save_texts(root: Path, texts: Mapping[str, str]) -> None:
    """Replace files below `root` by path; modes stay, and a link's target is replaced, not the link.

    Raises UsageError, before anything is written, where a file is read-only or has two of the paths; later where the
    system refuses: the files before it are then written.
    """
    targets = {path: (root / path).resolve() for path in texts}
    for path, target in targets.items():
        twin = next(other for other, same in targets.items() if same == target)
        if twin != path:
            raise UsageError(f"`{twin}` and `{path}` are one file", hint="name one of them at a time")
        if not target.stat().st_mode & stat.S_IWRITE:
            raise UsageError(f"`{path}` is read-only; nothing was written")
    for path, text in texts.items():
        _replace(targets[path], path, text)


def _replace(target: Path, path: str, text: str) -> None:
    try:
        replace_file(target, text.encode())
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None


LinkFile: TypeAlias = Callable[[Path, Path], None]
"""Gives the file at the first path a second name; FileExistsError where that is taken."""


def create_files(root: Path, texts: Mapping[str, str], link: LinkFile = os.link) -> None:
    """Write new files below `root`, in this order; folders are made. When one fails, those before it are taken back.

    Raises:
        RefusedError: something is there already, or a folder leads out of the root.
        UsageError: the system refuses.
    """
    written: list[Path] = []
    try:
        for path, text in texts.items():
            written.append(_create(root, path, text, link))
    except BaseException:
        for target in written:
            with suppress(OSError):
                target.unlink()
        raise


def _create(root: Path, path: str, text: str, link: LinkFile) -> Path:
    target = root / path
    try:
        # Before any folder is made: that, too, would be outside.
        if not Path(os.path.realpath(target.parent)).is_relative_to(root.resolve()):
            raise RefusedError(f"`{path}` is outside the project: a folder of its path is a link")
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_new(target, text.encode(), link)
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(target):
            raise RefusedError(f"`{path}` exists; nothing was overwritten") from None
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None
    return target


def _write_new(target: Path, content: bytes, link: LinkFile) -> None:
    """The whole file under its name at once; a second name, unlike a rename, never replaces a file."""
    temporary = target.with_name(temporary_name())
    try:
        write_new(str(temporary), content, NEW_FILE, os.fsync)
        try:
            link(temporary, target)
        except FileExistsError:
            raise
        except OSError:  # this file system has no second names
            write_new(str(target), content, NEW_FILE, os.fsync)
    finally:
        with suppress(OSError):
            temporary.unlink()
    sync_folder(target.parent)
