"""What one call of `revox-sync fmt` asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from revox_sync.errors import UsageError
from revox_sync.values.named_tuple import NamedTuple

STDIN: Final = "-"
"""The path that means the text on stdin."""


class FormatRequest(NamedTuple):
    """The options of fmt.

    Attributes:
        check: write nothing, and name the files that would change.
        diff: write nothing, and show what would change.
        stdin_filename: the file whose text comes on stdin; None if all files come from the disk.
    """

    check: bool = False
    diff: bool = False
    stdin_filename: str | None = None

    @property
    def only_looks(self) -> bool:
        """Whether no file is written."""
        return self.check or self.diff

    def validate(self, paths: Sequence[str]) -> None:
        """Raises UsageError for options that do not go together."""
        others = [path for path in paths if path != STDIN]
        if others and (self.stdin_filename is not None or len(others) < len(paths)):
            raise UsageError("stdin and other paths do not go together", hint="name the one file to format")
