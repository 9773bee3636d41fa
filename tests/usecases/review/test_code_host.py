"""The pull or merge request of a CI job, from what the CI sets; comments are in tests/cli/commands/test_comment.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from revox_sync.errors import UsageError
from revox_sync.usecases.review.code_host import pull_request

GITLAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
    "CI_MERGE_REQUEST_PROJECT_ID": "3",
    "CI_MERGE_REQUEST_IID": "7",
    "GITLAB_TOKEN": "canary",
}


@pytest.fixture
def github(tmp_path: Path) -> dict[str, str]:
    """The variables of a job that runs for pull request 7."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/voice",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": " canary\n",
    }


@pytest.mark.parametrize(
    ("url", "expected"), [(None, "https://api.github.com"), ("https://ghe.example.com/api/v3",) * 2]
)
def test_github(github: dict[str, str], url: str | None, expected: str) -> None:
    found = pull_request(github | ({"GITHUB_API_URL": url} if url else {}))
    assert found.endpoint.base_url == expected
    assert found.endpoint.key.reveal() == "canary"
    assert "pull-requests: write" in found.rights
    assert "canary" not in repr(found)


def test_gitlab() -> None:
    found = pull_request(GITLAB)
    assert found.endpoint.base_url == GITLAB["CI_API_V4_URL"]
    assert "CI_JOB_TOKEN may not comment" in found.rights


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"GITHUB_ACTIONS": "false"}, "and this is none"),
        ({"GITHUB_TOKEN": " "}, "GITHUB_TOKEN is not set, or empty"),
        ({"GITHUB_REPOSITORY": ""}, "GITHUB_REPOSITORY, which the CI sets, is not there"),
        ({"GITHUB_EVENT_PATH": "/nothing"}, "runs for no pull request"),
    ],
)
def test_what_github_does_not_say(github: dict[str, str], changed: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        pull_request(github | changed)
    assert words in caught.value.message


@pytest.mark.parametrize("event", ["", "[]", "{}", '{"pull_request": null}', '{"pull_request": {"number": "7"}}'])
def test_an_event_without_a_pull_request(github: dict[str, str], event: str) -> None:
    Path(github["GITHUB_EVENT_PATH"]).write_text(event)
    with pytest.raises(UsageError, match="runs for no pull request"):
        pull_request(github)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"CI_MERGE_REQUEST_IID": ""}, "runs for no merge request"),
        ({"CI_MERGE_REQUEST_IID": "7/../8"}, "runs for no merge request"),
        ({"CI_API_V4_URL": ""}, "CI_API_V4_URL, which the CI sets, is not there"),
        ({"GITLAB_TOKEN": ""}, "GITLAB_TOKEN is not set, or empty"),
    ],
)
def test_what_gitlab_does_not_say(changed: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        pull_request(GITLAB | changed)
    assert words in caught.value.message
