"""The program: finds the command, runs it, and turns what stops it into an exit code."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import Any, Final

import click

from revox_sync.cli.options import common_options, say
from revox_sync.cli.streams import prepare_streams
from revox_sync.errors import ExitCode, RevoxSyncError
from revox_sync.output.visible import visible_lines

COMMANDS: Final = {
    "init": "Write a configuration and a first assistant.",
    "lint": "Check assistant files: instant, offline.",
    "plan": "Show what apply would do.",
    "apply": "Make the API match the files.",
    "pull": "Bring edits made in the dashboard into the files.",
    "show": "Print a saved plan.",
    "diff": "Show what changes between git revisions.",
    "status": "Show where every assistant stands.",
    "import": "Bind a file to a remote assistant.",
    "forget": "Unbind a file from its remote assistant.",
    "restore": "Plan to bring back a backup or snapshot.",
    "comment": "Show a report in the pull request of this CI job.",
    "explain": "Print a rule's page.",
    "rules": "List the rules.",
    "schema": "Print a schema, for editors and other tools.",
    "emulate": "Run a local Revox API.",
}


LONGEST_LINE: Final = 2_000
"""Characters of a message's line that are shown."""


class LazyGroup(click.Group):
    """Imports a command's module only when that command is used."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Names in the order of daily use."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"revox_sync.cli.{_module(name)}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt command."""
        from revox_sync.suggest import did_you_mean

        if args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], COMMANDS) or f"commands: {', '.join(COMMANDS)}"
            raise click.UsageError(f"no command `{args[0]}`; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for --help, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _module(name: str) -> str:
    """The module of a command; one whose name is a keyword ends in an underscore (PEP 8)."""
    return f"{name}_" if iskeyword(name) else name


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=lambda c, _, on: _version(c, on))
@common_options
@click.pass_context
def program(ctx: click.Context, /, **common: Any) -> None:
    """Assistants as code for Revox voice agents: lint, plan and apply a directory of files."""
    ctx.obj = common


def _version(ctx: click.Context, asked: object) -> None:
    if asked:
        from revox_sync.version import __version__

        click.echo(f"revox-sync {__version__}")
        ctx.exit(0)


def entry() -> None:
    """The console script."""
    # A run builds much and drops little: by default the collector looks at all of it again and again.
    gc.set_threshold(200_000, 50, 1000)
    stdout = prepare_streams()
    code = run(sys.argv[1:])
    stdout.flush()
    if stdout.failure is not None and code == ExitCode.OK:
        code = _stopped(f"cannot write to stdout: {stdout.failure}", None, ExitCode.USAGE)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        return int(program.main(list(arguments), prog_name="revox-sync", standalone_mode=False) or 0)
    except (RevoxSyncError, click.ClickException, click.Abort, KeyboardInterrupt) as error:
        return _explained(error)
    except FileNotFoundError as error:  # also a working directory that is gone
        return _stopped(f"{error.strerror}: {error.filename or 'the current folder'}", None, ExitCode.USAGE)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a clear message instead of a traceback
        return _bug(error, arguments)


def _explained(error: BaseException) -> ExitCode:
    """Say what stopped the command, and give its exit code."""
    match error:
        case RevoxSyncError():
            return _stopped(error.message, error.hint, error.exit_code)
        case click.exceptions.NoArgsIsHelpError():
            say(error.format_message())
            return ExitCode.USAGE
        case click.UsageError():
            command = error.ctx.command_path if error.ctx else "revox-sync"
            return _stopped(error.format_message(), f"{command} --help", ExitCode.USAGE)
        case click.ClickException():
            return _stopped(error.format_message(), None, ExitCode.USAGE)
        case _:
            return _stopped("interrupted", None, ExitCode.INTERRUPTED)


def _stopped(message: str, hint: str | None, code: ExitCode) -> ExitCode:
    say("\n".join(["error: " + "\n".join(_lines(message)), *(f"  {line}" for line in _lines(hint or ""))]))
    return code


def _lines(text: str) -> list[str]:
    """What may be printed of a text: it may quote a file or a server."""
    return visible_lines("\n".join(line[:LONGEST_LINE] for line in text.splitlines()))


def _bug(error: Exception, arguments: Sequence[str]) -> ExitCode:
    if {"-v", "--verbose"} & set(arguments):
        import traceback

        say("\n".join(_lines("".join(traceback.format_exception(error)))))
    say(f"error: this is a bug in revox-sync ({type(error).__name__}); run again with -v and report what it prints")
    return ExitCode.BUG
