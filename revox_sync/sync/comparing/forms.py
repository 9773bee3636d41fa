"""Spellings of one value: what a server may make of a text or number without changing what it means.

Two values with one form still differ. But a server that answers one of them when it was sent the other has carried out
the request. Which spellings count is decided by the schema's format of the place, in one table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.contract.formats import present_time_zone
from revox_sync.sync.comparing.canonical import canonical, canonical_json, equal
from revox_sync.values.loose_name import loose_name
from revox_sync.values.pointer import Value
from revox_sync.values.walk import DESCEND, rebuilt

_DIGITS: Final = 6
"""Significant digits of a number that a server may keep."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_RESERVED: Final = "!#$%&'()*+,/:;=?@[]~"
_UNRESERVED: Final = re.compile(r"[\w.~-]", re.ASCII)
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
_CLOCK: Final = re.compile(r"0?(\d{1,2})(?::(\d{2}))?\s*([ap]m)?", re.IGNORECASE)
_MEANT: Final = frozenset({"clock-time", "iana-time-zone"})
"""Formats in which another spelling is no difference at all: a file that says `9am` is in sync with `09:00`."""


def form_digest(value: Value, node: Node | None) -> str:
    """BLAKE2b-128, hexadecimal, of the form that all spellings of a value share."""
    return blake2b(_json(value, node, _any_spelling).encode("ascii"), digest_size=16).hexdigest()


def equal_loosely(left: Value, right: Value, node: Node | None) -> bool:
    """Whether one value may be the form that a server gives to the other."""
    return _json(left, node, _any_spelling) == _json(right, node, _any_spelling)


def means_the_same(left: Value, right: Value, node: Node | None) -> bool:
    """Whether two values are in sync: canonically equal, or times and zones in two spellings, or empty and nothing."""
    return equal(left, right, node) or _json(left, node, _meant_spelling) == _json(right, node, _meant_spelling)


def _json(value: Value, node: Node | None, spelling: Callable[..., Any]) -> str:
    spelt = rebuilt(canonical(value, node), spelling, node)
    if isinstance(spelt, dict | list):
        spelt = rebuilt(spelt, _without_empty)
    return canonical_json(None if spelt == [] else spelt, None)


def _any_spelling(part: Any, node: Node | None, *_: object) -> Any:
    if isinstance(part, str):
        return _spelling_of(node)(part)
    if isinstance(part, float):
        return float(f"{part:.{_DIGITS}g}")
    return DESCEND


def _meant_spelling(part: Any, node: Node | None, *_: object) -> Any:
    if isinstance(part, str):
        return _spelling_of(node)(part) if _format_of(node) in _MEANT else part
    return DESCEND


def _without_empty(part: Any, *_: object) -> Any:
    """Inside a mapping an empty list and null say the same: there is nothing."""
    if isinstance(part, dict) and any(child == [] for child in part.values()):
        return rebuilt({key: child for key, child in part.items() if child != []}, _without_empty)
    return DESCEND


def _format_of(node: Node | None) -> str:
    return str(node.schema.get("format", "")) if node is not None else ""


def _spelling_of(node: Node | None) -> Callable[[str], str]:
    if node is assistant_node().properties["name"]:
        return loose_name
    return _SPELLINGS.get(_format_of(node), _text)


def _text(text: str) -> str:
    # Servers trim and collapse white space, and compose letters that were typed as a base and an accent.
    return " ".join(normalize("NFC", text).split())


def _phone(text: str) -> str:
    return "".join(character for character in text if character.isdigit() or character == "+")


def _url(text: str) -> str:
    """RFC 3986 sections 6.2.2 and 6.2.3: case of scheme and host, default port, empty path, dots, needless escapes."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return _text(text)
    if not parts.scheme or not parts.hostname:
        return _text(text)
    user = f"{parts.username}{':' + parts.password if parts.password else ''}@" if "@" in parts.netloc else ""
    shown_port = f":{port}" if port not in (None, _DEFAULT_PORTS.get(parts.scheme.lower())) else ""
    path, query, fragment = map(_escaped, (parts.path, parts.query, parts.fragment))
    root = f"{parts.scheme.lower()}://{user}{parts.hostname}{shown_port}/"
    return urljoin(root, urlunsplit(("", "", path, query, fragment)))


def _escaped(part: str) -> str:
    """A part of a URL in which only what needs an escape has one. An escaped delimiter is none (section 2.2)."""

    def escape(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if _UNRESERVED.fullmatch(character) else found[0].upper()

    return _ESCAPE.sub(escape, quote(part, safe=_RESERVED))


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return _text(text)
    hour, minute, half = int(found[1]), found[2] or "00", (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{minute}"


def _zone(text: str) -> str:
    return present_time_zone(text.strip())


_SPELLINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "http-url": _url,
    "tool-url": _url,
    "lookup-url": _url,
    "calendly-event-type": _url,
    "e164": _phone,
    "clock-time": _clock,
    "iana-time-zone": _zone,
}
"""How a text of each of the schema's formats is spelt; others by `_text`. Addresses are in `canonical` form."""
