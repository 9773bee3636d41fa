"""Texts before and after amendments: the data of `test_edit`."""

from __future__ import annotations

from collections.abc import Sequence

from revox_sync.source.model.amendment import Add, Amendment, Remove, RenameKey, SetValue
from revox_sync.source.model.value import Value
from revox_sync.values.secret import Secret


def put(*pointer: str | int, to: Value) -> SetValue:
    return SetValue(pointer, to)


def drop(*pointer: str | int) -> Remove:
    return Remove(pointer)


def rename(*pointer: str | int, to: str) -> RenameKey:
    return RenameKey(pointer, to)


def add(*pointer: str | int, value: Value) -> Add:
    return Add(pointer, value)


Row = tuple[str, Sequence[Amendment], str]

SCALARS: dict[str, Row] = {
    "plain": ("a: one # why\nb: 1\n", [put("a", to="two")], "a: two # why\nb: 1\n"),
    "plain that needs quotes": ("a: one # why\n", [put("a", to="x: y")], 'a: "x: y" # why\n'),
    "word of YAML 1.1": ("a: one\n", [put("a", to="yes")], 'a: "yes"\n'),
    "number to text": ("a: +33123456\n", [put("a", to="+33123456")], 'a: "+33123456"\n'),
    "ambiguous with its own value": ("a: no # why\nb: no\n", [put("a", to="no")], 'a: "no" # why\nb: no\n'),
    "leading zero": ("a: 007\n", [put("a", to=7)], "a: 7\n"),
    "text to boolean": ('a: "true"\n', [put("a", to=True)], "a: true\n"),
    "large number": ("a: 1\n", [put("a", to=1e22)], "a: 1.0e+22\n"),
    "double quotes stay": ('a: "one"\n', [put("a", to='"é" \n\u200b')], 'a: "\\"é\\" \\n\\u200b"\n'),
    "single quotes stay": ("a: 'one'\n", [put("a", to="it's")], "a: 'it''s'\n"),
    "single quotes cannot": ("a: 'one'\n", [put("a", to="x\ny")], 'a: "x\\ny"\n'),
    "anchor stays": ("a: &x one\n", [put("a", to="two")], "a: &x two\n"),
    "tag stays": ("a: !!str 1 # why\n", [put("a", to="2")], 'a: !!str "2" # why\n'),
    "tag goes": ("a: !!str 1 # why\n", [put("a", to=2)], "a: 2 # why\n"),
    "multi-byte before": ("é: 😀\na: é # é\n", [put("a", to="ü")], "é: 😀\na: ü # é\n"),
    "nothing before": ("a:\nb:   # why\n", [put("a", to=1), put("b", to="x")], "a: 1\nb: x   # why\n"),
    "to null": ("a: x\n", [put("a", to=None)], "a: null\n"),
    "flow": ("a: [x, {b: y}] # why\n", [put("a", 1, "b", to="1, 2")], 'a: [x, {b: "1, 2"}] # why\n'),
    "list entry": ("a:\n- x\n- y # why\n", [put("a", 1, to="z")], "a:\n- x\n- z # why\n"),
    "no final newline": ("a: x", [put("a", to="z")], "a: z"),
    "CRLF": ("a: x\r\nb: y\r\n", [put("a", to="z")], "a: z\r\nb: y\r\n"),
    "folded quotes": ('a: "one two\n  three"\n', [put("a", to="one 2\t three")], 'a: "one 2\\t three"\n'),
    "word in folded quotes": ('a: "one two\n  three"\n', [put("a", to="one 2 three")], 'a: "one 2\n  three"\n'),
    "word in folded plain": ("a: one two\n  three\n", [put("a", to="one two 3")], "a: one two\n  3\n"),
    "plain to lines": ("a: x # why\n", [put("a", to="x\ny\n")], "a: | # why\n  x\n  y\n"),
}

