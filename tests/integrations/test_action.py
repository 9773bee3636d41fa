"""action.yml, run step by step as GitHub would, on a real repository and against a double of GitHub's API."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import ROOT, project_files
from tests.code_hosts import BOT, JOB, CodeHost, github
from tests.integrations.runner import Job, Outputs, commands
from tests.source.repository import Repository

pytestmark = pytest.mark.long

GOOD = "name: Good\nprompt: Greet the caller, and ask what you can do for them.\n"
BROKEN = GOOD.replace("Good", "Broken").replace("prompt", "promt")
REPORT = "<!-- revox-sync:diff -->\n## What changes\n\n| assistant | impact |\n|---|---|\n| `good` | speech |\n"
MARKER = "<!-- revox-sync:diff -->\n"
DIGEST = "d1" * 16
CHANGES = [{"action": "update"}, {"action": "noop"}, {"action": "create"}, {"action": "remove"}]
HOSTILE = "  + Hello\n::error::owned\n    ::add-mask::e\n::stop-commands::x\n"


@dataclass(slots=True)
class Machine:
    """A job of GitHub Actions for pull request 7, with the checkout of a branch."""

    job: Job
    host: CodeHost
    repository: Repository
    stand_in: Path

    def act(self, **inputs: str) -> Outputs:
        """Run the action as installed; its outputs."""
        given = {"python": "set-up"} | {name.replace("_", "-"): value for name, value in inputs.items()}
        return self.job.composite(ROOT, given, without="Install revox-sync")

    @property
    def log(self) -> str:
        return self.job.steps["review"].log

    @property
    def code(self) -> int:
        return self.job.steps["review"].code

    def answers(self, *, markdown: str | None = REPORT, say: str = "", code: int = 0, changes: Any = CHANGES) -> None:
        """What plan and diff do from now on; `markdown` None: they make no report."""
        files = {"say.txt": say, "code.txt": str(code)}
        if markdown is not None:
            files |= {"review.md": markdown, "review.json": json.dumps({"changes": changes, "digest": DIGEST})}
        for name in ("review.md", "review.json"):
            (self.stand_in / name).unlink(missing_ok=True)
        for name, text in files.items():
            (self.stand_in / name).write_text(text, "utf-8")

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Every call of revox-sync: arguments, cwd, environ."""
        return [json.loads(line) for line in (self.stand_in / "calls.jsonl").read_text("utf-8").splitlines()]

    def call(self, command: str) -> dict[str, Any]:
        """The one call of a command."""
        (found,) = (each for each in self.calls if each["arguments"][0] == command)
        return found


def options(call: dict[str, Any], name: str) -> list[str]:
    """The values of an option in a call."""
    return [value for option, value in pairwise(call["arguments"]) if option == name]


def installed(job: Job) -> None:
    """Put the program that stands for revox-sync where the action installs it."""
    folder = job.temp / "revox-sync" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    program = f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m tests.integrations.stand_in "$@"\n'
    (folder / "revox-sync").write_text(program, "utf-8")
    (folder / "revox-sync").chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    with github() as host:
        environ = {
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": "acme/voice",
            "GITHUB_API_URL": host.base_url,
            "GITHUB_BASE_REF": "main",
            "STAND_IN": str(tmp_path),
            "REVOX_API_KEY": "key-canary",
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        }
        job = Job(tmp_path / "machine", environ, contexts={"github": {"token": JOB}})
        installed(job)
        opened = Machine(job, host, Repository.create(job.workspace), tmp_path)
        opened.repository.commit({"assistants/good.yaml": GOOD})
        opened.answers()
        yield opened


def test_a_pull_request_gets_a_report_in_summary_and_comment(machine: Machine) -> None:
    found = machine.act()
    assert machine.code == 0, machine.log
    assert machine.host.texts == [REPORT]
    assert machine.job.summary.rstrip() == REPORT.rstrip()
    assert (found["changes"], found["digest"], found["exit-code"]) == ("3", DIGEST, "0")
    assert Path(found["report"]).read_text("utf-8") == REPORT
    assert json.loads(Path(found["sarif"]).read_text("utf-8"))["version"] == "2.1.0"


def test_the_next_push_brings_the_comment_up_to_date(machine: Machine) -> None:
    machine.act()
    machine.answers(markdown=REPORT.replace("speech", "data"))
    machine.act()
    assert machine.host.texts == [REPORT.replace("speech", "data")]


