from __future__ import annotations

import pytest
from yaml.nodes import MappingNode, Node

from revox_sync.source.yaml.nodes import MAX_NODES, ExpansionError, children, expanded_size, key_text, span
from revox_sync.source.yaml.parse import compose, compose_c


def node_of(text: str) -> Node:
    root = compose(text, "a.yaml").root
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("[x, y]", [0, 1]),
        ("{a: 1, b: 2, a: 3}", ["a", "b"]),
        ("{<<: {b: 1, c: 2}, a: 1, b: 2}", ["a", "b", "c"]),
        ("{<<: [{a: 1}, {a: 2, b: 3}]}", ["a", "b"]),
        ("{1: x, a: y}", ["a"]),
        ("text", []),
    ],
)
def test_children_are_those_of_the_value(text: str, keys: list[str | int]) -> None:
    assert [key for key, _, _ in children(node_of(text), lambda node: node)] == keys


def test_of_equal_keys_the_first_and_of_merged_keys_the_written_one_counts() -> None:
    found = {
        key: child.value for key, _, child in children(node_of("{<<: {b: 1}, a: 1, b: 2, a: 3}"), lambda node: node)
    }
    assert found == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("key", "text"),
    [("a", "a"), ("'1'", "1"), ("1", None), ("true", None), ("!!str 1", "1"), ("? [x]\n", None), (".inf", None)],
)
def test_keys_are_strings(key: str, text: str | None) -> None:
    root = node_of(f"{key}: x")
    assert isinstance(root, MappingNode)
    assert key_text(root.value[0][0]) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a: |\n  one\n\n\n# words\nb: 1\n", "|\n  one"),
        ("a: &x [1]  # words\nb: 1\n", "&x [1]"),
        ("a:\n  - 1\n  - 2\n\n# words\nb: 1\n", "- 1\n  - 2"),
        ("a:\n  k: &x 1\n  l: *x\n\nb: 1\n", "k: &x 1\n  l: *x"),
        ("a: 'x'\nb: 1\n", "'x'"),
    ],
)
def test_a_span_ends_where_the_value_ends(text: str, written: str) -> None:
    root = node_of(text)
    place = span(root.value[0][1], text, "a.yaml")
    assert text[place.start : place.end] == written


@pytest.mark.parametrize(("text", "size"), [("x", 1), ("[x, y]", 3), ("a: &x [1, 2]\nb: *x\n", 9)])
def test_size_counts_through_aliases(text: str, size: int) -> None:
    assert expanded_size(node_of(text)) == size


def test_aliases_that_multiply_or_lead_in_a_circle_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 6)]
    for text, endless in [("\n".join(lines), False), ("a: &a [*a]", True)]:
        root = compose_c(text)
        assert root is not None
        with pytest.raises(ExpansionError) as error:
            expanded_size(root)
        assert error.value.endless is endless
    assert MAX_NODES < 10**6
