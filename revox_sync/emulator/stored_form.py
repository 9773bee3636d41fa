"""Forms in which a server may keep a body: the same meaning, but not what was sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from unicodedata import normalize

_Schema = Mapping[str, Any]
_Change = Callable[[Any, _Schema], Any]
_NO_RULES: Final[_Schema] = {}
_URL_FORMATS: Final = frozenset({"http-url", "tool-url", "lookup-url", "calendly-event-type"})
_CLOCK: Final = re.compile(r"(\d{1,2})(?::(\d\d))? ?([ap]m)?", re.IGNORECASE)
# Scheme, user and host; the host ends where a placeholder begins, because names of placeholders keep their case.
_AUTHORITY: Final = re.compile(r"\A([A-Za-z][A-Za-z0-9+.-]*://)([^/?#@]*@)?([^/?#{]*)")
# Larger numbers cannot all be told apart as floating-point numbers.
_SAFE_INTEGER: Final = 2**53


def respelled(body: Mapping[str, Any], schema: _Schema) -> dict[str, Any]:
    """The body in the spelling of a server with the quirk `respell`; docs/emulator.md lists what that is.

    To respell twice changes nothing.

    Args:
        body: what was sent, valid.
        schema: that of the body, without references, with the annotations `x-secret` and `x-order`.
    """
    return _rebuilt_fields(body, schema, _respelled)


def composed(body: Mapping[str, Any], schema: _Schema) -> dict[str, Any]:
    """The body with its texts in Unicode form NFC. Keys and secrets stay as they are."""
    return _rebuilt_fields(body, schema, _composed)


def _rebuilt_fields(body: Mapping[str, Any], schema: _Schema, change: _Change) -> dict[str, Any]:
    rules = schema["properties"]
    return {key: _rebuilt(value, rules.get(key, _NO_RULES), change) for key, value in body.items()}


def _rebuilt(value: Any, rules: _Schema, change: _Change) -> Any:
    """The value with everything in it changed, the innermost first."""
    if isinstance(value, Mapping):
        known = _branch(value, rules).get("properties", _NO_RULES)
        value = {key: _rebuilt(child, known.get(key, _NO_RULES), change) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_rebuilt(entry, rules.get("items", _NO_RULES), change) for entry in value]
    return change(value, rules)


def _branch(value: Mapping[str, Any], rules: _Schema) -> _Schema:
    """The alternative an object chooses by its discriminator; the rules themselves where there is nothing to choose."""
    for branch in rules.get("oneOf", ()):
        if branch["properties"][name := rules["x-discriminator"]]["const"] == value.get(name):
            chosen: _Schema = branch
            return chosen
    return rules


def _composed(value: Any, rules: _Schema) -> Any:
    return normalize("NFC", value) if _is_text(value, rules) else value


def _respelled(value: Any, rules: _Schema) -> Any:
    if isinstance(value, Mapping):
        return _sorted_keys(value)
    if isinstance(value, list):
        entries = [_filled(entry, rules.get("items", _NO_RULES)) for entry in value]
        is_plain = all(isinstance(entry, str) for entry in entries)
        return sorted(entries) if is_plain and rules.get("x-order") == "free" else entries
    if _is_text(value, rules):
        return _text(value, rules.get("format"))
    is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _SAFE_INTEGER
    return float(value) if is_whole and "number" in _types(rules) else value


def _sorted_keys(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: mapping[key] for key in sorted(mapping)}


def _filled(entry: Any, rules: _Schema) -> Any:
    """The entry of a list with all keys a server may add to it."""
    if not isinstance(entry, Mapping):
        return entry
    known = rules.get("properties", _NO_RULES)
    added = {key: node.get("default") for key, node in known.items() if "default" in node or "null" in _types(node)}
    return _sorted_keys({**added, **entry})


def _types(rules: _Schema) -> tuple[str, ...]:
    types = rules.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)


def _is_text(value: Any, rules: _Schema) -> bool:
    # A password may end with white space.
    return isinstance(value, str) and not rules.get("x-secret")


def _text(value: str, text_format: str | None) -> str:
    text = value.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if text_format == "email-list":
        return ", ".join(address.strip() for address in text.lower().split(",")).rstrip()
    if text_format == "clock-time":
        return _CLOCK.sub(_as_24_hours, text)
    return _AUTHORITY.sub(_with_lower_host, text) if text_format in _URL_FORMATS else text


def _as_24_hours(time: re.Match[str]) -> str:
    hour, half = int(time[1]), (time[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{time[2] or '00'}"


def _with_lower_host(url: re.Match[str]) -> str:
    scheme, user, host = url.groups(default="")
    return scheme.lower() + user + host.lower()
