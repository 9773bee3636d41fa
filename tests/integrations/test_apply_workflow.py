"""integrations/github/apply.yml: plan, approval, apply, and a lock that is committed whatever happened."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.integrations.pipeline import DIGEST, Pipeline
from tests.integrations.runner import Job, Outputs, document
from tests.source.repository import Repository

WORKFLOW = ROOT / "integrations" / "github" / "apply.yml"


def run_workflow(pipeline: Pipeline, jobs: dict[str, Job] | None = None) -> dict[str, bool]:
    """Run the workflow on `main`: whether each job that ran succeeded.

    Args:
        jobs: gets each job by name.
    """
    workflow, needs, ended = document(WORKFLOW), dict[str, Any](), dict[str, bool]()
    for name, description in workflow["jobs"].items():
        contexts = {"env": workflow["env"], "needs": needs, "secrets": {"REVOX_API_KEY": "key"}}
        job = Job(
            pipeline.folder / f"{name}-{len(pipeline.history)}",
            {**workflow["env"], **pipeline.environ()},
            contexts=contexts,
        )
        job.contexts["runner"] = {"temp": str(job.temp)}
        job.actions = machine_actions(pipeline, job)
        if jobs is not None:
            jobs[name] = job
        if not all(ended.values()) or not job.wants(description.get("if")):
            continue
        ended[name] = job.run(description["steps"])
        outputs = {key: job.value(value) for key, value in description.get("outputs", {}).items()}
        needs[name] = {"outputs": outputs, "result": "success" if ended[name] else "failure"}
    return ended


def machine_actions(pipeline: Pipeline, job: Job) -> Mapping[str, Callable[[Mapping[str, str]], Outputs]]:
    """What the actions of others do, as far as the workflow sees it."""
    artifacts = pipeline.folder / "artifacts"

    def checkout(given: Mapping[str, str]) -> Outputs:
        pipeline.origin.git("clone", "--quiet", str(pipeline.origin.root), str(job.workspace))
        Repository(job.workspace).git("checkout", "--quiet", given["ref"])
        return {}

    def upload(given: Mapping[str, str]) -> Outputs:
        if given["name"] == "plan":
            shutil.copy(given["path"], artifacts)
        return {}

    def download(given: Mapping[str, str]) -> Outputs:
        for path in artifacts.iterdir():
            shutil.copy(path, given["path"])
        return {}

    return {
        "actions/checkout": checkout,
        "actions/setup-python": lambda _: {},
        "actions/upload-artifact": upload,
        "actions/download-artifact": download,
    }


def test_it_plans_applies_and_commits_the_lock(pipeline: Pipeline) -> None:
    jobs = dict[str, Job]()
    assert run_workflow(pipeline, jobs) == {"plan": True, "apply": True}
    assert pipeline.history == ["Record what was applied to production", "First"]
    assert pipeline.lock == "new lock"
    assert f"--expect-digest {DIGEST}" in pipeline.calls
    assert "## Plan" in jobs["plan"].summary


@pytest.mark.parametrize(("pending", "ended"), [("0", {"plan": True}), ("1", {"plan": False}), ("5", {"plan": False})])
def test_it_applies_nothing_when_nothing_is_pending(pipeline: Pipeline, pending: str, ended: dict[str, bool]) -> None:
    pipeline.variables["PENDING"] = pending
    assert run_workflow(pipeline) == ended
    assert "apply" not in pipeline.calls


@pytest.mark.parametrize("code", ["3", "4", "130"])
def test_it_commits_the_lock_of_an_apply_that_failed_and_fails(pipeline: Pipeline, code: str) -> None:
    pipeline.variables["APPLY_CODE"] = code
    assert run_workflow(pipeline) == {"plan": True, "apply": False}
    assert pipeline.lock == "new lock"


def test_it_commits_nothing_where_the_lock_stayed(pipeline: Pipeline) -> None:
    pipeline.variables |= {"APPLIED": "", "APPLY_CODE": "5"}
    jobs = dict[str, Job]()
    assert run_workflow(pipeline, jobs) == {"plan": True, "apply": False}
    assert jobs["apply"].steps["Commit the lock"].code == 0
    assert pipeline.history == ["First"]


def test_it_puts_the_lock_on_top_of_what_others_push_meanwhile(pipeline: Pipeline) -> None:
    pipeline.variables["DURING"] = pipeline.push("other.txt")
    assert run_workflow(pipeline) == {"plan": True, "apply": True}
    assert pipeline.history == ["Record what was applied to production", "Somebody else", "First"]


def test_it_fails_when_the_lock_cannot_be_pushed(pipeline: Pipeline) -> None:
    pipeline.protect()
    jobs = dict[str, Job]()
    assert run_workflow(pipeline, jobs) == {"plan": True, "apply": False}
    assert "protected branch" in jobs["apply"].steps["Commit the lock"].log


def test_it_plans_with_the_lock_of_the_apply_before(pipeline: Pipeline) -> None:
    run_workflow(pipeline)
    pipeline.variables["APPLIED"] = "newer lock"
    assert run_workflow(pipeline) == {"plan": True, "apply": True}
    assert pipeline.lock == "newer lock"
    assert len(pipeline.history) == 3


def test_it_applies_the_commit_that_was_planned(pipeline: Pipeline) -> None:
    """Also when somebody pushes while the reviewers read; the program in place of apply refuses any other commit."""
    pipeline.variables["AFTER_PLAN"] = pipeline.push("other.txt")
    assert run_workflow(pipeline) == {"plan": True, "apply": True}
    assert pipeline.history == ["Record what was applied to production", "Somebody else", "First"]
