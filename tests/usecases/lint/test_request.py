"""What is read without click is read as click reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.cli.commands import lint
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS
from revox_sync.usecases.lint.request import LintRequest, plain_request

FLAGS = ("--fix", "--unsafe-fixes", "--diff", "--online", "--no-cache", "--exit-zero", "--statistics")
OTHERS = ("--select", "-q", "-v", "--env", "--no-cach", "--fix=1", "-", "--", "-ofull", "--cache-dir", "--help", "-C")
PATHS = ("a.yaml", "assistants", "./b c.yaml", "", "..", "/srv/x", "é.yaml")


def by_click(words: list[str]) -> tuple[LintRequest, list[str]]:
    found = lint.command.make_context("lint", list(words)).params
    assert found["outputs"] == [Target(next(iter(REPORT_FORMATS["lint"])), None)]
    common = {"project", "environment", "color", "verbose", "quiet", "timeout", "insecure_http", "allow_hosts"}
    assert not any(found[name] for name in common)
    return LintRequest(**{name: found[name] for name in LintRequest._fields}), list(found["paths"])


@given(st.lists(st.sampled_from(FLAGS + PATHS), max_size=6))
def test_flags_and_paths_need_no_click(words: list[str]) -> None:
    assert plain_request(words) == by_click(words)


@given(st.lists(st.sampled_from(FLAGS + PATHS), max_size=3), st.sampled_from(OTHERS), st.integers(0, 3))
def test_everything_else_is_for_click(words: list[str], other: str, at: int) -> None:
    assert plain_request([*words[:at], other, *words[at:]]) is None


def test_the_flags_are_all_flags_of_lint() -> None:
    declared = {name for each in lint.command.params for name in each.opts if getattr(each, "is_flag", False)}
    assert set(FLAGS) == declared - {"--quiet", "--insecure-http", "-q"}


@pytest.mark.parametrize("words", [["--fix"], ["--online", "a.yaml"], []])
def test_a_plain_request_is_what_a_hook_sends(words: list[str]) -> None:
    request, paths = plain_request(words) or (None, None)
    assert request == LintRequest(fix="--fix" in words, online="--online" in words)
    assert paths == [each for each in words if not each.startswith("-")]
