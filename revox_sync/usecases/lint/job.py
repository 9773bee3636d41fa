"""The work of `revox-sync lint`: opens the project, checks it, and writes fixes and suppressions."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

from revox_sync.config import LintOptions
from revox_sync.lint.engine.engine import ResultCache, lint
from revox_sync.lint.model.account import Account
from revox_sync.lint.model.finding import LintReport
from revox_sync.output.text.visible import counted
from revox_sync.source.files.recorded_tree import digest_of
from revox_sync.source.files.tree import DiskTree, Tree
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.open_project import environments, named_files, streamed_files
from revox_sync.usecases.project.settings import Settings, say


class LintJob:
    """What is linted; fixes replace the workspace.

    Args:
        root: of the project.
        files: what to report on.
        options: which rules run, and how.
    """

    def __init__(
        self,
        root: str,
        workspace: Workspace,
        files: Sequence[AssistantFile],
        options: LintOptions,
        settings: Settings,
    ) -> None:
        self.root: Final = root
        self.workspace = workspace
        self.files: Final = files
        self.environments: Final = environments(workspace, settings)
        self.options: Final = options
        self.settings: Final = settings

    def lint(self, *, account: Account | None = None, memory: ResultCache | None = None) -> LintReport:
        """Check the files."""
        return lint(self.workspace, self.files, self.environments, self.options, account=account, memory=memory)

    @property
    def key(self) -> str:
        """Stands for everything that findings depend on beside the assistants' files and the program."""
        names = [each.name for each in self.environments]
        configuration = sorted(self.workspace.configuration_texts().items())
        return digest_of(repr((self.options, names, configuration)).encode("utf-8", "backslashreplace"))


def open_lint_job(root: str, settings: Settings, paths: Sequence[str], request: LintRequest, tree: Tree) -> LintJob:
    """The files and the rules a call names.

    Args:
        root: the project root.
        tree: where its files come from, unless one comes on stdin.
    """
    if request.stdin_filename is not None:
        workspace, files = streamed_files(root, request.stdin_filename, sys.stdin.buffer)
    else:
        workspace = Workspace(tree)
        files = named_files(root, workspace, paths)
    configured = workspace.config.lint
    options = configured._replace(
        select=request.select or configured.select, ignore=(*configured.ignore, *request.ignore)
    )
    return LintJob(root, workspace, files, options, settings)


def lint_and_fix(
    root: str, settings: Settings, paths: Sequence[str], request: LintRequest, diff_stream: TextIO
) -> tuple[LintReport, bool]:
    """Do what more is asked for than to look; the report of what is left, and whether fixes are shown and not made.

    Args:
        diff_stream: where fixes are shown that are not made.
    """
    job = open_lint_job(root, settings, paths, request, DiskTree(root))
    pending = _apply_fixes(job, request, diff_stream)
    report = _checked(job, request)
    if request.add_ignore is not None:
        report = _add_ignores(job, request, report)
    return report, pending


def _checked(job: LintJob, request: LintRequest) -> LintReport:
    if not request.online:
        return job.lint()
    from revox_sync.usecases.lint.online_account import online_account

    with online_account(job.workspace, job.settings) as account:
        return job.lint(account=account)


def _apply_fixes(job: LintJob, request: LintRequest, diff_stream: TextIO) -> bool:
    """Apply fixes, or show them beside the reports; whether some are shown that are not applied."""
    if not request.fix and not request.unsafe_fixes:
        return False
    from revox_sync.lint.fixes.fix_files import fix_files

    fixed = fix_files(job.workspace, job.files, job.environments, job.options, unsafe=request.unsafe_fixes)
    if request.diff:
        _show(job, fixed.texts, diff_stream)
    else:
        _write(job, fixed.texts)
    if fixed.applied and job.settings.verbosity >= 0:
        done = "Would fix" if request.diff else "Fixed"
        say(f"{done} {counted(fixed.applied, 'finding')} in {counted(len(fixed.texts), 'file')}.")
    return request.diff and bool(fixed.texts)


def _show(job: LintJob, texts: Mapping[str, str], stream: TextIO) -> None:
    from revox_sync.lint.fixes.fix_files import shown_text
    from revox_sync.output.text.unified_diff import text_diff

    after = job.workspace.over(texts)
    for path in sorted(texts):
        before, now = (shown_text(each, path) for each in (job.workspace, after))
        stream.write(text_diff(path, before, now, job.settings.paint(stream)))
    stream.flush()


def _add_ignores(job: LintJob, request: LintRequest, report: LintReport) -> LintReport:
    """Write a suppression for every finding; the report of what is left."""
    from revox_sync.lint.suppressions.add_ignores import suppressed_texts

    texts = suppressed_texts(job.workspace, report.findings, request.add_ignore or "")
    _write(job, texts)
    after = _checked(job, request)
    if job.settings.verbosity >= 0:
        number = len(after.suppressed) - len(report.suppressed)
        say(f"Suppressed {counted(number, 'finding')} in {counted(len(texts), 'file')}.")
    return after


def _write(job: LintJob, texts: Mapping[str, str]) -> None:
    from pathlib import Path

    from revox_sync.source.files.write_files import save_texts

    save_texts(Path(job.root), texts)
    job.workspace = job.workspace.over(texts)
