from __future__ import annotations

import pytest

from revox_sync.source.yaml.emit_scalars import UneditableError
from revox_sync.source.yaml.entry_spans import column, entry_spans, is_flow, last_leaf, line_end, line_start, next_line
from revox_sync.source.yaml.parse import compose

# A text, and what is written from the start, from the slot and of the whole of each entry of its one value.
ENTRIES = {
    "block mapping": ("a: 1\nb: x  # words\n", [("a: 1", " 1"), ("b: x", " x")]),
    "block list": ("- 1\n-   x\n# words\n- |\n  t\n", [("- 1", " 1"), ("-   x", "   x"), ("- |\n  t", " |\n  t")]),
    "flow mapping": ("{a: 1, 'b' : [2]}", [("a: 1", " 1"), ("'b' : [2]", " [2]")]),
    "flow list": ("[1, # words\n {x: 2} , 'y']", [("1", "1"), ("{x: 2}", "{x: 2}"), ("'y'", "'y'")]),
    "nothing written": ("a:\nb: 1\n", [("a:", ""), ("b: 1", " 1")]),
    "alias": ("a: &x 1\nb: *x\n", [("a: &x 1", " &x 1"), ("b: *x", " *x")]),
    "kept breaks": ("a: |+\n  t\n\n\nb: 1\n", [("a: |+\n  t\n\n", " |+\n  t\n\n"), ("b: 1", " 1")]),
    "empty": ("{}", []),
}


@pytest.mark.parametrize(("text", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_entries_and_their_places(text: str, expected: list[tuple[str, str]]) -> None:
    root = compose(text, "a.yaml").root
    assert root is not None
    found = [(text[entry.start : entry.end], text[entry.slot : entry.end]) for entry in entry_spans(root, text)]
    assert found == expected


@pytest.mark.parametrize("text", ["? a\n: 1\n", "[a: 1]", "text", "? [a]\n: 1\n"])
def test_rare_spellings_are_not_edited(text: str) -> None:
    root = compose(text, "a.yaml").root
    assert root is not None
    with pytest.raises(UneditableError):
        entry_spans(root.value[0] if text == "[a: 1]" else root, text)


@pytest.mark.parametrize(("text", "flow"), [("[1]", True), ("{}", True), ("- 1", False), ("a: 1", False), ("x", False)])
def test_collections_in_brackets(text: str, *, flow: bool) -> None:
    assert is_flow(compose(text, "a.yaml").root) is flow
    assert not is_flow(None)


def test_the_last_leaf_of_a_value() -> None:
    root = compose("a: 1\nb:\n  - x\n  - {c: y}\n", "a.yaml").root
    assert root is not None
    assert last_leaf(root).value == "y"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_end_with_any_break(line_break: str) -> None:
    text = f"ab{line_break}cd{line_break}ef"
    start = 2 + len(line_break)
    offset = start + 1
    assert (line_start(text, offset), line_end(text, offset)) == (start, start + 2)
    assert next_line(text, offset) == start + 2 + len(line_break)
    assert column(text, offset) == 1
    assert next_line(text, len(text)) == line_end(text, len(text)) == len(text)