BLOCK_SCALARS: dict[str, Row] = {
    "literal": ("a: | # why\n  one\n   two\n\n# c\n", [put("a", to="one\n 2\n")], "a: | # why\n  one\n   2\n\n# c\n"),
    "literal, CRLF": ("a: |\r\n  x\r\nb: 1\r\n", [put("a", to="x\n\ny\n")], "a: |\r\n  x\r\n\r\n  y\r\nb: 1\r\n"),
    "stripped to clipped": ("a: |-\n    x\nb: 1\n", [put("a", to="y\n")], "a: |\n    y\nb: 1\n"),
    "clipped to stripped": ("a: |\n  x\nb: 1\n", [put("a", to="y")], "a: |-\n  y\nb: 1\n"),
    "kept": ("a: |+\n  x\n\n\nb: 1\n", [put("a", to="y\n\n\n")], "a: |+\n  y\n\n\nb: 1\n"),
    "kept to clipped": ("a: |+\n  x\n\nb: 1\n", [put("a", to="y\n")], "a: |\n  y\n\nb: 1\n"),
    "indented by number": ("a: |2-\n    x\nb: 1\n", [put("a", to="  y")], "a: |2-\n    y\nb: 1\n"),
    "literal cannot": ("a: | # why\n  x\nb: 1\n", [put("a", to="\u202ex")], 'a: "\\u202ex" # why\nb: 1\n'),
    "literal that begins with blanks": (
        "k:\n- - a: | # why\n      x\n  - |\n   y\n",
        [put("k", 0, 0, "a", to=" x\ny"), put("k", 0, 1, to="\ty\n")],
        "k:\n- - a: |2- # why\n       x\n      y\n  - |1\n   \ty\n",
    ),
    "literal to number": ("a: |-\n  12\nb: 1\n", [put("a", to=12)], "a: 12\nb: 1\n"),
    "literal in a list": ("a:\n- |\n  x\n- y\n", [put("a", 0, to="x\nz\n")], "a:\n- |\n  x\n  z\n- y\n"),
    "word in a folded block": ("a: >\n  one\n  two\nb: 1\n", [put("a", to="one 2\n")], "a: >\n  one\n  2\nb: 1\n"),
    "folded block cannot": ("a: >-\n  one\n  two\nb: 1\n", [put("a", to="x\ny")], "a: |-\n  x\n  y\nb: 1\n"),
    "no final newline": ("a: |-\n  x", [put("a", to="y")], "a: |-\n  y"),
    "comment inside": ("a: |\n  # x\n  y\n# c\n", [put("a", to="# x\nz\n")], "a: |\n  # x\n  z\n# c\n"),
}

