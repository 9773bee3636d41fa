"""The command line as click sees it: every command is found, and a misspelt one is answered."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword

import click
import pytest

from revox_sync.cli.program import COMMANDS, program, run_program
from revox_sync.errors import ExitCode, UsageError
from revox_sync.version import __version__

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_module_and_its_help(name: str, capsys: Captured) -> None:
    module = import_module(f"revox_sync.cli.commands.{name}_" if iskeyword(name) else f"revox_sync.cli.commands.{name}")
    assert module.command.name == name
    assert run_program([name, "--help"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith(f"Usage: revox-sync {name} ")


def test_the_help_lists_every_command_with_its_line(capsys: Captured) -> None:
    run_program(["--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for name, line in COMMANDS.items():
        assert f"{name} {line}" in shown


def test_the_version(capsys: Captured) -> None:
    assert run_program(["--version"]) == ExitCode.OK
    assert capsys.readouterr().out == f"revox-sync {__version__}\n"


def test_without_arguments_the_help_goes_to_stderr(capsys: Captured) -> None:
    assert run_program([]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: revox-sync ")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["pln"], "no command `pln`; did you mean `plan`?", "revox-sync --help"),
        (["zzzzzzzzz"], f"no command `zzzzzzzzz`; commands: {', '.join(COMMANDS)}", "revox-sync --help"),
        (["rules", "--nope"], "No such option", "revox-sync rules --help"),
    ],
)
def test_wrong_words_are_answered(arguments: list[str], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        run_program(arguments)
    assert caught.value.message.startswith(message)
    assert caught.value.hint == hint


def test_what_is_no_command_is_not_imported() -> None:
    context = click.Context(program)
    assert isinstance(program, click.Group)
    assert program.get_command(context, "os") is None
