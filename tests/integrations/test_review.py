"""The action with the real program: a pull request, from the branch to the comment."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from revox_sync.contract.schema_files import schema_directory
from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.store import Store
from tests.checkout import ROOT
from tests.code_hosts import JOB, CodeHost, github
from tests.integrations.pipeline import greeting
from tests.integrations.runner import Job, Outputs, commands, document
from tests.source.repository import Repository

pytestmark = pytest.mark.long

PROMPT = "# Role\nYou answer questions about deliveries.\n\n# Style\nShort sentences.\n"
FOLDER = "apps/voice"
SUPPORT = f"{FOLDER}/assistants/support.yaml"


def assistant(prompt: str) -> str:
    """An assistant file; JSON is YAML."""
    return json.dumps({"name": "Support", "prompt": prompt}, indent=1)


@pytest.fixture
def host() -> Iterator[CodeHost]:
    with github() as double:
        yield double


@pytest.fixture
def job(host: CodeHost, tmp_path: Path) -> Job:
    """A job for a pull request that changes the prompt of one assistant, in a clone with all history."""
    base = Repository.create(tmp_path / "base")
    base.commit({SUPPORT: assistant(PROMPT), f"{FOLDER}/revox-sync.yaml": "version: 1\n"})
    base.git("checkout", "--quiet", "-b", "branch")
    base.commit({SUPPORT: assistant(PROMPT + "Never promise a date. Ask @mona about {{order}}.\n")})
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    environ = {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "acme/voice",
        "GITHUB_API_URL": host.base_url,
        "GITHUB_BASE_REF": "main",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    made = Job(tmp_path / "machine", environ, contexts={"github": {"token": JOB}})
    made.actions = {"actions/upload-artifact": lambda given: keep(given, made.folder / "artifacts")}
    base.git("clone", "--quiet", "--branch", "branch", str(base.root), str(made.workspace))
    programs = made.temp / "revox-sync" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    (programs / "revox-sync").symlink_to(Path(sys.executable).with_name("revox-sync"))
    return made


def keep(given: Mapping[str, str], folder: Path) -> Outputs:
    """What actions/upload-artifact does with one file; it takes no slash in a name."""
    assert not {"/", ":"} & set(given["name"])
    folder.mkdir(exist_ok=True)
    shutil.copy(given["path"], folder / given["name"])
    return {}


def act(job: Job, **inputs: str) -> Outputs:
    given = {"python": "set-up", "working-directory": FOLDER} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    return job.composite(ROOT, given, without="Install revox-sync")


def test_a_changed_prompt_is_shown_in_the_pull_request(job: Job, host: CodeHost) -> None:
    found = act(job)
    assert (found["exit-code"], found["changes"]) == ("0", "1"), job.steps["review"].log
    assert found["digest"]
    (text,) = host.texts
    assert text.startswith(f"<!-- revox-sync:diff:{FOLDER} -->\n")
    assert text.count("<!-- revox-sync") == 1
    assert "support" in text
    assert "Never promise a date." in text
    assert text.rstrip() == job.summary.rstrip()


@pytest.mark.parametrize(("name", "code"), [("review", "0"), ("gate", "4")])
def test_the_workflows_see_what_changes_in_production_alone(job: Job, host: CodeHost, name: str, code: str) -> None:
    branch = Repository(job.workspace)
    files = {SUPPORT: "name: Support\nprompt: !var greeting\n"}
    branch.commit({**files, f"{FOLDER}/revox-sync.yaml": greeting("Greet the caller.")})
    branch.git("update-ref", "refs/remotes/origin/main", "HEAD")
    branch.commit({f"{FOLDER}/revox-sync.yaml": greeting("Greet the caller kindly.")})
    steps = document(ROOT / "integrations" / "github" / f"{name}.yml")["jobs"]["review"]["steps"]
    given = {each.replace("-", "_"): value for each, value in steps[-1]["with"].items()}
    assert given.get("fail_on_impact") == ("speech, routing, data, trust" if name == "gate" else None)
    found = act(job, **given)
    assert (found["exit-code"], found["changes"]) == (code, "1"), job.steps["review"].log
    assert "Greet the caller kindly." in host.texts[0]


def test_the_whole_report_is_an_artifact_whatever_the_length_of_the_comment_and_the_gate(job: Job) -> None:
    prompt = PROMPT + "Never promise a date.\n" + "Speak slowly.\n" * 2_000
    (job.workspace / SUPPORT).write_text(assistant(prompt), "utf-8")
    found = act(job, max_chars="2000", environment="", fail_on_impact="speech")
    assert found["exit-code"] == "4"
    assert "Left out to stay within" in job.summary
    assert "Never promise a date." not in job.summary
    (kept,) = (job.folder / "artifacts").iterdir()
    assert kept.name == "revox-sync-diff-apps-voice"
    assert "Never promise a date." in kept.read_text("utf-8")


def test_the_gate_closes_for_speech(job: Job, host: CodeHost) -> None:
    found = act(job, fail_on_impact="speech")
    assert (found["exit-code"], found["lint-exit-code"], found["changes"]) == ("4", "0", "1")
    assert len(host.texts) == 1


def test_the_gate_stays_open_for_anything_else(job: Job) -> None:
    assert act(job, fail_on_impact="data, cosmetic")["exit-code"] == "0"


def test_a_broken_file_is_annotated_and_the_comment_says_that_there_is_no_report(job: Job, host: CodeHost) -> None:
    act(job)
    (job.workspace / SUPPORT).write_text(assistant(PROMPT).replace('"prompt"', '"promt"'), "utf-8")
    found = act(job)
    assert found["exit-code"] == "1"
    assert any(f"file={SUPPORT}," in line for line in commands(job.steps["review"].log))
    assert len(host.texts) == 1
    assert "Never promise a date." not in host.texts[0]


def test_a_shallow_clone_says_what_it_lacks(job: Job, host: CodeHost, tmp_path: Path) -> None:
    source = f"file://{tmp_path / 'base'}"
    workspace = Repository(job.workspace)
    workspace.git("clone", "--quiet", "--depth", "1", "--branch", "branch", source, str(tmp_path / "shallow"))
    job.workspace.rename(tmp_path / "deep")
    (tmp_path / "shallow").rename(job.workspace)
    found = act(job)
    assert found["exit-code"] == "64"
    assert "fetch-depth: 0" in job.steps["review"].log
    assert "exit code 64" in host.texts[0]


def test_a_plan_against_the_account(job: Job, host: CodeHost) -> None:
    with Store(None) as store, running(create_app(Path(schema_directory()), store)) as base_url:
        environment = {"base_url": base_url, "api_key": "emulator"}
        configuration = {"version": 1, "environments": {"stage-eu": environment}}
        (job.workspace / FOLDER / "revox-sync.yaml").write_text(json.dumps(configuration), "utf-8")
        found = act(job, mode="plan", environment="stage-eu")
    assert (found["exit-code"], found["changes"]) == ("0", "1"), job.steps["review"].log
    (text,) = host.texts
    assert text.startswith(f"<!-- revox-sync:plan:stage-eu:{FOLDER} -->\n")
    assert found["digest"] in text


def test_the_report_keeps_to_its_length(job: Job, host: CodeHost) -> None:
    many = {
        f"{FOLDER}/assistants/a{number}.yaml": f"name: A{number}\nprompt: {'Speak slowly. ' * 300}\n"
        for number in range(40)
    }
    Repository(job.workspace).write(many)
    found = act(job, max_chars="9000")
    assert found["changes"] == "41"
    marker = host.texts[0].partition("\n")[0]
    assert len(host.texts[0]) <= 9000 + len(marker)
