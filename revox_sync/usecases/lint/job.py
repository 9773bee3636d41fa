"""The work of `revox-sync lint`: opens the project, checks it, and writes fixes and suppressions."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.account import Account
from revox_sync.lint.model.finding import LintReport
from revox_sync.output.text.visible import counted, visible
from revox_sync.source.files.recorded_tree import digest_of
from revox_sync.source.files.tree import DiskTree, Tree
from revox_sync.source.files.watched_tree import WatchedTree
from revox_sync.source.workspace import Workspace
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.open_project import environments, named_files, show_diff, streamed_files
from revox_sync.usecases.project.settings import Settings

if TYPE_CHECKING:
    from revox_sync.lint.cache.cache import Cache


class LintJob:
    """The files and the rules that a call of lint names.

    Args:
        root: the project root.
        paths: stand for the files to report on.
        tree: where files come from, except for one on stdin; None is the disk.

    Attributes:
        workspace: replaced by another one when something is written.
        has_written: whether fixes or suppressions are in the files.
    """

    def __init__(
        self, root: str, settings: Settings, paths: Sequence[str], request: LintRequest, tree: Tree | None = None
    ) -> None:
        self._watched: Final = WatchedTree(DiskTree(root))
        if request.stdin_filename is not None:
            self.workspace, self.files = streamed_files(root, request.stdin_filename, sys.stdin.buffer)
        else:
            self.workspace = Workspace(self._watched if tree is None else tree)
            self.files = named_files(root, self.workspace, paths)
        self._root: Final = root
        self._settings: Final = settings
        self._request: Final = request
        self._environments: Final = environments(self.workspace, settings)
        self.has_written = False
        configured = self.workspace.config.lint
        self._options: Final = configured._replace(
            select=request.select or configured.select, ignore=(*configured.ignore, *request.ignore)
        )

    def lint(self, *, account: Account | None = None, memory: Cache | None = None) -> LintReport:
        """Check the files."""
        files, options = self.files, self._options
        return lint(self.workspace, files, self._environments, options, account=account, cache=memory, names=memory)

    @property
    def key(self) -> str:
        """Stands for everything that findings depend on beside the assistants' files and the program."""
        names = [environment.name for environment in self._environments]
        configuration = sorted(self.workspace.configuration_texts().items())
        return digest_of(repr((self._options, names, configuration)).encode())

    def lint_and_fix(self, diff_stream: TextIO) -> tuple[LintReport, bool]:
        """Do all that is asked for; what is left to report, and whether there are fixes that are only shown.

        Args:
            diff_stream: where fixes are shown that are not made.
        """
        pending = self._apply_fixes(diff_stream)
        report = self._lint_with_account()
        if self._request.add_ignore is not None:
            report = self._add_ignores(self._request.add_ignore, report)
        return report, pending

    def _lint_with_account(self) -> LintReport:
        if not self._request.online:
            return self.lint()
        from revox_sync.usecases.lint.online_account import online_account

        with online_account(self.workspace, self._settings) as account:
            return self.lint(account=account)

    def _apply_fixes(self, diff_stream: TextIO) -> bool:
        """Apply fixes, or show them beside the reports; whether some are shown that are not applied."""
        request = self._request
        if not request.fix and not request.unsafe_fixes:
            return False
        from revox_sync.lint.fixes.fix_files import fix_files

        fixed = fix_files(self.workspace, self.files, self._environments, self._options, unsafe=request.unsafe_fixes)
        if request.diff:
            show_diff(self.workspace, fixed.texts, diff_stream, self._settings)
        else:
            self._write(fixed.texts)
        if fixed.applied:
            self._say_number("Would fix" if request.diff else "Fixed", fixed.applied, fixed.texts)
        return request.diff and bool(fixed.texts)

    def _add_ignores(self, reason: str, report: LintReport) -> LintReport:
        """Write a suppression for every finding; the report of what is left."""
        from revox_sync.lint.suppressions.add_ignores import suppressed_texts

        texts, left = suppressed_texts(self.workspace, report.findings, reason)
        self._write(texts)
        # Checked again: the number is that of the comments which work, and what is left is reported as ever.
        after = self._lint_with_account()
        self._say_number("Suppressed", len(after.suppressed) - len(report.suppressed), texts)
        for finding, why in left:
            path = os.path.relpath(f"{self._root}/{finding.region.path}")
            at = f"{path}:{finding.region.line}:{finding.region.column}"
            self._settings.tell(f"Not suppressed: {visible(at)}: {finding.code}: {why}.")
        return after

    def _say_number(self, verb: str, findings: int, texts: Mapping[str, str]) -> None:
        self._settings.tell(f"{verb} {counted(findings, 'finding')} in {counted(len(texts), 'file')}.")

    def _write(self, texts: Mapping[str, str]) -> None:
        from pathlib import Path

        from revox_sync.source.files.text_files import save_texts

        save_texts(Path(self._root), texts, self._watched)
        self.workspace = self.workspace.over(texts)
        self.has_written = self.has_written or bool(texts)