REMOVALS: dict[str, Row] = {
    "line": ("a: 1\nb: 2 # why\n\n# c\nc: 3\n", [drop("b")], "a: 1\n# why\n\n# c\nc: 3\n"),
    "comment above stays": ("a: 1\n# c\nb: 2\nc: 3\n", [drop("b")], "a: 1\n# c\nc: 3\n"),
    "first and last": ("a: 1\nb: 2\nc: 3\n", [drop("a"), drop("c")], "b: 2\n"),
    "no final newline": ("a: 1\nb: 2\nc: 3", [drop("b"), drop("c")], "a: 1\n"),
    "CRLF": ("a: 1\r\nb: 2\r\nc: 3", [drop("c")], "a: 1\r\nb: 2\r\n"),
    "block scalar": ("a: |\n  x\n\n\n# c\nb: 1\n", [drop("a")], "\n\n# c\nb: 1\n"),
    "kept block scalar": ("a: |+\n  x\n\n\n# c\nb: 1\n", [drop("a")], "# c\nb: 1\n"),
    "nested": (
        "a:\n  b:\n    c: 1\n    # in\n    d: 2 # why\n  # c\n  e: 3\n",
        [drop("a", "b")],
        "a:\n  # why\n  # c\n  e: 3\n",
    ),
    "comment to us": ("a: 1\nb: 2 # revox: ignore[RVX207]\nc: 3\n", [drop("b")], "a: 1\nc: 3\n"),
    "last key": ("a:\n  b: 1 # why\n# c\nd: 2\n", [drop("a", "b")], "a: {}\n# c\nd: 2\n"),
    "last key below a comment": ("a: # why\n  # in\n  b: 1\nd: 2\n", [drop("a", "b")], "a: {} # why\n  # in\nd: 2\n"),
    "last key of the root": ("# c\na: 1 # why\n", [drop("a")], "# c\n{}\n"),
    "last entry": ("a:\n- x\n- y\nb: 1\n", [drop("a", 0), drop("a", 1)], "a: []\nb: 1\n"),
    "entry": ("a:\n  - x # 1\n  # c\n  - k: 1\n    j: 2\n  - z\n", [drop("a", 1)], "a:\n  - x # 1\n  # c\n  - z\n"),
    "first key of an entry": ("a:\n  - k: 1 # why\n    j: 2\n", [drop("a", 0, "k")], "a:\n  - # why\n    j: 2\n"),
    "first keys of an entry": ("a:\n- k: 1\n  j: 2\n  i: 3\n", [drop("a", 0, "k"), drop("a", 0, "j")], "a:\n- i: 3\n"),
    "first and last key of an entry": (
        "a:\n- k: 1\n  j: 2\n  i: 3",
        [drop("a", 0, "k"), drop("a", 0, "i")],
        "a:\n- j: 2\n",
    ),
    "only key of an entry": ("a:\n  - k: 1 # why\n  - x\n", [drop("a", 0, "k")], "a:\n  - {}\n  - x\n"),
    "comment below the first key": ("a:\n- k: 1\n  # c\n  j: 2\n", [drop("a", 0, "k")], "a:\n- \n  # c\n  j: 2\n"),
    "nested list": ("a:\n- - x\n  - y\n", [drop("a", 0, 0)], "a:\n- - y\n"),
    "flow first": ("a: {b: 1, c: 2} # why\n", [drop("a", "b")], "a: {c: 2} # why\n"),
    "flow last": ("a: {b: 1, c: 2 }\n", [drop("a", "c")], "a: {b: 1 }\n"),
    "flow middle": ("a: [1, 'x,', [2], 3]\n", [drop("a", 1), drop("a", 2)], "a: [1, 3]\n"),
    "flow tail": ("a: [1, 2, 3]\n", [drop("a", 1), drop("a", 2)], "a: [1]\n"),
    "flow all": ("a: [ 1, 2 ] # why\n", [drop("a", 0), drop("a", 1)], "a: [] # why\n"),
    "flow on lines": ("a: [\n  1, # one\n  2, # two\n]\n", [drop("a", 1)], "a: [\n  1, # two\n]\n"),
    "alias": ("b: &x 1\na: [*x, 2, *x]\n", [drop("a", 0)], "b: &x 1\na: [2, *x]\n"),
    "alias in a block": ("b: &x 1\na: *x # why\nc: 1\n", [drop("a")], "b: &x 1\n# why\nc: 1\n"),
    "quoted key": ("'a': 1\n\"b\" : 2\n", [drop("b")], "'a': 1\n"),
    "tag": ("a: !include i.yaml\nb: 1\n", [drop("a")], "b: 1\n"),
}

RENAMES: dict[str, Row] = {
    "plain": ("a : 1 # a\nb: 2\n", [rename("a", to="c")], "c : 1 # a\nb: 2\n"),
    "quoted": ("{'a': 1, \"b\": 2}\n", [rename("a", to="it's"), rename("b", to="c")], "{'it''s': 1, \"c\": 2}\n"),
    "needs quotes": ("a: 1\n", [rename("a", to="no")], '"no": 1\n'),
    "with its value": ("a: 1\n", [rename("a", to="b"), put("a", to=2)], "b: 2\n"),
    "nested in an entry": (
        "x:\n  - a: |\n      t\n    b: 1\n",
        [rename("x", 0, "a", to="cc")],
        "x:\n  - cc: |\n      t\n    b: 1\n",
    ),
}

