from __future__ import annotations

import json

import pytest

from revox_sync.source.model.value import UNKNOWN, Deferred, Value, opaque, plain_json
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

KEY = Secret("s3cr3t")


@pytest.mark.parametrize(
    ("value", "plain", "hidden"),
    [
        ("text", "text", []),
        (None, None, []),
        (KEY, UNKNOWN, [()]),
        ({"a": [1, Deferred()], "b": {"c": KEY}}, {"a": [1, UNKNOWN], "b": {"c": UNKNOWN}}, [("a", 1), ("b", "c")]),
        ([{}, [], True], [{}, [], True], []),
    ],
)
def test_what_cannot_be_judged_becomes_a_text(value: Value, plain: object, hidden: list[Pointer]) -> None:
    assert plain_json(value) == plain
    assert json.dumps(plain_json(value)) == json.dumps(plain)
    assert len(list(opaque(value))) == len(hidden)


def test_opaque_values_come_with_their_pointers() -> None:
    value: Value = {"a": [1, Deferred()], "b": {"c": KEY}}
    assert list(opaque(value)) == [(("a", 1), Deferred()), (("b", "c"), KEY)]


def test_a_value_is_not_changed() -> None:
    value: Value = {"a": [KEY]}
    plain_json(value)
    assert value == {"a": [KEY]}


def test_deferred_values_are_alike_and_equal_nothing_else() -> None:
    assert Deferred() == Deferred()
    assert hash(Deferred()) == hash(Deferred())
    assert Deferred() != "Deferred()"
