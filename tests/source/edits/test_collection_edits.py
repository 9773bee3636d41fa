"""Entries taken out of one collection and put in, with their commas, line breaks and comments."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.source.edits.collection_edits import block_changes, flow_changes, layout_of
from revox_sync.source.yaml.emit_scalars import Layout
from revox_sync.source.yaml.entry_spans import entry_spans, is_flow
from revox_sync.source.yaml.parse import compose

# A collection, positions of entries that go, new entries by the position before them, and the text afterwards.
ROWS: Final[dict[str, tuple[str, set[int], dict[int, list[str]], str]]] = {
    "the first in brackets": ("[1, 2, 3]", {0}, {}, "[2, 3]"),
    "one between in brackets": ("[1, 2, 3]", {1}, {}, "[1, 3]"),
    "the last in brackets": ("[1, 2, 3]", {2}, {}, "[1, 2]"),
    "all but one in brackets": ("[1, 2, 3]", {0, 2}, {}, "[2]"),
    "new ones in brackets": ("[1, 2]", set(), {-1: ["0"], 1: ["3", "4"]}, "[0, 1, 2, 3, 4]"),
    "one in the place of another": ("[1, 2]", {0}, {0: ["5", "6"]}, "[5, 6, 2]"),
    "the first of a mapping": ("a: 1\nb: 2\n", {0}, {}, "b: 2\n"),
    "the last of a mapping": ("a: 1\nb: 2\n", {1}, {}, "a: 1\n"),
    "its comment stays": ("a: 1 # why\nb: 2\n", {0}, {}, "# why\nb: 2\n"),
    "its suppression goes": ("a: 1 # revox: ignore[RVX101] x\nb: 2\n", {0}, {}, "b: 2\n"),
    "new ones of a mapping": ("a: 1\n", set(), {-1: ["z: 0"], 0: ["b: 2"]}, "z: 0\na: 1\nb: 2\n"),
    "behind entries that are commented out": (
        "a:\n  x: 1\n  # y: 2\nb: 3\n",
        set(),
        {0: ["c: 4"]},
        "a:\n  x: 1\n  # y: 2\nc: 4\nb: 3\n",
    ),
    "behind a text at the end of the file": ("a: |\n  t", set(), {0: ["b: 1"]}, "a: |-\n  t\nb: 1"),
    "of a list": ("- 1\n- 2\n- 3\n", {0, 2}, {1: ["- 4"]}, "- 2\n- 4\n"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_text_afterwards(row: tuple[str, set[int], dict[int, list[str]], str]) -> None:
    text, drops, added, expected = row
    root = compose(text, "a.yaml").root
    assert root is not None
    parts = entry_spans(root, text)
    if is_flow(root):
        changes = list(flow_changes(parts, drops, added))
    else:
        changes = list(block_changes(parts, drops, added, text, Layout()))
    for change in sorted(changes, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    assert text == expected


def test_behind_a_dash_the_next_key_moves_up() -> None:
    text = "- a: 1\n  b: 2\n"
    root = compose(text, "a.yaml").root
    assert root is not None
    ((start, end, new),) = block_changes(entry_spans(root.value[0], text), {0}, {}, text, Layout())
    assert text[:start] + new + text[end:] == "- b: 2\n"


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("a: 1\n", Layout(2, 2, "\n")),
        ("a:\n    b: 1\n", Layout(4, 4, "\n")),
        ("a:\n- 1\nb:\n   c: 1\n", Layout(3, 0, "\n")),
        ("a:\r\n  - 1\r\n", Layout(2, 2, "\r\n")),
        ("a: {b: 1}\nc:\n   - d: 1\n", Layout(2, 3, "\n")),
        ("a: &x\n    b: 1\nc: *x\n", Layout(4, 4, "\n")),
    ],
)
def test_the_file_shows_how_it_is_indented(text: str, layout: Layout) -> None:
    assert layout_of(text, compose(text, "a.yaml").root) == layout
