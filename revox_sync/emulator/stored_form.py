"""The form in which a server keeps what it is sent: without ignored fields, and perhaps normalised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

_Schema = Mapping[str, Any]
_NO_RULES: Final[_Schema] = {}


def without(body: Mapping[str, Any], drops: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """The body without some of its fields, each named by the keys that lead to it."""
    rest = dict(body)
    for key, *below in drops:
        if not below:
            rest.pop(key, None)
        elif isinstance(rest.get(key), Mapping):
            rest[key] = without(rest[key], [tuple(below)])
    return rest


def normalised(body: Mapping[str, Any], schema: _Schema) -> dict[str, Any]:
    """The body in the form the emulator keeps under `--normalise`: the same meaning, but not the same text.

    - Lines end with LF; white space at the end of a text is gone. Secrets stay as they are.
    - E-mail addresses are in lower case, with one space after each comma.
    - Keys of nested objects are sorted.
    - Objects in lists have every key of the schema that has a default or may be null.
    - Plain values of lists whose order is free are sorted.

    To normalise twice changes nothing. (Numbers are always answered the way JavaScript writes them.)

    Args:
        body: what was sent, valid.
        schema: that of the body, with the annotations `x-secret` and `x-order` and the format `email-list`.
    """
    rules = schema["properties"]
    return {key: _value(value, rules.get(key, _NO_RULES)) for key, value in body.items()}


def _value(value: Any, rules: _Schema) -> Any:
    if isinstance(value, Mapping):
        known = _branch(value, rules).get("properties", _NO_RULES)
        return {key: _value(value[key], known.get(key, _NO_RULES)) for key in sorted(value)}
    if isinstance(value, list):
        entry_rules = rules.get("items", _NO_RULES)
        entries = [_value(_filled(entry, entry_rules), entry_rules) for entry in value]
        is_plain = all(isinstance(entry, str) for entry in entries)
        return sorted(entries) if is_plain and rules.get("x-order") == "free" else entries
    return _text(value, rules) if isinstance(value, str) else value


def _filled(entry: Any, rules: _Schema) -> Any:
    """The entry of a list with all keys a server may add to it."""
    if not isinstance(entry, Mapping):
        return entry
    known = rules.get("properties", _NO_RULES)
    added = {key: node.get("default") for key, node in known.items() if "default" in node or _may_be_null(node)}
    return {**added, **entry}


def _may_be_null(rules: _Schema) -> bool:
    kinds = rules.get("type", ())
    return not isinstance(kinds, str) and "null" in kinds


def _branch(value: Mapping[str, Any], rules: _Schema) -> _Schema:
    """The alternative an object chooses by its discriminator; the rules themselves where there is nothing to choose."""
    for branch in rules.get("oneOf", ()):
        if branch["properties"][name := rules["x-discriminator"]]["const"] == value.get(name):
            chosen: _Schema = branch
            return chosen
    return rules


def _text(value: str, rules: _Schema) -> str:
    # A password may end with white space.
    if rules.get("x-secret"):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if rules.get("format") == "email-list":
        return ", ".join(address.strip() for address in text.lower().split(",")).rstrip()
    return text
