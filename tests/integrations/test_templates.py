"""What is true of every workflow, action and template that a project copies or calls."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from revox_sync.version import __version__
from tests.checkout import ROOT
from tests.integrations.runner import EXPRESSION, Job, document, scripts

GITHUB = ROOT / "integrations" / "github"
WORKFLOWS = sorted(GITHUB.glob("*.yml"))
ACTION = ROOT / "action.yml"
INSTALL = ROOT / "integrations" / "install.sh"
GITLAB = ROOT / "integrations" / "gitlab" / "revox-sync.gitlab-ci.yml"
FILES = [ACTION, *WORKFLOWS, GITLAB]
REQUIREMENTS = ROOT / "integrations" / "requirements.txt"
PINNED = re.compile(r"uses: ((?:actions|github)/[\w/-]+@[0-9a-f]{40}|OWNER/revox-sync@SHA) # (v\d+\.\d+\.\d+)")
PRIVATE = {"secrets.REVOX_API_KEY", "secrets.REVOX_SYNC_PUSH_TOKEN || github.token"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_scripts_are_shell_without_expressions(path: Path) -> None:
    found = list(scripts(document(path)))
    assert found or path.name == "review.yml"  # which only uses the action
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


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS, ROOT / "docs" / "ci.md"], ids=lambda path: path.name)
def test_actions_are_named_by_commit_and_version(path: Path) -> None:
    used = re.findall(r"(?m)^.*\buses: .*$", path.read_text("utf-8"))
    assert [line for line in used if not PINNED.search(line)] == []


def test_one_action_is_of_one_commit_everywhere() -> None:
    texts = (path.read_text("utf-8") for path in (ACTION, *WORKFLOWS, ROOT / "docs" / "ci.md"))
    pins = {found.groups() for text in texts for found in PINNED.finditer(text)}
    assert len({pin.partition("@")[0] for pin, _ in pins}) == len(pins)
    assert ("OWNER/revox-sync@SHA", f"v{__version__}") in pins


def test_gitlab_installs_the_same_release() -> None:
    lines = GITLAB.read_text("utf-8").splitlines()
    assert f"  REVOX_SYNC_COMMIT: SHA # v{__version__}; a commit, which nobody can change, not a tag" in lines


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_ask_for_little(path: Path) -> None:
    workflow = document(path)
    # Each job says what it needs, and gets nothing else.
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())
    # With pull_request_target, code of a stranger would run beside secrets.
    assert set(workflow["on"]) <= {"pull_request", "push", "schedule", "workflow_dispatch"}
    private = {each for each in EXPRESSION.findall(path.read_text("utf-8")) if "secrets." in each}
    assert private <= (PRIVATE if path.name in {"apply.yml", "drift.yml"} else set())


@pytest.mark.parametrize("name", ["gate.yml", "review.yml"])
def test_a_review_runs_again_when_the_base_changes(name: str) -> None:
    event = document(GITHUB / name)["on"]["pull_request"]
    assert event == {"types": ["opened", "synchronize", "reopened", "edited"], "branches": ["main"]}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_checkout_leaves_its_token_behind(path: Path) -> None:
    steps = [step for steps in found_values(document(path), "steps") for step in steps]
    checkouts = [step["with"] for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert [each for each in checkouts if each["persist-credentials"] is not False] == []


@pytest.mark.parametrize("path", [*FILES, INSTALL], ids=lambda path: path.name)
def test_python_takes_no_module_of_the_repository_under_review(path: Path) -> None:
    script = path.read_text("utf-8") if path == INSTALL else "\n".join(scripts(document(path)))
    assert [line for line in script.splitlines() if re.search(r"python\S*\s+-[cm]\b", line)] == []
    assert not re.search(r"\bpip3? install\b", script) or path == INSTALL


def test_every_dependency_is_locked_by_hash() -> None:
    """That the versions are ones that fit is tried where the action installs itself."""
    text = REQUIREMENTS.read_text("utf-8").replace("\\\n", "")
    locked = dict(re.findall(r"(?m)^([\w.-]+)==(.*)$", text))
    assert [name for name, rest in locked.items() if "--hash=sha256:" not in rest] == []
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    names = {re.sub(r"[._-]+", "-", re.split(r"[<>=~!\[]", each)[0]).lower() for each in wanted}
    assert names <= locked.keys()


def test_only_the_job_that_applies_may_write_and_none_is_cancelled() -> None:
    jobs = [(path.stem, name, job) for path in WORKFLOWS for name, job in document(path)["jobs"].items()]
    writers = [(file, name) for file, name, job in jobs if job["permissions"].get("contents") == "write"]
    assert writers == [("apply", "apply")]
    workflow = document(GITHUB / "apply.yml")
    assert workflow["concurrency"]["cancel-in-progress"] is False
    # The key is in environments that only `main` may use.
    assert all(job["environment"] for file, _, job in jobs if file in {"apply", "drift"})


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
    assert document(GITHUB / "drift.yml")["env"]["REVOX_SYNC_ENVIRONMENT"] == applied
    for name in ("gate.yml", "review.yml"):
        (steps,) = (each for each in found_values(document(GITHUB / name), "steps") if len(each) > 1)
        assert steps[-1]["with"]["environment"] == applied


@pytest.mark.parametrize(
    ("lint", "code", "reviewer"),
    list(product(["0", "1", ""], ["0", "1", "4", "64", ""], ["success", "failure", "skipped"])),
)
def test_the_gate_opens_where_nothing_is_noticed_or_with_a_reviewer_s_yes(
    lint: str, code: str, reviewer: str, tmp_path: Path
) -> None:
    jobs = document(GITHUB / "gate.yml")["jobs"]
    review = {"outputs": {"lint-exit-code": lint, "exit-code": code}}
    job = Job(tmp_path, contexts={"needs": {"review": review, "reviewer": {"result": reviewer}}})
    assert job.wants(jobs["reviewer"]["if"]) == (code == "4")
    assert job.wants(jobs["approved"]["if"], failed=True)
    opened = code == "0" or (lint, code, reviewer) == ("0", "4", "success")
    assert job.run(jobs["approved"]["steps"]) == opened
