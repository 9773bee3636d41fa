"""Edits change what they promise and nothing else; every row is also proven by reading its result again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.edit import Edit, apply_edits, edits_for, proven
from revox_sync.source.edits.value_diff import amended, equal_values, get
from revox_sync.source.files.tree import MemoryTree, OverlayTree
from revox_sync.source.model.amendment import Add, Amendment, Remove, RenameKey, SetValue
from revox_sync.source.model.place import Place
from revox_sync.source.model.value import Value
from revox_sync.values.pointer import Pointer
from tests.source.edit_tables import ELSEWHERE, IMPOSSIBLE, ROWS, add, drop, put, rename
from tests.source.yaml.test_parse import ASSISTANT, blocks

FILES = {
    "t.md": "one\r\ntwo\r\n",
    "i.yaml": "k: v # kept\ndeep: {m: 1}\n",
    "l.yaml": "- 1\n- 2\n",
}


def loader_of(text: str, **files: str) -> Loader:
    tree = MemoryTree({**FILES, "a.yaml": text, **files})
    return Loader(tree, variables={"v": "x"}, environ=None)


def after(text: str, *amendments: Amendment, by: str | None = None) -> dict[str, str] | None:
    """New texts of the files that change; None where no edit is offered. An edit offered must be proven."""
    loader = loader_of(text)
    document = loader.load("a.yaml")
    assert not document.problems
    edits = edits_for(document, amendments, lambda _: by)
    if edits is None:
        return None
    texts = proven(loader, document, amendments, edits)
    assert texts is not None, [apply_edits(text, edits)]
    return dict(texts)


@pytest.mark.parametrize(("before", "amendments", "expected"), ROWS.values(), ids=ROWS)
def test_edit(before: str, amendments: Sequence[Amendment], expected: str) -> None:
    assert after(before, *amendments) == {"a.yaml": expected}


@pytest.mark.parametrize(("text", "amendment", "expected"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_edit_in_another_file(text: str, amendment: Amendment, expected: dict[str, str]) -> None:
    assert after(text, amendment) == expected


@pytest.mark.parametrize(("text", "amendment"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_edited_in_place(text: str, amendment: Amendment) -> None:
    assert after(text, amendment) is None


def test_amendments_that_contradict_each_other_give_no_edits() -> None:
    assert after("a: {b: 1}\n", drop("a"), put("a", "b", to=2)) is None
    assert after("a: {b: 1}\n", put("a", to=1), put("a", "b", to=2)) is None
    assert after("a: 1\n", put("a", to=1), put("a", to=2)) is None


def test_entries_with_an_identity_are_not_rewritten() -> None:
    text = "a:\n  - {id: x, v: 1} # x\n  - {id: w, v: 2} # w\n  - {id: z, v: 3} # z\n"
    new: list[Value] = [{"id": "w", "v": 2}, {"id": "q", "v": 5}, {"id": "z", "v": 4}]
    expected = "a:\n  # x\n  - {id: w, v: 2} # w\n  - {id: q, v: 5}\n  - {id: z, v: 4} # z\n"
    assert after(text, put("a", to=new), by="id") == {"a.yaml": expected}
    twice: list[Value] = [{"id": "x", "v": 1}, {"id": "x", "v": 2}]
    assert after("a: [{id: x, v: 1}]\n", put("a", to=twice), by="id") == {
        "a.yaml": "a: [{id: x, v: 1}, {id: x, v: 2}]\n"
    }


def test_a_new_entry_looks_like_its_neighbours_unless_it_is_too_wide() -> None:
    text = "a:\n- {id: x}\n- {id: w}\n"
    wide = "word " * 30 + "end"
    assert after(text, add("a", 2, value={"id": "q"})) == {"a.yaml": text + "- {id: q}\n"}
    assert after(text, add("a", 2, value={"id": wide})) == {"a.yaml": text + f"- id: {wide}\n"}
    assert after("a:\n- {id: x}\n- id: w\n", add("a", 2, value={"id": "q"})) == {
        "a.yaml": "a:\n- {id: x}\n- id: w\n- id: q\n"
    }


def test_defaults_are_edited_where_they_are_written() -> None:
    files = {"a.yaml": "name: x\n", "c.yaml": "defaults: {url: u, code: 1} # why\n"}
    loader = Loader(MemoryTree(files), variables=None, environ=None)
    document = loader.load("a.yaml").with_defaults(loader.load("c.yaml"))
    amendments: list[Amendment] = [put("url", to="w"), rename("code", to="id"), add("k", value=1)]
    edits = edits_for(document, amendments)
    assert edits is not None
    assert proven(loader, document, amendments, edits) == {
        "a.yaml": "name: x\nk: 1\n",
        "c.yaml": "defaults: {url: w, id: 1} # why\n",
    }
    assert edits_for(document, [put("url", to="u")]) == ()


def test_edits_apply_in_any_order_and_never_overlap() -> None:
    first, second, third = Edit(Place("a", 1, 2), "X"), Edit(Place("a", 2, 2), "Y"), Edit(Place("a", 2, 3), "")
    assert apply_edits("abcd", [third, second, first]) == "aXYd"
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abcd", [first, Edit(Place("a", 0, 2), "")])


@pytest.mark.parametrize(
    ("text", "place", "new"),
    [
        ("a: 1\nb: x\n", (3, 4), "3"),
        ("a: 1\nb: x\n", (3, 4), "2.0"),
        ("a: 1\nb: x\n", (3, 9), "2\nc: x"),
        ("a: 1\nb: x\n", (3, 4), "2\n@"),
        ("a: 1\nb: x\n", (3, 4), "2\na: 3"),
    ],
)
def test_what_does_something_else_is_not_proven(text: str, place: tuple[int, int], new: str) -> None:
    loader = loader_of(text)
    document = loader.load("a.yaml")
    assert proven(loader, document, [put("a", to=2)], [Edit(Place("a.yaml", *place), new)]) is None
    assert proven(loader, document, [put("a", to=2)], [Edit(Place("a.yaml", 3, 4), "2")]) == {"a.yaml": "a: 2\nb: x\n"}


def test_a_file_whose_bytes_would_not_survive_is_not_edited() -> None:
    loader = Loader(MemoryTree({"a.yaml": b"a: 1\nb: \xff\n"}), variables=None, environ=None)
    document = loader.load("a.yaml")
    amendments = [put("a", to=2)]
    edits = edits_for(document, amendments)
    assert edits
    assert proven(loader, document, amendments, edits) is None


def test_other_files_are_read_through_an_overlay() -> None:
    tree = OverlayTree(MemoryTree({"a/x.yaml": "x: 1\n", "a/y.yaml": "y: 1\n"}), {"a/y.yaml": "y: 2\n"})
    assert (tree.read("a/x.yaml"), tree.read("a/y.yaml")) == (b"x: 1\n", b"y: 2\n")
    assert [tree.exists(path) for path in ("a/x.yaml", "a/y.yaml", "a/z.yaml")] == [True, True, False]
    assert tree.files("a") == ["a/x.yaml", "a/y.yaml"]


def test_a_text_that_is_not_in_the_tree_can_be_edited() -> None:
    tree = OverlayTree(MemoryTree({"a.yaml": "a: old\n"}), {"a.yaml": "a: 1\nb: 2\n"})
    loader = Loader(tree, variables=None, environ=None)
    document = loader.load("a.yaml")
    amendments = [drop("b")]
    edits = edits_for(document, amendments)
    assert edits is not None
    assert proven(loader, document, amendments, edits) == {"a.yaml": "a: 1\n"}


# --- any text, any amendment

LEAVES = st.sampled_from(
    [0, 1.5, True, None, "", "no", "it's", "x: y", "two words", "a\nb\n", "a\n\n  b", " x", "é\u200b", "\n"]
)
NEW: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["k0", "k1", "n", "no"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def pointers(value: Value, at: Pointer = ()) -> Iterator[Pointer]:
    """Every place in a value but its root."""
    parts: Sequence[tuple[str | int, Value]] = []
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    for name, part in parts:
        yield (*at, name)
        yield from pointers(part, (*at, name))


@st.composite
def wishes(draw: st.DrawFn, value: Value) -> list[Amendment]:
    """A few amendments of a value."""
    found = list(pointers(value))
    amendments: list[Amendment] = []
    for _ in range(draw(st.integers(1, 3))):
        pointer = draw(st.sampled_from(found))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            amendments.append(SetValue(pointer, draw(NEW)))
        elif kind == 1:
            amendments.append(Remove(pointer))
        elif kind == 2 and isinstance(pointer[-1], str):
            amendments.append(RenameKey(pointer, draw(st.sampled_from(["new", "on", "x: y"]))))
        else:
            holder = get(value, pointer[:-1])
            name = "added" if isinstance(holder, dict) else len(pointer)
            amendments.append(Add((*pointer[:-1], name), draw(NEW)))
    return amendments


@settings(max_examples=250, deadline=None)
@given(blocks(), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
def test_what_is_proven_means_what_was_asked(text: str, line_break: str, closed: bool, data: st.DataObject) -> None:  # noqa: FBT001  hypothesis passes by name
    text = "root:\n" + "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))
    text = (text if closed else text.rstrip("\n")).replace("\n", line_break)
    loader = loader_of(text)
    document = loader.load("a.yaml")
    assume(isinstance(document.value, dict))
    amendments = data.draw(wishes(document.value))
    edits = edits_for(document, amendments)
    if edits is None:
        return
    texts = proven(loader, document, amendments, edits)
    if texts is None:
        return
    changed = loader_of(texts.get("a.yaml", text)).load("a.yaml")
    assert equal_values(changed.value, amended(document.value, amendments))
    assert len(changed.problems) <= len(document.problems)
    kept = "".join(text[start:end] for start, end in _outside(edits, len(text)))
    assert _without(texts.get("a.yaml", text), edits) == kept


def _outside(edits: Sequence[Edit], size: int) -> Iterator[tuple[int, int]]:
    start = 0
    for edit in edits:
        yield start, edit.place.start
        start = edit.place.end
    yield start, size


def _without(text: str, edits: Sequence[Edit]) -> str:
    """The text without what edits put into it."""
    shift = 0
    for edit in edits:
        at = edit.place.start + shift
        assert text[at : at + len(edit.text)] == edit.text
        text = text[:at] + text[at + len(edit.text) :]
        shift -= edit.place.end - edit.place.start
    return text


@settings(max_examples=100, deadline=None)
@given(blocks(), st.data())
def test_amendments_that_change_nothing_give_no_edits(text: str, data: st.DataObject) -> None:
    document = loader_of(text).load("a.yaml")
    assume(isinstance(document.value, dict))
    pointer = data.draw(st.sampled_from([(), *pointers(document.value)]))
    assume(all(scalar.pointer != pointer for scalar in document.ambiguous))
    assert edits_for(document, [SetValue(pointer, get(document.value, pointer))]) == ()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["\n", "\r\n"]), st.data())
def test_every_value_of_a_real_assistant_can_be_edited(line_break: str, data: st.DataObject) -> None:
    text = ASSISTANT.replace("\n", line_break)
    document = loader_of(text).load("a.yaml")
    amendments = data.draw(wishes(document.value))
    try:
        amended(document.value, amendments)
    except LookupError:
        assume(False)  # noqa: FBT003  hypothesis' way to say "another one"
    assert after(text, *amendments) is not None
