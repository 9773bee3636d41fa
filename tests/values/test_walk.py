from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.contract.fields import assistant_node
from revox_sync.values.walk import DESCEND, entries, is_deeper, parts, rebuilt

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"a": 1}, [("a", 1)]), ([7, 8], [(0, 7), (1, 8)]), ((7,), [(0, 7)]), ("text", []), (None, []), ({}, [])],
)
def test_entries(value: Any, expected: list[Any]) -> None:
    assert list(entries(value)) == expected


def test_parts_come_with_pointer_and_place() -> None:
    value = {"voice": {"speed": 1.0}, "custom_tools": [{"name": "a"}], "unknown": {"x": 1}}
    found = {pointer: place for pointer, _, place in parts(value, assistant_node())}
    assert found["voice", "speed"] is assistant_node().properties["voice"].child("speed")
    assert found["custom_tools", 0, "name"] is not None
    assert found[("unknown",)] is None
    assert found["unknown", "x"] is None


@given(JSON)
def test_every_part_is_where_its_pointer_says(value: Any) -> None:
    for pointer, part, _ in parts(value):
        there = value
        for key in pointer:
            there = there[key]
        assert there is part


@given(JSON)
def test_a_visit_that_only_descends_changes_nothing_and_copies_nothing(value: Any) -> None:
    assert rebuilt(value, lambda *_: DESCEND) is value


@given(JSON)
def test_the_parts_of_what_is_rebuilt_are_the_visited_ones(value: Any) -> None:
    def shout(part: Any, _: Any, __: Any) -> Any:
        return part.upper() if isinstance(part, str) else DESCEND

    texts = [part for _, part, _ in parts(value) if isinstance(part, str)]
    assert [part for _, part, _ in parts(rebuilt(value, shout)) if isinstance(part, str)] == [
        text.upper() for text in texts
    ]


def test_only_what_changes_is_new() -> None:
    value = {"a": ["x"], "b": ["y"]}
    new = rebuilt(value, lambda part, *_: "z" if part == "x" else DESCEND)
    assert new == {"a": ["z"], "b": ["y"]}
    assert new["b"] is value["b"]
    assert value == {"a": ["x"], "b": ["y"]}


def test_the_branch_of_a_union_is_that_of_the_value() -> None:
    node = assistant_node()
    value = {"llm_model": {"type": "custom", "api_key": "k"}}
    secrets = [pointer for pointer, _, place in parts(value, node) if place is not None and place.secret]
    assert secrets == [("llm_model", "api_key")]


@pytest.mark.parametrize(
    ("value", "depth"), [(1, 0), ({}, 1), ([1], 1), ({"a": [{}]}, 3), ([[], {"a": {"b": []}}, "x"], 4)]
)
def test_depth_counts_collections(value: Any, depth: int) -> None:
    assert [is_deeper(value, levels) for levels in range(6)] == [levels < depth for levels in range(6)]


def test_depth_is_found_without_recursion() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    assert is_deeper(value, 64)
