"""Values on one line, cut to the room there is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Any, Final

from revox_sync.output.text.visible import columns, counted, visible

LONG: Final = 60
"""Characters from which a text is shown as hunks."""
UNSET: Final = "(unset)"
LEAST: Final = 9
"""Columns a value takes where there is less room."""


@dataclass(frozen=True, slots=True)
class ShortValue:
    """A value as JSON on one line, harmless.

    Attributes:
        text: of a text with several lines the first one, without space around it.
        whole: whether the text is all of it.
        size: is said where not all is shown; empty for what has no size worth it.
    """

    text: str
    whole: bool = True
    size: str = ""


def short(value: Any) -> ShortValue | None:
    """A value on one line; None for nothing."""
    if value is None:
        return None
    if is_long(value):
        first, more, _ = value.strip().partition("\n")
        size = counted(len(value), "character")
        return ShortValue(_quoted(first + "…" if more else first), whole=first == value, size=size)
    size = counted(len(value), "element") if isinstance(value, list) else ""
    return ShortValue(_quoted(value), size=size)


def is_long(value: Any) -> bool:
    """Whether a value is a text that one line would not do justice."""
    return isinstance(value, str) and (len(value) > LONG or "\n" in value)


def fitted(value: ShortValue | None, room: int) -> str:
    """A value in so many columns; of what does not fit, size and beginning, even where they need a few more."""
    if value is None:
        return UNSET
    if value.whole and columns(value.text) <= room:
        return value.text
    size = f"{value.size} " if value.size else ""
    return size + _clipped(value.text, room - len(size))


def transition(before: ShortValue | None, after: ShortValue | None, room: int) -> str:
    """What was and what is, in so many columns: `1.0 → 1.1`."""
    new = fitted(after, room // 2)
    return f"{fitted(before, room - columns(new) - 3)} → {new}"


def _quoted(value: Any) -> str:
    return visible(json.dumps(value, ensure_ascii=False))


def _clipped(text: str, room: int) -> str:
    room = max(room, LEAST)
    if columns(text) <= room:
        return text
    return text[: sum(1 for _ in takewhile(room.__gt__, accumulate(map(columns, text))))] + "…"
