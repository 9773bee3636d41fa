from __future__ import annotations

import pytest

from revox_sync.lint.checks.conflict_markers import conflicts

WHOLE = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> branch\nd\n"
WITH_BASE = "<<<<<<< ours\nb\n||||||| base\na\n=======\nc\n>>>>>>> theirs\n"


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        (WHOLE, [["<<<<<<< HEAD", "=======", ">>>>>>> branch"]]),
        (WITH_BASE, [["<<<<<<< ours", "||||||| base", "=======", ">>>>>>> theirs"]]),
        (WHOLE.replace("\n", "\n  "), [["<<<<<<< HEAD", "=======", ">>>>>>> branch"]]),
        (WHOLE + WHOLE, [["<<<<<<< HEAD", "=======", ">>>>>>> branch"]] * 2),
        ("a\n<<<<<<< HEAD\nb\n", [["<<<<<<< HEAD"]]),
        ("a\n>>>>>>> branch\n", [[">>>>>>> branch"]]),
        ("Role\n=======\nBe kind.\n", []),
        ("See <<<<<<< here, >>>>>>> there.\n", []),
        ("<<<<<<<<<<\n>>>>>>>>>> four levels of a quoted mail\n", []),
    ],
)
def test_conflicts_and_their_markers(text: str, markers: list[list[str]]) -> None:
    found = [[text[start:end] for start, end in conflict.markers] for conflict in conflicts(text)]
    assert found == markers
