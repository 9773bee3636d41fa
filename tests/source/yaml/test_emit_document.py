from __future__ import annotations

from typing import Any

import pytest

from revox_sync.source.model.place import SourceText
from revox_sync.source.yaml.construct import Builder
from revox_sync.source.yaml.emit_document import FileReference, dump_document
from revox_sync.source.yaml.parse import compose
from revox_sync.values.secret import Secret

SAME = {"k": 1}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"a": "x", "b": None, "c": True, "d": 1}, "a: x\nb: null\nc: true\nd: 1\n"),
        ({"a": ["x", {"b": "z", "c": []}]}, "a:\n  - x\n  - b: z\n    c: []\n"),
        ({"a": "yes", "b": "1", "c": "x: y", "d": ""}, 'a: "yes"\nb: "1"\nc: "x: y"\nd: ""\n'),
        ({"a": 1e100, "b": 0.5}, "a: 1.0e+100\nb: 0.5\n"),
        ({"a": SAME, "b": SAME}, "a:\n  k: 1\nb:\n  k: 1\n"),
        ({"a": Secret("s3cr3t", "KEY"), "b": FileReference("p.md")}, "a: !env KEY\nb: !file p.md\n"),
        ({"a": "x " * 200 + "x"}, f"a: {'x ' * 200}x\n"),
        ({"a": "zero\u200bwidth"}, 'a: "zero\\u200bwidth"\n'),
    ],
)
def test_documents_are_written_as_people_write_them(fields: dict[str, Any], text: str) -> None:
    assert dump_document(fields, readable=True) == text


@pytest.mark.parametrize(
    ("text", "readable", "written"),
    [
        ("one\ntwo\n", True, "a: |\n  one\n  two\n"),
        ("one\ntwo", True, "a: |-\n  one\n  two\n"),
        ("one\ntwo\n", False, 'a: "one\\ntwo\\n"\n'),
        (" one\ntwo", True, 'a: " one\\ntwo"\n'),
        ("one\n\n", True, 'a: "one\\n\\n"\n'),
    ],
)
def test_texts_of_several_lines(text: str, *, readable: bool, written: str) -> None:
    assert dump_document({"a": text}, readable=readable) == written
    root = compose(written, "a.yaml").root
    assert root is not None
    assert Builder(SourceText("a.yaml", written)).build(root, 0) == {"a": text}


def test_what_cannot_be_written_gives_nothing() -> None:
    assert dump_document({"a": 10**5000}, readable=True) is None
