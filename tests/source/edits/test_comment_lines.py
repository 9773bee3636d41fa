from __future__ import annotations

from revox_sync.lint.suppressions.add_ignores import comment_lines
from revox_sync.source.model.place import SourceText

# Each line with the line above which a comment speaks about it; `-` for none.
LINES = """\
-|# header
2|---
3|a: &x |
3|  text
3|
3|  # no comment
7|b: "one
-|  two"
9|c: one
-|  two
11|d: [1, # two
12|  {k: *x},
-|  # alone
14|]
-|
16|e:
17|- >-
17|  text
"""


def test_where_comments_go() -> None:
    rows = [row.split("|", 1) for row in LINES.splitlines()]
    look_up = comment_lines(SourceText("a.yaml", "\n".join(text for _, text in rows)))
    found = [look_up(number) for number in range(1, len(rows) + 1)]
    assert found == [None if expected == "-" else int(expected) for expected, _ in rows]


def test_a_file_that_cannot_be_read_takes_no_comments() -> None:
    assert comment_lines(SourceText("a.yaml", "a: 'b\n"))(1) is None
    assert comment_lines(SourceText("a.yaml", ""))(1) is None