@pytest.mark.parametrize(
    ("inputs", "marker"),
    [
        ({}, "revox-sync:diff"),
        ({"mode": "plan", "environment": "prod-eu"}, "revox-sync:plan:prod-eu"),
        ({"mode": "plan", "environment": "e", "working_directory": "apps/voice"}, "revox-sync:plan:e:apps/voice"),
        ({"environment": "--><b>x"}, "revox-sync:diff:--_b_x"),
    ],
)
def test_each_mode_environment_and_project_has_a_comment_of_its_own(
    machine: Machine, inputs: dict[str, str], marker: str
) -> None:
    (machine.job.workspace / "apps" / "voice").mkdir(parents=True)
    machine.act(**inputs)
    assert machine.host.texts[0].partition("\n")[0] == f"<!-- {marker} -->"
    assert machine.host.texts[0].partition("\n")[2] == REPORT.partition("\n")[2]


def test_inputs_become_arguments_and_nothing_else(machine: Machine) -> None:
    evil = "$(touch owned) `touch owned`; touch owned"
    machine.act(
        mode="plan",
        environment=evil,
        arguments="--prune 'sales/*' $(touch owned)",
        fail_on_impact="speech, routing",
        max_chars="9000",
    )
    call = machine.call("plan")
    assert options(call, "--env") == [evil]
    assert options(machine.call("lint"), "--env") == []  # lint looks at every environment
    assert options(call, "--fail-on-impact") == ["speech", "routing"]
    assert options(call, "--max-chars") == ["9000"]
    assert call["arguments"][call["arguments"].index("--prune") :][:4] == ["--prune", "sales/*", "$(touch", "owned)"]
    assert list(machine.job.folder.rglob("owned")) == []


def test_the_project_may_lie_in_a_folder(machine: Machine) -> None:
    machine.repository.commit({"apps/voice/assistants/broken.yaml": BROKEN, "apps/voice/revox-sync.yaml": "version: 1"})
    machine.act(working_directory="apps/voice")
    assert machine.call("diff")["cwd"] == str(machine.job.workspace / "apps" / "voice")
    assert any("file=apps/voice/assistants/broken.yaml," in line for line in commands(machine.log))


