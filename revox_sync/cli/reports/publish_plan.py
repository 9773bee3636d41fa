"""What every command that makes a plan does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.assistant_formats import MOST_CHARS, page_renderers
from revox_sync.cli.reports.emit import emit
from revox_sync.errors import ExitCode, UsageError
from revox_sync.output.json import plan as plan_json
from revox_sync.output.page.from_plan import plan_page
from revox_sync.source.files.text_files import write_file
from revox_sync.sync.model.plan import Plan
from revox_sync.sync.planning.saved_plan import SAVED_PLAN, dump_plan, plan_digest
from revox_sync.usecases.project.settings import Settings

NOT_SHOWN: Final = ""
"""Stands for the digest where nobody sees it: it covers much that is worked out for nothing else."""


def save_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--save FILE`, a name that apply takes for a plan."""
    kind = click.Path(path_type=Path, dir_okay=False)
    text = "Write the plan for apply."
    return click.option("--save", type=kind, callback=_plan_name, metavar="FILE", help=text)(command)


def publish(
    plan: Plan, save: Path | None, outputs: Sequence[Target], settings: Settings, max_chars: int = MOST_CHARS
) -> None:
    """Save the plan, if wanted, and render it. Raises UsageError where a file cannot be written."""
    digest = NOT_SHOWN
    if save is not None or any(each.format != "text" for each in outputs):
        plan = plan.complete
        digest = plan_digest(plan)
    if save is not None:
        write_file(save, dump_plan(plan))
    page, as_json = partial(plan_page, plan, digest), partial(plan_json.render, plan, digest)
    emit(outputs, page_renderers(page, as_json, max_chars), settings)


def exit_code(plan: Plan, *, detailed: bool) -> ExitCode:
    """0, or 2 where it was asked for and something would change or is left alone."""
    return ExitCode.CHANGES if detailed and not plan.in_sync else ExitCode.OK


def _plan_name(_: click.Context, __: click.Parameter, save: Path | None) -> Path | None:
    if save is not None and save.suffix != SAVED_PLAN:
        raise UsageError(f"`{save}`: the name of a saved plan ends in {SAVED_PLAN}", hint=f"--save {save.name}.json")
    return save
