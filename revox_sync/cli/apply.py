"""`revox-sync apply`."""

from __future__ import annotations

import click

from revox_sync.cli.approval import is_saved_plan, new_plan, require_approval, require_digest, saved_plan
from revox_sync.cli.console import Console
from revox_sync.cli.emit import Target, emit, output_option
from revox_sync.cli.interrupt import interruptible
from revox_sync.cli.options import Settings, with_settings
from revox_sync.cli.session import open_session, planning_options
from revox_sync.errors import ExitCode, worst
from revox_sync.output import apply_json, apply_text
from revox_sync.sync.apply import MOST_PARALLEL, apply_plan
from revox_sync.sync.keeper import LockKeeper
from revox_sync.sync.outcome import Applied, Result
from revox_sync.sync.plan import PlanOptions


@click.command("apply")
@click.argument("addresses", nargs=-1, metavar="[PLAN.json | ADDRESS...]")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--expect-digest", metavar="DIGEST", help="Refuse any plan but the one with this digest.")
@click.option(
    "--parallelism",
    type=click.IntRange(1, MOST_PARALLEL),
    default=8,
    show_default=True,
    metavar="N",
    help=f"Requests at once, at most {MOST_PARALLEL}.",
)
@planning_options
@output_option("text", "json")
@with_settings
def command(
    settings: Settings,
    *,
    addresses: tuple[str, ...],
    auto_approve: bool,
    expect_digest: str | None,
    parallelism: int,
    options: PlanOptions,
    outputs: list[Target],
) -> ExitCode:
    """Make the API match the files: a new plan for the named addresses after a yes, or a saved plan as it is."""
    session = open_session(settings)
    console = Console(settings, outputs)
    with session.alone(), session.client(parallelism) as client:
        if is_saved_plan(addresses, options):
            plan, lock = saved_plan(session, addresses[0])
            console.plan(plan)
            require_digest(plan, expect_digest)
        else:
            plan, lock = new_plan(session, client, addresses, options, console)
            require_digest(plan, expect_digest)
            require_approval(plan, console, automatic=auto_approve)
        keeper = LockKeeper(lock, session.save_lock)
        with interruptible() as stop:
            applied = apply_plan(plan, client, keeper, parallelism=parallelism, report=console.outcome, stop=stop)
    lock_path = str(session.lock_path.relative_to(session.root)) if keeper.changed else None
    renderers = {
        "text": lambda paint, _: apply_text.summary(applied, paint, lock_path),
        "json": lambda *_: apply_json.render(applied, lock_path),
    }
    emit(outputs, renderers, settings)
    return _exit_code(applied)


def _exit_code(applied: Applied) -> ExitCode:
    incomplete = applied.count(Result.FAILED) or applied.count(Result.UNKNOWN)
    refused = applied.count(Result.REFUSED) or applied.blocked
    return worst(
        ExitCode.INTERRUPTED if applied.interrupted else ExitCode.OK,
        ExitCode.INCOMPLETE if incomplete else ExitCode.OK,
        ExitCode.REFUSED if refused else ExitCode.OK,
    )
