from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.value import Value
from revox_sync.values.invisible import has_invisible
from revox_sync.values.pointer import Pointer
from tests.call_counts import call_counts

ASSISTANT = (Path(__file__).parent / "assistant.yaml").read_text("utf-8")


def load(text: str, **files: str) -> Document:
    named = {f"{name}.yaml": body for name, body in files.items()}
    return Loader(MemoryTree({"a.yaml": text, "t.md": "one\ntwo\n", **named}), variables={}, environ=None).load(
        "a.yaml"
    )


def shown(document: Document, pointer: Pointer, *, key: bool = False) -> str:
    """The text at a place, behind `->` the text that an alias means, behind `<-` the tag that brought it in."""
    location = document.locate(pointer, key=key)
    signs = {"": location.place, " -> ": location.anchored, " <- ": location.via}
    texts = (
        sign + document.sources[place.path].text[place.start : place.end] for sign, place in signs.items() if place
    )
    return "".join(texts)


TEXT = """\
name: x   # why
list:
  - one
  - {k: 'two'}
  - k: three

block: |
  text

  more

# comment
nested:
  inner:
    last: 1

# comment
empty:
flow: [1, 2]   # why
file: !file t.md
inc: !include b.yaml
base: &base
  p: 1
  q: 2
merged:
  <<: *base
  q: 3
alias: *base
both: {<<: [!include b.yaml, *base]}
tail:
  - *base
  - [x]
  - *base
in brackets: [1, *base, {k: *base}]
"""
INCLUDED = "k: v\ndeep: !include c.yaml\n"
PLACES: list[tuple[Pointer, str, str]] = [
    ((), "name", "name"),
    (("name",), "x", "name"),
    (("list",), "- one\n  - {k: 'two'}\n  - k: three", "list"),
    (("list", 0), "one", "one"),
    (("list", 1), "{k: 'two'}", "k"),
    (("list", 2, "k"), "three", "k"),
    (("block",), "|\n  text\n\n  more", "block"),
    (("nested",), "inner:\n    last: 1", "nested"),
    (("empty",), "", "empty"),
    (("flow",), "[1, 2]", "flow"),
    (("file",), "one\ntwo\n <- !file t.md", "file"),
    (("inc",), "k: v\ndeep: !include c.yaml <- !include b.yaml", "inc"),
    (("inc", "k"), "v <- !include b.yaml", "k <- !include b.yaml"),
    (("inc", "deep", "m"), "1 <- !include b.yaml", "m <- !include b.yaml"),
    (("merged", "p"), "*base -> 1", "*base -> p"),
    (("merged", "q"), "3", "q"),
    (("alias",), "*base -> &base\n  p: 1\n  q: 2", "alias"),
    (("alias", "q"), "*base -> 2", "*base -> q"),
    (("both", "k"), "v <- !include b.yaml", "k <- !include b.yaml"),
    (("both", "q"), "*base -> 2", "*base -> q"),
    (("tail",), "- *base\n  - [x]\n  - *base", "tail"),
    (("tail", 0), "*base -> &base\n  p: 1\n  q: 2", "*base -> p"),
    (("tail", 1, 0), "x", "x"),
    (("tail", 2, "p"), "*base -> 1", "*base -> p"),
    (("in brackets", 1), "*base -> &base\n  p: 1\n  q: 2", "*base -> p"),
    (("in brackets", 2, "k"), "*base -> &base\n  p: 1\n  q: 2", "k"),
    (("nope",), "name", "name"),
    (("name", "nope", 3), "x", "name"),
    (("list", 9), "- one\n  - {k: 'two'}\n  - k: three", "list"),
    (("list", "k"), "- one\n  - {k: 'two'}\n  - k: three", "list"),
]


@pytest.mark.parametrize(("pointer", "value", "key"), PLACES, ids=str)
def test_locate(pointer: Pointer, value: str, key: str) -> None:
    document = load(TEXT, b=INCLUDED, c="m: 1\n")
    assert not document.problems
    assert shown(document, pointer) == value
    assert shown(document, pointer, key=True) == key


def test_locate_in_an_included_root_and_in_a_broken_file() -> None:
    assert shown(load("!include b.yaml", b="k: v\n"), ()) == "k <- !include b.yaml"
    assert shown(load("a: @"), ("a",)) == ""
    assert load("a: @").value is None


def leaves(value: Value, at: Pointer = ()) -> list[tuple[Pointer, Value]]:
    if isinstance(value, dict):
        return [leaf for name, part in value.items() for leaf in leaves(part, (*at, name))]
    if isinstance(value, list):
        return [leaf for position, part in enumerate(value) for leaf in leaves(part, (*at, position))]
    return [(at, value)]


