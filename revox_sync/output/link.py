"""Hyperlinks as an argument: renderers name a file, the caller decides whether the text leads there."""

from __future__ import annotations

from collections.abc import Callable

Link = Callable[[str, str], str]
"""Text to show and path in the project it is about, to text to print."""


def unlinked(text: str, _: str) -> str:
    """No link."""
    return text


def file_links(root: str) -> Link:
    """Links for terminals (OSC 8) to the files below `root`, an absolute path."""
    from pathlib import Path

    folder = Path(root)

    def link(text: str, path: str) -> str:
        # A URI is percent-encoded, so a file's name cannot end the sequence.
        return f"\x1b]8;;{(folder / path).as_uri()}\x1b\\{text}\x1b]8;;\x1b\\"

    return link
