"""`revox-sync diff`."""

from __future__ import annotations

import os
from functools import partial

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, output_option, settings_of
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, PageReport, emit
from revox_sync.cli.reports.review import LEGEND, ReviewOptions, left_out_of, require_no_impact, review_options
from revox_sync.errors import ExitCode, worst
from revox_sync.sync.model.comparison import DIFF_IMPACTS
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "diff",
    ("revox-sync diff", "Show what a branch changes, or what is not committed."),
    (
        "revox-sync diff v1.0..HEAD --fail-on-impact speech",
        "Compare two revisions, and exit with 4 when callers would hear something else.",
    ),
    notes=LEGEND,
)
@click.argument("base", required=False, metavar="[BASE | A..B]")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when something changes.")
@review_options(*DIFF_IMPACTS)
@output_option(*REPORT_FORMATS["page"])
@settings_of("project", "environment", *OUTPUT_OPTIONS)
def command(
    settings: Settings,
    *,
    base: str | None,
    detailed_exitcode: bool,
    review: ReviewOptions,
    outputs: list[Target],
) -> ExitCode:
    """Show what changes for callers between git revisions, or from one to the work tree. Needs no network and no key.

    Without BASE: what a pull request changes; on the default branch what is not committed, else the last commit.
    """
    from revox_sync.output.json import diff as diff_json
    from revox_sync.output.page.from_diff import diff_page
    from revox_sync.source.files.git_tree import Git
    from revox_sync.source.files.revision_range import chosen_range
    from revox_sync.usecases.project.open_project import no_assistants, open_workspace
    from revox_sync.usecases.review.compare_versions import (
        addresses_by_path,
        compare_findings,
        compare_versions,
        open_versions,
    )

    root, workspace = open_workspace(settings)
    git = Git(root)
    chosen = chosen_range(git, base, os.environ)
    with open_versions(git, chosen, workspace, settings) as (before, after):
        if not before.workspace.files and not after.workspace.files:
            raise no_assistants(root, workspace)
        comparison = compare_versions(chosen.title, before, after)
        delta = compare_findings(before, after, comparison.changes)
    paths = addresses_by_path(before, after, comparison.changes)
    digest = diff_json.comparison_digest(comparison, delta)
    page = partial(diff_page, comparison, delta, paths, digest)
    report = PageReport(
        page, partial(diff_json.render, comparison, delta), max_chars=review.max_chars, full=review.full
    )
    emit("page", report, outputs, settings)
    unread, left_out = [file.path for file in comparison.unread], left_out_of(report, outputs)
    require_no_impact(comparison.pending, review.impacts, unread, left_out, comparison.configuration)
    differs = comparison.pending or comparison.unread or comparison.configuration
    pending = ExitCode.CHANGES if detailed_exitcode and differs else ExitCode.OK
    return worst(pending, ExitCode.FINDINGS if after.broken else ExitCode.OK)
