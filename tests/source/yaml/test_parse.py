"""Both engines must read every text alike: same values, same errors, same places of all nodes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yaml.error import YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode

from revox_sync.source.yaml.nodes import TooDeepError, span
from revox_sync.source.yaml.parse import compose, compose_c, is_disputed
from revox_sync.source.yaml.ruamel_parser import compose_pure
from revox_sync.values.invisible import has_invisible

ASSISTANT = (Path(__file__).parent / "assistant.yaml").read_text("utf-8")
Shape: TypeAlias = "tuple[str, int, int, str | tuple[Shape, ...]]"

# What the C parser refuses and the pure one reads. The pure one counts: an error of the first is never shown.
REFUSED_BY_C = {
    "anchor used twice": "a: &x 1\nb: &x 2\n",
    "alias to nothing": "a: *x\n",
    "alias with other characters": "a: &é 1\nb: *é\n",
    "key over two lines in braces": "a: {b\n : c}\n",
    "no document": "...\n# words\n---\na: 1\n",
    "surrogate pair as in JSON": 'a: "\\ud83d\\ude00"\n',
}

# With a tag before its anchor the pure parser starts a node at the anchor, the C parser at the tag.
# Values are the same, and the place is still inside the node.
STARTS_ELSEWHERE = re.compile(r"!\S*\s+&")


def shape(node: Node, text: str) -> Shape:
    """Tags, places and values of a node and all below it."""
    place = span(node, text, "a.yaml")
    if isinstance(node, ScalarNode):
        return node.tag, place.start, place.end, node.value
    parts = [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else node.value
    return node.tag, place.start, place.end, tuple(shape(part, text) for part in parts)


def agree(text: str) -> None:
    """The C engine's nodes, where it has some, are those of the pure engine."""
    if is_disputed(text) or has_invisible(text):
        return
    if STARTS_ELSEWHERE.search(text):
        return
    try:
        fast = compose_c(text)
    except (YAMLError, TooDeepError):
        return
    slow, problems = compose_pure(text, "a.yaml")
    assert not problems
    assert (fast and shape(fast, text)) == (slow and shape(slow, text))


PLAIN = st.sampled_from(["a", "b c", "é", "12", "no", "-1", "x:y", "a#b", "https://x/y?z=1", "18:30", "~", "{{x}}"])
QUOTED = st.sampled_from(["'it''s'", '"a\\nb"', '"é\\u00e9"', "''", '"two\n    lines"', "'a: b'", '"\\\n      x"'])
FLOW = st.recursive(
    st.one_of(
        st.sampled_from(["a", "b c", "1", "Who?", "10:30", "https://x"]), QUOTED.filter(lambda text: "\n" not in text)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: "[" + ", ".join(parts) + "]"),
        st.lists(inner, max_size=3).map(
            lambda parts: "{" + ", ".join(f"k{n}: {part}" for n, part in enumerate(parts)) + "}"
        ),
    ),
    max_leaves=6,
)
BLOCK_TEXT = st.builds(
    lambda sign, lines: (sign, lines),
    st.sampled_from(["|", ">", "|-", "|+", ">-", ">+", "|2", "| # why"]),
    st.lists(st.sampled_from(["text", "  more", "", "# no comment", "- x", "a: b"]), min_size=1, max_size=4),
)
GAP = st.sampled_from(["", "", "", "\n", "# comment\n", "  # comment\n", "\n\n"])
PROPERTIES = st.sampled_from(["", "", "", "&a ", "!x ", "!!str ", "!env "])


@st.composite
def blocks(draw: st.DrawFn, indent: int = 0, levels: int = 3) -> str:
    """Lines of a block collection at an indentation."""
    pad = " " * indent
    in_list = draw(st.booleans())
    lines = []
    for number in range(draw(st.integers(1, 3))):
        lead = "-" if in_list else f"k{number}:"
        kind = draw(st.integers(0, 4 if levels else 3))
        if kind == 4:
            lines.append(f"{pad}{lead}\n" + draw(blocks(indent + 2, levels - 1)))
        elif kind == 3:
            sign, body = draw(BLOCK_TEXT)
            text = "".join(f"{pad}  {line}\n" if line else "\n" for line in body)
            lines.append(f"{pad}{lead} {sign}\n{text}")
        else:
            value = draw((PLAIN, QUOTED, FLOW)[kind])
            lines.append(f"{pad}{lead} {draw(PROPERTIES)}{value}\n")
        lines.append(draw(GAP))
    return "".join(lines)


@settings(max_examples=150, deadline=None)
@given(blocks())
def test_engines_agree_on_well_formed_text(text: str) -> None:
    agree(text)


LINES = ASSISTANT.splitlines(keepends=True)
SNIPPETS = st.sampled_from(
    [*" :-?#&*!|>'\"%@`,[]{}\n\\~é\xa0", ": ", "- ", "\n  ", " #", "<<: ", "*retry", "&x ", "? ", "---\n", "\r\n", "''"]
)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """A piece of a real document with some characters put in or taken out."""
    start = draw(st.integers(0, len(LINES) - 1))
    text = "".join(LINES[start : start + draw(st.integers(1, 12))])
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.one_of(st.just(""), SNIPPETS)) + text[at + draw(st.integers(0, 2)) :]
    return text


@settings(max_examples=200, deadline=None)
@given(mutants())
def test_engines_agree_on_damaged_documents(text: str) -> None:
    agree(text)


def test_engines_agree_on_a_whole_document() -> None:
    agree(ASSISTANT)
    agree(ASSISTANT.replace("\n", "\r\n"))


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab :-?#&*!|>'\"%@`,[]{}\n\r\t\\~0é\u2028\x85\x00\ufeff\U0001f600"), max_size=40))
def test_any_text_ends_in_nodes_or_problems(text: str) -> None:
    composition = compose(text, "a.yaml")
    for problem in composition.problems:
        assert 0 <= problem.place.start <= problem.place.end <= len(text)
        assert problem.message


@pytest.mark.parametrize("text", REFUSED_BY_C.values(), ids=REFUSED_BY_C)
def test_what_only_the_pure_engine_reads_is_read(text: str) -> None:
    with pytest.raises((YAMLError, UnicodeError)):
        compose_c(text)
    assert compose(text, "a.yaml").root is not None


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x\ty'\n",
        "%YAML 1.2\n---\na: x\n",
        "a: x\rb: y\r",
        "a: x\u2028y\n",
        "a: x\x85y\n",
        "a: [?x]\n",
        "a: &x?y z\n",
        "a: &x:y z\n",
    ],
)
def test_texts_that_engines_read_differently_go_to_the_pure_one(text: str) -> None:
    slow, _ = compose_pure(text, "a.yaml")
    root = compose(text, "a.yaml").root
    assert slow is not None
    assert root is not None
    assert shape(root, text) == shape(slow, text)


@pytest.mark.parametrize(
    "text",
    [
        'a: "x\ny"\n',
        'a:\n  b: "x\n\n  y"\n',
        "- a: 'x\n  y'\n",
        "a: [x,\ny]\n",
        "a: {x: y,\n\nz: 1\n }\n",
        'a: "x"#y\n',
        "a: [x]#y\n",
        "a: [x,#y\n ]\n",
        "a: [-]\n",
        "a: [x, - , y]\n",
        "a: !!str, x\n",
        "a: !!str! x\n",
        "a: |\n    \n  x\n",
        "a: >-  # y\n\n    \n  x\n",
        "a: >#y\n  x\n",
    ],
)
def test_what_only_the_c_parser_reads_is_no_yaml(text: str) -> None:
    assert compose(text, "a.yaml").root is None
