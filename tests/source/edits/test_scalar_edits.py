"""One scalar in the place of another: what is replaced, and in which style."""

from __future__ import annotations

from typing import Any, Final

import pytest

from revox_sync.source.edits.scalar_edits import comment_of, common_edges, respell
from revox_sync.source.yaml.emit_scalars import UneditableError
from revox_sync.source.yaml.nodes import MappingNode, Node, ScalarNode
from revox_sync.source.yaml.parse import compose

# A text whose first entry is a scalar, its new value, and the text afterwards.
ROWS: Final[dict[str, tuple[str, Any, str]]] = {
    "a plain number": ("a: 1 # why\n", 2, "a: 2 # why\n"),
    "a plain text": ("a: x\n", "z", "a: z\n"),
    "a plain text that would be read as something else": ("a: x\n", "yes", 'a: "yes"\n'),
    "single quotes stay": ("a: 'x'\n", "it's", "a: 'it''s'\n"),
    "double quotes stay": ('a: "x"\n', 'a "b"', 'a: "a \\"b\\""\n'),
    "quotes go with the text": ("a: 'x'\n", None, "a: null\n"),
    "one word of a plain text on two lines": (
        "a: one two\n  three four\n",
        "one two three five",
        "a: one two\n  three five\n",
    ),
    "one word of a folded text": ("a: >\n  one two\n  three\n", "one six three\n", "a: >\n  one six\n  three\n"),
    "a literal text": ("a: | # why\n    one\n    two\nb: 1\n", "one\nsix\n", "a: | # why\n    one\n    six\nb: 1\n"),
    "a literal text that loses its last break": ("a: |\n  one\n", "two", "a: |-\n  two\n"),
    "a literal text that gets a last break": ("a: |-\n  one\n", "two\n", "a: |\n  two\n"),
    "a literal text with another number of breaks": ("a: |+\n  one\n\nb: 1\n", "two\n", "a: |\n  two\n\nb: 1\n"),
    "a literal text that becomes a number": ("a: | # why\n  one\nb: 1\n", 3, "a: 3 # why\nb: 1\n"),
    "line breaks of the file": ("a: |\r\n  one\r\n", "two\nsix\n", "a: |\r\n  two\r\n  six\r\n"),
}


def scalar(text: str) -> ScalarNode:
    root = compose(text, "a.yaml").root
    assert isinstance(root, MappingNode)
    node = root.value[0][1]
    assert isinstance(node, ScalarNode)
    return node


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_text_afterwards(row: tuple[str, Any, str]) -> None:
    text, value, expected = row
    start, end, new = respell(scalar(text), text, value, flow=False)
    assert text[:start] + new + text[end:] == expected


def test_in_brackets_a_comma_is_quoted() -> None:
    text = "a: x\n"
    assert respell(scalar(text), text, "y, z", flow=True)[2] == '"y, z"'


def test_a_tag_of_the_project_decides_about_the_value() -> None:
    text = "a: !env KEY\n"
    with pytest.raises(UneditableError):
        respell(scalar(text), text, "x", flow=False)


@pytest.mark.parametrize(
    ("text", "comment"), [("a: |- # why\n  x\n", " # why"), ("a: |\n  # text\n", ""), ("a: x # why\n", "")]
)
def test_the_comment_of_a_block_scalar(text: str, comment: str) -> None:
    node: Node = scalar(text)
    assert comment_of(node, text) == comment


@pytest.mark.parametrize(
    ("one", "other", "edges"),
    [("", "", (0, 0)), ("abc", "abc", (3, 0)), ("abc", "abxc", (2, 1)), ("aa", "aaa", (2, 0)), ("x", "y", (0, 0))],
)
def test_what_two_texts_share(one: str, other: str, edges: tuple[int, int]) -> None:
    assert common_edges(one, other) == edges
