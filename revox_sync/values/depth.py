"""How deep a document is nested: what walks one recursively must not run out of stack."""

from __future__ import annotations

from typing import Any, Final

DEEPEST: Final = 64
"""Levels of an answer of the API; assistants are six levels deep."""
DEEPEST_FILE: Final = 2 * DEEPEST
"""Levels of a file of ours, which puts answers into something."""


def is_deeper(value: Any, levels: int) -> bool:
    """Whether collections of plain JSON stand inside each other more often than that."""
    level: list[Any] = [[value]]
    for _ in range(levels + 1):
        inside = (each.values() if isinstance(each, dict) else each for each in level)
        level = [child for children in inside for child in children if isinstance(child, dict | list)]
        if not level:
            return False
    return True
