"""The form a server may give to what it is sent: it means the same, but is not the same text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
NO_RULES: Final[Schema] = {}


def normalised(body: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The body in the form the emulator keeps under `--normalise`.

    - Lines end with LF; white space at the end of a text is gone. Secrets stay as they are.
    - E-mail addresses are in lower case, with one space after each comma.
    - Keys of nested objects are sorted.
    - Objects in lists have every key of the schema that has a default or may be null.
    - Plain values of lists whose order is free are sorted.

    Doing it twice changes nothing. (Numbers are always answered the way JavaScript writes them.)

    Args:
        body: what was sent, valid.
        schema: that of the body, with the annotations `x-secret` and `x-order` and the format `email-list`.
    """
    rules = schema["properties"]
    return {key: _value(value, rules.get(key, NO_RULES)) for key, value in body.items()}


def _value(value: Any, rules: Schema) -> Any:
    if isinstance(value, Mapping):
        return _mapping(value, _branch(value, rules))
    if isinstance(value, list):
        return _list(value, rules)
    return _text(value, rules) if isinstance(value, str) else value


def _mapping(value: Mapping[str, Any], rules: Schema) -> dict[str, Any]:
    known = rules.get("properties", NO_RULES)
    return {key: _value(value[key], known.get(key, NO_RULES)) for key in sorted(value)}


def _list(value: list[Any], rules: Schema) -> list[Any]:
    entry_rules = rules.get("items", NO_RULES)
    entries = [_value(_filled(each, entry_rules), entry_rules) for each in value]
    is_plain = all(isinstance(each, str) for each in entries)
    return sorted(entries) if is_plain and rules.get("x-order") == "free" else entries


def _filled(entry: Any, rules: Schema) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    known = rules.get("properties", NO_RULES)
    added = {key: node.get("default") for key, node in known.items() if "default" in node or _may_be_null(node)}
    return {**added, **entry}


def _may_be_null(rules: Schema) -> bool:
    kinds = rules.get("type", ())
    return not isinstance(kinds, str) and "null" in kinds


def _branch(value: Mapping[str, Any], rules: Schema) -> Schema:
    """The alternative an object chooses by its discriminator; the rules themselves where there is nothing to choose."""
    for branch in rules.get("oneOf", ()):
        if branch["properties"][name := rules["x-discriminator"]]["const"] == value.get(name):
            chosen: Schema = branch
            return chosen
    return rules


def _text(value: str, rules: Schema) -> str:
    if rules.get("x-secret"):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if rules.get("format") == "email-list":
        return ", ".join(address.strip() for address in text.lower().split(",")).rstrip()
    return text
