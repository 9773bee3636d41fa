"""HTML built so that text cannot become markup: whatever is not of the type `Markup` is escaped."""

from __future__ import annotations

import html
from typing import Final

_VOID_ELEMENTS: Final = frozenset({"meta", "input", "br"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Markup:
    """An element with its children; those that are not `Markup` are text.

    Args:
        attributes: by name; `_` stands for `-`, and one at the end is left out (`class_`).
    """
    opened = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Markup(opened if name in _VOID_ELEMENTS else f"{opened}{joined(*children)}</{name}>")


def joined(*parts: str) -> Markup:
    """Parts one after the other; those that are not `Markup` are text."""
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part, quote=False) for part in parts))


def _attribute(name: str, value: str) -> str:
    name = name.rstrip("_").replace("_", "-")
    return f' {name}="{html.escape(value)}"'
