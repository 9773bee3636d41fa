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
    "behind an alias": ("a: &x 'one'\nb: *x # revox: y\n", [("y", 2, 2, False)]),
}


@pytest.mark.parametrize(("text", "expected"), COMMENTS.values(), ids=COMMENTS)
def test_comments_and_their_lines(text: str, expected: list[tuple[str, int, int, bool]]) -> None:
    found = comments(SourceText("a.yaml", text))
    assert [(comment.text, comment.first_line, comment.last_line, comment.at_top) for comment in found] == expected
    for comment in found:
        assert text[comment.place.start] == "#"
        assert text[comment.text_start :].startswith(comment.text)
        assert text[comment.place.start : comment.place.end].rstrip().endswith(comment.text)
