"""What an editor makes of the edits that it gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from revox_sync.source.model.place import SourceText


def edited(text: str, edits: Iterable[Mapping[str, Any]]) -> str:
    """A text after edits, whose columns count UTF-16 units."""
    for edit in sorted(edits, key=lambda each: -_offset(text, each["range"]["start"])):
        start, end = (_offset(text, edit["range"][side]) for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def _offset(text: str, position: Mapping[str, int]) -> int:
    source = SourceText("", text)
    start = source.start(position["line"] + 1)
    if start is None:
        return len(text)
    units = source.line(position["line"] + 1).encode("utf-16-le")[: position["character"] * 2]
    return start + len(units.decode("utf-16-le"))
