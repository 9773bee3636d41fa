from __future__ import annotations

import pytest

from revox_sync.source.model.place import SourceText
from revox_sync.source.yaml.comments import comments

# A text, and for each comment: its text, its first and last line, and whether it is at the top.
COMMENTS = {
    "none": ("a: 1 # other\n", []),
    "behind a value": ("a: 1\nb: 2 # revox: ignore\n", [("ignore", 2, 2, False)]),
    "above a value": ("a: 1\n# revox: ignore\n\n# words\nb: 2\n", [("ignore", 5, 5, False)]),
    "at the top": ("# words\n\n# revox: ignore-file\na: 1\n", [("ignore-file", 4, 4, True)]),
    "at the end": ("a: 1\n# revox: ignore\n", [("ignore", 2, 2, False)]),
    "above a block": ("# revox: x\na: |\n  one\n  two\nb: 1\n", [("x", 2, 4, True)]),
    "on the line of a block": ("a: | # revox: x\n  one\n  two\n", [("x", 1, 3, False)]),
    "inside a block": ("a: |\n  # revox: x\n  one\n", []),
    "inside quotes": ("a: 'one\n  # revox: x'\nb: \"# revox: y\"\n", []),
    "behind quotes": ("a: 'x' #revox:  y  \n", [("y", 1, 1, False)]),
    "not apart from a text": ("a: x# revox: y\n", []),
    "CRLF": ("a: 1 # revox: x\r\nb: 2\r\n", [("x", 1, 1, False)]),
    "two on neighbouring lines": ("a: 1 # revox: x\n# revox: y\nb: 2\n", [("x", 1, 1, False), ("y", 3, 3, False)]),
    "above a quoted text": ('# revox: x\na: "one\n  two"\nb: 1\n', [("x", 2, 3, True)]),
    "above a quoted text on its own lines": ("# revox: x\na:\n  'one\n\n  two'\n", [("x", 2, 5, True)]),
    "above a plain text": ("# revox: x\na: one\n  two\n  three\nb: 1\n", [("x", 2, 4, True)]),
    "above a folded text": ("# revox: x\na: >-\n  one\n\n  two\nb: 1\n", [("x", 2, 5, True)]),
    "above a text in braces": ("# revox: x\na: {b: 'one\n  two', c: d}\n", [("x", 2, 3, True)]),
    "above an entry of a list": ("a:\n  # revox: x\n  - one\n    two\n  - three\n", [("x", 3, 4, False)]),
    "behind a quoted text over lines": ("a: 'one\n  two' # revox: x\n", [("x", 1, 2, False)]),
    "behind a plain text on its own lines": ("a:\n  one\n  two # revox: x\n", [("x", 1, 3, False)]),
    "below the start of a document": ("%YAML 1.2\n--- # words\n# revox: x\na: 1\n", [("x", 4, 4, True)]),
    "behind an alias": ("a: &x 'one'\nb: *x # revox: y\n", [("y", 2, 2, False)]),
}


NEAR_MISSES = [
    "# Revox: ignore[RVX209] x",
    "# REVOX: ignore[RVX209] x",
    "## revox: ignore[RVX209] x",
    "#revox ignore[RVX209] x",
    "# revox-sync: ignore[RVX209] x",
    "# revox_sync ignore-file[RVX209]",
    "# revox = Ignore[RVX209]",
    "# # revox: ignore[x]",
]
OTHERS = ["# Revox: the company", "# revox ignores this", "# see revox-sync", "# revoxed: ignore"]


@pytest.mark.parametrize("comment", NEAR_MISSES)
def test_what_was_probably_meant_for_us(comment: str) -> None:
    (found,) = comments(SourceText("a.yaml", f"a: 1 {comment}\n"))
    assert not found.is_exact
    assert found.text.lower().startswith("ignore")


@pytest.mark.parametrize(
    "comment", ["# Revox: the company", "# revox ignores this", "# see revox-sync", "# revoxed: ignore"]
)
def test_what_speaks_of_something_else(comment: str) -> None:
    assert comments(SourceText("a.yaml", f"a: 1 {comment}\n")) == []


@pytest.mark.parametrize(("text", "expected"), COMMENTS.values(), ids=COMMENTS)
def test_comments_and_their_lines(text: str, expected: list[tuple[str, int, int, bool]]) -> None:
    found = comments(SourceText("a.yaml", text))
    assert [(comment.text, comment.first_line, comment.last_line, comment.at_top) for comment in found] == expected
    for comment in found:
        assert text[comment.place.start] == "#"
        assert text[comment.text_start :].startswith(comment.text)
        assert text[comment.place.start : comment.place.end].rstrip().endswith(comment.text)
