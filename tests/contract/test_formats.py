"""Formats as the schema applies them: a format counts where a field names it, with the field's pattern."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.contract.formats import TEXT_FORMATS, is_plain_address, is_time_zone
from revox_sync.contract.schema_files import JsonSchema, load_schema
from revox_sync.contract.validator import compile_schema
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
    return compile_schema(rules)(value)


def cases(table: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(place, text) for place, node in PLACES.items() for text in table[node["format"]]]


def test_every_format_is_known_and_has_cases() -> None:
    used = {node["format"] for node in PLACES.values()}
    assert used == set(TEXT_FORMATS) == set(ACCEPTED) == set(REFUSED)


@pytest.mark.parametrize(("place", "text"), cases(ACCEPTED))
def test_accepted(place: str, text: str) -> None:
    assert accepts(place, text)


@pytest.mark.parametrize(("place", "text"), cases(REFUSED))
def test_refused(place: str, text: str) -> None:
    assert not accepts(place, text)


@pytest.mark.parametrize("value", [None, 17, 1.5, True, [], {}])
@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_a_format_is_about_texts_only(name: str, value: object) -> None:
    assert TEXT_FORMATS[name].accepts(value)


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_example_of_a_message_is_accepted(name: str) -> None:
    examples = TEXT_FORMATS[name].example.split("` or `")
    assert all(accepts(place, each) for place, node in PLACES.items() if node["format"] == name for each in examples)


def test_zones_of_the_package_are_zones_to_the_standard_library() -> None:
    zones = (files("tzdata") / "zones").read_text("utf-8").split()
    assert [each for each in zones if ZoneInfo(each).key != each] == []
    assert [each for each in zones if not is_time_zone(each)] == ["localtime"][: zones.count("localtime")]


TOPS: Final = ("com", "org", "net", "edu", "gov", "dev", "app", "fr", "UK", "ai")
WORDS: Final = st.from_regex(r"[A-Za-z0-9]{1,31}", fullmatch=True)
LABELS: Final = WORDS | st.sampled_from(["mail", "a-b", "a--b", "-a", "xn--a", "test", "localhost", "", "é"])
ADDRESSES: Final = st.builds(
    lambda name, labels, top: f"{name}@{'.'.join(labels)}.{top}",
    WORDS | st.lists(WORDS | st.sampled_from("._%+-"), min_size=1, max_size=5).map("".join),
    st.lists(WORDS | LABELS, min_size=1, max_size=4),
    st.sampled_from(TOPS) | st.sampled_from(["test", "local", "arpa", "onion", "invalid", "c1", "c", ""]),
)


def test_an_address_called_plain_is_one_to_the_library() -> None:
    seen = {True: 0, False: 0}

    @settings(max_examples=400, deadline=None, database=None, derandomize=True)
    @given(ADDRESSES)
    def check(text: str) -> None:
        plain = is_plain_address(text)
        seen[plain] += 1
        if plain:
            validate_email(text, check_deliverability=False)

    check()
    assert all(seen[each] > 50 for each in (True, False))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("team@example.com", True),
        ("first.last+tag@mail.my-shop.co.uk", True),
        ("a@a.test", False),
        ("a@a.local", False),
        ("a@com", False),
        ("a@a..com", False),
        (".a@a.com", False),
        ("a.@a.com", False),
        ("a@a--b.com", False),
        ("a@-a.com", False),
        ("a@a.com\n", False),
        ("é@a.com", False),
        ("a@a.com, b@b.com", False),
        (f"{'a.' * 60}a@a.com", False),
    ],
)
def test_plain_addresses(text: str, *, plain: bool) -> None:
    assert is_plain_address(text) is plain
