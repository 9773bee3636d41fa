"""What every command that makes a plan does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import PageReport, emit
from revox_sync.cli.reports.review import ReviewOptions
from revox_sync.errors import ExitCode, UsageError
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.address import as_arguments

if TYPE_CHECKING:
    from revox_sync.sync.model.plan import Plan

_NOT_SHOWN: Final = ""


def save_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--save FILE`, a name that apply takes for a plan."""
    kind = click.Path(path_type=Path, dir_okay=False)
    text = "Write the plan for apply."
    return click.option("--save", type=kind, callback=_plan_name, metavar="FILE", help=text)(command)


def digest_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--digest-file FILE`, so that a pipeline can hand on a digest without reading a report."""
    kind = click.Path(path_type=Path, dir_okay=False)
    text = "Write the digest of the plan, for `apply --expect-digest`."
    return click.option("--digest-file", type=kind, metavar="FILE", help=text)(command)


def publish(
    plan: Plan,
    save: Path | None,
    outputs: Sequence[Target],
    settings: Settings,
    review: ReviewOptions,
    *,
    digest_file: Path | None = None,
    digest: str | None = None,
    saved: bool = False,
) -> PageReport:
    """Save the plan and its digest, if wanted, and report it; what was reported.

    Args:
        digest: the plan's; None: worked out where it is shown.
        saved: whether the plan comes from a file.

    Raises UsageError if a file cannot be written.
    """
    from revox_sync.output.json import plan as plan_json
    from revox_sync.output.page.from_plan import plan_page
    from revox_sync.source.files.text_files import write_file
    from revox_sync.sync.planning.saved_plan import dump_plan, plan_digest
    from revox_sync.usecases.project.commands import runnable_report

    # The text does not show the digest, and the parts of a plan that only the digest needs take time to work out.
    wanted = save is not None or digest_file is not None or any(target.format != "text" for target in outputs)
    if digest is None and wanted:
        plan = plan.complete
        digest = plan_digest(plan)
    if save is not None:
        write_file(save, dump_plan(plan), private=True)
    if digest_file is not None:
        write_file(digest_file, f"{digest}\n")
    # The digest is that of the plan as it is saved, whatever its reader has to type.
    shown = runnable_report(plan, settings)
    report = PageReport(
        page=lambda: runnable_report(plan_page(shown, digest or _NOT_SHOWN, saved=saved), settings),
        json=partial(plan_json.render, shown, digest or _NOT_SHOWN),
        max_chars=review.max_chars,
        full=review.full,
    )
    emit("page", report, outputs, settings)
    if save is not None:
        settings.tell(f"Plan saved: {save}. To carry it out: `revox-sync apply {as_arguments(str(save))}`")
    return report


def plan_exit_code(plan: Plan, *, detailed: bool) -> ExitCode:
    """0, or 2 where it was asked for and something would change or is left alone."""
    return ExitCode.CHANGES if detailed and not plan.in_sync else ExitCode.OK


def _plan_name(_: click.Context, __: click.Parameter, save: Path | None) -> Path | None:
    from revox_sync.sync.planning.saved_plan import SAVED_PLAN

    if save is not None and save.suffix != SAVED_PLAN:
        raise UsageError(f"`{save}`: the name of a saved plan ends in {SAVED_PLAN}", hint=f"--save {save.name}.json")
    return save
