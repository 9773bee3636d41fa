"""Options that every command takes: before and after its name, and what they come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from revox_sync.cli.options.common import common_options, output_option, with_settings
from revox_sync.cli.options.targets import Target
from revox_sync.usecases.project.settings import Settings


def settings_of(*arguments: str) -> Settings:
    """The settings of a command `do` in a group, both with the common options."""
    received: list[Settings] = []

    @click.group()
    @common_options
    @click.pass_context
    def group(context: click.Context, /, **common: Any) -> None:
        context.obj = common

    @group.command("do")
    @with_settings
    def _do(settings: Settings) -> None:
        received.append(settings)

    result = CliRunner().invoke(group, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return received[0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["do"], {}),
        (["-e", "a", "do"], {"environment": "a"}),
        (["-e", "a", "do", "-e", "b"], {"environment": "b"}),
        (["-v", "do"], {"verbosity": 1}),
        (["do", "-vv"], {"verbosity": 2}),
        (["-v", "do", "-q"], {"verbosity": -1}),
        (["--color", "never", "do", "--timeout", "1.5"], {"color": "never", "timeout": 1.5}),
        (["do", "--insecure-http"], {"insecure_http": True}),
        (["--allow-host", "a", "do", "--allow-host", "b"], {"allow_hosts": ("a", "b")}),
    ],
)
def test_the_option_after_the_name_wins(arguments: list[str], expected: dict[str, Any]) -> None:
    assert settings_of(*arguments) == Settings(str(Path.cwd()))._replace(**expected)


@pytest.mark.parametrize(
    ("variable", "arguments", "expected"),
    [
        ("staging", ["do"], {"environment": "staging", "is_preset": True}),
        ("staging", ["do", "-e", "b"], {"environment": "b"}),
        ("staging", ["-e", "b", "do"], {"environment": "b"}),
        ("", ["do"], {}),
    ],
)
def test_a_variable_names_the_environment(
    monkeypatch: pytest.MonkeyPatch, variable: str, arguments: list[str], expected: dict[str, Any]
) -> None:
    monkeypatch.setenv("REVOX_SYNC_ENV", variable)
    assert settings_of(*arguments) == Settings(str(Path.cwd()))._replace(**expected)


def test_the_project_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    assert settings_of("-C", "..", "do").project == str(tmp_path)


@pytest.mark.parametrize("seconds", ["nan", "0", "-1", "86401", "x"])
def test_a_timeout_is_a_number_of_seconds(seconds: str) -> None:
    result = CliRunner().invoke(click.command()(with_settings(print)), ["--timeout", seconds])
    assert result.exit_code == 2


@pytest.mark.parametrize(("arguments", "target"), [([], Target("text", None)), (["-o", "json:f"], Target("json", "f"))])
def test_the_first_format_is_the_default(arguments: list[str], target: Target) -> None:
    received: list[list[Target]] = []

    @click.command()
    @output_option("text", "json")
    def command(outputs: list[Target]) -> None:
        received.append(outputs)

    CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert received == [[target]]
