"""`revox-sync apply`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from revox_sync.cli.options.addresses import selection_options
from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.planning import planning_options, writing_options
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, PageReport, emit_after
from revox_sync.cli.reports.review import full_option
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.address import Selection

if TYPE_CHECKING:
    from revox_sync.sync.model.plan import PlanOptions


@helpful_command(
    "apply",
    ("revox-sync apply", "Show the plan, ask, and carry it out."),
    ("revox-sync apply plan.json", "Carry out a saved plan as it is."),
)
@selection_options("[PLAN.json | ADDRESS...]")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--expect-digest", metavar="DIGEST", help="Refuse any plan but the one with this digest.")
@writing_options
@planning_options
@full_option
@output_option(*REPORT_FORMATS["page"])
@with_settings
def command(
    settings: Settings,
    *,
    selection: Selection,
    auto_approve: bool,
    expect_digest: str | None,
    parallelism: int,
    lock_timeout: float,
    options: PlanOptions,
    full: bool,
    outputs: list[Target],
) -> ExitCode:
    """Make the API match the files: a new plan for the named addresses after a yes, or a saved plan as it is."""
    from revox_sync.cli.terminal.console import Console
    from revox_sync.cli.terminal.signals import interruptible
    from revox_sync.output.json import apply as apply_json
    from revox_sync.output.page.from_plan import apply_page
    from revox_sync.output.text import apply as apply_text
    from revox_sync.usecases.apply.apply import ApplyArguments, RunControl, apply_files
    from revox_sync.usecases.apply.approval import is_saved_plan, saved_environment
    from revox_sync.usecases.apply.notices import warn_of_uncommitted_lock
    from revox_sync.usecases.apply.session import open_session
    from revox_sync.usecases.project.commands import runnable_errors, runnable_report

    if is_saved_plan(selection, options) and (settings.environment is None or settings.is_preset):
        settings = settings._replace(environment=saved_environment(selection.addresses[0]))
    with runnable_errors(settings):
        session, console = open_session(settings), Console(settings, outputs, full=full)
        arguments = ApplyArguments(selection, options, parallelism, lock_timeout, auto_approve, expect_digest)
        control = RunControl(world=settings.world, interruptible=interruptible)
        result = apply_files(session, arguments, console, control)
    plan, applied, lock_path = result.plan, runnable_report(result.applied, settings), result.lock_name
    report = PageReport(
        page=lambda: runnable_report(apply_page(plan, applied, lock_path), settings),
        json=partial(apply_json.render, plan, applied, lock_path),
        # As text the plan and each outcome have been shown already.
        ending=partial(apply_text.apply_summary, applied, lock_path),
        full=full,
    )
    code = emit_after("page", report, outputs, settings, applied.exit_code)
    if lock_path is not None:
        warn_of_uncommitted_lock(session)
    return code
