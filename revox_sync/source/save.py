"""Writes changed texts back: each file is replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from revox_sync.errors import UsageError


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
    temporary = target.with_name(f".revox-sync.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(text.encode())
        shutil.copymode(target, temporary)
        temporary.replace(target)
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None
    finally:
        with suppress(OSError):
            temporary.unlink()
