"""`revox-sync lint`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.emit import Target, emit, output_option
from revox_sync.cli.lint_options import LintRequest, lint_options
from revox_sync.cli.lint_reports import report_renderers
from revox_sync.cli.lint_run import add_ignores, apply_fixes, beside_diff, open_request, run_lint
from revox_sync.cli.options import Settings, with_settings
from revox_sync.errors import ExitCode, worst
from revox_sync.lint.finding import Severity


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@lint_options
@output_option("full", "concise", "json", "sarif", "github", "gitlab")
@with_settings
def command(settings: Settings, *, paths: tuple[Path, ...], request: LintRequest, outputs: list[Target]) -> ExitCode:
    """Check assistant files, offline. PATH is a file or folder; without any, all assistants are checked."""
    job = open_request(settings, paths, request)
    pending = apply_fixes(job, request, outputs)
    report = run_lint(job, request)
    if request.add_ignore is not None:
        report = add_ignores(job, request, report)
    emit(beside_diff(outputs) if pending else outputs, report_renderers(report, job.root), settings)
    failed = report.fails(Severity(request.fail_on))
    return worst(ExitCode.FINDINGS if failed else ExitCode.OK, ExitCode.CHANGES if pending else ExitCode.OK)
