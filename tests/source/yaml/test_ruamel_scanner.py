"""Where YAML 1.2 and the scanner below ours differ: what each text means. The suite says what is no YAML."""

from __future__ import annotations

import pytest

from revox_sync.source.model.place import SourceText
from revox_sync.source.yaml.construct import Builder
from revox_sync.source.yaml.ruamel_parser import compose_pure

VALUES = {
    "tab before a comment": ("a: b\t# c\n", {"a": "b"}),
    "tab behind a colon": ("a:\tb\n", {"a": "b"}),
    "tab behind a dash": ("-\tb\n", ["b"]),
    "tab on an empty line": ("a: b\n\t\nc: d\n", {"a": "b", "c": "d"}),
    "tab behind the indentation": ("a:\n  \tb\n", {"a": "b"}),
    "tab in brackets": ("a: [b,\n \tc\t]\n", {"a": ["b", "c"]}),
    "tab in a block": ("a: |\n \tb\n", {"a": "\tb\n"}),
    "tab behind the sign of a block": ("a: |\t\n b\n", {"a": "b\n"}),
    "key over two lines in braces": ("a: {b\n : c}\n", {"a": {"b": "c"}}),
    "key of words over two lines": ("a: {b\n  c: d}\n", {"a": {"b c": "d"}}),
    "quoted key over two lines": ('a: {"b\n  c": d}\n', {"a": {"b c": "d"}}),
    "colon right behind a quote": ('a: {"b":c, "d" :e}\n', {"a": {"b": "c", "d": "e"}}),
    "colon that starts a word": ("a: [:b, ::c]\n", {"a": [":b", "::c"]}),
    "question mark that starts a word": ("a: [?b, {?c: d}]\n", {"a": ["?b", {"?c": "d"}]}),
    "empty key in a list": ("[: a]\n", None),
    "closing bracket below its key": ("a: {\n  b: c\n}\n", {"a": {"b": "c"}}),
    "closing quote below its key": ('a: "b\n  c\n"\n', {"a": "b c "}),
    "percent sign on a line of its own": ("a: {b\n % : c}\n", {"a": {"b %": "c"}}),
    "escaped line breaks": ('a: "b\\\n  c\\ \n\n  d"\n', {"a": "bc \nd"}),
    "escaped blank before a fold": ('a: "b\\t\n  c"\n', {"a": "b\t c"}),
    "doubled quotes and folds": ("a: 'b''\n\n  c'\n", {"a": "b'\nc"}),
    "line separators are text": ("a: b\u2028c\x85d\n", {"a": "b\u2028c\x85d"}),
    "folded text": ("a: >\n  b\n  c\n\n    d\n  e\n\n\n  f\n", {"a": "b c\n\n  d\ne\n\nf\n"}),
    "kept breaks": ("a: |+\n  b\n\n\nc: d\n", {"a": "b\n\n\n", "c": "d"}),
    "kept breaks of no text": ("a: |+\n\n\nc: d\n", {"a": "\n\n", "c": "d"}),
    "stripped breaks": ("a: |-\n  b\n\nc: d\n", {"a": "b", "c": "d"}),
    "no break at the end": ("a: |\n  b", {"a": "b"}),
    "empty lines above": ("a: |\n\n \n  b\n", {"a": "\n\nb\n"}),
    "indicator": ("a: |1\n  b\n c\n", {"a": " b\nc\n"}),
    "signs in either order": ("- |2-\n   b\n- |-2\n   b\n", [" b", " b"]),
    "tag by its address": ("a: !<tag:yaml.org,2002:str> 1\n", {"a": "1"}),
    "tag by a prefix, with an escape": ("%TAG !e! tag:yaml.org,2002:\n---\na: !e!s%74r 1\n", {"a": "1"}),
    "names of anchors": ("a: &x?:%b 1\nb: *x?:%b\n", {"a": 1, "b": 1}),
}


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_values(text: str, value: object, line_break: str) -> None:
    text = text.replace("\n", line_break)
    root, problems = compose_pure(text, "a.yaml")
    assert problems == ()
    assert root is not None
    if value is not None:
        assert Builder(SourceText("a.yaml", text)).build(root, 0) == value