ADDITIONS: dict[str, Row] = {
    "root": ("a: 1 # why\n\n# end\n", [add("b", value=2)], "a: 1 # why\nb: 2\n\n# end\n"),
    "no final newline": ("a: 1", [add("b", value="x")], "a: 1\nb: x"),
    "CRLF": ("a: 1\r\n", [add("b", value={"c": "x\ny"})], "a: 1\r\nb:\r\n  c: |-\r\n    x\r\n    y\r\n"),
    "lines at the end of the file": ("a: 1", [add("b", value="x\ny\n")], "a: 1\nb: |\n  x\n  y\n"),
    "behind a block scalar at the end": ("a:\n  - |\n    x", [add("b", value=2)], "a:\n  - |-\n    x\nb: 2"),
    "two behind a block scalar at the end": (
        "a:\n  - |\n    x",
        [add("b", value=2), add("a", 1, value=3)],
        "a:\n  - |-\n    x\n  - 3\nb: 2",
    ),
    "outer behind what goes": (
        "a:\n  b: 1\n  c: 2\n# c\n",
        [drop("a", "c"), add("d", value=3)],
        "a:\n  b: 1\nd: 3\n# c\n",
    ),
    "inner before outer": ("a:\n  - 1\n", [add("b", value=2), add("a", 1, value=3)], "a:\n  - 1\n  - 3\nb: 2\n"),
    "below comments on what is inside": (
        "a:\n  - x\n  # - y\n\n  # - z\n# c\nb: 1\n",
        [add("a", 1, value=2)],
        "a:\n  - x\n  - 2\n  # - y\n\n  # - z\n# c\nb: 1\n",
    ),
    "above comments on what follows": (
        "a:\n  - x\n  # - y\n\n  # - z\n\n# c\n",
        [add("b", value="s\nt\n")],
        "a:\n  - x\n  # - y\n\n  # - z\nb: |\n  s\n  t\n\n# c\n",
    ),
    "several": ("a: 1\n", [add("b", value=2), add("c", value=[])], "a: 1\nb: 2\nc: []\n"),
    "nested": (
        "a:\n    b: 1\n# c\nd: 2\n",
        [add("a", "c", value={"k": [1]})],
        "a:\n    b: 1\n    c:\n        k:\n            - 1\n# c\nd: 2\n",
    ),
    "dashes as they are": (
        "a:\n- 1\nb: 1\n",
        [add("c", value=["x", {"k": 1, "j": [2]}])],
        "a:\n- 1\nb: 1\nc:\n- x\n- k: 1\n  j:\n  - 2\n",
    ),
    "entry": (
        "a:\n  - x # 1\n  # end\nb: 1\n",
        [add("a", 1, value={"k": "v"})],
        "a:\n  - x # 1\n  - k: v\n  # end\nb: 1\n",
    ),
    "behind a block scalar": (
        "a:\n  b: |\n    x\n\nc: 1\n",
        [add("a", "d", value=1)],
        "a:\n  b: |\n    x\n  d: 1\n\nc: 1\n",
    ),
    "behind a kept block scalar": (
        "a:\n  b: |+\n    x\n\nc: 1\n",
        [add("a", "d", value=1)],
        "a:\n  b: |+\n    x\n\n  d: 1\nc: 1\n",
    ),
    "in an entry": ("a:\n- b: 1\n- x\n", [add("a", 0, "c", value=2)], "a:\n- b: 1\n  c: 2\n- x\n"),
    "flow": (
        "a: {b: 1 } # why\n",
        [add("a", "c", value={"d": ["x, y", None]})],
        'a: {b: 1, c: {d: ["x, y", null]} } # why\n',
    ),
    "flow list": ("a: [1]\n", [add("a", 1, value="x:y")], 'a: [1, "x:y"]\n'),
    "empty mapping": ("a: {} # why\nb: 1\n", [add("a", "c", value=1)], "a: # why\n  c: 1\nb: 1\n"),
    "empty list": ("a: []\n", [add("a", 0, value="x")], "a:\n  - x\n"),
    "empty in flow": ("a: [{}, 1]\n", [add("a", 0, "c", value="x\ny")], 'a: [{c: "x\\ny"}, 1]\n'),
    "empty root": ("{}\n", [add("a", value=1)], "a: 1\n"),
    "strange key": ("a: 1\n", [add("x: y", value="- z")], 'a: 1\n"x: y": "- z"\n'),
    "instead of the last": (
        "a: 1\nb: 2 # why\n\nc: 3\n",
        [drop("c"), add("d", value=[1])],
        "a: 1\nb: 2 # why\n\nd:\n  - 1\n",
    ),
    "instead of all": ("a:\n  b: 1\nc: 2\n", [drop("a", "b"), add("a", "d", value=1)], "a:\n  d: 1\nc: 2\n"),
    "instead of the last in flow": ("a: {b: 1, c: 2}\n", [drop("a", "c"), add("a", "d", value=1)], "a: {b: 1, d: 1}\n"),
    "over a merge": ("x: &x {k: 1}\na:\n  <<: *x\n", [add("a", "k", value=2)], "x: &x {k: 1}\na:\n  <<: *x\n  k: 2\n"),
}

