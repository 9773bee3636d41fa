"""Places of single characters: what replaces them in the file replaces them in the value."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import MemoryTree
from revox_sync.values.pointer import Pointer

MARK = "XX"


def load(text: str, **files: str) -> Document:
    tree = MemoryTree({"a.yaml": text, **{name.replace("_", "."): body for name, body in files.items()}})
    return Loader(tree, variables={"v": "{{x}}"}, environ=None).load("a.yaml")


def shown(document: Document, pointer: Pointer, words: str) -> str:
    """What the file has at the place of `words` inside the value, and behind `<-` the tag that brought it in."""
    value: object = document.value
    for step in pointer:
        value = value[step]  # type: ignore[index]  # the tests' pointers fit
    assert isinstance(value, str)
    start = value.index(words)
    location = document.locate_text(pointer, start, start + len(words))
    places = [place for place in (location.place, location.via) if place]
    return " <- ".join(document.sources[place.path].text[place.start : place.end] for place in places)


TABLE = [
    ("plain", "a: Hi {{x}} there # {{x}}\n", "{{x}}", "{{x}}"),
    ("anchored and tagged", 'a: &b !!str "Hi {{x}}"\n', "{{x}}", "{{x}}"),
    ("property on its own line", 'a: &b # "no"\n  "Hi {{x}}"\n', "{{x}}", "{{x}}"),
    ("escapes", r'a: "\"\t\u00e9 \x41{{\u0078}}"' + "\n", "{{x}}", r"{{\u0078}}"),
    ("surrogate pair", r'a: "\ud83d\ude00 {{x}}"' + "\n", "😀", r"\ud83d\ude00"),
    ("two quotes", "a: 'it''s {{x}}'\n", "'s {{", "''s {{"),
    ("folded line", "a: one\n  two {{x}}\n", "one two", "one\n  two"),
    ("folded quotes", 'a: "one  \n\n   two \\\n   {{x}}"\n', "\ntwo {{", "\n   two \\\n   {{"),
    ("literal", "a: |\n  one\n    two {{x}}\n  \n", "  two {{", "  two {{"),
    ("literal, CRLF", "a: |-\r\n  one\r\n\r\n  {{x}}\r\n", "e\n\n{{x", "e\r\n\r\n  {{x"),
    ("literal, indented by number", "a:\n  - |2-\n      one\n     {{x}}\n", " {{x}}", " {{x}}"),
    ("literal, kept", "a: |+\n  one {{x}}\n\n\n# {{x}}\n", "{{x}}\n\n", "{{x}}\n\n"),
    ("literal, no final newline", "a: |\n  {{x}}", "{{x}}", "{{x}}"),
    ("literal, comment behind", "a: | # why\n  {{x}}\n # more {{x}}\nb: 1\n", "{{x}}", "{{x}}"),
    ("folded block", "a: >\n  one\n  two\n\n  {{x}}\n\n    more\n  end\n", "one two\n{{", "one\n  two\n\n  {{"),
    ("file", "a: !file t.md\n", "{{x}}", "{{x}} <- !file t.md"),
    ("alias", "b: &b 'Hi {{x}}'\na: *b\n", "{{x}}", "{{x}}"),
    ("merge", "b: &b {a: 'Hi {{x}}'}\n<<: *b\n", "{{x}}", "{{x}}"),
    ("include", "a: !include i.yaml#/k\n", "{{x}}", "{{x}} <- !include i.yaml#/k"),
    ("variable", "a: !var v\n", "{{x}}", "!var v"),
    ("template", 'a: !sub "Hi ${v}"\n', "{{x}}", '!sub "Hi ${v}"'),
]


@pytest.mark.parametrize(("text", "words", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_place_of_words(text: str, words: str, expected: str) -> None:
    document = load(text, t_md="a\r\n\r\nb {{x}}\r\n", i_yaml='k: "\\t{{x}}"\n')
    assert not document.problems
    pointer: Pointer = (
        ("a", 0) if isinstance(document.value, dict) and isinstance(document.value["a"], list) else ("a",)
    )
    assert shown(document, pointer, words) == expected


def test_place_in_a_default() -> None:
    tree = MemoryTree({"a.yaml": "name: x\n", "c.yaml": 'defaults: {a: "Hi {{x}}"}\n'})
    loader = Loader(tree, variables=None, environ=None)
    document = loader.load("a.yaml").with_defaults(loader.load("c.yaml"))
    assert shown(document, ("a",), "{{x}}") == "{{x}}"
    assert document.locate_text(("a",), 3, 8).place.path == "c.yaml"


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(0, 0, ""), (2, 1, ""), (-5, 99, "text"), (3, 4, "t"), (9, 9, "")]
)
@pytest.mark.parametrize("text", ["a: 'text'\n", "a: !file t.md\n"])
def test_offsets_outside_are_cut_off(text: str, start: int, end: int, expected: str) -> None:
    document = load(text, t_md="text")
    place = document.locate_text(("a",), start, end).place
    assert document.sources[place.path].text[place.start : place.end] == expected


def test_what_is_not_there_has_the_place_of_what_holds_it() -> None:
    document = load("a: {b: text}\n")
    assert document.locate_text(("a", "c"), 0, 1) == document.locate(("a", "c"))
    assert document.locate_text(("a",), 0, 1) == document.locate(("a",))


WORDS = st.sampled_from(["one", "two words", "é😀", "{{x}}", "it's", "a#b", "x:y", "3", "  in", "end "])
LINES = st.lists(st.one_of(WORDS, st.just("")), min_size=1, max_size=5)
BREAKS = st.sampled_from(["\n", "\r\n"])
ESCAPES = st.sampled_from(
    [*"abc é😀'", '\\"', "\\n", "\\\\", "\\u00e9", "\\x41", "\\ ", "\\\n  ", "\n", "\n\n  ", "  \n "]
)


@st.composite
def scalars(draw: st.DrawFn) -> str:
    """A scalar of any style behind `a:`, its further lines indented."""
    style = draw(st.sampled_from(["|", ">", "'", '"', ""]))
    if style == '"':
        return '"' + "".join(draw(st.lists(ESCAPES, max_size=12))).replace("\n", "\n ") + '"'
    lines = draw(LINES)
    if style in {"|", ">"}:
        pad = " " * draw(st.integers(1, 3))
        sign = draw(st.sampled_from(["", str(len(pad))])) + draw(st.sampled_from(["", "-", "+"]))
        return f"{style}{sign}\n" + "\n".join(pad + line if line else "" for line in lines)
    text = "\n  ".join(lines)
    return f"'{text.replace(chr(39), chr(39) * 2)}'" if style else f"x{text}"


@settings(max_examples=200, deadline=None)
@given(scalars(), BREAKS, st.data())
def test_replacing_the_place_replaces_the_characters(scalar: str, line_break: str, data: st.DataObject) -> None:
    text = f"a: {scalar}\nb: 1\n".replace("\n", line_break)
    document = load(text)
    assume(not document.problems and isinstance(document.value, dict) and document.value.get("a"))
    assert isinstance(document.value, dict)
    value = document.value["a"]
    assume(isinstance(value, str))
    assert isinstance(value, str)
    start = data.draw(st.integers(0, len(value) - 1))
    end = data.draw(st.integers(start + 1, len(value)))
    # White space at the edges, and indented lines of a folded block, decide how the lines around them fold.
    assume(not scalar.startswith(">") or "\n" not in value[start:end])
    assume(not value[start : start + 1].isspace() and not value[end - 1 : end].isspace())
    place = document.locate_text(("a",), start, end).place
    changed = load(text[: place.start] + MARK + text[place.end :])
    assert not changed.problems
    assert changed.value == {**document.value, "a": value[:start] + MARK + value[end:]}
