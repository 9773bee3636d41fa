"""Hypothesis strategies made from the schema views: every draw is a document the contract accepts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from revox_sync.contract.fields import contract
from revox_sync.contract.schema_files import JsonSchema

MANY: Final = 10
"""Of more optional keys than these a quarter is drawn, so that documents stay small; of fewer, half."""
PIECES: Final = (
    "Hello",
    "{{contact_name}}",
    "été",
    "日本",
    "🙂",
    " ",
    "\n",
    "\r\n",
    '"',
    "# x",
    "a: b",
    "- ",
    "007",
    "",
)
TEXT: Final = st.lists(st.sampled_from(PIECES), max_size=4).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=8
)
CALENDLY: Final = "https://api.calendly.com/event_types/"

FORMATTED: Final[Mapping[str, SearchStrategy[str]]] = {
    "e164": st.from_regex(r"\+[1-9][0-9]{1,14}", fullmatch=True),
    "clock-time": st.sampled_from(["09:00", "9:30am", "6pm", "23:59", "0:00", "12 PM"]),
    "calendly-event-type": st.uuids().map(lambda key: f"{CALENDLY}{key}"),
    "lookup-url": st.sampled_from(["https://crm.example.com/?phone={{phone}}", "http://crm.example.com/{{phone}}/x"]),
    "snake-case": st.from_regex(r"[a-z][a-z0-9]{0,5}(_[a-z0-9]{1,4}){0,2}", fullmatch=True),
    "http-url": st.sampled_from(["https://hooks.example.com/a", "http://example.com", "https://example.com/?q=1#b"]),
    "tool-url": st.sampled_from(
        ["https://api.example.com/{{id}}", "{{base}}/orders", "http://example.com/{{a}}/b?c={{d}}"]
    ),
    "iana-time-zone": st.sampled_from(["Europe/Paris", "America/New_York", "UTC"]),
    "email-list": st.sampled_from(
        ["ops@example.com", "ops@example.com, team@example.org", "Ops@Example.com,a@b.example"]
    ),
}


@cache
def assistants(version: str | None = None) -> SearchStrategy[dict[str, Any]]:
    """Create bodies valid in a contract (`"0.4"`); without one, valid in some contract.

    Entries of a list are unique by its identity key (whole entries where order is free), as lint wants them.
    """
    schema = contract(version).schema
    return _Maker(schema).mapping(schema)


class _Maker:
    """Turns schema places into strategies, each once."""

    def __init__(self, root: JsonSchema) -> None:
        self._root = root

    def place(self, schema: JsonSchema) -> SearchStrategy[Any]:
        """Values a place accepts."""
        reference = schema.get("$ref")
        if reference is not None:
            schema = {**self._root["$defs"][reference.removeprefix("#/$defs/")], **schema}
        if "oneOf" in schema:
            return st.one_of([self.mapping(each) for each in schema["oneOf"]])
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        return st.one_of([self._kind(kind, schema) for kind in kinds])

    def mapping(self, schema: JsonSchema) -> SearchStrategy[dict[str, Any]]:
        """Mappings with all required keys and some of the others."""
        places = {key: self.place(each) for key, each in schema["properties"].items()}
        choices = [each["required"] for each in schema.get("anyOf", [{"required": []}])]
        return _mappings(places, tuple(schema.get("required", ())), choices)

    def _kind(self, kind: str, schema: JsonSchema) -> SearchStrategy[Any]:
        if kind == "null":
            return st.none()
        if kind == "boolean":
            return st.booleans()
        if kind == "integer":
            return st.integers(*_bounds(schema))
        if kind == "number":
            low, high = _bounds(schema)
            return st.floats(low, high, allow_nan=False, allow_infinity=False) | st.integers(
                None if low is None else -int(-low // 1), None if high is None else int(high // 1)
            )
        if kind == "array":
            return self._list(schema)
        return self.mapping(schema) if kind == "object" else _text(schema)

    def _list(self, schema: JsonSchema) -> SearchStrategy[list[Any]]:
        key = schema.get("x-key")
        elements = self.place(schema["items"])
        if key is not None:
            return st.lists(elements, max_size=3, unique_by=lambda each: _plain(each[key]))
        free = schema.get("x-order") == "free"
        return st.lists(elements, max_size=3, unique_by=_plain if free else None)


@st.composite
def _mappings(
    draw: DrawFn,
    places: Mapping[str, SearchStrategy[Any]],
    required: tuple[str, ...],
    choices: list[list[str]],
) -> dict[str, Any]:
    needed = {*required, *draw(st.sampled_from(choices))}
    optional = [key for key in places if key not in needed]
    odds = (False, False, False, True) if len(optional) > MANY else (False, True)
    added = [key for key in optional if draw(st.sampled_from(odds))]
    return {key: draw(places[key]) for key in [*sorted(needed), *added]}


def _text(schema: JsonSchema) -> SearchStrategy[str]:
    if "format" in schema:
        return FORMATTED[schema["format"]]
    return TEXT.filter(bool) if schema.get("minLength") else TEXT


def _bounds(schema: JsonSchema) -> tuple[Any, Any]:
    low = schema.get("minimum")
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + 1
    return low, schema.get("maximum")


def _plain(text: str) -> str:
    """Two keys that mean the same are not unique."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
