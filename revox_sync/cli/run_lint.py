"""One call of `revox-sync lint`, from what was asked for to the exit code."""

# No click, no pathlib, and at the top only what a run needs in which nothing has changed: a commit hook waits for it.
# ruff: noqa: PTH109

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from revox_sync.cli.options.targets import Target, diff_stream
from revox_sync.cli.reports.formats import LintOutput, emit, emit_after
from revox_sync.errors import ExitCode, UsageError, worst
from revox_sync.lint.model.finding import Finding, LintReport, Severity
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.project_root import projects_of, require_present, root_of
from revox_sync.usecases.project.settings import Settings, say

if TYPE_CHECKING:
    from revox_sync.source.workspace import Workspace

_TEXT_FORMATS: Final = frozenset({"full", "concise"})
"""Formats for people; the others are for programs, which read nothing else from stdout."""


def lint_paths(settings: Settings, paths: Sequence[str], request: LintRequest, outputs: Sequence[Target]) -> ExitCode:
    """Check what paths name; fix and report as the request says."""
    request.validate(paths)
    if request.statistics and any(target.format not in _TEXT_FORMATS for target in outputs):
        formats = ", ".join(sorted(_TEXT_FORMATS))
        raise UsageError("--statistics is for people", hint=f"its formats are {formats}; `-o json` has every finding")
    require_present(settings, paths)
    projects: Mapping[str, Sequence[str]] = (
        projects_of(settings, paths) if paths else {root_of(settings, request.stdin_filename): ()}
    )
    pending = written = False
    reports: dict[str, LintReport] = {}
    for root, inside in projects.items():
        reports[root], shown, wrote = _lint_project(root, settings, inside, request, outputs)
        pending, written = pending or shown, written or wrote
    output = _together(reports)._replace(counted=request.statistics)
    if not output.report.files and settings.verbosity >= 0:
        say("Nothing to check: no assistant uses what was named.")
    failed = output.report.fails(Severity(request.fail_on))
    code = worst(ExitCode.FINDINGS if failed else ExitCode.OK, ExitCode.CHANGES if pending else ExitCode.OK)
    code = ExitCode.OK if request.exit_zero else code
    targets = beside_diff(outputs) if pending else outputs
    if written:
        return emit_after("lint", output, targets, settings, code)
    emit("lint", output, targets, settings)
    return code


def _lint_project(
    root: str, settings: Settings, paths: Sequence[str], request: LintRequest, outputs: Sequence[Target]
) -> tuple[LintReport, bool, bool]:
    """The report of one project, whether there are fixes that are only shown, and whether files were written."""
    if request.only_looks:
        return lint_with_cache(root, settings, paths, request), False, False
    from revox_sync.usecases.lint.job import LintJob

    job = LintJob(root, settings, paths, request)
    _warn(job.workspace, settings)
    report, pending = job.lint_and_fix(diff_stream(beside_diff(outputs)))
    return report if request.statistics else report.bounded, pending, job.has_written


def _together(reports: Mapping[str, LintReport]) -> LintOutput:
    """One report of what is found in projects, by their roots; of several, with paths from the folder above them."""
    base, *others = reports
    if not others:
        return LintOutput(reports[base], base, os.getcwd())
    from revox_sync.cli.reports.repository_paths import seen_from_folder

    base = os.path.commonpath([os.path.realpath(root) for root in reports])
    seen = [seen_from_folder(report, root, base) for root, report in reports.items()]
    whole = LintReport(
        tuple(sorted((finding for report in seen for finding in report.findings), key=Finding.order)),
        sum(report.files for report in seen),
        tuple(suppressed for report in seen for suppressed in report.suppressed),
    )
    return LintOutput(whole, base, os.getcwd())


def lint_with_cache(root: str, settings: Settings, paths: Sequence[str], request: LintRequest) -> LintReport:
    """The report, from the results of former runs as far as nothing has changed since."""
    from revox_sync.usecases.lint.result_cache import open_cache

    cache = open_cache(root, settings, request)
    # The report of a former run has only the findings that are shown.
    whole = request.statistics
    report = None if paths or whole else cache.answer()
    if report is None:
        from revox_sync.usecases.lint.job import LintJob

        job = LintJob(root, settings, paths, request, cache.tree)
        warned = _warn(job.workspace, settings)
        cache.open_results(job.key)
        report = job.lint(memory=cache)
        report = report if whole else report.bounded
        cache.save((file.path for file in job.workspace.files), None if paths or whole or warned else report)
    return report


def _warn(workspace: Workspace, settings: Settings) -> bool:
    """Say what is wrong with the configuration and no finding of an assistant; whether there is something."""
    texts = list(workspace.unmatched_globs())
    for text in texts:
        settings.tell(f"warning: {text}")
    return bool(texts)


def beside_diff(outputs: Sequence[Target]) -> list[Target]:
    """The reports that are made beside a diff, which takes the place of a text report on stdout."""
    return [target for target in outputs if target.path is not None or target.format not in _TEXT_FORMATS]
