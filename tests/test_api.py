"""The public interface for programs: what it gives, and that it prints and writes nothing."""

from __future__ import annotations

import ast
import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from revox_sync import api
from revox_sync.errors import ExitCode
from tests.account import Account
from tests.checkout import ROOT
from tests.source.repository import Repository

SECRET = "correct-horse-battery"  # noqa: S105 - of no account


@pytest.fixture
def project(account: Account, monkeypatch: pytest.MonkeyPatch) -> api.Project:
    """A project with one assistant that was applied, one that changed since, and one that is new."""
    monkeypatch.setenv("LLM_KEY", SECRET)
    account.declare("same")
    account.declare("changed", first_sentence="Hello.")
    account.applied()
    account.declare("changed", first_sentence="Good morning.")
    model = "{type: custom, api_url: 'https://llm.example.org', model_name: m, api_key: !env LLM_KEY}"
    account.write("assistants/new.yaml", f"name: New\nprompt: Hi\nllm_model: {model}\n")
    return api.load_project(account.root)


def test_a_project_is_what_lies_on_disk(account: Account, project: api.Project) -> None:
    assert project.root == account.root.resolve()
    assert project.addresses == ("changed", "new", "same")
    assert project.default_environment in project.environments
    assert api.load_project(account.root / "assistants").root == project.root


def test_a_plan_is_what_the_command_shows(account: Account, project: api.Project) -> None:
    before = {path: path.read_bytes() for path in account.root.rglob("*") if path.is_file()}
    account.capture.readouterr()
    made = api.plan(project, exclude=["new"])
    assert account.capture.readouterr() == ("", "")
    assert {path: path.read_bytes() for path in account.root.rglob("*") if path.is_file()} == before
    shown = account.plan("--exclude", "new")
    assert [change.action for change in made.changes] == [each["action"] for each in shown["changes"]]
    (changed,) = [change for change in made.changes if change.action == "update"]
    assert (changed.address, changed.impact) == ("changed", ("speech",))
    (field,) = changed.fields
    assert (field.path, field.before, field.after) == ("first_sentence", "Hello.", "Good morning.")
    assert (made.environment, made.base_url) == (shown["environment"], shown["base_url"])
    assert not made.in_sync


def test_a_secret_is_in_no_value(project: api.Project) -> None:
    made = api.plan(project)
    assert "new" in {change.address for change in made.changes} | {left.address for left in made.left_alone}
    assert SECRET not in repr(made)


def test_what_is_left_alone_is_said(account: Account, project: api.Project) -> None:
    account.edit("same", prompt="Edited.")
    (left,) = api.plan(project, ["same"]).left_alone
    assert left == api.LeftAlone("same", "edited outside the files")


def test_findings_are_those_of_lint(account: Account, project: api.Project) -> None:
    assert [found for found in api.lint(project) if found.severity == "error" and "same" in found.path] == []
    account.write("assistants/same.yaml", "name: S\nprompt: Hi\npromt: x\n")
    (found,) = api.lint(project, [account.root / "assistants/same.yaml"])
    assert (found.code, found.path, found.line, found.column) == ("RVX101", "assistants/same.yaml", 3, 1)
    assert found.severity == "error"


def test_a_comparison_is_that_of_git(account: Account, project: api.Project) -> None:
    Repository.create(account.root).commit()
    account.declare("changed", first_sentence="Good evening.")
    account.write("assistants/same.yaml", "name: S\nprompt: Hi\nfirst_sentence_mode: statc\n")
    found = api.diff(project)
    assert [change.address for change in found.changes if change.action == "update"] == ["changed"]
    assert [finding.code for finding in found.new_findings if finding.severity == "error"] == ["RVX104"]
    assert found.unread == ("assistants/same.yaml",)
    with pytest.raises(api.RevoxSyncError, match="environment `` does not exist"):
        api.diff(project, environment="")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda made: api.plan(made, ["nobody"]), ExitCode.USAGE),
        (lambda made: api.plan(made, environment="nowhere"), ExitCode.USAGE),
        (lambda made: api.plan(made, environment=""), ExitCode.USAGE),
        (lambda made: api.lint(made, ["/"]), ExitCode.USAGE),
        (lambda made: api.lint(made, [made.root / "assistants/nobody.yaml"]), ExitCode.USAGE),
        (lambda made: api.load_project(made.root / "nowhere"), ExitCode.USAGE),
        (lambda made: api.load_project(made.root / "revox-sync.yaml"), ExitCode.USAGE),
        (api.diff, ExitCode.USAGE),
    ],
    ids=["address", "environment", "no environment", "path", "no file", "no folder", "a file", "no repository"],
)
def test_what_stops_a_command_is_raised(project: api.Project, call: Any, code: ExitCode) -> None:
    with pytest.raises(api.RevoxSyncError) as raised:
        call(project)
    assert raised.value.exit_code == code


def test_values_are_frozen_and_typed(project: api.Project) -> None:
    values = [getattr(api, name) for name in api.__all__]
    kinds = [value for value in values if dataclasses.is_dataclass(value)]
    assert len(kinds) == len([name for name in api.__all__ if name[0].isupper()]) - 1  # the error is none
    assert all(getattr(kind, "__dataclass_params__").frozen for kind in kinds)  # noqa: B009 - typeshed has none
    with pytest.raises(dataclasses.FrozenInstanceError):
        project.root = Path()  # type: ignore[misc]


def test_all_that_is_public_is_in_all() -> None:
    tree = ast.parse((ROOT / "revox_sync/api.py").read_text("utf-8"))
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    assert {name for name in defined if not name.startswith("_")} | {"RevoxSyncError"} == set(api.__all__)


def test_linting_does_not_wait_for_the_modules_of_the_api() -> None:
    slow = "{'httpx', 'pydantic', 'click'} & set(sys.modules)"
    code = f"import revox_sync.api as a, sys; a.lint(a.load_project()); print(sorted({slow}))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_the_example_of_the_documentation_runs(account: Account, project: api.Project) -> None:
    (script,) = re.findall(r"(?ms)^```python\n(.*?)^```$", (ROOT / "docs/python.md").read_text("utf-8"))
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=project.root, env=environ, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["changed: update", "new: create"]
    account.write("assistants/same.yaml", "name: S\nprompt: Hi\npromt: x\n")
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=project.root, env=environ, capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("assistants/same.yaml:3: ")
