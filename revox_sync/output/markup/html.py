"""HTML built so that text cannot become markup: whatever is not Markup is escaped."""

from __future__ import annotations

import html
from typing import Final

VOID: Final = frozenset({"meta", "input", "br"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Markup:
    """An element; children that are not Markup are text.

    Args:
        name: of the element.
        children: what it holds.
        attributes: by name; `_` stands for `-`, one at the end for nothing (`class_`).
    """
    opened = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in VOID:
        return Markup(opened)
    return Markup(f"{opened}{joined(*children)}</{name}>")


def joined(*parts: str) -> Markup:
    """Parts in a row; those that are not Markup are text."""
    return Markup("".join(each if isinstance(each, Markup) else html.escape(each, quote=False) for each in parts))


def _attribute(name: str, value: str) -> str:
    name = name.rstrip("_").replace("_", "-")
    return f' {name}="{html.escape(value)}"'
