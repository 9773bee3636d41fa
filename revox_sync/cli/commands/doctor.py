"""`revox-sync doctor`."""

from __future__ import annotations

from functools import partial

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, DoctorOutput, emit_after
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "doctor",
    ("revox-sync doctor", "See what is wrong, and what a bug report needs."),
    ("revox-sync doctor --probe -e staging", "Learn what the API does where nothing documents it."),
)
@click.option("--probe", is_flag=True, help="Create one assistant, try what the API does with it, and delete it.")
@click.option("--yes", is_flag=True, help="Probe without a question.")
@output_option(*REPORT_FORMATS["doctor"])
@with_settings
def command(settings: Settings, *, probe: bool, yes: bool, outputs: list[Target]) -> ExitCode:
    """Look at all that a command depends on: versions, project, key, API, clock, lock, journal, CI.

    Nothing secret is shown. It ends with 1 where there is a problem. With --probe it writes what it has learnt beside
    the lock, for plan and apply.
    """
    from revox_sync.cli.terminal.console import Console
    from revox_sync.cli.terminal.signals import interruptible
    from revox_sync.output.json import doctor as doctor_json
    from revox_sync.output.text import doctor as doctor_text
    from revox_sync.usecases.doctor.examine import examine

    console = Console(settings, outputs)
    report = examine(settings, console, probe=probe, approved=yes, interruptible=interruptible)
    output = DoctorOutput(text=partial(doctor_text.render, report), json=partial(doctor_json.render, report))
    return emit_after("doctor", output, outputs, settings, ExitCode.OK if report.is_healthy else ExitCode.FINDINGS)
