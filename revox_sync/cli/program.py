"""The command line as click sees it: finds the command and reads its options."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword
from typing import Any, Final

import click

from revox_sync.cli.options.common import common_options
from revox_sync.errors import ExitCode, UsageError
from revox_sync.usecases.project.settings import THIS_MACHINE, World, say
from revox_sync.version import __version__

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


class LazyGroup(click.Group):
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
        """As click does, with a suggestion for a misspelt command."""
        from revox_sync.values.did_you_mean import did_you_mean

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
@click.version_option(__version__, message="revox-sync %(version)s")
@common_options
@click.pass_context
def program(ctx: click.Context, /, **common: Any) -> None:
    """Assistants as code for Revox voice agents: lint, plan and apply a directory of files."""
    ctx.obj = {**(ctx.obj or {}), **common}


def run_program(arguments: Sequence[str], world: World = THIS_MACHINE) -> int:
    """Run one command line and return its exit code; `world` as in `Settings`.

    Raises RevoxSyncError and KeyboardInterrupt.
    """
    try:
        # A command that can end in one way only returns nothing.
        ended = program.main(list(arguments), prog_name="revox-sync", standalone_mode=False, obj={"world": world})
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
