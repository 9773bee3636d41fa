"""`revox-sync call`."""

from __future__ import annotations

from functools import partial
from typing import Final

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import output_option, require_number, with_settings
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, CallOutput, emit_after
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings

_STOPPED: Final = b"stopped; the call may have been placed all the same\n"


@helpful_command(
    "call",
    (
        "revox-sync call support --to +33199001234 --var first_name=Ada",
        "Hear on your own phone what the file would say, before it is applied.",
    ),
    (
        "revox-sync call support --to +33199001234 --expect outcome=interested --expect output.agreed=true",
        "End with 3 unless the call ended so.",
    ),
)
@click.argument("address")
@click.option("--to", "number", metavar="NUMBER", help="Number to call; one of `safety.test_numbers`.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Fill a prompt variable in; repeatable.")
@click.option(
    "--expect",
    "expected",
    multiple=True,
    metavar="WHAT=VALUE",
    help="What the call has to end with: outcome=OUTCOME, or output.NAME=VALUE for a structured output; repeatable.",
)
@click.option(
    "--wait",
    "patience",
    type=click.FloatRange(min=0, max=86_400),
    callback=require_number,
    default=900.0,
    metavar="SECONDS",
    help="How long to follow the call.  [default: 900]",
)
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@output_option(*REPORT_FORMATS["call"])
@with_settings
def command(
    settings: Settings,
    *,
    address: str,
    number: str | None,
    variables: tuple[str, ...],
    expected: tuple[str, ...],
    patience: float,
    auto_approve: bool,
    outputs: list[Target],
) -> ExitCode:
    """Call a test number with the file at ADDRESS as it is now, applied or not, and show what was said.

    No assistant is created or changed. It asks first, and calls nobody but `safety.test_numbers`. It ends with 0 when
    the call came to its end, as --expect says, and with 3 otherwise.
    """
    from revox_sync.cli.terminal.console import Console
    from revox_sync.cli.terminal.signals import interruptible
    from revox_sync.output.json import call as call_json
    from revox_sync.output.text import call as call_text
    from revox_sync.usecases.apply.session import open_session
    from revox_sync.usecases.call.call import place_call
    from revox_sync.usecases.call.request import CallRequest, pairs
    from revox_sync.usecases.project.commands import runnable_errors

    with runnable_errors(settings):
        request = CallRequest(
            address,
            number,
            pairs("--var", variables, "--var first_name=Ada"),
            pairs("--expect", expected, "--expect outcome=completed"),
            auto_approve,
            patience,
        )
        console = Console(settings, outputs)
        report = place_call(open_session(settings), request, console, partial(interruptible, stopped=_STOPPED))
    output = CallOutput(text=partial(call_text.render, report), json=partial(call_json.render, report))
    return emit_after("call", output, outputs, settings, report.exit_code)
