"""New files: what they look like, and that they are read back to the letter."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.config import Environment
from revox_sync.contract.fields import known_contracts
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint
from revox_sync.source.documents.document import Loader
from revox_sync.source.edits.new_file import MOST_LINES, new_file_texts
from revox_sync.source.files.tree import MAX_BYTES, MemoryTree
from revox_sync.source.model.value import Value
from revox_sync.source.workspace import Workspace
from revox_sync.values.secret import Secret
from tests.strategies import TEXT, assistants

LONG: Final = "line\n" * (MOST_LINES + 1)

SPELLINGS: Final[tuple[tuple[Value, str], ...]] = (
    ("Support", "Support"),
    ("", '""'),
    ("yes", '"yes"'),
    ("007", '"007"'),
    ("+33639980001", '"+33639980001"'),
    ("18:30", '"18:30"'),
    ("a: b", '"a: b"'),
    ("a #b", '"a #b"'),
    ("{{name}}", '"{{name}}"'),
    ("Élodie 日本語 🙂", "Élodie 日本語 🙂"),
    ("👩\u200d👧", "👩\u200d👧"),
    ("a\u200bb\u2028\ufeff", '"a\\u200bb\\u2028\\ufeff"'),
    ("\0\x85", '"\\u0000\\u0085"'),
    ("long " * 100 + "end", "long " * 100 + "end"),
    ("one\ntwo", "|-\n  one\n  two"),
    ("one\n\ntwo  \n", "|\n  one\n\n  two  "),
    ("one\n\n", '"one\\n\\n"'),
    (" one\ntwo", '" one\\ntwo"'),
    ("one\r\ntwo\rthree", '"one\\r\\ntwo\\rthree"'),
    ("# one\n--- \n...", "|-\n  # one\n  --- \n  ..."),
    ("one\t\n\ttwo", "|-\n  one\t\n  \ttwo"),
    (None, "null"),
    (True, "true"),
    (1, "1"),
    (1.0, "1.0"),
    (1e-07, "1.0e-07"),
    (1e300, "1.0e+300"),
    (2**63, "9223372036854775808"),
    ([], "[]"),
    ({}, "{}"),
    (Secret(None, "NAME"), "!env NAME"),
    (["a", {"b": "c", "d": ["e"]}], "\n  - a\n  - b: c\n    d:\n      - e"),
    ({"a": {"b": [Secret(None, "NAME")]}}, "\n  a:\n    b:\n      - !env NAME"),
)


@pytest.mark.parametrize(("value", "spelling"), SPELLINGS)
def test_spellings(value: Value, spelling: str) -> None:
    gap = "" if spelling.startswith("\n") else " "
    expected = {"assistants/a.yaml": f"key:{gap}{spelling}\n"}
    assert new_file_texts("assistants", "a", {"key": value}).texts == expected


def test_one_value_in_two_places_is_written_twice() -> None:
    hours: Value = {"from": "9am"}
    (text,) = new_file_texts("assistants", "a", {"a": hours, "b": hours}).texts.values()
    assert text == "a:\n  from: 9am\nb:\n  from: 9am\n"


@pytest.mark.parametrize(
    ("directory", "folder"), [("assistants", "assistants/"), (".", ""), ("a/b", "a/b/")], ids=["plain", "root", "deep"]
)
def test_a_long_prompt_gets_a_file(directory: str, folder: str) -> None:
    texts = new_file_texts(directory, "sales", {"name": "A", "prompt": LONG, "first_sentence": LONG}).texts
    assert list(texts) == [f"{folder}prompts/sales.md", f"{folder}sales.yaml"]
    assert texts[f"{folder}prompts/sales.md"] == LONG
    assert texts[f"{folder}sales.yaml"].startswith(
        "name: A\nprompt: !file prompts/sales.md\nfirst_sentence: |\n  line\n"
    )


@pytest.mark.parametrize(
    ("prompt", "apart"),
    [
        (LONG, True),
        (LONG.rstrip("\n"), True),
        (LONG + "\n\n", True),
        ("\n \t" + LONG + "  \t", True),
        ("line\n" * MOST_LINES, False),
        ("line\n" * MOST_LINES + "\n\n", False),
        (LONG.replace("\n", "\r\n"), False),
        (LONG + "\r", False),
        ("\ufeff" + LONG, False),
        (LONG + "\0", False),
        (LONG + "\u2028", False),
        (LONG + "\u202e", False),
        (LONG + "👩\u200d👧", True),
    ],
)
def test_a_prompt_comes_back_as_it_was(prompt: str, apart: bool) -> None:  # noqa: FBT001 - a column of the table
    texts = new_file_texts("assistants", "a", {"prompt": prompt}).texts
    assert ("assistants/prompts/a.md" in texts) == apart
    assert read(texts) == {"prompt": prompt}


UNWRITABLE: Final[dict[str, Value]] = {
    "half a character": "half a \ud83d",
    "too many digits": 10**400,
    "more digits than Python writes": 10**5000,
    "infinity": float("inf"),
    "no number": float("nan"),
    "too large": "x" * MAX_BYTES,
}


@pytest.mark.parametrize("value", UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_has_no_spelling_is_named(value: Value) -> None:
    fresh = new_file_texts("assistants", "a", {"name": "A", "bad": [{"x": value}]})
    assert fresh.unwritable == ("bad",)
    assert fresh.texts == {"assistants/a.yaml": "name: A\n"}


def test_too_large_together() -> None:
    half = "x" * (MAX_BYTES // 2)
    assert new_file_texts("assistants", "a", {"a": half, "b": half, "c": half}).texts == {}


values = st.recursive(
    TEXT | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(TEXT, values, max_size=4))
def test_anything_is_read_back(fields: dict[str, Any]) -> None:
    fresh = new_file_texts("assistants", "a", fields)
    assert fresh.unwritable == ()
    assert repr(read(fresh.texts)) == repr(fields)


@pytest.mark.parametrize("version", [*known_contracts(), None])
def test_assistants_are_clean(version: str | None) -> None:
    """Of a project with many: no finding, not even a warning, of the families that decide about planning.

    But for characters that nobody sees: the server has them, and they are there as escapes.
    """
    environment = Environment("test", contract=version)
    bodies: list[dict[str, Any]] = []

    @settings(max_examples=40, deadline=None, database=None)
    @given(assistants(version))
    def collect(body: dict[str, Any]) -> None:
        bodies.append(body | {"name": f"{body['name']} {len(bodies)}", "prompt": body["prompt"] * 5})

    collect()
    texts: dict[str, str] = {}
    for number, body in enumerate(bodies):
        texts |= new_file_texts("assistants", f"a{number}", body).texts
    workspace = Workspace(MemoryTree(texts), None)
    report = lint(workspace, workspace.files, [environment], NEEDED_TO_PLAN, suppressible=False)
    found = [(each.code, each.message) for each in report.findings if each.code != "RVX009"]
    assert [each for each in found if version is not None or each[0] not in {"RVX110", "RVX111"}] == []
    for number, body in enumerate(bodies):
        assert read(texts, f"assistants/a{number}.yaml") == body


def read(texts: Any, path: str = "assistants/a.yaml") -> Value:
    """What our loader makes of the texts."""
    document = Loader(MemoryTree(texts), variables={}, environ=None).load(path)
    assert (document.problems, document.ambiguous) == ((), ())
    return document.value
