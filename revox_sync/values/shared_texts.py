"""Equal texts as one object: what a file says the API nearly always holds, too, and assistants have much in common.

The interpreter's own table of texts is used, in which a text stays as long as somebody else holds it.
"""

from __future__ import annotations

from sys import intern
from typing import Any


def with_shared_texts(value: Any) -> Any:
    """Plain JSON in which each text is the object that every equal one is; other values are the same objects."""
    if value.__class__ is str:
        return intern(value)
    if value.__class__ is dict:
        return {intern(key): with_shared_texts(child) for key, child in value.items()}
    if value.__class__ is list:
        return [with_shared_texts(child) for child in value]
    return value


def with_texts_shared_inside(mapping: dict[str, Any]) -> dict[str, Any]:
    """The same for the keys and texts of one mapping; a JSON parser calls this as its `object_hook`."""
    return {intern(key): intern(child) if child.__class__ is str else child for key, child in mapping.items()}
