from __future__ import annotations

import pytest

from revox_sync.source.model.place import SourceText
from revox_sync.source.model.value import Deferred, Value
from revox_sync.source.yaml.construct import Builder
from revox_sync.source.yaml.nodes import MAX_DEPTH, TooDeepError
from revox_sync.source.yaml.parse import compose


def built(text: str) -> tuple[Value, list[tuple[str, str]], list[str]]:
    """The value, message and marked text of each problem, and the scalars that readers disagree about."""
    root = compose(text, "a.yaml").root
    assert root is not None
    builder = Builder(SourceText("a.yaml", text))
    value = builder.build(root, 0)
    problems = [(problem.message, text[problem.place.start : problem.place.end]) for problem in builder.problems]
    return value, problems, [text[place.start : place.end] for _, place in builder.ambiguous.values()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, -2.5, 0x10, 1e3]", [1, -2.5, 16, 1000.0]),
        ("[null, ~, true, False, yes]", [None, None, True, False, "yes"]),
        ("['1', \"true\", x y]", ["1", "true", "x y"]),
        ("a:\nb: ''\n", {"a": None, "b": ""}),
        ("!!map {a: !!str 1, b: !!float 1, c: !!seq []}", {"a": "1", "b": 1.0, "c": []}),
        ("a: &x {k: 1}\nb: *x\n", {"a": {"k": 1}, "b": {"k": 1}}),
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\n", {"a": {"k": 1, "l": 2}, "b": {"k": 3, "l": 2}}),
        ("a: {<<: [{k: 1}, {k: 2, l: 3}]}", {"a": {"k": 1, "l": 3}}),
        ("'<<': 1", {"<<": 1}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
    ],
)
def test_values_follow_the_core_schema(text: str, value: Value) -> None:
    found, problems, _ = built(text)
    assert (found, problems) == (value, [])
    assert repr(found) == repr(value)  # True is not 1, and 1 is not 1.0


@pytest.mark.parametrize(
    ("text", "value", "message", "marked"),
    [
        ("{a: 1, b: 2, a: 3}", {"a": 1, "b": 2}, "key `a` is already set", "a"),
        ("{1: x, b: 2}", {"b": 2}, "a key must be a string", "1"),
        ("a: {{name}}", {"a": Deferred()}, "`{{…}}` without quotes is a mapping, not a placeholder", "{{name}}"),
        ("a: .inf", {"a": Deferred()}, "`.inf` has no JSON value: JSON has no infinity and no not-a-number", ".inf"),
        ("a: !!int x", {"a": Deferred()}, "tag `!!int` does not fit this value", "!!int x"),
        ("a: !!int true", {"a": Deferred()}, "tag `!!int` does not fit this value", "!!int true"),
        ("a: !!seq {}", {"a": Deferred()}, "tag `!!seq` does not fit this value", "!!seq {}"),
        ("a: {<<: 1}", {"a": {}}, "`<<` merges a mapping or a list of mappings", "1"),
    ],
)
def test_a_mistake_is_reported_where_it_is(text: str, value: Value, message: str, marked: str) -> None:
    found, problems, _ = built(text)
    assert found == value
    assert problems == [(message, marked)]


def test_an_unknown_tag_names_a_known_one_that_is_near() -> None:
    class WithTags(Builder):
        own_tags = ("!file", "!env")

    root = compose("!fle x", "a.yaml").root
    assert root is not None
    builder = WithTags(SourceText("a.yaml", "!fle x"))
    assert builder.build(root, 0) == Deferred()
    assert [(problem.message, problem.label) for problem in builder.problems] == [
        ("unknown tag `!fle`; known are `!file`, `!env`", "did you mean `!file`?")
    ]


def test_scalars_that_readers_disagree_about_are_remembered() -> None:
    assert built("[yes, 'no', 012, 1:30, text]") == (["yes", "no", 12, "1:30", "text"], [], ["yes", "012", "1:30"])


@pytest.mark.parametrize("levels", [MAX_DEPTH, MAX_DEPTH + 1])
def test_depth_is_limited_through_what_is_around_a_value(levels: int) -> None:
    text = "[[x]]"
    root = compose(text, "a.yaml").root
    assert root is not None
    builder = Builder(SourceText("a.yaml", text))
    if levels > MAX_DEPTH:
        with pytest.raises(TooDeepError) as error:
            builder.build(root, levels - 2)
        assert text[error.value.offset :] == "[x]]"
    else:
        assert builder.build(root, levels - 2) == [["x"]]
