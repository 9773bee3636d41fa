"""Differences as a page shows them: each value on one line, cut to the room there is, and long texts line by line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Any, Final

from revox_sync.output.page.text_hunks import TextDiff, compare_texts
from revox_sync.output.text.visible import columns, counted, visible
from revox_sync.sync.model.plan import FieldChange

_LONGEST_INLINE: Final = 60
"""Characters of the longest text that is shown on one line."""
_UNSET: Final = "(unset)"
_LEAST_COLUMNS: Final = 9
"""Columns a value takes where there is less room."""


@dataclass(frozen=True, slots=True)
class ShortValue:
    """A value as JSON on one line, made `visible`.

    Attributes:
        text: of a text with several lines the first one, without space around it.
        whole: whether `text` is all of the value.
        size: is said where not all is shown; empty for what has no size worth it.
    """

    text: str
    whole: bool = True
    size: str = ""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One difference.

    Attributes:
        path: the place, dotted.
        sign: `+` added, `-` removed, `~` changed.
        sensitive: it is a secret, of which nothing else is shown.
        before: None: unset.
        after: None: unset.
        text: of a long text its lines; of one that is new or gone all of them.
    """

    path: str
    sign: str
    sensitive: bool = False
    before: ShortValue | None = None
    after: ShortValue | None = None
    text: TextDiff | None = None


def field_views(fields: Iterable[FieldChange]) -> tuple[FieldView, ...]:
    """The view of each difference."""
    return tuple(map(_view, fields))


def _view(field: FieldChange) -> FieldView:
    sign = "+" if field.added else "-" if field.removed else "~"
    if field.sensitive:
        return FieldView(field.path, sign, sensitive=True)
    sides = (field.before, field.after)
    is_text = all(side is None or isinstance(side, str) for side in sides) and any(map(_is_long, sides))
    text = compare_texts(*sides) if is_text else None
    return FieldView(field.path, sign, before=short(field.before), after=short(field.after), text=text)


def short(value: Any) -> ShortValue | None:
    """A value on one line; None for None."""
    if value is None:
        return None
    if _is_long(value):
        first, more, _ = value.strip().partition("\n")
        size = counted(len(value), "character")
        return ShortValue(_quoted(first + "…" if more else first), whole=first == value, size=size)
    return ShortValue(_quoted(value), size=counted(len(value), "element") if isinstance(value, list) else "")


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and (len(value) > _LONGEST_INLINE or "\n" in value)


def _quoted(value: Any) -> str:
    return visible(json.dumps(value, ensure_ascii=False))


def transition(before: ShortValue | None, after: ShortValue | None, width: int) -> str:
    """What was and what is, in so many columns: `1.0 → 1.1`."""
    new = fitted(after, width // 2)
    return f"{fitted(before, width - columns(new) - 3)} → {new}"


def fitted(value: ShortValue | None, width: int) -> str:
    """A value in so many columns; of what does not fit, size and beginning, even where they need a few more."""
    if value is None:
        return _UNSET
    if value.whole and columns(value.text) <= width:
        return value.text
    size = f"{value.size} " if value.size else ""
    return size + _clipped(value.text, max(width - len(size), _LEAST_COLUMNS))


def _clipped(text: str, width: int) -> str:
    if columns(text) <= width:
        return text
    # One column is left for the ellipsis.
    return text[: sum(1 for _ in takewhile(width.__gt__, accumulate(map(columns, text))))] + "…"
