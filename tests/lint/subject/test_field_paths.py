from __future__ import annotations

from typing import Any

import pytest

from revox_sync.lint.subject.field_paths import mappings_at, places, top_level_fields, values_at

VALUE = {"a": [{"b": 1}, 2, {"b": {"c": 3}}], "d": None}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), [((), VALUE)]),
        (("d",), [(("d",), None)]),
        (("x",), []),
        (("a", None), [(("a", 0), {"b": 1}), (("a", 1), 2), (("a", 2), {"b": {"c": 3}})]),
        (("a", None, "b"), [(("a", 0, "b"), 1), (("a", 2, "b"), {"c": 3})]),
        (("a", "b"), []),
        (("d", None), []),
    ],
)
def test_values_at_a_path(path: tuple[str | None, ...], expected: list[tuple[Any, Any]]) -> None:
    assert list(values_at(VALUE, path)) == expected


def test_mappings_are_found_below_a_pointer() -> None:
    assert list(mappings_at(VALUE, ("a", None, "b"), ("z",))) == [(("z", "a", 2, "b"), {"c": 3})]


def test_places_are_those_of_lists_and_variants_too() -> None:
    paths = {path for path, _ in places(lambda _: True)}
    assert {("voice",), ("voice", "id"), ("faq_items", None, "question"), ("llm_model", "api_key")} <= paths
    assert top_level_fields(places(lambda node: node.secret)) >= {"llm_model"}
