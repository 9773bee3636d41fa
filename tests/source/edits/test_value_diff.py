"""What amendments make of a value, and the steps that lead there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pytest

from revox_sync.source.edits.value_diff import EditStep, Insert, Rewrite, amended, equal_values, get, steps
from revox_sync.source.model.amendment import Add, Amendment, Remove, RenameKey, SetValue
from revox_sync.source.model.value import Value
from revox_sync.values.pointer import Pointer

VALUE: Final[Value] = {"a": {"b": 1, "c": [1, 2, 3]}, "d": "x"}

AMENDED: Final[dict[str, tuple[Sequence[Amendment], Value]]] = {
    "nothing": ([], VALUE),
    "value": ([SetValue(("a", "b"), 2)], {"a": {"b": 2, "c": [1, 2, 3]}, "d": "x"}),
    "root": ([SetValue((), {"e": 1})], {"e": 1}),
    "key goes": ([Remove(("d",))], {"a": {"b": 1, "c": [1, 2, 3]}}),
    "positions are those from before": (
        [Remove(("a", "c", 0)), SetValue(("a", "c", 2), 4)],
        {"a": {"b": 1, "c": [2, 4]}, "d": "x"},
    ),
    "key keeps its place": ([RenameKey(("a",), "e")], {"e": {"b": 1, "c": [1, 2, 3]}, "d": "x"}),
    "key and value": ([RenameKey(("d",), "e"), SetValue(("d",), "y")], {"a": {"b": 1, "c": [1, 2, 3]}, "e": "y"}),
    "new key": ([Add(("a", "e"), 5)], {"a": {"b": 1, "c": [1, 2, 3], "e": 5}, "d": "x"}),
    "new entry": ([Add(("a", "c", 3), 4)], {"a": {"b": 1, "c": [1, 2, 3, 4]}, "d": "x"}),
}


@pytest.mark.parametrize(("amendments", "expected"), AMENDED.values(), ids=AMENDED)
def test_amended(amendments: Sequence[Amendment], expected: Value) -> None:
    result = amended(VALUE, amendments)
    assert equal_values(result, expected)
    assert str(result) == str(expected)


@pytest.mark.parametrize(
    "amendments",
    [
        [SetValue(("x",), 1)],
        [Remove(("a", "c", 3))],
        [SetValue(("d", "x"), 1)],
        [RenameKey(("d",), "a")],
        [Add(("a", "c", "x"), 1)],
        [Add(("a", 0), 1)],
        [Add(("a", "e"), 1), Add(("a", "e"), 2)],
        [Remove(("a",)), SetValue(("a", "b"), 2)],
        [SetValue(("d",), 1), SetValue(("d",), 2)],
    ],
    ids=str,
)
def test_amendments_that_cannot_be_made(amendments: Sequence[Amendment]) -> None:
    with pytest.raises(LookupError):
        amended(VALUE, amendments)


def of_a(value: Value) -> list[Amendment]:
    return [SetValue(("a",), value)]


STEPS: Final[dict[str, tuple[Value, Value, list[EditStep]]]] = {
    "equal": ({"x": 1, "y": 2}, {"y": 2, "x": 1}, []),
    "another type": ({"x": 1}, {"x": 1.0}, [SetValue(("a", "x"), 1.0)]),
    "keys": ({"x": 1, "y": 2}, {"y": 3, "z": 4}, [Remove(("a", "x")), SetValue(("a", "y"), 3), Insert(("a",), "z", 4)]),
    "other kind": ({"x": 1}, [1], [SetValue(("a",), [1])]),
    "entry goes": ([1, 2, 3], [1, 3], [Remove(("a", 1))]),
    "entry comes": ([1, 3], [1, 2, 3], [Insert(("a",), None, 2, before=1)]),
    "entry changes": ([{"v": 1}, 5], [{"v": 2}, 5], [SetValue(("a", 0, "v"), 2)]),
    "empty list": ([], [1], [SetValue(("a",), [1])]),
    "marked as whole": ({"w": {"x": 1}}, {"w": {"x": 2}}, [Rewrite(("a", "w"), {"x": 2})]),
}


@pytest.mark.parametrize(("before", "after", "expected"), STEPS.values(), ids=STEPS)
def test_steps(before: Value, after: Value, expected: list[EditStep]) -> None:
    assert list(steps({"a": before}, of_a(after), whole=lambda pointer, _: pointer[-1:] == ("w",))) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([("x", 1), ("y", 2)], [("y", 2)], [Remove(("a", 0))]),
        ([("x", 1), ("y", 2)], [("y", 3)], [Remove(("a", 0)), SetValue(("a", 1, "v"), 3)]),
        ([("x", 1)], [("y", 1)], [Remove(("a", 0)), Insert(("a",), None, {"id": "y", "v": 1}, before=1)]),
        # With one name twice, entries are compared as those without identity.
        ([("x", 1), ("x", 2)], [("x", 1), ("x", 3)], [SetValue(("a", 1, "v"), 3)]),
    ],
)
def test_entries_are_told_apart_by_their_identity(
    before: list[tuple[str, int]], after: list[tuple[str, int]], expected: list[EditStep]
) -> None:
    lists: list[Value] = [[{"id": name, "v": value} for name, value in entries] for entries in (before, after)]
    assert list(steps({"a": lists[0]}, of_a(lists[1]), identity=lambda _: "id")) == expected


@pytest.mark.parametrize("pointer", [("x",), ("a", "c", 3), ("a", "c", -1), ("a", "c", "0"), ("d", 0)])
def test_there_is_no_value_at_a_pointer(pointer: Pointer) -> None:
    with pytest.raises(LookupError):
        get(VALUE, pointer)
