"""One call of `revox-sync lint`, from what was asked for to the exit code."""

# No click, and at the top only what a run needs in which nothing has changed: a commit hook waits for this.

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from revox_sync.cli.options.targets import Target, diff_stream
from revox_sync.cli.reports.formats import LintOutput, emit
from revox_sync.errors import ExitCode, worst
from revox_sync.lint.model.finding import LintReport, Severity
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.project_root import require_present, root_of
from revox_sync.usecases.project.settings import Settings, say

_TEXT_FORMATS: Final = frozenset({"full", "concise"})
"""Formats for people; the others are for programs, which read nothing else from stdout."""


def lint_paths(settings: Settings, paths: Sequence[str], request: LintRequest, outputs: Sequence[Target]) -> ExitCode:
    """Check what paths name; fix and report as the request says."""
    request.validate(paths)
    require_present(paths)
    root = root_of(settings, [request.stdin_filename] if request.stdin_filename else paths)
    pending = False
    if request.only_looks:
        report = lint_with_cache(root, settings, paths, request)
    else:
        from revox_sync.usecases.lint.job import LintJob

        job = LintJob(root, settings, paths, request)
        report, pending = job.lint_and_fix(diff_stream(beside_diff(outputs)))
    if not report.files and settings.verbosity >= 0:
        say("Nothing to check: no assistant uses what was named.")
    emit("lint", LintOutput(report, root), beside_diff(outputs) if pending else outputs, settings)
    failed = report.fails(Severity(request.fail_on))
    return worst(ExitCode.FINDINGS if failed else ExitCode.OK, ExitCode.CHANGES if pending else ExitCode.OK)


def lint_with_cache(root: str, settings: Settings, paths: Sequence[str], request: LintRequest) -> LintReport:
    """The report, from the results of former runs as far as nothing has changed since."""
    from revox_sync.usecases.lint.result_cache import open_cache

    cache = open_cache(root, settings, request)
    report = None if paths else cache.answer()
    if report is None:
        from revox_sync.usecases.lint.job import LintJob

        job = LintJob(root, settings, paths, request, cache.tree)
        cache.open_results(job.key)
        report = job.lint(memory=cache)
        cache.save((file.path for file in job.workspace.files), None if paths else report)
    return report


def beside_diff(outputs: Sequence[Target]) -> list[Target]:
    """The reports that are made beside a diff, which takes the place of a text report on stdout."""
    return [target for target in outputs if target.path is not None or target.format not in _TEXT_FORMATS]
