"""New files: what they look like, and that they are read back to the letter, but for what is no difference."""

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
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.model.value import Value
from revox_sync.source.workspace import Workspace
from revox_sync.sync.comparing.canonical import equal
from revox_sync.values.outer_lines import as_written
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, rebuilt
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
    ("a\u200bb\nc\xad\ufeffd", "|-\n  a\u200bb\n  c\xad\ufeffd"),
    ("a\u202eb\nc", '"a\\u202eb\\nc"'),
    ("a\x85b\nc", '"a\\u0085b\\nc"'),
    ('say "hi": x', "'say \"hi\": x'"),
    ('\\ "hi": x', '"\\\\ \\"hi\\": x"'),
    ("\0\x85", '"\\u0000\\u0085"'),
    ("long " * 20 + "end", ">-\n  " + "long " * 14 + "long\n  " + "long " * 5 + "end"),
    ("long " * 20 + "\n\nend\n", "|\n  " + "long " * 20 + "\n\n  end"),
    ("long " * 20 + "1\n\nend\n", ">\n  " + "long " * 14 + "long\n  " + "long " * 5 + "1\n\n\n  end"),
    ("long  " * 20 + "\n", ">\n  " + "long  " * 19 + "long"),
    ("  " + "long " * 20, '"  ' + "long " * 19 + 'long"'),
    ("https://example.com/" + "x" * 70, ">-\n  https://example.com/" + "x" * 70),
    ("one\ntwo", "|-\n  one\n  two"),
    ("one \n\ntwo  \n", "|\n  one \n\n  two"),
    ("one\n\n", "|\n  one"),
    ("one ", '"one "'),
    ("\n \n one\ntwo", "|2-\n   one\n  two"),
    ("\tone\ntwo", "|2-\n  \tone\n  two"),
    ("one\r\ntwo\rthree", "|-\n  one\n  two\n  three"),
    ("\n \n", '"\\n \\n"'),
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
        (LONG.replace("\n", "\r\n"), True),
        (LONG + "\r", True),
        ("\ufeff" + LONG, False),
        (LONG + "\0", False),
        (LONG + "\u202e", False),
        (LONG + "\u200b\xad\ufeff\u2028x\x85y", True),
        (LONG + "👩\u200d👧", True),
        ("one\x85two", True),
        ("one\u200btwo", False),
        ("one \ntwo", True),
        ("one\n" + "long " * 20, True),
        ("long " * 20, False),
        ("  " + "long " * 20, True),
    ],
)
def test_a_prompt_comes_back_as_it_was(prompt: str, apart: bool) -> None:  # noqa: FBT001 - a column of the table
    texts = new_file_texts("assistants", "a", {"prompt": prompt}).texts
    assert ("assistants/prompts/a.md" in texts) == apart
    assert texts["assistants/a.yaml"].count("\\n") == ("\0" in prompt or "\u202e" in prompt) * (MOST_LINES + 1)
    assert read(texts) == {"prompt": as_written(prompt).rstrip("\n") + "\n" if apart else as_written(prompt)}
    assert equal(read(texts), {"prompt": prompt}, None)


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
    assert repr(read(fresh.texts)) == repr(written(fields))
    assert equal(written(fields), fields, None)


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
        assert equal(read(texts, f"assistants/a{number}.yaml"), body, None)
        assert {**written(body), "prompt": ""} == {**written(read(texts, f"assistants/a{number}.yaml")), "prompt": ""}


def written(fields: Any) -> Any:
    """The fields with each text as a file holds it."""
    return rebuilt(fields, lambda part, *_: as_written(part) if isinstance(part, str) else DESCEND)


def read(texts: Any, path: str = "assistants/a.yaml") -> Value:
    """What our loader makes of the texts."""
    document = Loader(MemoryTree(texts), variables={}, environ=None).load(path)
    problems = [problem for problem in document.problems if problem.kind is not ProblemKind.CONTROL_CHARACTER]
    assert (problems, document.ambiguous) == ([], ())
    return document.value
