"""Formats as the schema applies them: a format counts where a field names it, with the field's pattern."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from revox_sync.contract import JsonSchema, fast_check, load_schema
from revox_sync.formats import FORMATS
from tests.contract.texts import ACCEPTED, REFUSED


def places(node: Any, path: str = "") -> Iterator[tuple[str, JsonSchema]]:
    """Every place of the master schema that names a format."""
    if isinstance(node, Mapping):
        if isinstance(node.get("format"), str):
            yield path, node
        for key, child in node.items():
            yield from places(child, f"{path}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from places(child, f"{path}/{index}")


PLACES = dict(places(load_schema("assistant")))


def accepts(place: str, value: object) -> bool:
    rules = {keyword: PLACES[place][keyword] for keyword in ("format", "pattern") if keyword in PLACES[place]}
    return fast_check(rules)(value)


def cases(table: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(place, text) for place, node in PLACES.items() for text in table[node["format"]]]


def test_every_format_is_known_and_has_cases() -> None:
    used = {node["format"] for node in PLACES.values()}
    assert used == set(FORMATS) == set(ACCEPTED) == set(REFUSED)


@pytest.mark.parametrize(("place", "text"), cases(ACCEPTED))
def test_accepted(place: str, text: str) -> None:
    assert accepts(place, text)


@pytest.mark.parametrize(("place", "text"), cases(REFUSED))
def test_refused(place: str, text: str) -> None:
    assert not accepts(place, text)


@pytest.mark.parametrize("value", [None, 17, 1.5, True, [], {}])
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_about_texts_only(name: str, value: object) -> None:
    assert FORMATS[name].accepts(value)


@pytest.mark.parametrize("name", FORMATS)
def test_example_of_a_message_is_accepted(name: str) -> None:
    examples = FORMATS[name].example.split("` or `")
    assert all(accepts(place, each) for place, node in PLACES.items() if node["format"] == name for each in examples)
