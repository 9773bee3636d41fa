"""Writes changed texts back: each file is replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from revox_sync.errors import UsageError


def save_texts(root: Path, texts: Mapping[str, str]) -> None:
    """Replace files below `root` by path; modes stay, and a link's target is replaced, not the link.

    Raises UsageError where a file cannot be written; files before it are written.
    """
    for path, text in texts.items():
        target = (root / path).resolve()
        temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
        try:
            temporary.write_bytes(text.encode())
            shutil.copymode(target, temporary)
            temporary.replace(target)
        except OSError as error:
            raise UsageError(f"cannot write `{path}`: {error.strerror}") from None
        finally:
            temporary.unlink(missing_ok=True)
