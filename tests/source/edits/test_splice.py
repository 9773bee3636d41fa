"""Single steps as changes of one text. What amendments make of a whole document is tested in `test_edit`."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.splice import Splicer
from revox_sync.source.edits.value_diff import EditStep, Insert, Rewrite
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.amendment import Remove, RenameKey, SetValue
from revox_sync.source.yaml.emit_scalars import UneditableError
from revox_sync.values.pointer import Pointer

FILES: Final = {"t.md": "one\r\ntwo\r\n", "i.yaml": "k: v # kept\n"}

# A text, the collection that steps concern, the steps, and the text afterwards.
ROWS: Final[dict[str, tuple[str, Pointer, list[EditStep], str]]] = {
    "nothing": ("a: 1\n", (), [], "a: 1\n"),
    "value": ("a: 1 # why\nb: 2\n", (), [SetValue(("a",), 3)], "a: 3 # why\nb: 2\n"),
    "value below": ("a: {b: 1, c: 2}\n", ("a",), [SetValue(("a", "b"), "x, y")], 'a: {b: "x, y", c: 2}\n'),
    "value that sticks to its colon": ("a:\n", (), [SetValue(("a",), 3)], "a: 3\n"),
    "value that sticks to its dash": ("a:\n-\n- 1\n", ("a",), [SetValue(("a", 0), 3)], "a:\n- 3\n- 1\n"),
    "scalar to collection": (
        "a: 1 # why\nb: 2\n",
        (),
        [SetValue(("a",), {"k": [1]})],
        "a: # why\n  k:\n    - 1\nb: 2\n",
    ),
    "scalar to list": ("a: 1 # why\n", (), [SetValue(("a",), [1, 2])], "a: # why\n  - 1\n  - 2\n"),
    "anchor that nothing uses": ("a: &x 1\nb: 2\n", (), [SetValue(("a",), [2])], "a:\n  - 2\nb: 2\n"),
    "one line to several in brackets": ("a: [x]\n", ("a",), [SetValue(("a", 0), "x\ny\n")], 'a: ["x\\ny\\n"]\n'),
    "comments of several lines behind a key": (
        "a: # why\n  # more\n  k: v\nb: 2\n",
        (),
        [SetValue(("a",), 1)],
        "a: 1 # why\n  # more\nb: 2\n",
    ),
    "entry goes from the end of a file, one with a literal comes before it": (
        "a:\n- 1\n- 2",
        ("a",),
        [Insert(("a",), None, "x\ny\n", before=0), Remove(("a", 1))],
        "a:\n- |\n  x\n  y\n- 1\n",
    ),
    "scalar to collection in brackets": ("a: [1, 2]\n", ("a",), [SetValue(("a", 0), {"k": "v"})], "a: [{k: v}, 2]\n"),
    "one line to several behind an anchor in brackets": (
        "a: [&x y]\n",
        ("a",),
        [SetValue(("a", 0), "x\ny\n")],
        'a: [&x "x\\ny\\n"]\n',
    ),
    "last word of a text whose lines the author chose": (
        "a: one\n\n  two\n",
        (),
        [SetValue(("a",), "one\nsix")],
        "a: one\n\n  six\n",
    ),
    "collection to scalar": ("a: # why\n  k: v\nb: 2\n", (), [SetValue(("a",), 1)], "a: 1 # why\nb: 2\n"),
    "one line to several": ("a: x # why\nb: 2\n", (), [SetValue(("a",), "x\ny\n")], "a: | # why\n  x\n  y\nb: 2\n"),
    "quoted line to several": ("a: 'x'\n", (), [SetValue(("a",), "x\ny\n")], 'a: "x\\ny\\n"\n'),
    "several lines without final break": ("a: x", (), [SetValue(("a",), "x\ny\n")], "a: |\n  x\n  y\n"),
    "key": ("a: 1 # why\n", (), [RenameKey(("a",), "b")], "b: 1 # why\n"),
    "quoted key": ("'a': 1\n", (), [RenameKey(("a",), "b c")], "'b c': 1\n"),
    "entry goes": ("a: 1\nb: 2 # why\nc: 3\n", (), [Remove(("b",))], "a: 1\n# why\nc: 3\n"),
    "first entry behind a dash goes": ("a:\n- b: 1\n  c: 2\n", ("a", 0), [Remove(("a", 0, "b"))], "a:\n- c: 2\n"),
    "entries go in brackets": ("a: [1, 2, 3, 4]\n", ("a",), [Remove(("a", 0)), Remove(("a", 3))], "a: [2, 3]\n"),
    "last entry goes": ("a:\n  b: 1 # why\nc: 2\n", ("a",), [Remove(("a", "b"))], "a: {}\nc: 2\n"),
    "last entry inside of another goes": (
        "x:\n  a:\n    b: 1\n  d: 3\nc: 2\n",
        ("x", "a"),
        [Remove(("x", "a", "b"))],
        "x:\n  a: {}\n  d: 3\nc: 2\n",
    ),
    "only entry is another in brackets": (
        "a: {b: 1}\n",
        ("a",),
        [Remove(("a", "b")), Insert(("a",), "c", 2)],
        "a: {c: 2}\n",
    ),
    "nothing of nothing": ("a: {} # why\n", ("a",), [], "a: {} # why\n"),
    "last list entry goes": ("a: # why\n- 1\nc: 2\n", ("a",), [Remove(("a", 0))], "a: [] # why\nc: 2\n"),
    "last key of all goes": ("# top\na: 1\n", (), [Remove(("a",))], "# top\n{}\n"),
    "all keys of all are others": (
        "a: 1\nb: 2\n",
        (),
        [Remove(("a",)), Remove(("b",)), Insert((), "c", 3)],
        "c: 3\n",
    ),
    "new key": ("a: 1\n", (), [Insert((), "b", [1, 2])], "a: 1\nb:\n  - 1\n  - 2\n"),
    "new key indented as others": ("a:\n    b: 1\n", (), [Insert((), "c", {"d": 1})], "a:\n    b: 1\nc:\n    d: 1\n"),
    "new key behind a comment": ("a: 1\n  # x: 2\n", (), [Insert((), "b", 3)], "a: 1\n  # x: 2\nb: 3\n"),
    "new key without final break": ("a: |\n  x", (), [Insert((), "b", 1)], "a: |-\n  x\nb: 1"),
    "new key with a literal at the end": ("a: 1", (), [Insert((), "b", "x\ny\n")], "a: 1\nb: |\n  x\n  y\n"),
    "new keys in brackets": (
        "a: {b: 1}\n",
        ("a",),
        [Insert(("a",), "c", 2), Insert(("a",), "d", [3])],
        "a: {b: 1, c: 2, d: [3]}\n",
    ),
    "new key that is quoted in brackets": (
        "a: {b: 1}\n",
        ("a",),
        [Insert(("a",), "c,d", 2)],
        'a: {b: 1, "c,d": 2}\n',
    ),
    "new key that would be quoted in brackets": ("a: 1\n", (), [Insert((), "c,d", 2)], "a: 1\nc,d: 2\n"),
    "new key beside values in brackets": ("a: {b: 1}\n", (), [Insert((), "c", {"d": 2})], "a: {b: 1}\nc:\n  d: 2\n"),
    "new entry before another": ("a:\n- 1\n- 3\n", ("a",), [Insert(("a",), None, 2, before=1)], "a:\n- 1\n- 2\n- 3\n"),
    "new first entry": ("a:\n- 1\n", ("a",), [Insert(("a",), None, 0, before=0)], "a:\n- 0\n- 1\n"),
    "new first entry in brackets": ("a: [1]\n", ("a",), [Insert(("a",), None, 0, before=0)], "a: [0, 1]\n"),
    "new entry for one that goes": (
        "a:\n- 1 # one\n- 2\n",
        ("a",),
        [Remove(("a", 0)), Insert(("a",), None, 3, before=1)],
        "a:\n- 3\n- 2\n",
    ),
    "first entry of an empty list": ("a: [] # why\n", ("a",), [Insert(("a",), None, 1)], "a: # why\n  - 1\n"),
    "first key of an empty mapping": ("a: {}\n", ("a",), [Insert(("a",), "b", 1)], "a:\n  b: 1\n"),
    "row like its neighbours": (
        "a:\n- {id: x}\n",
        ("a",),
        [Insert(("a",), None, {"id": "q"})],
        "a:\n- {id: x}\n- {id: q}\n",
    ),
    "row in brackets among others": ("a: [[1]]\n", ("a",), [Insert(("a",), None, [2])], "a: [[1], [2]]\n"),
    "row of a list like its neighbours": ("a:\n- [1]\n", ("a",), [Insert(("a",), None, [2])], "a:\n- [1]\n- [2]\n"),
    "text beside rows": ("a:\n- [1]\n", ("a",), [Insert(("a",), None, "x, y")], "a:\n- [1]\n- x, y\n"),
    "block like its neighbours": (
        "a:\n- id: x\n",
        ("a",),
        [Insert(("a",), None, {"id": "q"})],
        "a:\n- id: x\n- id: q\n",
    ),
    "block where not all neighbours are in brackets": (
        "a:\n- {id: x}\n- id: y\n",
        ("a",),
        [Insert(("a",), None, {"id": "q"})],
        "a:\n- {id: x}\n- id: y\n- id: q\n",
    ),
    "row as wide as can be": (
        "a:\n- {id: x}\n",
        ("a",),
        [Insert(("a",), None, {"id": "x" * 112})],
        "a:\n- {id: x}\n- {id: " + "x" * 112 + "}\n",
    ),
    "row too wide": (
        "a:\n- {id: x}\n",
        ("a",),
        [Insert(("a",), None, {"id": "x" * 113})],
        "a:\n- {id: x}\n- id: " + "x" * 113 + "\n",
    ),
    "CRLF": ("a: 1\r\n", (), [Insert((), "b", {"c": 1})], "a: 1\r\nb:\r\n  c: 1\r\n"),
    "tag to value": ("a: !include i.yaml # why\nb: 1\n", (), [Rewrite(("a",), {"k": 2})], "a: # why\n  k: 2\nb: 1\n"),
    "tag to value behind other comments": (
        "b: 1 # why\na: !include i.yaml\n",
        (),
        [Rewrite(("a",), {"k": 2})],
        "b: 1 # why\na:\n  k: 2\n",
    ),
    "tag to value in brackets": ("a: [!include i.yaml]\n", ("a",), [Rewrite(("a", 0), "x")], "a: [x]\n"),
    "alias to value": ("a: &x 1\nb: *x # why\n", (), [Rewrite(("b",), 2)], "a: &x 1\nb: 2 # why\n"),
    "alias to value in brackets": ("a: [&x 1, *x]\n", ("a",), [Rewrite(("a", 1), [2])], "a: [&x 1, [2]]\n"),
    "tag goes to what another one includes": (
        "a: !include i.yaml#/k\nb: !include i.yaml#/k\n",
        (),
        [Remove(("a",))],
        "b: !include i.yaml#/k\n",
    ),
    "alias to value behind a dash": ("a:\n- &x 1\n- *x\n", ("a",), [Rewrite(("a", 1), [2])], "a:\n- &x 1\n- - 2\n"),
    "merged value to a key": (
        "d: &d {k: 1}\na:\n  <<: *d\n",
        ("a",),
        [Rewrite(("a", "k"), 2)],
        "d: &d {k: 1}\na:\n  <<: *d\n  k: 2\n",
    ),
}

IMPOSSIBLE: Final[dict[str, tuple[str, Pointer, EditStep]]] = {
    "key that is there": ("a: 1\n", (), Insert((), "a", 2)),
    "key that is not there": ("a: 1\n", (), SetValue(("b",), 2)),
    "collection that is not there": ("a: 1\n", ("b",), SetValue(("b", "c"), 2)),
    "value of a variable": ("a: !var v\n", (), SetValue(("a",), 2)),
    "collection for a tag": ("a: !include i.yaml\n", (), SetValue(("a",), [2])),
    "anchor used elsewhere": ("a: &x 1\nb: *x\n", (), SetValue(("a",), 2)),
    "anchor that goes": ("a: {c: &x 1}\nb: *x\n", (), Remove(("a",))),
    "value that a merge key brings in": ("d: &d {k: 1}\na:\n  <<: *d\n", ("a",), SetValue(("a", "k"), 2)),
    "key of two lines": ("a: 1\n", (), RenameKey(("a",), "b\nc")),
    "key of a list": ("a: [1]\n", ("a",), RenameKey(("a", 0), "b")),
    "file that is read as a text as well": (
        "a: !include i.yaml\nb: !file i.yaml\nc: !file i.yaml\n",
        ("a",),
        SetValue(("a", "k"), "w"),
    ),
    "key that is too long": ("a: 1\n", (), RenameKey(("a",), "b" * 1001)),
    "anchor before a comment": ("a: &x 1 # why\n", (), SetValue(("a",), [2])),
    "comment below a literal sign": ("a:\n  # why\n  1\n", (), SetValue(("a",), "x\ny\n")),
    "comments of several lines behind a literal sign": (
        "a: # why\n  # more\n  k: v\n",
        (),
        SetValue(("a",), "x\ny\n"),
    ),
    "comment before a tag": ("a:\n  # why\n  !include i.yaml\n", (), Rewrite(("a",), 1)),
    "text file that is no text": ("a: !file t.md\n", (), SetValue(("a",), 2)),
}


def spliced(text: str, collection: Pointer, steps: list[EditStep]) -> dict[str, str]:
    """New texts by path."""
    after = {**FILES, "a.yaml": text}
    document = Loader(MemoryTree(after), variables={"v": "x"}, environ=None).load("a.yaml")
    assert not document.problems
    changes = Splicer(document).changes(collection, steps)
    for path, change in sorted(changes, key=lambda entry: entry[1].start, reverse=True):
        after[path] = after[path][: change.start] + change.text + after[path][change.end :]
    return after


@pytest.mark.parametrize(("before", "collection", "steps", "expected"), ROWS.values(), ids=ROWS)
def test_steps_become_changes_of_the_text(
    before: str, collection: Pointer, steps: list[EditStep], expected: str
) -> None:
    assert spliced(before, collection, steps) == {**FILES, "a.yaml": expected}


@pytest.mark.parametrize(("text", "collection", "step"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_done_in_place_is_refused(text: str, collection: Pointer, step: EditStep) -> None:
    with pytest.raises(UneditableError):
        spliced(text, collection, [step])


@pytest.mark.parametrize(
    ("value", "expected"),
    [("one\ntwo\n", "one\r\ntwo\r\n"), ("one\n2\nthree\n", "one\r\n2\r\nthree\r\n"), ("", "")],
)
def test_a_text_file_keeps_its_line_breaks(value: str, expected: str) -> None:
    text = "a: !file t.md\n"
    assert spliced(text, (), [SetValue(("a",), value)]) == {**FILES, "a.yaml": text, "t.md": expected}


@pytest.mark.parametrize(("value", "expected"), [("w", "w"), ("x, y", '"x, y"'), ("x\ny\n", '"x\\ny\\n"')])
def test_a_value_of_another_file_is_changed_there_on_its_line(value: str, expected: str) -> None:
    text = "a: !include i.yaml#/k\n"
    after = spliced(text, (), [SetValue(("a",), value)])
    assert after == {**FILES, "a.yaml": text, "i.yaml": f"k: {expected} # kept\n"}


def test_an_included_file_is_changed_there() -> None:
    text = "a: !include i.yaml\n"
    assert spliced(text, ("a",), [SetValue(("a", "k"), "w")]) == {**FILES, "a.yaml": text, "i.yaml": "k: w # kept\n"}
