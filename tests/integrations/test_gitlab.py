"""integrations/gitlab/revox-sync.gitlab-ci.yml: its jobs run in a shell, on a real repository."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.code_hosts import PERSON, gitlab
from tests.integrations.pipeline import DIGEST, Pipeline, greeting
from tests.integrations.runner import document, machine_variables
from tests.source.repository import Repository

pytestmark = pytest.mark.long

TEMPLATE = ROOT / "integrations" / "gitlab" / "revox-sync.gitlab-ci.yml"
NOTES = {"GITLAB_TOKEN": "note-canary"}
PUSH_URL = "https://gitlab.example.com/acme/voice.git"


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
        "CI_SERVER_URL": "https://gitlab.example.com",
        "CI_PROJECT_PATH": "acme/voice",
        "REVOX_SYNC_PUSH_TOKEN": "push-canary",
        "REVOX_SYNC_SOURCE": str(pipeline.source),
        "REVOX_SYNC_COMMIT": pipeline.release,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{pipeline.origin.root}.insteadOf",
        "GIT_CONFIG_VALUE_0": PUSH_URL,
    }
    handed = directory / "revox-sync-plan.env"
    if name == "revox-sync-apply" and handed.exists():
        variables |= dict(line.split("=") for line in handed.read_text("utf-8").splitlines())
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
    assert planned == (0, f"The digest of this plan is {DIGEST}.\n")
    return run(pipeline, "revox-sync-apply", **own)


def test_it_plans_applies_and_commits_the_lock(pipeline: Pipeline) -> None:
    assert deploy(pipeline) == (0, "")
    assert f"--expect-digest {DIGEST}" in pipeline.calls
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
    name, _ = document(TEMPLATE)["revox-sync-review"]["artifacts"]["paths"]
    assert (pipeline.folder / "project" / name).read_text("utf-8").endswith("## Plan\n")


def test_a_note_that_fails_changes_no_exit_code(pipeline: Pipeline) -> None:
    code, log = run(pipeline, "revox-sync-review", PENDING="0", COMMENT_CODE="5", **NOTES)
    assert code == 0
    assert "No note was written" in log


def test_only_the_default_branch_applies_and_a_person_starts_it() -> None:
    template = document(TEMPLATE)
    plan, apply = template["revox-sync-plan"], template["revox-sync-apply"]
    unscheduled = {"if": '$CI_PIPELINE_SOURCE == "schedule"', "when": "never"}
    merged = {"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}
    assert plan["rules"] == [unscheduled, merged]
    assert apply["rules"] == [unscheduled, {**merged, "when": "manual"}]
    assert template["revox-sync-lint"]["rules"][0] == unscheduled
    assert plan["resource_group"] == apply["resource_group"] == "$REVOX_SYNC_ENVIRONMENT"
    assert apply["interruptible"] is False


def test_the_real_program_reviews_a_merge_request(pipeline: Pipeline) -> None:
    assert run(pipeline, "revox-sync-plan", PENDING="0")[0] == 0  # clones
    pipeline.program.unlink()
    pipeline.program.symlink_to(Path(sys.executable).with_name("revox-sync"))
    project = Repository(pipeline.folder / "project")
    project.commit(
        {"revox-sync.yaml": greeting("Greet the caller."), "assistants/a.yaml": "name: A\nprompt: !var greeting\n"}
    )
    base = project.git("rev-parse", "HEAD")
    project.commit({"revox-sync.yaml": greeting("Greet the caller kindly.")})
    job = {
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
    (page,) = (each for each in document(TEMPLATE)["revox-sync-review"]["artifacts"]["paths"] if each.endswith(".html"))
    assert "Greet the caller kindly." in (project.root / page).read_text("utf-8")


@pytest.mark.parametrize("name", ["revox-sync-lint", "revox-sync-review", "revox-sync-plan"])
def test_what_a_job_writes_goes_through_no_link(pipeline: Pipeline, name: str) -> None:
    victim = pipeline.folder / "victim"
    victim.write_text("untouched")
    reports = ("revox-sync.md", "revox-sync.html", "revox-sync-plan.html")
    names = ("gl-code-quality.json", *reports, "revox-sync-plan.json", "revox-sync-plan.env")
    project = pipeline.origin.root.parent / "branch"
    pipeline.origin.git("clone", "--quiet", str(pipeline.origin.root), str(project))
    for each in names:
        (project / each).symlink_to(victim)
    Repository(project).commit({}, "Links")
    Repository(project).git("push", "--quiet", "origin", "HEAD:main")
    code, log = run(pipeline, name, PENDING="0")
    assert code == 0, log
    assert victim.read_text("utf-8") == "untouched"


@pytest.mark.parametrize("folder", ["..", "/", "leaving"])
def test_the_folder_is_inside_the_repository(pipeline: Pipeline, folder: str) -> None:
    run(pipeline, "revox-sync-lint")
    (pipeline.folder / "project" / "leaving").symlink_to(pipeline.folder)
    before = pipeline.calls
    code, log = run(pipeline, "revox-sync-lint", REVOX_SYNC_FOLDER=folder)
    assert (code, log) == (64, "REVOX_SYNC_FOLDER leads out of the repository.\n")
    assert pipeline.calls == before


def test_revox_sync_never_sees_the_tokens_of_the_code_host(pipeline: Pipeline) -> None:
    pipeline.variables |= {"SEEN": "GITLAB_TOKEN REVOX_SYNC_PUSH_TOKEN", **NOTES}
    deploy(pipeline)
    run(pipeline, "revox-sync-review", PENDING="0")
    run(pipeline, "revox-sync-drift", PENDING="2")
    seen = [line for line in pipeline.calls.splitlines() if "canary" in line]
    assert {line.split()[0] for line in seen} == {"comment"}


def test_no_name_of_a_file_becomes_an_argument(pipeline: Pipeline) -> None:
    run(pipeline, "revox-sync-review", PENDING="0")
    (pipeline.folder / "project" / "-C").mkdir()
    run(pipeline, "revox-sync-review", PENDING="0", REVOX_SYNC_REVIEW="plan --prune * -?")
    assert "revox-sync plan --prune * -? --env production" in pipeline.calls


def test_the_token_is_given_when_git_asks_for_it(tmp_path: Path) -> None:
    """The helper of the push, asked as git asks it, where the runner has set up one of its own."""
    (script,) = document(TEMPLATE)["revox-sync-apply"]["script"]
    (helper,) = (line for line in script.splitlines() if line.startswith("helper="))
    (options,) = re.findall(r"git (.*)push ", script)
    runners = "-c 'credential.https://gitlab.example.com.helper=!echo password=other; echo username=other; :'"
    asking = f"{helper}\ngit {runners} {options} credential fill"
    asked = subprocess.run(
        ["bash", "-euc", asking],
        input="protocol=https\nhost=gitlab.example.com\n\n",
        env={**machine_variables(), "REVOX_SYNC_PUSH_TOKEN": "canary"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.splitlines()[-2:] == ["username=oauth2", "password=canary"]


@pytest.mark.parametrize(
    ("differs", "posted"),
    [
        ("0", "--issue Assistants: production differs from the files --resolved"),
        ("2", "--issue Assistants: production differs from the files"),
        ("5", None),
    ],
)
def test_the_daily_comparison_opens_or_closes_an_issue(pipeline: Pipeline, differs: str, posted: str | None) -> None:
    code, _ = run(pipeline, "revox-sync-drift", PENDING=differs, **NOTES)
    assert code == (0 if posted else 5)
    comments = [line.split(" ", 3)[3] for line in pipeline.calls.splitlines() if line.startswith("revox-sync comment")]
    assert comments == ([posted] if posted else [])
    assert "revox-sync status --env production --detailed-exitcode" in pipeline.calls
