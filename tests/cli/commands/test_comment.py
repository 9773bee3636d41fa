from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from revox_sync.cli.main import run
from revox_sync.errors import ExitCode
from tests import code_hosts
from tests.code_hosts import JOB, PERSON, CodeHost

TEXT = "<!-- revox-sync:plan:production -->\n## Plan\n"
CI = ("GITHUB_", "GITLAB_", "CI_")
Job = Callable[..., AbstractContextManager[tuple[CodeHost, dict[str, str]]]]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.md"
    path.write_text(TEXT, "utf-8")
    return path


def set_only(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Be a job with these variables, whatever CI the tests run in."""
    for name in [each for each in os.environ if each.startswith(CI)]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@contextmanager
def github_job(folder: Path, **changed: str) -> Iterator[tuple[CodeHost, dict[str, str]]]:
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    with code_hosts.github() as host:
        yield (
            host,
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": host.base_url,
                "GITHUB_REPOSITORY": "acme/voice",
                "GITHUB_EVENT_PATH": str(event),
                "GITHUB_TOKEN": JOB,
                **changed,
            },
        )


@contextmanager
def gitlab_job(_: Path, **changed: str) -> Iterator[tuple[CodeHost, dict[str, str]]]:
    with code_hosts.gitlab() as host:
        yield (
            host,
            {
                "GITLAB_CI": "true",
                "CI_API_V4_URL": host.base_url,
                "CI_MERGE_REQUEST_PROJECT_ID": "42",
                "CI_PROJECT_ID": "43",
                "CI_MERGE_REQUEST_IID": "7",
                "GITLAB_TOKEN": f"{PERSON}\n",
                **changed,
            },
        )


@pytest.mark.parametrize("job", [github_job, gitlab_job])
def test_one_comment_is_kept_up_to_date(
    job: Job, report: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    with job(report.parent) as (host, variables):
        set_only(monkeypatch, variables)
        said = []
        for text in (TEXT, TEXT, TEXT + "More.\n"):
            report.write_text(text, "utf-8")
            assert run(["comment", str(report)]) == ExitCode.OK
            said.append(capsys.readouterr())
        assert said == [("", f"Comment {word}.\n") for word in ("created", "unchanged", "updated")]
        assert host.texts == [TEXT + "More.\n"]


@pytest.mark.parametrize(
    ("job", "changed", "words"),
    [
        (github_job, {"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set"),
        (gitlab_job, {"GITLAB_TOKEN": ""}, "GITLAB_TOKEN is not set"),
        (gitlab_job, {"GITLAB_TOKEN": "", "CI_JOB_TOKEN": "job"}, "CI_JOB_TOKEN may not comment"),
        (github_job, {"GITHUB_EVENT_PATH": "missing.json"}, "no pull request"),
        (github_job, {"GITHUB_EVENT_PATH": ""}, "GITHUB_EVENT_PATH"),
        (github_job, {"GITHUB_REPOSITORY": ""}, "GITHUB_REPOSITORY"),
        (gitlab_job, {"CI_MERGE_REQUEST_IID": ""}, "no merge request"),
        (gitlab_job, {"CI_API_V4_URL": ""}, "CI_API_V4_URL"),
        (gitlab_job, {"GITLAB_CI": ""}, "GitHub Actions and GitLab CI"),
        (github_job, {"GITHUB_API_URL": "http://github.example.com"}, "unencrypted"),
    ],
)
def test_what_a_job_lacks_is_named_and_nothing_is_sent(
    *, job: Job, changed: dict[str, str], words: str, report: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    with job(report.parent, **changed) as (host, variables):
        set_only(monkeypatch, variables)
        assert run(["comment", str(report)]) == ExitCode.USAGE
        assert host.requests == []
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "event", ["{}", "[]", '{"pull_request": null}', '{"pull_request": {"number": "7"}}', "{", "\udcff"]
)
def test_an_event_without_pull_request(
    event: str, report: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    with github_job(report.parent) as (_, variables):
        Path(variables["GITHUB_EVENT_PATH"]).write_bytes(event.encode("utf-8", "surrogateescape"))
        set_only(monkeypatch, variables)
        assert run(["comment", str(report)]) == ExitCode.USAGE
    assert "no pull request" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("job", "words"), [(github_job, "pull requests from forks never get it"), (gitlab_job, "with the scope `api`")]
)
def test_a_token_without_rights_is_5_and_says_which_it_needs(
    job: Job, words: str, report: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    with job(report.parent) as (host, variables):
        host.read_only = True
        set_only(monkeypatch, variables)
        assert run(["comment", str(report)]) == ExitCode.UNREACHABLE
    said = capsys.readouterr().err
    assert words in said
    assert "REVOX" not in said
    assert not any(token in said for token in (JOB, PERSON))


def test_a_report_that_is_not_there_is_64(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured) -> None:
    with github_job(tmp_path) as (_, variables):
        set_only(monkeypatch, variables)
        assert run(["comment", str(tmp_path / "none.md")]) == ExitCode.USAGE
    assert "cannot read" in capsys.readouterr().err


TITLE = "production differs from main"
OPEN, FINE = "<!-- revox-sync:status:production -->\n## Drift\n", "<!-- revox-sync:status:production -->\n## In sync\n"


@pytest.mark.parametrize("job", [github_job, gitlab_job])
def test_one_issue_is_kept_up_to_date_closed_and_opened_again(
    job: Job, report: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    steps = [
        (FINE, ["--resolved"], "not open"),
        (OPEN, [], "created"),
        (OPEN, [], "unchanged"),
        (OPEN + "More.\n", [], "updated"),
        (FINE, ["--resolved"], "closed"),
        (FINE, ["--resolved"], "not open"),
        (OPEN, [], "created"),
    ]
    with job(report.parent, CI_MERGE_REQUEST_IID="", GITHUB_EVENT_PATH="") as (host, variables):
        set_only(monkeypatch, variables)
        for text, options, word in steps:
            report.write_text(text, "utf-8")
            assert run(["comment", str(report), "--issue", TITLE, *options]) == ExitCode.OK
            assert capsys.readouterr() == ("", f"Issue {word}.\n")
    assert host.comments == []
    found = [(each["title"], each.get("body", each.get("description")), each["state"]) for each in host.issues]
    assert found == [(TITLE, FINE, "closed"), (TITLE, OPEN, found[1][2])]
    assert found[1][2] in {"open", "opened"}


def test_an_issue_of_somebody_else_and_a_pull_request_are_left_alone(
    report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with github_job(report.parent) as (host, variables):
        theirs = {"id": 1, "title": "x", "body": OPEN, "state": "open"}
        host.issues += [
            theirs | {"number": 1, "user": code_hosts.PASSER_BY},
            theirs | {"number": 2, "user": code_hosts.BOT, "pull_request": {"url": "x"}},
        ]
        set_only(monkeypatch, variables)
        report.write_text(FINE, "utf-8")
        assert run(["comment", str(report), "--issue", TITLE]) == ExitCode.OK
        assert [each["body"] for each in host.issues] == [OPEN, OPEN, FINE]


@pytest.mark.parametrize(("job", "words"), [(github_job, "issues: write"), (gitlab_job, "with the scope `api`")])
def test_a_token_that_may_not_open_issues_says_which_right_it_lacks(
    job: Job, words: str, report: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    with job(report.parent) as (host, variables):
        host.read_only = True
        set_only(monkeypatch, variables)
        assert run(["comment", str(report), "--issue", TITLE]) == ExitCode.UNREACHABLE
    assert words in capsys.readouterr().err


def test_resolved_is_about_an_issue(report: Path, capsys: Captured) -> None:
    assert run(["comment", str(report), "--resolved"]) == ExitCode.USAGE
    assert "--issue" in capsys.readouterr().err