SEEN = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Zl", "Zp"])
TEXTS = st.text(SEEN, max_size=12).filter(lambda text: not has_invisible(text))
VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.none(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3), st.dictionaries(TEXTS, inner, min_size=1, max_size=3)
    ),
    max_leaves=10,
)


def written(value: Value, indent: int = 0) -> str:
    """Block YAML with single-quoted strings; a comment and a blank line behind each entry."""
    pad = "  " * indent
    if isinstance(value, dict):
        lines = [f"{pad}{scalar(name)}:{entry(part, indent)}" for name, part in value.items()]
    elif isinstance(value, list):
        lines = [f"{pad}-{entry(part, indent)}" for part in value]
    else:
        return scalar(value)
    return "\n\n# comment\n".join(lines) + "\n"


def entry(value: Value, indent: int) -> str:
    inner = written(value, indent + 1)
    return "\n" + inner.rstrip("\n") if isinstance(value, (dict, list)) else " " + inner


def scalar(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else json.dumps(value)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3))
def test_places_hold_the_text_of_every_value(value: dict[str, Value]) -> None:
    document = load(written(value))
    assert not document.problems
    assert document.value == value
    for pointer, leaf in leaves(value):
        assert shown(document, pointer) == scalar(leaf)
        if isinstance(pointer[-1], str):
            assert shown(document, pointer, key=True) == scalar(pointer[-1])


def test_places_of_a_real_assistant_hold_its_scalars() -> None:
    document = load(ASSISTANT)
    for pointer, leaf in leaves(document.value):
        text = shown(document, pointer)
        if isinstance(leaf, str) and not text.startswith("|"):
            assert text.strip('"') == leaf


CONFIG = """\
defaults:
  webhook_url: !sub "https://${host}/x"
  code: 007
  voice: {id: a, key: !env KEY}
  note: null
environments:
  e: {api_key: !env OTHER}
"""


def with_config(text: str, config: str = CONFIG) -> tuple[Document, Document]:
    tree = MemoryTree({"a.yaml": text, "revox-sync.yaml": config})
    loader = Loader(tree, variables={"host": "h"}, environ={"SET": "1"})
    document = loader.load("a.yaml")
    return document, document.with_defaults(loader.load("revox-sync.yaml"))


def test_defaults_fill_top_level_keys_that_are_not_named() -> None:
    _, document = with_config("name: x\nvoice: null\n")
    assert document.value == {"name": "x", "voice": None, "webhook_url": "https://h/x", "code": 7, "note": None}
    assert document.uses_variables
    assert not document.uses_secrets
    assert document.missing_env == ()
    assert [(scalar.pointer, scalar.place.path) for scalar in document.ambiguous] == [(("code",), "revox-sync.yaml")]
    assert shown(document, ("code",)) == "007"
    assert shown(document, ("code",), key=True) == "code"
    assert document.locate(("code",)).place.path == "revox-sync.yaml"
    assert shown(document, ("name",)) == "x"
    assert shown(document, ("voice",)) == "null"


def test_secrets_of_taken_defaults_count() -> None:
    _, document = with_config("code: x\nwebhook_url: x\n")
    assert document.uses_secrets
    assert not document.uses_variables
    assert [name for name, _ in document.missing_env] == ["KEY"]
    assert shown(document, ("voice", "id")) == "a"


@pytest.mark.parametrize("config", ["version: 1\n", "defaults: 3\n", "defaults: {name: y}\n", "@"])
def test_without_defaults_to_take_the_document_stays(config: str) -> None:
    before, after = with_config("name: x\n", config)
    assert after is before


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("a: &x [1]\nb: *x\n", 1),
        ("a: !file t.md\nb: !file t.md\n", 1),
        ("a: !include other.yaml\nb: !include other.yaml\n", 1),
        ("a: !include aliased.yaml\n", 1),
        ("a: &x [1]\nb: 2 * 3\n", 0),
        ("a: !file t.md\n", 0),
    ],
)
def test_what_is_written_once_and_used_twice_is_shared(text: str, shared: int) -> None:
    document = load(text, other="k: v\n", aliased="k: &y [1]\nl: *y\n")
    assert len(document.nodes.shared()) == shared


def test_without_an_alias_or_a_tag_nothing_is_walked() -> None:
    document = load("name: x\nlist:\n  - one\n  - {k: 'two'}\n")
    assert call_counts(document.nodes.shared)["NodeMap._parts"] == 0
