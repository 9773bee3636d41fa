"""Pointers into an assistant, and how they are written for machines (RFC 6901) and for people."""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the root of a document to a value."""
Value: TypeAlias = Any
"""Plain JSON (dict, list, str, int, float, bool, None) in which every secret is a `Secret`."""


def to_json_pointer(pointer: Pointer) -> str:
    """RFC 6901 text: `("voice", "speed")` gives `/voice/speed`; the root is the empty string."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in pointer)


def from_json_pointer(text: str) -> Pointer:
    """The pointer that an RFC 6901 text writes, with every step as a string.

    Raises ValueError for text that is no pointer.
    """
    if not text:
        return ()
    if not text.startswith("/") or re.search(r"~(?![01])", text):
        raise ValueError(f"{text!r} is no JSON pointer")
    # `1` stays a key: pointers are read from locks and plans only, which point to leaves, and lists are leaves.
    # RFC 6901, 4: `~1` is replaced before `~0`, so that `~01` becomes `~1` and not `/`.
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))


def dotted(pointer: Pointer) -> str:
    """The pointer as people read it: `voice.speed`, `faq_items[2].answer`, `labels["a b"]`."""
    path = ""
    for step in pointer:
        path = below(path, step)
    return path


def below(path: str, step: str | int) -> str:
    """The readable path of a key or list index below another path."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", step):
        return f"{path}[{quoted(step)}]"
    return f"{path}.{step}" if path else step


def quoted(text: str) -> str:
    """The text in double quotes, on one line, as JSON writes it."""
    return json.dumps(text, ensure_ascii=False)


def value_at(value: Value, pointer: Pointer) -> Value:
    """What lies at a pointer; None where there is nothing, which the API does not tell from null.

    See docs/design.md, "Leaves".
    """
    for step in pointer:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
