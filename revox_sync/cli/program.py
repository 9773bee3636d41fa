"""The command line as click sees it: finds the command and reads its options."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from keyword import iskeyword
from typing import Any, Final

import click

from revox_sync.cli.options.command import HelpfulCommand
from revox_sync.cli.options.common import common_options
from revox_sync.errors import ExitCode, UsageError
from revox_sync.usecases.project.settings import THIS_MACHINE, Activity, Settings, World, say
from revox_sync.version import __version__

GROUPS: Final = {
    "Every day": {
        "lint": "Check assistant files: instant, offline.",
        "fmt": "Format assistant files.",
        "plan": "Show what apply would do.",
        "apply": "Make the API match the files.",
        "status": "Show where every assistant stands.",
        "pull": "Bring edits made in the dashboard into the files.",
        "call": "Call a test number with a file that need not be applied.",
    },
    "Review": {
        "diff": "Show what changes between git revisions.",
        "compare": "Show what differs between two environments.",
        "show": "Print a saved plan.",
        "comment": "Show a report in the pull request of this CI job.",
    },
    "Projects": {
        "init": "Write a configuration and a first assistant.",
        "env": "Show the environments, and whether their keys are set.",
        "mv": "Give an assistant another address.",
        "doctor": "See what is wrong, and learn what the API does.",
        "import": "Bind a file to a remote assistant.",
        "forget": "Unbind a file from its remote assistant.",
        "restore": "Plan to bring back a backup or snapshot.",
    },
    "Help and tools": {
        "help": "Show the help of a command.",
        "explain": "Print a rule's page.",
        "rules": "List the rules.",
        "completion": "Print what makes a shell complete our commands.",
        "schema": "Print a schema, for editors and other tools.",
        "server": "Serve editors: findings while you type.",
        "emulate": "Run a local Revox API.",
    },
}
"""Commands and what they do, by heading in --help, in the order of daily use."""
COMMANDS: Final = {name: text for group in GROUPS.values() for name, text in group.items()}


class LazyGroup(HelpfulCommand, click.Group):
    """Imports a command's module only when that command is used: most need libraries that take long to import."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Names in the order of daily use."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"revox_sync.cli.commands.{_module(name)}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with an answer for a word that is no command."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            require_command(args[0])
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands below their headings, without importing any; then the options."""
        width = max(map(len, COMMANDS))
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:{width}}", text) for name, text in commands.items()])
        super().format_options(ctx, formatter)


def require_command(word: str) -> None:
    """Raises UsageError with an answer for a word that is no command."""
    if word in COMMANDS:
        return
    from revox_sync.cli.options.near_misses import command_meant
    from revox_sync.values.did_you_mean import did_you_mean

    meant = command_meant(word, COMMANDS)
    hint = f"here it is `revox-sync {meant}`" if meant else did_you_mean(word, COMMANDS)
    raise UsageError(f"no command `{word}`", hint=hint or "revox-sync --help")


def _module(name: str) -> str:
    """The module of a command; one whose name is a keyword ends in an underscore (PEP 8)."""
    return f"{name}_" if iskeyword(name) else name


@click.group(
    cls=LazyGroup,
    examples=(
        ("revox-sync init", "Start a project in the current folder."),
        ("revox-sync help plan", "Read about a command; so does `revox-sync plan --help`."),
    ),
)
@click.version_option(__version__, "-V", "--version", message="revox-sync %(version)s")
@common_options
@click.pass_context
def program(ctx: click.Context, /, **common: Any) -> None:
    """Assistants as code for Revox voice agents: lint, plan and apply a directory of files."""
    ctx.obj = {**(ctx.obj or {}), **common}


def _watch(settings: Settings) -> Activity | None:
    """Who says on stderr what is waited for; with `-v` each request has a line of its own, and `-q` wants none."""
    if settings.verbosity != 0 or not sys.stderr.isatty():
        return None
    # Not at the top: nobody else needs it.
    from revox_sync.cli.terminal.activity import TerminalActivity, is_watched

    return (
        TerminalActivity(sys.stderr, partial(settings.width, sys.stderr))
        if is_watched(sys.stderr, os.environ)
        else None
    )


def run_program(arguments: Sequence[str], world: World = THIS_MACHINE) -> int:
    """Run one command line and return its exit code; `world` as in `Settings`.

    Raises RevoxSyncError and KeyboardInterrupt.
    """
    try:
        # A command that can end in one way only returns nothing.
        ended = program.main(
            list(arguments), prog_name="revox-sync", standalone_mode=False, obj={"world": world, "watch": _watch}
        )
        return int(ended or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return ExitCode.USAGE
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "revox-sync"
        raise UsageError(error.format_message(), hint=f"{command} --help") from None
    except click.ClickException as error:
        raise UsageError(error.format_message()) from None
    except click.Abort:
        raise KeyboardInterrupt from None
