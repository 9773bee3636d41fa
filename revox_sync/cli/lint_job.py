"""The steps of `revox-sync lint`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

from revox_sync.cli.emit import Target
from revox_sync.cli.lint_options import LintRequest
from revox_sync.cli.options import Settings, say
from revox_sync.cli.project import environments, open_named, open_stdin
from revox_sync.config import Environment, LintOptions
from revox_sync.errors import UsageError
from revox_sync.lint.engine import lint
from revox_sync.lint.finding import LintReport
from revox_sync.output.visible import counted
from revox_sync.source.workspace import AssistantFile, Workspace

TEXT_FORMATS: Final = frozenset({"full", "concise"})
"""Formats for people; the others are for programs, which read nothing else from stdout."""


@dataclass(slots=True)
class Job:
    """What is linted; fixes replace the workspace."""

    root: Path
    workspace: Workspace
    files: Sequence[AssistantFile]
    environments: Sequence[Environment]
    options: LintOptions
    settings: Settings


def open_request(settings: Settings, paths: Sequence[Path], request: LintRequest) -> Job:
    """The project, the files and the rules a call names."""
    if request.stdin_filename is None:
        root, workspace, files = open_named(settings, paths)
    elif paths:
        raise UsageError("--stdin-filename and paths do not go together", hint="name the one file to check")
    else:
        root, workspace, files = open_stdin(settings, request.stdin_filename, sys.stdin.buffer)
    if not files and settings.verbosity >= 0:
        say("Nothing to check: no assistant uses what was named.")
    configured = workspace.config.lint
    options = replace(
        configured, select=request.select or configured.select, ignore=(*configured.ignore, *request.ignore)
    )
    return Job(root, workspace, files, environments(workspace, settings), options, settings)


def run_lint(job: Job, request: LintRequest) -> LintReport:
    """Check the files, with what former runs remember."""
    if request.online:
        from revox_sync.cli.online import online_account

        with online_account(job.workspace, job.settings) as account:
            return lint(job.workspace, job.files, job.environments, job.options, account=account)
    if not request.cache or request.stdin_filename is not None:
        return lint(job.workspace, job.files, job.environments, job.options)
    from revox_sync.cli.cache import remembered

    with remembered(job.root, job.workspace, job.environments, job.options, request.cache_dir) as memory:
        return lint(job.workspace, job.files, job.environments, job.options, memory=memory)


def apply_fixes(job: Job, request: LintRequest, outputs: Sequence[Target]) -> bool:
    """Apply fixes, or show them beside the reports; whether some are shown that are not applied."""
    if not request.fix and not request.unsafe_fixes:
        return False
    from revox_sync.lint.fixing import fix_files

    fixed = fix_files(job.workspace, job.files, job.environments, job.options, unsafe=request.unsafe_fixes)
    if request.diff:
        _show(job, fixed.texts, sys.stderr if any(each.path is None for each in beside_diff(outputs)) else sys.stdout)
    else:
        _write(job, fixed.texts)
    if fixed.applied and job.settings.verbosity >= 0:
        done = "Would fix" if request.diff else "Fixed"
        say(f"{done} {counted(fixed.applied, 'finding')} in {counted(len(fixed.texts), 'file')}.")
    return request.diff and bool(fixed.texts)


def beside_diff(outputs: Sequence[Target]) -> list[Target]:
    """The reports that are made beside a diff, which takes the place of a text report on stdout."""
    return [each for each in outputs if each.path is not None or each.format not in TEXT_FORMATS]


def _show(job: Job, texts: Mapping[str, str], stream: TextIO) -> None:
    from revox_sync.lint.fixing import shown_text
    from revox_sync.output.text_diff import text_diff

    after = job.workspace.over(texts)
    for path in sorted(texts):
        before, now = (shown_text(each, path) for each in (job.workspace, after))
        stream.write(text_diff(path, before, now, job.settings.paint(stream)))
    stream.flush()


def add_ignores(job: Job, request: LintRequest, report: LintReport) -> LintReport:
    """Write a suppression for every finding; the report of what is left."""
    from revox_sync.lint.adopt import suppressed_texts

    texts = suppressed_texts(job.workspace, report.findings, request.add_ignore or "")
    _write(job, texts)
    after = run_lint(job, request)
    if job.settings.verbosity >= 0:
        number = len(after.suppressed) - len(report.suppressed)
        say(f"Suppressed {counted(number, 'finding')} in {counted(len(texts), 'file')}.")
    return after


def _write(job: Job, texts: Mapping[str, str]) -> None:
    from revox_sync.source.save import save_texts

    save_texts(job.root, texts)
    job.workspace = job.workspace.over(texts)