COLLECTIONS: dict[str, Row] = {
    "keys that stay": (
        "a:\n  b: 1 # b\n  c: 0x10 # c\n  d: x\n",
        [put("a", to={"c": 16, "b": 2, "e": 3})],
        "a:\n  b: 2 # b\n  c: 0x10 # c\n  e: 3\n",
    ),
    "entries that stay": (
        "a:\n  - x # x\n  - y # y\n  - z # z\n",
        [put("a", to=["x", "w", "z", "v"])],
        "a:\n  - x # x\n  - w # y\n  - z # z\n  - v\n",
    ),
    "entry before": ("a:\n- y # y\n", [put("a", to=["x", "y"])], "a:\n- x\n- y # y\n"),
    "entry between": ("a: [x, z]\n", [put("a", to=["x", "w", "z"])], "a: [x, w, z]\n"),
    "flow before": ("a: [x]\n", [put("a", to=["w", "x"])], "a: [w, x]\n"),
    "fewer": ("a: [x, y, z]\n", [put("a", to=["y"])], "a: [y]\n"),
    "emptied": ("a:\n  - x\nb: 1\n", [put("a", to=[])], "a: []\nb: 1\n"),
    "list to mapping": ("a: # why\n  - x # x\nb: 1\n", [put("a", to={"c": 1})], "a: # why\n  c: 1\nb: 1\n"),
    "flow to scalar": ("a: [x] # why\n", [put("a", to="z")], "a: z # why\n"),
    "block to scalar": ("a: # why\n  b: 1 # b\n  # in\nc: 1\n", [put("a", to=1)], "a: 1 # why\n  # in\nc: 1\n"),
    "scalar to mapping": ("a: x # why\nb: 1\n", [put("a", to={"c": ["d"]})], "a: # why\n  c:\n    - d\nb: 1\n"),
    "scalar to list in flow": ("{a: x, b: 1}\n", [put("a", to=["c"])], "{a: [c], b: 1}\n"),
    "literal to mapping": ("a: | # why\n  x\n\nb: 1\n", [put("a", to={"c": 1})], "a: # why\n  c: 1\n\nb: 1\n"),
    "null to mapping": ("a:\nb: 1\n", [put("a", to={"c": 1})], "a:\n  c: 1\nb: 1\n"),
    "root": ("a: 1 # a\nb: 2\n", [SetValue((), {"a": 1, "c": 3})], "a: 1 # a\nc: 3\n"),
    "type only": ("a: [1, true]\n", [put("a", to=[1.0, 1])], "a: [1.0, 1]\n"),
}

