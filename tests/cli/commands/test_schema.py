"""`schema`: the schemas as they are in the package, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from revox_sync.cli.main import run
from revox_sync.contract.fields import newest_contract
from revox_sync.contract.schema_files import schema_names
from tests.account import SCHEMAS

Captured = pytest.CaptureFixture[str]


def test_the_names(capsys: Captured) -> None:
    assert run(["schema"]) == 0
    assert capsys.readouterr().out.split() == [*schema_names(), "editor"]


@pytest.mark.parametrize("name", schema_names())
def test_each_is_printed_as_it_is(capsys: Captured, name: str) -> None:
    assert run(["schema", name]) == 0
    assert capsys.readouterr().out == (SCHEMAS / f"{name}.schema.json").read_text("utf-8")


def printed(capsys: Captured, *arguments: str) -> Any:
    assert run(["schema", "editor", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def refused(schema: Any, **fields: Any) -> bool:
    return not Draft202012Validator(schema).is_valid({"name": "A", "prompt": "B", **fields})


def test_the_one_for_editors_is_that_of_the_project(capsys: Captured, tmp_path: Path) -> None:
    configuration = tmp_path / "revox-sync.yaml"
    configuration.write_text(
        'contract: "0.4"\ndefaults: {prompt: x}\nenvironments:\n'
        '  a: {vars: {delay: 3}}\n  b: {contract: "0.2", vars: {mode: x}}\n',
        "utf-8",
    )
    schema = printed(capsys, "-C", str(tmp_path))
    assert schema["required"] == ["name"]
    assert not refused(schema, first_sentence_delay_ms="delay", first_sentence_mode="mode")
    assert refused(schema, first_sentence_mode="statc")
    assert "contract 0.4" in schema["title"]
    assert "contract 0.2" in printed(capsys, "-C", str(tmp_path), "--env", "b")["title"]
    assert run(["schema", "editor", "-C", str(tmp_path), "--env", "c"]) == 64


def test_outside_a_project_it_is_that_of_the_newest_contract(capsys: Captured, tmp_path: Path) -> None:
    schema = printed(capsys, "-C", str(tmp_path))
    assert f"contract {newest_contract()}" in schema["title"]
    assert not refused(schema, first_sentence_delay_ms="any_name")


def test_an_unknown_one(capsys: Captured) -> None:
    assert run(["schema", "asistant"]) == 64
    assert capsys.readouterr().err == "error: no schema `asistant`\n  did you mean `assistant`?\n"
