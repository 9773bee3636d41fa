"""Options of `revox-sync lint`."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Final

import click

from revox_sync.cli.options.common import REPORT, with_options
from revox_sync.lint.model.finding import Severity
from revox_sync.usecases.lint.request import LintRequest


def lint_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options and give them to the command as `request`."""

    def call(**arguments: Any) -> Any:
        chosen = {name: arguments.pop(name) for name in LintRequest._fields}
        lists = {name: _split(chosen[name]) for name in ("select", "ignore")}
        return command(request=LintRequest(**chosen | lists), **arguments)

    wrapped: Callable[..., Any] = update_wrapper(call, command)
    for section, options in reversed(_OPTIONS.items()):
        wrapped = with_options(options, wrapped, wrapped, section=section)
    return wrapped


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


# By heading in --help.
_OPTIONS: Final = {
    "Rules": (
        click.option("--select", multiple=True, metavar="CODES", help="Rules to run: codes, prefixes or names."),
        click.option("--ignore", multiple=True, metavar="CODES", help="Rules not to run, beside the configured ones."),
        click.option("--online", is_flag=True, help="Ask the API about voices and phone numbers."),
    ),
    "Fixes": (
        click.option("--fix", is_flag=True, help="Apply safe fixes."),
        click.option("--unsafe-fixes", is_flag=True, help="Apply fixes that may change the meaning, too."),
        click.option("--diff", is_flag=True, help="Show what fixes would change; exit with 2 when there is something."),
        click.option("--add-ignore", metavar="REASON", help="Suppress every finding with a comment that gives REASON."),
    ),
    "Files": (
        click.option(
            "--stdin-filename",
            type=click.Path(),
            metavar="FILE",
            help="Check the text on stdin as that file.",
        ),
        click.option("--no-cache", is_flag=True, help="Check every file again."),
        click.option(
            "--cache-dir",
            type=click.Path(file_okay=False),
            metavar="DIR",
            help="Where results are kept.  [default: the user's cache folder]",
        ),
    ),
    REPORT: (
        click.option(
            "--fail-on",
            type=click.Choice([severity.value for severity in Severity]),
            default=LintRequest().fail_on,
            show_default=True,
            help="Exit with 1 from this severity on.",
        ),
        click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found."),
        click.option("--statistics", is_flag=True, help="Count findings by rule instead of showing them."),
    ),
}
