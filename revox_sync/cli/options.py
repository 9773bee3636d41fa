"""Options that every command takes, before and after its name."""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from typing import Any, Final, TextIO

import click

from revox_sync.output.paint import Paint, painter

PIPED_WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """The common options.

    Attributes:
        project: folder to look for the project from.
        environment: name of the environment, or None for the default one.
        color: auto, always or never.
        verbosity: -1 quiet, 0, 1 or more verbose.
        timeout: seconds one call of the API may take, with all its requests and waits.
    """

    project: Path
    environment: str | None
    color: str
    verbosity: int
    timeout: float
    insecure_http: bool

    def paint(self, stream: TextIO) -> Paint:
        """How to colour text for a stream."""
        wanted = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        return painter(color=self.color == "always" or (self.color == "auto" and wanted))

    def width(self, stream: TextIO) -> int:
        """Columns of a terminal; 100 where the output is piped, so that it never changes."""
        return shutil.get_terminal_size().columns if stream.isatty() else PIPED_WIDTH


def _require_number(seconds: float | None) -> float | None:
    if seconds is not None and math.isnan(seconds):
        raise click.BadParameter("not a number of seconds")
    return seconds


COMMON: Final = (
    click.option(
        "--project",
        "-C",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="DIR",
        help="Folder of the project.",
    ),
    click.option("--env", "-e", "environment", metavar="NAME", help="Environment of revox-sync.yaml."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Colour the output.  [default: auto]"),
    click.option("-v", "--verbose", "verbose", count=True, help="Say more, on stderr."),
    click.option("-q", "--quiet", is_flag=True, default=False, help="Say only what was asked for."),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True, max=86_400),
        callback=lambda _, __, seconds: _require_number(seconds),
        metavar="SECONDS",
        help="How long one call of the API may take, repeats included.  [default: 60]",
    ),
    click.option("--insecure-http", is_flag=True, default=False, help="Allow http:// to other machines."),
)
DEFAULTS: Final[dict[str, Any]] = {
    "project": Path(),
    "environment": None,
    "color": "auto",
    "verbose": 0,
    "quiet": False,
    "timeout": 60.0,
    "insecure_http": False,
}


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the common options to a command or group."""
    for option in reversed(COMMON):
        command = option(command)
    return command


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the common options as its first argument, `settings`; those after its name win."""

    def call(**arguments: Any) -> Any:
        before: dict[str, Any] = click.get_current_context().obj or {}
        chosen = {name: arguments.pop(name) or before.get(name) or DEFAULTS[name] for name in DEFAULTS}
        return command(_settings(chosen), **arguments)

    return common_options(like(command, call))


def like(command: Callable[..., Any], call: Callable[..., Any]) -> Callable[..., Any]:
    """`call` with the name, documentation and click parameters of the command it wraps."""
    return update_wrapper(call, command)


def _settings(chosen: dict[str, Any]) -> Settings:
    return Settings(
        project=chosen["project"].absolute(),
        environment=chosen["environment"],
        color=chosen["color"],
        verbosity=-1 if chosen["quiet"] else chosen["verbose"],
        timeout=chosen["timeout"],
        insecure_http=chosen["insecure_http"],
    )


def say(text: str) -> None:
    """A message for people: stderr, so that stdout holds only what was asked for."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
