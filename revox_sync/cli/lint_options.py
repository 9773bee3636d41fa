"""Options of `revox-sync lint`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import click

from revox_sync.cli.options import like
from revox_sync.errors import UsageError
from revox_sync.lint.finding import Severity


@dataclass(frozen=True, slots=True)
class LintRequest:
    """What one call of lint is to do.

    Attributes:
        select: codes, prefixes or names; empty: as configured.
        ignore: the same, not to run.
        fail_on: exit with 1 from this severity on.
        fix: apply safe fixes.
        unsafe_fixes: apply unsafe fixes, too.
        diff: show what fixes would change instead of changing it.
        add_ignore: reason of the suppressions to write; None writes none.
        online: ask the API about voices and phone numbers.
        cache: whether results of former runs count.
        cache_dir: where they are; None: the user's cache folder.
        stdin_filename: the file whose text comes on stdin; None: files come from the disk.
    """

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str
    fix: bool
    unsafe_fixes: bool
    diff: bool
    add_ignore: str | None
    online: bool
    cache: bool
    cache_dir: Path | None
    stdin_filename: Path | None


def lint_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options and give them to the command as `request`."""

    def call(*, select: tuple[str, ...], ignore: tuple[str, ...], no_cache: bool, **arguments: Any) -> Any:
        names = LintRequest.__dataclass_fields__.keys() - {"select", "ignore", "cache"}
        chosen = {name: arguments.pop(name) for name in names}
        request = LintRequest(select=_split(select), ignore=_split(ignore), cache=not no_cache, **chosen)
        _require_sense(request)
        return command(request=request, **arguments)

    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), like(command, call))


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _require_sense(request: LintRequest) -> None:
    fixing = request.fix or request.unsafe_fixes
    if request.diff and not fixing:
        raise UsageError("--diff shows what fixes would change", hint="add --fix or --unsafe-fixes")
    if request.stdin_filename is not None and (request.add_ignore is not None or (fixing and not request.diff)):
        raise UsageError("a text from stdin cannot be changed in place", hint="add --diff, or name a file")
    if request.add_ignore is not None and fixing:
        raise UsageError("--add-ignore and fixes do not go together", hint="fix first, then add what is left")


_OPTIONS = (
    click.option("--fix", is_flag=True, help="Apply safe fixes."),
    click.option("--unsafe-fixes", is_flag=True, help="Apply fixes that may change the meaning, too."),
    click.option("--diff", is_flag=True, help="Show what fixes would change; exit with 2 when there is something."),
    click.option("--select", multiple=True, metavar="CODES", help="Rules to run: codes, prefixes or names."),
    click.option("--ignore", multiple=True, metavar="CODES", help="Rules not to run, beside the configured ones."),
    click.option(
        "--fail-on",
        type=click.Choice([each.value for each in Severity]),
        default=Severity.ERROR.value,
        show_default=True,
        help="Exit with 1 from this severity on.",
    ),
    click.option("--add-ignore", metavar="REASON", help="Suppress every finding with a comment that gives REASON."),
    click.option("--online", is_flag=True, help="Ask the API about voices and phone numbers."),
    click.option("--no-cache", is_flag=True, help="Check every file again."),
    click.option("--cache-dir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR"),
    click.option(
        "--stdin-filename",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Check the text on stdin as that file.",
    ),
)