TABLES = {
    "scalar": SCALARS,
    "block": BLOCK_SCALARS,
    "removal": REMOVALS,
    "rename": RENAMES,
    "add": ADDITIONS,
    "set": COLLECTIONS,
}
ROWS = {f"{table}: {name}": row for table, rows in TABLES.items() for name, row in rows.items()}


ELSEWHERE: dict[str, tuple[str, Amendment, dict[str, str]]] = {
    "text file": ("a: !file t.md\n", put("a", to="one\nthree\nfour\n"), {"t.md": "one\r\nthree\r\nfour\r\n"}),
    "text file, no change": ("a: !file t.md\n", put("a", to="one\ntwo\n"), {}),
    "included key": ("a: !include i.yaml\n", put("a", "k", to="w"), {"i.yaml": "k: w # kept\ndeep: {m: 1}\n"}),
    "included scalar": ("a: !include i.yaml#/deep/m\n", put("a", to=2), {"i.yaml": "k: v # kept\ndeep: {m: 2}\n"}),
    "added to included": (
        "a: !include i.yaml\n",
        add("a", "z", value=1),
        {"i.yaml": "k: v # kept\ndeep: {m: 1}\nz: 1\n"},
    ),
    "removed from included": ("a: !include l.yaml\n", drop("a", 0), {"l.yaml": "- 2\n"}),
    "collection by its differences": (
        "a: !include i.yaml\n",
        put("a", to={"k": "v", "deep": {"m": 1, "o": 2}}),
        {"i.yaml": "k: v # kept\ndeep: {m: 1, o: 2}\n"},
    ),
}


IMPOSSIBLE: dict[str, tuple[str, Amendment]] = {
    "variable": ("a: !var v\n", put("a", to="z")),
    "template": ('a: !sub "${v}"\n', put("a", to="z")),
    "secret": ("a: !env X\n", put("a", to="z")),
    "secret to write": ("a: 1\n", put("a", to=Secret("s"))),
    "alias": ("a: &x 1\nb: *x\n", put("b", to=2)),
    "anchor in use": ("a: &x 1\nb: *x\n", put("a", to=2)),
    "anchor in use goes": ("a: &x 1\nb: *x\n", drop("a")),
    "anchor in use inside": ("a: {c: &x 1}\nb: *x\n", put("a", to=2)),
    "below an alias": ("a: &x {c: 1}\nb: *x\n", rename("b", "c", to="d")),
    "merged key": ("a: &x {c: 1}\nb:\n  <<: *x\n", put("b", "c", to=2)),
    "merged key goes": ("a: &x {c: 1}\nb:\n  <<: *x\n", drop("b", "c")),
    "mapping that is merged": ("a: &x {c: 1}\nb:\n  <<: [*x]\n", put("a", "c", to=2)),
    "file used twice": ("a: !file t.md\nb: !file t.md\n", put("a", to="z")),
    "text file to number": ("a: !file t.md\n", put("a", to=2)),
    "include of another type": ("a: !include i.yaml\n", put("a", to=[2])),
    "text in the place of comments": ("a:\n  # c\n  - 1\n", put("a", to="x\ny")),
    "question mark": ("? a\n: 1\nb: 2\n", drop("a")),
    "pair in a list": ("a: [b: 1]\n", add("a", 0, "c", value=2)),
    "nothing there": ("a: 1\n", put("b", to=2)),
    "position that is none": ("a: [1]\n", drop("a", 1)),
    "key of a list": ("a: [1]\n", add("a", "b", value=1)),
    "key of a scalar": ("a: 1\n", add("a", "b", value=1)),
    "key that is there": ("a: 1\n", add("a", value=2)),
    "second key of one name": ("a: 1\nb: 2\n", rename("a", to="b")),
    "list as root": ("a: 1\n", SetValue((), [1])),
    "too long a key": ("a: 1\n", add("b" * 2000, value=1)),
}
