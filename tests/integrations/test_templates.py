"""What is true of every workflow, action and template that a project copies or calls."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.integrations.runner import EXPRESSION, Job, document, scripts

GITHUB = ROOT / "integrations" / "github"
WORKFLOWS = [GITHUB / name for name in ("apply.yml", "gate.yml", "review.yml")]
ACTION = ROOT / "action.yml"
GITLAB = ROOT / "integrations" / "gitlab" / "revox-sync.gitlab-ci.yml"
FILES = [ACTION, *WORKFLOWS, GITLAB]
FOREIGN = re.compile(r"(actions/[\w-]+@v\d+|OWNER/revox-sync@v\d+\.\d+\.\d+)")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_scripts_are_shell_without_expressions(path: Path) -> None:
    found = list(scripts(document(path)))
    assert found or path.name == "review.yml"
    for script in found:
        checked = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
        assert checked.stderr == ""
        assert not EXPRESSION.search(script)


def found_values(found: Any, key: str) -> Iterator[Any]:
    """What stands under a key, anywhere in a document."""
    for name, value in (
        found.items() if isinstance(found, dict) else enumerate(found if isinstance(found, list) else ())
    ):
        if name == key:
            yield value
        yield from found_values(value, key)


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_foreign_actions_are_few_and_pinned(path: Path) -> None:
    assert [each for each in found_values(document(path), "uses") if not FOREIGN.fullmatch(each)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_ask_for_little(path: Path) -> None:
    workflow = document(path)
    assert workflow["permissions"]["contents"] == "read"
    # With pull_request_target, code of a stranger would run beside secrets.
    assert set(workflow["on"] if isinstance(workflow["on"], dict) else [workflow["on"]]) <= {
        "pull_request",
        "push",
        "workflow_dispatch",
    }
    secrets = {each for each in EXPRESSION.findall(path.read_text("utf-8")) if each.startswith("secrets.")}
    assert secrets == ({"secrets.REVOX_API_KEY"} if path.name == "apply.yml" else set())


def test_only_the_job_that_applies_may_write_and_none_is_cancelled() -> None:
    workflow = document(GITHUB / "apply.yml")
    writers = [name for name, job in workflow["jobs"].items() if job.get("permissions", {}).get("contents") == "write"]
    assert writers == ["apply"]
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert all(job["environment"] for job in workflow["jobs"].values())


def test_the_inputs_of_the_review_exist() -> None:
    inputs = document(ACTION)["inputs"]
    for path in WORKFLOWS:
        for step in found_values(document(path), "steps"):
            given = [each["with"] for each in step if each.get("uses", "").startswith("OWNER/")]
            assert all(each.keys() <= inputs.keys() for each in given)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_change_is_passed_over_for_where_its_file_lies(path: Path) -> None:
    # Included texts lie anywhere, and so do projects in a repository.
    assert [*found_values(document(path), "paths"), *found_values(document(path), "paths-ignore")] == []


def test_no_job_of_gitlab_is_passed_over_for_where_a_changed_file_lies() -> None:
    assert list(found_values(document(GITLAB), "changes")) == []


def test_what_is_reviewed_is_what_is_applied() -> None:
    applied = document(GITHUB / "apply.yml")["env"]["REVOX_SYNC_ENVIRONMENT"]
    for name in ("gate.yml", "review.yml"):
        (steps,) = (each for each in found_values(document(GITHUB / name), "steps") if len(each) > 1)
        assert steps[-1]["with"]["environment"] == applied


@pytest.mark.parametrize(
    ("lint", "code", "reviewer"),
    list(product(["0", "1", ""], ["0", "1", "4", "64", ""], ["success", "failure", "skipped"])),
)
def test_the_gate_opens_for_no_speech_or_a_reviewer_s_yes(lint: str, code: str, reviewer: str, tmp_path: Path) -> None:
    jobs = document(GITHUB / "gate.yml")["jobs"]
    review = {"outputs": {"lint-exit-code": lint, "exit-code": code}}
    job = Job(tmp_path, contexts={"needs": {"review": review, "reviewer": {"result": reviewer}}})
    assert job.wants(jobs["reviewer"]["if"]) == (code == "4")
    assert job.wants(jobs["approved"]["if"], failed=True)
    opened = code == "0" or (lint, code, reviewer) == ("0", "4", "success")
    assert job.run(jobs["approved"]["steps"]) == opened
