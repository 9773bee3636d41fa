"""Options of lint: they come to one request."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner

from revox_sync.cli.options.lint import lint_options
from revox_sync.usecases.lint.request import LintRequest


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {}),
        (["--select", "RVX1, RVX204", "--select", "unknown-field"], {"select": ("RVX1", "RVX204", "unknown-field")}),
        (["--ignore", " ,RVX6,"], {"ignore": ("RVX6",)}),
        (["--fix", "--diff", "--fail-on", "info"], {"fix": True, "diff": True, "fail_on": "info"}),
        (["--add-ignore", "later", "--no-cache"], {"add_ignore": "later", "no_cache": True}),
        (["--stdin-filename", "a.yaml", "--cache-dir", "x"], {"stdin_filename": "a.yaml", "cache_dir": "x"}),
    ],
)
def test_options_are_one_request(arguments: list[str], expected: dict[str, Any]) -> None:
    received: list[LintRequest] = []

    @click.command()
    @lint_options
    def command(request: LintRequest) -> None:
        received.append(request)

    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert received == [LintRequest()._replace(**expected)]
