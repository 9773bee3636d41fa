"""Differences as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable

from revox_sync.output.page.model import FieldView
from revox_sync.output.page.text_hunks import compare_texts
from revox_sync.output.page.values import is_long, short
from revox_sync.sync.model.field_change import FieldChange


def field_views(fields: Iterable[FieldChange]) -> tuple[FieldView, ...]:
    """The view of each difference."""
    return tuple(map(_view, fields))


def _view(field: FieldChange) -> FieldView:
    sign = "+" if field.added else "-" if field.removed else "~"
    if field.sensitive:
        return FieldView(field.path, sign, sensitive=True)
    sides = (field.before, field.after)
    is_text = all(each is None or isinstance(each, str) for each in sides) and any(map(is_long, sides))
    text = compare_texts(*sides) if is_text else None
    return FieldView(field.path, sign, before=short(field.before), after=short(field.after), text=text)
