"""What brings values in, and what is written where they are to be the document's own."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.edits.edit import edits_for, proven
from revox_sync.source.edits.origin import OriginKind, Origins
from revox_sync.source.edits.value_diff import EditStep, Insert, Rewrite
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.amendment import Remove, SetValue
from revox_sync.source.model.value import Value
from revox_sync.values.pointer import Pointer

FILES: Final = {
    "own.md": "mine\n",
    "shared.md": "ours\n",
    "inc.yaml": "voice: {id: x, speed: 1}\nlist: [1, 2]\ntext: !file own.md\n",
    "c.yaml": "defaults: {url: u, retry: {k: 1}}\n",
}
TEXT: Final = """\
name: A
base: &base {id: a, speed: 1}
alias: *base # kept
own: {deep: [1, {two: 2}]}
file: !file own.md # kept
shared: !file shared.md
voice: !include inc.yaml#/voice # kept
var: !var settings
sub: !sub "x ${word}" # kept
key: !env KEY
merged:
  <<: *base
  id: b
"""


def loaded(text: str = TEXT, **files: str) -> tuple[Loader, Document]:
    tree = MemoryTree({**FILES, "a.yaml": text, **files})
    loader = Loader(tree, variables={"settings": {"a": 1, "b": [2]}, "word": "w"}, environ=None)
    document = loader.load("a.yaml").with_defaults(loader.load("c.yaml"))
    assert not document.problems
    return loader, document


def is_own(path: str) -> bool:
    return path == "own.md"


ORIGINS: Final[dict[str, tuple[Pointer, OriginKind, Pointer, str]]] = {
    "scalar": (("name",), OriginKind.OWN, ("name",), "a.yaml:1"),
    "deep": (("own", "deep", 1, "two"), OriginKind.OWN, ("own", "deep", 1, "two"), "a.yaml:4"),
    "missing": (("own", "gone"), OriginKind.OWN, ("own", "gone"), "a.yaml:4"),
    "file": (("file",), OriginKind.FILE, ("file",), "own.md:1"),
    "shared file": (("shared",), OriginKind.SHARED_FILE, ("shared",), "shared.md:1"),
    "include": (("voice",), OriginKind.INCLUDE, ("voice",), "inc.yaml:1"),
    "inside an include": (("voice", "speed"), OriginKind.INCLUDE, ("voice",), "inc.yaml:1"),
    "inside a variable": (("var", "b", 0), OriginKind.VAR, ("var",), "a.yaml:8"),
    "substitution": (("sub",), OriginKind.SUB, ("sub",), "a.yaml:9"),
    "secret": (("key",), OriginKind.ENV, ("key",), "a.yaml:10"),
    "alias": (("alias", "id"), OriginKind.ANCHOR, ("alias",), "a.yaml:2"),
    "anchor": (("base", "id"), OriginKind.ANCHOR, ("base",), "a.yaml:2"),
    "merged": (("merged", "speed"), OriginKind.ANCHOR, ("merged", "speed"), "a.yaml:2"),
    "beside a merge key": (("merged", "id"), OriginKind.OWN, ("merged", "id"), "a.yaml:13"),
    "default": (("url",), OriginKind.DEFAULTS, ("url",), "c.yaml:1"),
    "inside a default": (("retry", "k"), OriginKind.DEFAULTS, ("retry",), "c.yaml:1"),
}


@pytest.mark.parametrize(("pointer", "kind", "at", "place"), ORIGINS.values(), ids=ORIGINS)
def test_origin(pointer: Pointer, kind: OriginKind, at: Pointer, place: str) -> None:
    document = loaded()[1]
    found = Origins(document, is_own).at(pointer)
    line = document.sources[found.place.path].position(found.place.start)[0]
    assert (found.kind, found.pointer, f"{found.place.path}:{line}") == (kind, at, place)


def test_a_file_behind_an_include_and_a_file_used_twice() -> None:
    origins = Origins(loaded("a: !include inc.yaml#/text\nb: !file own.md\n")[1], is_own)
    assert (origins.at(("a",)).kind, origins.at(("a",)).place.path) == (OriginKind.INCLUDE, "own.md")
    assert origins.at(("b",)).kind is OriginKind.SHARED_FILE


OBSTACLES: Final[dict[str, tuple[EditStep, OriginKind | None]]] = {
    "own": (SetValue(("name",), "B"), None),
    "anchor": (SetValue(("alias", "id"), "b"), OriginKind.ANCHOR),
    "a tag goes with its key": (Remove(("voice",)), None),
    "a key inside a tag does not": (Remove(("voice", "speed")), OriginKind.INCLUDE),
    "a merged key does not": (Remove(("merged", "speed")), OriginKind.ANCHOR),
    "a default does not": (Remove(("url",)), OriginKind.DEFAULTS),
    "new key": (Insert(("own",), "new", 1), None),
    "new key in a variable": (Insert(("var",), "new", 1), OriginKind.VAR),
    "written anew": (Rewrite(("voice",), {}), None),
}


@pytest.mark.parametrize(("step", "kind"), OBSTACLES.values(), ids=OBSTACLES)
def test_obstacle(step: EditStep, kind: OriginKind | None) -> None:
    found = Origins(loaded()[1], is_own).obstacle(step)
    assert (found.kind if found else None) == kind


def inlined(text: str, key: str, value: Value, **files: str) -> str | None:
    """The document's text when one of its values becomes another; None where that cannot be written."""
    loader, document = loaded(text, **files)
    assert isinstance(document.value, dict)
    origins = Origins(document, is_own)
    amendments = [SetValue((), {**document.value, key: value})]
    edits = edits_for(document, amendments, whole=lambda pointer, _: origins.is_foreign(pointer))
    if edits is None:
        return None
    texts = proven(loader, document, amendments, edits)
    assert texts is None or set(texts) == {"a.yaml"}
    return texts["a.yaml"] if texts else None


