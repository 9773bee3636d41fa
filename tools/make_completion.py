"""Makes the table that completion knows the command line from: `python -m tools.make_completion [--check]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from revox_sync.cli.completion.engine import TABLE
from revox_sync.cli.program import COMMANDS, program
from revox_sync.lint.registry import all_rules
from revox_sync.sync.model.plan import OnDrift

# What stands for a value in --help, and what it is completed with; several kinds are separated by blanks.
_KINDS: Final = {
    "ADDRESS": "address",
    "CODE": "code",
    "CODES": "codes",
    "COMMAND": "command",
    "DIR": "folder",
    "FILE": "file",
    "FORMAT[:FILE]": "format",
    "OLD": "address",
    "PATH": "file",
    "PLAN.json": "plan",
    "PLAN.json | ADDRESS...": "plan address",
    "SCHEMA": "schema",
    "SNAPSHOT": "snapshot",
    "[ADDRESS=]CHOICE": "drift",
}
_BY_NAME: Final = {"environment": "environment", "environments": "environment"}
_LOCKED: Final = {("forget", "address"): "locked"}


def table() -> dict[str, Any]:
    """The commands with their options and arguments, and the codes of rules."""
    context = click.Context(program, info_name="revox-sync")
    commands: dict[str, click.Command | None] = {"": program}
    if isinstance(program, click.Group):  # as it is
        commands |= {name: program.get_command(context, name) for name in COMMANDS}
    return {
        "names": COMMANDS,
        "commands": {name: _command(name, command) for name, command in commands.items() if command is not None},
        "codes": [[rule.code, rule.name] for rule in all_rules()],
    }


def _command(name: str, command: click.Command) -> dict[str, Any]:
    parameters = command.get_params(click.Context(command, **command.context_settings))
    options = [each for each in parameters if isinstance(each, click.Option)]
    arguments = [each for each in parameters if isinstance(each, click.Argument)]
    return {
        "options": {flag: _option(option) for option in options for flag in sorted(option.opts)},
        "arguments": [_place(name, argument) | {"repeatable": argument.nargs == -1} for argument in arguments],
    }


def _option(option: click.Option) -> dict[str, Any]:
    text = (option.help or "").partition("  [")[0]
    takes_value = not option.is_flag and not option.count
    place = _place("", option) if takes_value else {"kind": None, "choices": []}
    return place | {"names": sorted(option.opts), "repeatable": option.multiple or option.count, "help": text}


def _place(command: str, parameter: click.Parameter) -> dict[str, Any]:
    """What completes a value: `kind` is empty where nobody knows."""
    if isinstance(parameter.type, click.Choice):
        return {"kind": "choice", "choices": [str(choice) for choice in parameter.type.choices]}
    written = (parameter.metavar or (parameter.name or "").upper()).removesuffix("...").removeprefix("[")
    written = written if written in _KINDS else written.removesuffix("]")
    if (parameter.metavar or "").startswith("[ADDRESS="):
        written = "[ADDRESS=]CHOICE"
    kind = _LOCKED.get((command, str(parameter.name))) or _BY_NAME.get(str(parameter.name)) or _KINDS.get(written, "")
    choices = tuple(OnDrift) if kind == "drift" else getattr(parameter, "choices", ())
    return {"kind": kind, "choices": [str(choice) for choice in choices]}


def text() -> str:
    """The table as it is kept."""
    return json.dumps(table(), indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check; 1 when `--check` finds that it is stale."""
    path, wanted = Path(TABLE), text()
    is_current = path.is_file() and path.read_text("utf-8") == wanted
    if "--check" in arguments:
        print("completion is current" if is_current else f"stale: {path.name} (run make docs)")
        return 0 if is_current else 1
    path.write_text(wanted, "utf-8")
    print("completion table " + ("is current" if is_current else "written"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
