"""What stops a command line becomes a message and an exit code, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import click
import pytest

from revox_sync.cli.main import run
from revox_sync.errors import (
    BrokenFilesError,
    ConfigError,
    ExitCode,
    NotAuthorisedError,
    RefusedError,
    RejectedError,
    UnreachableError,
    UsageError,
)

Captured = pytest.CaptureFixture[str]
Stop = Callable[[BaseException], None]


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Stop:
    """`stop(error)` lets the command `rules` raise an error."""

    def call(error: BaseException) -> None:
        @click.command("rules")
        @click.option("-v", "--verbose", is_flag=True)
        def command(verbose: bool) -> None:  # noqa: ARG001, FBT001 - click passes it by name
            raise error

        module = ModuleType("revox_sync.cli.commands.rules")
        module.command = command  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)

    return call


ERRORS = [
    (UsageError("no", hint="try"), ExitCode.USAGE, "error: no\n  try\n"),
    (ConfigError("no"), ExitCode.USAGE, "error: no\n"),
    (BrokenFilesError("one\ntwo"), ExitCode.FINDINGS, "error: one\ntwo\n"),
    (RefusedError("no", hint="a\nb"), ExitCode.REFUSED, "error: no\n  a\n  b\n"),
    (UnreachableError("no", end="timeout"), ExitCode.UNREACHABLE, "error: no\n"),
    (NotAuthorisedError("no"), ExitCode.UNREACHABLE, "error: no\n"),
    (RejectedError("no", status=400, words=""), ExitCode.UNREACHABLE, "error: no\n"),
    (KeyboardInterrupt(), ExitCode.INTERRUPTED, "error: interrupted\n"),
    (FileNotFoundError(2, "No such file", "x"), ExitCode.USAGE, "error: No such file: x\n"),
    (FileNotFoundError(2, "No such file"), ExitCode.USAGE, "error: No such file: the current folder\n"),
    (click.UsageError("no"), ExitCode.USAGE, "error: no\n  revox-sync rules --help\n"),
    (click.ClickException("no"), ExitCode.USAGE, "error: no\n"),
    (click.Abort(), ExitCode.INTERRUPTED, "error: interrupted\n"),
]


@pytest.mark.parametrize(("error", "code", "said"), ERRORS, ids=[type(error).__name__ for error, _, _ in ERRORS])
def test_errors_become_exit_codes(stop: Stop, capsys: Captured, error: Exception, code: ExitCode, said: str) -> None:
    stop(error)
    assert run(["rules"]) == code
    out, err = capsys.readouterr()
    assert (out, err.lstrip("\n")) == ("", said)  # click ends the line in which somebody pressed Ctrl-C


def test_a_message_that_quotes_others_is_harmless_and_short(stop: Stop, capsys: Captured) -> None:
    stop(RejectedError("\x1b[2J" + "x" * 5000, status=400, words=""))
    run(["rules"])
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert len(said) < 2100


@pytest.mark.parametrize(("arguments", "traceback"), [(["rules"], False), (["rules", "-v"], True)])
def test_a_bug_says_how_to_report_it(stop: Stop, capsys: Captured, arguments: list[str], *, traceback: bool) -> None:
    stop(ZeroDivisionError("oh"))
    assert run(arguments) == ExitCode.BUG
    said = capsys.readouterr().err
    assert said.endswith(
        "error: this is a bug in revox-sync (ZeroDivisionError); run again with -v and report what it prints\n"
    )
    assert ("Traceback" in said) is traceback


def test_lint_without_click_ends_as_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "a.yaml").write_text("name: A\npromt: Hi\n")
    monkeypatch.chdir(tmp_path)
    plain = (run(["lint", "--no-cache"]), capsys.readouterr())
    assert plain == (run(["--color", "auto", "lint", "--no-cache"]), capsys.readouterr())
    assert plain[0] == ExitCode.FINDINGS