INLINED: Final[dict[str, tuple[str, str, Value, str | None]]] = {
    "include": (
        "a: 1\nvoice: !include inc.yaml#/voice # kept\nb: 2\n",
        "voice",
        {"id": "x", "speed": 2},
        "a: 1\nvoice: # kept\n  id: x\n  speed: 2\nb: 2\n",
    ),
    "substitution": ('a: !sub "x ${word}" # kept\n', "a", "new", "a: new # kept\n"),
    "substitution in lines": ("a: !sub | # kept\n  x\n  ${word}\nb: 1\n", "a", "new", "a: new # kept\nb: 1\n"),
    "variable to lines": ("a: !var word\r\nb: 1\r\n", "a", "y\nz\n", "a: |\r\n  y\r\n  z\r\nb: 1\r\n"),
    "shared file": ("a: !file shared.md # kept\n", "a", "y\nz\n", "a: | # kept\n  y\n  z\n"),
    "no final line break": ("a: !file shared.md", "a", "y\nz\n", "a: |\n  y\n  z\n"),
    "alias": (
        "b: &x {k: 1}\na: *x # kept\n",
        "a",
        {"k": 2},
        "b: &x {k: 1}\na: # kept\n  k: 2\n",
    ),
    "alias in brackets": (
        "b: &x {k: 1}\nc: {a: *x, d: 1} # kept\n",
        "c",
        {"a": {"k": 2}, "d": 1},
        "b: &x {k: 1}\nc: {a: {k: 2}, d: 1} # kept\n",
    ),
    "anchor that is needed": ("b: &x {k: 1}\na: *x\n", "b", {"k": 2}, None),
    "merged": (
        "b: &x {k: 1}\na:\n  <<: *x\n  m: 1\n",
        "a",
        {"k": 2, "m": 1},
        "b: &x {k: 1}\na:\n  <<: *x\n  m: 1\n  k: 2\n",
    ),
    "entry of a list": ("a:\n  - !var word # kept\n  - 2\n", "a", ["y", 2], 'a:\n  - "y" # kept\n  - 2\n'),
    "inside brackets": ("a: {b: !var word, c: 1}\n", "a", {"b": "y z", "c": 1}, "a: {b: y z, c: 1}\n"),
    "default": ("a: 1\n", "url", "w", "a: 1\nurl: w\n"),
    "inside a default": ("a: 1\n", "retry", {"k": 2}, "a: 1\nretry:\n  k: 2\n"),
    "comment between key and tag": ("a: # about\n  !var word\n", "a", "y", None),
}


@pytest.mark.parametrize(("text", "key", "value", "expected"), INLINED.values(), ids=INLINED)
def test_inlined(text: str, key: str, value: Value, expected: str | None) -> None:
    assert inlined(text, key, value) == expected


def test_a_text_file_cannot_hold_what_is_no_text() -> None:
    origins = Origins(loaded("name: A\nfile: !file own.md\n")[1], is_own)
    assert origins.outgrows_file(("file",), None)
    assert not origins.outgrows_file(("file",), "text")
    assert not origins.outgrows_file(("name",), None)
