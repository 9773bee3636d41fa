"""scalars.txt is the table: a scalar as written, its value, and whether readers disagree about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from revox_sync.source.documents.document import Loader
from revox_sync.source.files.tree import MemoryTree

ROWS = [
    [cell.strip() for cell in line.split(" | ")]
    for line in (Path(__file__).parent / "scalars.txt").read_text("utf-8").splitlines()[1:]
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_scalar_has_its_value_in_the_core_schema(row: list[str]) -> None:
    written, value, *ambiguous = row
    document = Loader(MemoryTree({"a.yaml": f"a:\n  {written}\n"}), variables={}, environ=None).load("a.yaml")
    assert not document.problems
    assert isinstance(document.value, dict)
    assert json.dumps(document.value["a"]) == value
    assert [(scalar.pointer, scalar.text) for scalar in document.ambiguous] == (
        [(("a",), written)] if ambiguous else []
    )


def test_reason_of_an_ambiguous_scalar_names_the_value() -> None:
    text = "a: +33612345678\nb: no\n"
    document = Loader(MemoryTree({"a.yaml": text}), variables={}, environ=None).load("a.yaml")
    assert [scalar.reason for scalar in document.ambiguous] == [
        "a phone number is a string; YAML reads the number 33612345678",
        "YAML 1.1 reads a boolean, YAML 1.2 the string",
    ]


def test_ambiguous_scalars_are_values_not_keys() -> None:
    document = Loader(MemoryTree({"a.yaml": "on: 1\nno: x\n"}), variables={}, environ=None).load("a.yaml")
    assert document.value == {"on": 1, "no": "x"}
    assert document.ambiguous == ()


def test_flow_collections_take_colons_and_question_marks() -> None:
    text = "a: {url: https://x}\nb: {q: Who?}\nc: {t: 10:30}\n"
    document = Loader(MemoryTree({"a.yaml": text}), variables={}, environ=None).load("a.yaml")
    assert document.value == {"a": {"url": "https://x"}, "b": {"q": "Who?"}, "c": {"t": "10:30"}}