def test_findings_are_annotated_and_fail_the_job_but_the_review_comes_all_the_same(machine: Machine) -> None:
    machine.repository.write({"assistants/broken.yaml": BROKEN})
    found = machine.act()
    assert (machine.code, found["exit-code"], found["lint-exit-code"]) == (1, "1", "1")
    assert [line for line in commands(machine.log) if "RVX101" in line and "file=assistants/broken.yaml" in line]
    results = json.loads(Path(found["sarif"]).read_text("utf-8"))["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == ["RVX101"]
    assert machine.host.texts == [REPORT]


@pytest.mark.parametrize(("fail_on", "code"), [("", 0), ("warning", 1)])
def test_fail_on_is_lint_s(machine: Machine, fail_on: str, code: int) -> None:
    machine.repository.write({"assistants/warned.yaml": "name: 2024-01-15\nprompt: Greet the caller kindly.\n"})
    machine.act(mode="lint", fail_on=fail_on)
    assert machine.code == code


def test_installing_does_nothing_more_than_say_where_the_program_is(machine: Machine) -> None:
    found = machine.act(mode="install")
    assert machine.code == 0
    assert Path(found["program"]) == machine.job.temp / "revox-sync" / "bin" / "revox-sync"
    assert not (machine.stand_in / "calls.jsonl").exists()
    assert machine.host.requests == []


def test_lint_alone_makes_no_report(machine: Machine) -> None:
    found = machine.act(mode="lint")
    assert [each["arguments"][0] for each in machine.calls] == ["lint"]
    assert (machine.host.requests, machine.job.summary) == ([], "")
    assert (found["changes"], found["digest"], found["exit-code"]) == ("", "", "0")


def test_a_gate_fails_the_job_after_the_report(machine: Machine) -> None:
    machine.answers(code=4)
    found = machine.act(fail_on_impact="speech")
    assert (machine.code, found["exit-code"], found["changes"]) == (4, "4", "3")
    assert found["lint-exit-code"] == "0"
    assert machine.host.texts == [REPORT]


def test_a_failure_replaces_what_an_earlier_run_showed(machine: Machine) -> None:
    machine.act()
    machine.answers(markdown=None, say="error: git knows no commit `origin/main`\n", code=64)
    found = machine.act()
    assert (machine.code, found["exit-code"], found["changes"]) == (64, "64", "")
    (text,) = machine.host.texts
    assert text.startswith(MARKER)
    assert "exit code 64" in text
    assert "error: git knows no commit `origin/main`" in machine.log


@pytest.mark.parametrize(
    ("lint", "review", "code"), [(GOOD, 2, 2), (BROKEN, 2, 2), (BROKEN, 5, 5), (BROKEN, 64, 64), (GOOD, 70, 70)]
)
def test_the_worst_exit_code_counts(machine: Machine, lint: str, review: int, code: int) -> None:
    machine.repository.write({"assistants/good.yaml": lint})
    machine.answers(code=review)
    machine.act(comment="false")
    assert machine.code == code


def test_a_fork_gets_the_report_in_the_summary_and_the_exit_code_of_the_files(machine: Machine) -> None:
    machine.host.read_only = True
    found = machine.act()
    assert (machine.code, found["exit-code"], found["changes"]) == (0, "0", "3")
    assert machine.host.comments == []
    assert "What changes" in machine.job.summary
    assert [line.split("::")[1] for line in commands(machine.log)] == ["group", "endgroup"] * 3 + [
        "notice title=revox-sync"
    ]
    assert "pull requests from forks never get it" in machine.log


def test_a_code_host_that_is_down_changes_no_exit_code(machine: Machine) -> None:
    machine.host.faults = [(400, False)]
    machine.act()
    assert machine.code == 0
    assert any(line.startswith("::notice") for line in commands(machine.log))


@pytest.mark.parametrize("event", ["push", "merge_group", "schedule"])
def test_without_a_pull_request_there_is_only_the_summary(machine: Machine, event: str) -> None:
    machine.job.environ = {**machine.job.environ, "GITHUB_EVENT_NAME": event}
    machine.act()
    assert machine.code == 0
    assert machine.host.requests == []
    assert "What changes" in machine.job.summary


def test_the_comment_can_be_left_out(machine: Machine) -> None:
    machine.act(comment="false")
    assert machine.host.requests == []


def test_nothing_a_prompt_says_is_a_command(machine: Machine) -> None:
    machine.repository.write({"assistants/a.yaml": f"name: A\npromt: |\n{HOSTILE}"})
    machine.answers(say=HOSTILE)
    machine.act()
    assert "::error::owned" in machine.log
    kinds = {line.split("::")[1].split(" ")[0] for line in commands(machine.log)}
    assert kinds == {"group", "endgroup", "error"}
    assert not [line for line in commands(machine.log) if "owned" in line and "RVX" not in line]


def test_only_the_comment_sees_the_token_and_the_key_stays_out_of_the_log(machine: Machine) -> None:
    machine.act()
    holders = [each["arguments"][0] for each in machine.calls if JOB in each["environ"].values()]
    assert holders == ["comment"]
    assert machine.call("comment")["environ"]["GITHUB_TOKEN"] == JOB
    assert machine.call("diff")["environ"]["REVOX_API_KEY"] == "key-canary"
    shown = machine.log + machine.job.summary + "".join(machine.host.texts)
    assert JOB not in shown
    assert "key-canary" not in shown


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"mode": "aply"}, "`mode`"),
        ({"comment": "yes"}, "`comment`"),
        ({"arguments": "'open"}, "quotation"),
        ({"working_directory": "elsewhere"}, "`working-directory`"),
        ({"working_directory": ".."}, "`working-directory`"),
        ({"working_directory": "/"}, "`working-directory`"),
        ({"working_directory": "leaving"}, "`working-directory`"),
    ],
)
def test_an_input_without_sense_is_refused(machine: Machine, inputs: dict[str, str], said: str) -> None:
    (machine.job.workspace / "leaving").symlink_to("..")
    machine.act(**inputs)
    assert machine.code == 64
    (line,) = commands(machine.log)
    assert line.startswith("::error")
    assert said.lower() in line.lower()


def test_a_stranger_s_comment_with_the_marker_is_left_alone(machine: Machine) -> None:
    machine.host.say(REPORT, {"login": "stranger", "type": "User"})
    machine.act()
    assert [each["user"] for each in machine.host.comments][1:] == [BOT]


@pytest.mark.long
def test_the_action_installs_itself(machine: Machine, tmp_path: Path) -> None:
    copy = tmp_path / "action"
    for path in project_files():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy / path)
    shutil.rmtree(machine.job.temp / "revox-sync")
    # A module of the repository under review must not be taken for one of Python's.
    machine.repository.write({"pip.py": "raise SystemExit(9)", "venv.py": "raise SystemExit(9)", "json.py": "x ="})
    machine.job.actions = {"actions/setup-python": lambda _: {"python-path": sys.executable}}
    found = machine.job.composite(copy, {"mode": "lint"})
    assert found["exit-code"] == "0", [each.log for each in machine.job.steps.values()]
    assert "No findings in 1 file." in machine.log
    python = Path(found["program"]).with_name("python")
    checked = subprocess.run([python, "-I", "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
