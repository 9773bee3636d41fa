"""`schema`: the schemas as they are in the package, byte for byte."""

from __future__ import annotations

import pytest

from revox_sync.cli.main import run
from revox_sync.contract.schema_files import schema_names
from tests.account import SCHEMAS

Captured = pytest.CaptureFixture[str]


def test_the_names(capsys: Captured) -> None:
    assert run(["schema"]) == 0
    assert capsys.readouterr().out.split() == list(schema_names())


@pytest.mark.parametrize("name", schema_names())
def test_each_is_printed_as_it_is(capsys: Captured, name: str) -> None:
    assert run(["schema", name]) == 0
    assert capsys.readouterr().out == (SCHEMAS / f"{name}.schema.json").read_text("utf-8")


def test_an_unknown_one(capsys: Captured) -> None:
    assert run(["schema", "asistant"]) == 64
    assert capsys.readouterr().err == "error: no schema `asistant`\n  did you mean `assistant`?\n"
