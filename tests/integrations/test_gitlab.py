"""integrations/gitlab/revox-sync.gitlab-ci.yml: its jobs run in a shell, on a real repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.code_hosts import PERSON, gitlab
from tests.integrations.pipeline import Pipeline, greeting
from tests.integrations.runner import document, machine_variables
from tests.source.repository import Repository

TEMPLATE = ROOT / "integrations" / "gitlab" / "revox-sync.gitlab-ci.yml"
NOTES = {"GITLAB_TOKEN": "note-canary"}
PUSH_URL = "https://oauth2:push-canary@gitlab.example.com/acme/voice.git"


def run(pipeline: Pipeline, name: str, **own: str) -> tuple[int, str]:
    """Run a job; exit code and log. The project directory lasts from job to job, as artifacts do."""
    template = document(TEMPLATE)
    job = template[name]
    directory = pipeline.folder / "project"
    if not directory.exists():
        pipeline.origin.git("clone", "--quiet", str(pipeline.origin.root), str(directory))
    variables = {
        "CI_PROJECT_DIR": str(directory),
        "CI_DEFAULT_BRANCH": "main",
        "CI_SERVER_HOST": "gitlab.example.com",
        "CI_PROJECT_PATH": "acme/voice",
        "REVOX_SYNC_PUSH_TOKEN": "push-canary",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{pipeline.origin.root}.insteadOf",
        "GIT_CONFIG_VALUE_0": PUSH_URL,
    }
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join([*template[job["extends"]]["before_script"], *job["script"]])],
        cwd=directory,
        env={**machine_variables(), **template["variables"], **variables, **pipeline.environ(), **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def deploy(pipeline: Pipeline, **own: str) -> tuple[int, str]:
    """Plan, then apply; how apply ended."""
    planned = run(pipeline, "revox-sync-plan", PENDING="0")
    assert planned == (0, "")
    return run(pipeline, "revox-sync-apply", **own)


def test_it_plans_applies_and_commits_the_lock(pipeline: Pipeline) -> None:
    assert deploy(pipeline) == (0, "")
    assert pipeline.history == ["Record what was applied to production", "First"]
    assert pipeline.lock == "new lock"


@pytest.mark.parametrize("code", [3, 4, 130])
def test_it_commits_the_lock_of_an_apply_that_failed_and_fails(pipeline: Pipeline, code: int) -> None:
    assert deploy(pipeline, APPLY_CODE=str(code))[0] == code
    assert pipeline.lock == "new lock"


def test_it_commits_nothing_where_the_lock_stayed(pipeline: Pipeline) -> None:
    assert deploy(pipeline, APPLIED="", APPLY_CODE="5")[0] == 5
    assert pipeline.history == ["First"]


def test_it_plans_with_the_lock_of_the_apply_before(pipeline: Pipeline) -> None:
    deploy(pipeline)
    assert deploy(pipeline, APPLIED="newer lock")[0] == 0
    assert pipeline.lock == "newer lock"
    assert len(pipeline.history) == 3


def test_it_puts_the_lock_on_top_of_what_others_push_meanwhile(pipeline: Pipeline) -> None:
    code, log = deploy(pipeline, DURING=pipeline.push("other.txt"))
    assert code == 0, log
    assert pipeline.history == ["Record what was applied to production", "Somebody else", "First"]


def test_it_fails_when_the_lock_cannot_be_pushed(pipeline: Pipeline) -> None:
    pipeline.protect()
    code, log = deploy(pipeline)
    assert code == 1
    assert "protected branch" in log


def test_a_review_becomes_a_note(pipeline: Pipeline) -> None:
    code, log = run(pipeline, "revox-sync-review", PENDING="0", **NOTES)
    assert code == 0, log
    assert pipeline.comment == "<!-- revox-sync:diff:. -->\n## Plan\n"
    assert "note-canary" not in log


def test_a_review_is_of_the_environment_that_is_applied(pipeline: Pipeline) -> None:
    run(pipeline, "revox-sync-review", PENDING="0", REVOX_SYNC_ENVIRONMENT="live of acme")
    assert "revox-sync diff --env live of acme -o text" in pipeline.calls


def test_a_gate_fails_the_job_after_the_note(pipeline: Pipeline) -> None:
    review = "diff --fail-on-impact speech"
    code, _ = run(pipeline, "revox-sync-review", PENDING="4", REVOX_SYNC_REVIEW=review, **NOTES)
    assert code == 4
    assert "revox-sync diff --fail-on-impact speech --env production -o text" in pipeline.calls
    assert pipeline.comment == "<!-- revox-sync:diff:. -->\n## Plan\n"


def test_a_failure_replaces_what_an_earlier_run_said(pipeline: Pipeline) -> None:
    code, _ = run(pipeline, "revox-sync-review", PENDING="64", REPORT="", **NOTES)
    assert code == 64
    assert pipeline.comment.startswith("<!-- revox-sync:diff:. -->\n")
    assert "exit code 64" in pipeline.comment


def test_without_a_token_the_report_is_an_artifact(pipeline: Pipeline) -> None:
    code, log = run(pipeline, "revox-sync-review", PENDING="0")
    assert code == 0
    assert "there is no GITLAB_TOKEN" in log
    assert "comment" not in pipeline.calls
    (name,) = document(TEMPLATE)["revox-sync-review"]["artifacts"]["paths"]
    assert (pipeline.folder / "project" / name).read_text("utf-8").endswith("## Plan\n")


def test_a_note_that_fails_changes_no_exit_code(pipeline: Pipeline) -> None:
    code, log = run(pipeline, "revox-sync-review", PENDING="0", COMMENT_CODE="5", **NOTES)
    assert code == 0
    assert "No note was written" in log


def test_only_the_default_branch_applies_and_a_person_starts_it() -> None:
    template = document(TEMPLATE)
    plan, apply = template["revox-sync-plan"], template["revox-sync-apply"]
    assert [rule["if"] for rule in plan["rules"] + apply["rules"]] == ["$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"] * 2
    assert apply["rules"][0]["when"] == "manual"
    assert plan["resource_group"] == apply["resource_group"] == "$REVOX_SYNC_ENVIRONMENT"
    assert apply["interruptible"] is False


def test_the_real_program_reviews_a_merge_request(pipeline: Pipeline) -> None:
    programs = pipeline.folder / "real"
    programs.mkdir()
    (programs / "revox-sync").symlink_to(Path(sys.executable).with_name("revox-sync"))
    shutil.copy(pipeline.folder / "bin" / "pip", programs)
    assert run(pipeline, "revox-sync-plan", PENDING="0") == (0, "")  # clones
    project = Repository(pipeline.folder / "project")
    project.commit(
        {"revox-sync.yaml": greeting("Greet the caller."), "assistants/a.yaml": "name: A\nprompt: !var greeting\n"}
    )
    base = project.git("rev-parse", "HEAD")
    project.commit({"revox-sync.yaml": greeting("Greet the caller kindly.")})
    job = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(pipeline.folder / "cache"),
        "GITLAB_CI": "true",
        "GITLAB_TOKEN": PERSON,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "7",
    }
    with gitlab() as host:
        code, log = run(pipeline, "revox-sync-review", CI_API_V4_URL=host.base_url, **job)
        assert (code, PERSON in log) == (0, False), log
        assert run(pipeline, "revox-sync-lint", **job)[0] == 0
    (text,) = host.texts
    assert text.startswith("<!-- revox-sync:diff:. -->\n###")
    assert "Greet the caller kindly." in text
    assert json.loads((project.root / "gl-code-quality.json").read_text("utf-8")) == []
