"""The command line as click sees it: every command is found, and a misspelt one is answered."""

from __future__ import annotations

import shlex
from importlib import import_module
from keyword import iskeyword

import click
import pytest

from revox_sync.cli.options.command import HelpfulCommand
from revox_sync.cli.program import COMMANDS, program, run_program
from revox_sync.errors import ExitCode, UsageError
from revox_sync.version import __version__
from tests.conftest import Golden

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


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version(capsys: Captured, option: str) -> None:
    assert run_program([option]) == ExitCode.OK
    assert capsys.readouterr().out == f"revox-sync {__version__}\n"


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_help_as_a_whole(name: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert run_program([*name.split(), "--help"]) == ExitCode.OK
    shown = capsys.readouterr().out
    golden(f"help/{name or 'program'}.txt", shown)
    assert run_program(["help", *name.split()]) == ExitCode.OK
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("name", COMMANDS)
def test_each_example_is_a_command_line(name: str) -> None:
    context = click.Context(program, info_name="revox-sync", obj={})
    assert isinstance(program, click.Group)
    command = program.get_command(context, name)
    assert isinstance(command, HelpfulCommand)
    assert len(command.examples) == 2
    for line, _ in command.examples:
        ours, word, *rest = shlex.split(line.partition(" > ")[0])
        assert (ours, word) == ("revox-sync", name)
        command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("columns", [60, 160])
def test_the_help_is_as_wide_as_the_terminal(columns: int, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    run_program(["apply", "--help"])
    longest = max(map(len, capsys.readouterr().out.splitlines()))
    assert columns - 30 < longest <= columns


def test_without_arguments_the_help_goes_to_stderr(capsys: Captured) -> None:
    assert run_program([]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: revox-sync ")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["pln"], "no command `pln`", "did you mean `plan`?"),
        (["zzzzzzzzz"], "no command `zzzzzzzzz`", "revox-sync --help"),
        (["help", "validate"], "no command `validate`", "here it is `revox-sync lint`"),
        (["rules", "--nope"], "no option `--nope`", "revox-sync rules --help"),
        (["rules", "--timeout", "5"], "no option `--timeout`", "revox-sync rules --help"),
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
