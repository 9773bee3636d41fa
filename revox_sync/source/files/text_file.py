"""Files that a command line names: read, and written whole or not at all."""

import os
from typing import TYPE_CHECKING

from revox_sync.errors import UsageError
from revox_sync.source.files.replace_file import replace_file
from revox_sync.source.files.tree import LARGEST_DOCUMENT, TreeError, read_regular

if TYPE_CHECKING:
    from pathlib import Path


def write_file(path: "Path | str", text: str) -> None:
    """Write a file, whole or not at all, and the folders above it. Raises UsageError where that does not work."""
    from pathlib import Path

    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_file():  # /dev/stderr, a pipe
            target.write_text(text, "utf-8")
            return
        replace_file(target, text.encode())
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None


def read_file(path: "Path | str") -> str:
    """The text of a file the command line names. Raises UsageError where it cannot be read."""
    try:
        return read_regular(os.path.realpath(path), LARGEST_DOCUMENT).decode("utf-8")
    except TreeError as error:
        raise UsageError(f"`{path}` {error.reason}") from None
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"`{path}` is not UTF-8 text") from None
