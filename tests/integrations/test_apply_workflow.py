"""integrations/github/apply.yml: plan, approval, apply, and a lock that is committed whatever happened."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.integrations.pipeline import DIGEST, LOCK, Pipeline
from tests.integrations.runner import Job, Outputs, document, machine_variables
from tests.source.repository import Repository

pytestmark = pytest.mark.long

WORKFLOW = ROOT / "integrations" / "github" / "apply.yml"


def run_workflow(pipeline: Pipeline, jobs: dict[str, Job] | None = None, path: Path = WORKFLOW) -> dict[str, bool]:
    """Run a workflow on `main`: whether each job that ran succeeded.

    Args:
        jobs: gets each job by name.
    """
    workflow, needs, ended = document(path), dict[str, Any](), dict[str, bool]()
    for name, description in workflow["jobs"].items():
        contexts = {
            "env": workflow["env"],
            "needs": needs,
            "secrets": {"REVOX_API_KEY": "key"},
            "github": {"token": "job-token-canary"},
        }
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
        assert given["persist-credentials"] == "False"
        Repository(job.workspace).git("checkout", "--quiet", given["ref"])
        return {}

    def install(given: Mapping[str, str]) -> Outputs:
        assert given == {"mode": "install"}
        return {"program": str(pipeline.program)}

    def upload(given: Mapping[str, str]) -> Outputs:
        if given["name"] == "plan":
            for path in given["path"].split():
                shutil.copy(path, artifacts)
        else:
            shutil.copytree(given["path"], pipeline.folder / given["name"], dirs_exist_ok=True)
        return {}

    def download(given: Mapping[str, str]) -> Outputs:
        for path in artifacts.iterdir():
            shutil.copy(path, given["path"])
        return {}

    return {
        "actions/checkout": checkout,
        "OWNER/revox-sync": install,
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


def test_only_the_step_that_pushes_has_the_token(pipeline: Pipeline) -> None:
    pipeline.variables["SEEN"] = "PUSH_TOKEN GITHUB_TOKEN INPUT_TOKEN"
    jobs = dict[str, Job]()
    assert run_workflow(pipeline, jobs) == {"plan": True, "apply": True}
    assert "canary" not in pipeline.calls
    configuration = (jobs["apply"].workspace / ".git" / "config").read_text("utf-8")
    assert "canary" not in configuration + jobs["apply"].steps["Commit the lock"].log


def test_the_token_is_given_when_git_asks_for_it(tmp_path: Path) -> None:
    """The helper of the push, asked as git asks it."""
    (push,) = (each for each in document(WORKFLOW)["jobs"]["apply"]["steps"] if each.get("name") == "Commit the lock")
    script = "\n".join(line for line in push["run"].splitlines() if line.startswith(("helper=", "with_token()")))
    asked = subprocess.run(
        ["bash", "-euc", f"{script}\nwith_token credential fill"],
        input="protocol=https\nhost=github.com\n\n",
        env=machine_variables() | dict.fromkeys(push["env"], "canary"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.splitlines()[-2:] == ["username=x-access-token", "password=canary"]


def test_the_backup_is_kept_without_what_links_lead_to(pipeline: Pipeline) -> None:
    outside = pipeline.folder / "outside"
    outside.mkdir()
    (outside / "secret.json").write_text("canary")
    pipeline.variables["DURING"] = (
        "mkdir -p voice/.revox/backup && echo before > voice/.revox/backup/1.json"
        f" && ln -s {outside / 'secret.json'} voice/.revox/backup/2.json && ln -s {outside} .revox/backup"
    )
    assert run_workflow(pipeline) == {"plan": True, "apply": True}
    kept = pipeline.folder / "backup"
    files = sorted(path.relative_to(kept).as_posix() for path in kept.rglob("*") if not path.is_dir())
    assert files == [LOCK, "voice/.revox/backup/1.json"]


@pytest.mark.parametrize(
    ("differs", "ended", "posted"),
    [
        ("0", True, "--issue Assistants: production differs from the files --resolved"),
        ("2", True, "--issue Assistants: production differs from the files"),
        ("5", False, None),
    ],
)
def test_the_daily_comparison_opens_or_closes_an_issue(
    pipeline: Pipeline, differs: str, *, ended: bool, posted: str | None
) -> None:
    pipeline.variables |= {"PENDING": differs, "SEEN": "GITHUB_TOKEN REVOX_API_KEY"}
    jobs = dict[str, Job]()
    assert run_workflow(pipeline, jobs, WORKFLOW.with_name("drift.yml")) == {"compare": ended}
    comments = [line for line in pipeline.calls.splitlines() if line.startswith("revox-sync comment")]
    assert [line.partition("status.md ")[2] for line in comments] == ([] if posted is None else [posted])
    # The key and the token of the job are never in one process.
    assert "status GITHUB_TOKEN=\nstatus REVOX_API_KEY=key\n" in pipeline.calls
    if posted:
        assert "comment GITHUB_TOKEN=job-token-canary\ncomment REVOX_API_KEY=\n" in pipeline.calls
        assert "## Plan" in jobs["compare"].summary
