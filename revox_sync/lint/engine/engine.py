"""Lints a project: files one by one, then what they show together, then the comments that suppress findings.

What checks files is imported when a file has to be checked: a run that only replays old results has no use for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from revox_sync.config import Environment, LintOptions
from revox_sync.lint.engine.merge_findings import MergedFindings
from revox_sync.lint.engine.project_checker import ProjectCheck
from revox_sync.lint.engine.worker_pool import check_in_processes, is_worthwhile
from revox_sync.lint.model.finding import Finding, LintReport
from revox_sync.lint.registry import Selection, comment_rules, select
from revox_sync.source.files.recorded_tree import RecordedTree, Seen

if TYPE_CHECKING:
    from revox_sync.lint.engine.file_checker import Checker
    from revox_sync.lint.model.account import Account
    from revox_sync.lint.model.result import FileResult
    from revox_sync.source.model.place import SourceText
    from revox_sync.source.workspace import AssistantFile, Workspace

# RVX412 and RVX423 take over what the contract refuses.
NEEDED_TO_PLAN: Final = LintOptions(select=("RVX0", "RVX1", "RVX412", "RVX423", "RVX601"))


class ResultCache(Protocol):
    """Results of former runs."""

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file, when nothing it depends on has changed."""

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result."""


def lint(  # noqa: PLR0913 - what is linted, how, and with which help
    workspace: Workspace,
    files: Sequence[AssistantFile],
    environments: Sequence[Environment],
    options: LintOptions | None = None,
    *,
    suppressible: bool = True,
    account: Account | None = None,
    memory: ResultCache | None = None,
    processes: int | None = None,
) -> LintReport:
    """Check files and report what is wrong.

    Args:
        files: what to report on; rules about the whole project look at all its files anyway.
        environments: whose variables are tried; a finding that several have in common is reported once.
        options: None: those of revox-sync.yaml.
        suppressible: whether comments may suppress findings.
        account: answers the rules of `--online`; None: they do not run.
        memory: saves checking a file again that has not changed.
        processes: how many check files side by side; None: as many as make it faster.

    Raises:
        UsageError: the options name a rule that does not exist.
    """
    run = _Run(workspace, environments, select(options or workspace.config.lint), account, memory)
    results = run.results(tuple(dict.fromkeys(files)), processes)
    gathered = MergedFindings(environment.name for environment in environments)
    for result in results.values():
        for shown in result.environments:
            gathered.add(shown.findings, shown.environment)
    project = ProjectCheck(workspace, environments, run.selection, lambda: run.checker)
    for environment, found in project.findings(results):
        gathered.add(found, environment.name)
    findings = gathered.findings()
    sources = run.commented(findings, results) if suppressible else {}
    if not sources:
        return LintReport(findings, len(files))
    from revox_sync.lint.engine.apply_suppressions import without_suppressed

    rules = [kind() for kind in comment_rules() if run.selection.runs(kind)]
    return without_suppressed(findings, sources, files, rules, run.selection)


class _Run:
    """What one run looks at, and with which help."""

    def __init__(
        self,
        workspace: Workspace,
        environments: Sequence[Environment],
        selection: Selection,
        account: Account | None,
        memory: ResultCache | None,
    ) -> None:
        self.selection: Final = selection
        self._workspace = workspace
        self._environments = environments
        self._account = account
        self._memory = memory

    @cached_property
    def checker(self) -> Checker:
        """What checks single files, made when one has to be checked."""
        from revox_sync.lint.engine.file_checker import Checker

        return Checker(self._workspace, self._environments, self.selection, self._account)

    def results(self, files: Sequence[AssistantFile], processes: int | None) -> Mapping[str, FileResult]:
        """What each file shows, by path."""
        memory = self._memory
        known = {file: memory.recall(file) if memory else None for file in files}
        checked = self._checked([file for file, result in known.items() if result is None], processes)
        for file, result in checked.items():
            if memory and result.complete:
                memory.keep(file, result)
        return {file.path: result or checked[file] for file, result in known.items()}

    def _checked(self, files: Sequence[AssistantFile], processes: int | None) -> Mapping[AssistantFile, FileResult]:
        if not files:
            return {}
        # An account is asked at most once, so by one process.
        number = 1 if self._account else processes or is_worthwhile(len(files))
        results = self._witnessed(number, files) or check_in_processes(number, self.checker.check, files)
        return dict(zip(files, results, strict=True))

    def _witnessed(self, number: int, files: Sequence[AssistantFile]) -> list[FileResult]:
        """Results of several processes, where each of them has to say what it saw; empty where nobody asks for it."""
        witness = self._workspace.tree
        if number == 1 or not isinstance(witness, RecordedTree):
            return []

        def check(file: AssistantFile) -> tuple[FileResult, Mapping[str, Seen]]:
            result = self.checker.check(file)
            return result, witness.observations((file.path, *result.read))

        told = check_in_processes(number, check, files)
        for _, testimony in told:
            witness.accept(testimony)
        return [result for result, _ in told]

    def commented(self, findings: Iterable[Finding], results: Mapping[str, FileResult]) -> dict[str, SourceText]:
        """Texts with comments that may speak about findings: of the files themselves, and of what they include."""
        read = {*results, *(path for result in results.values() for path in result.read)}
        likely = {path for result in results.values() for path in result.commented}
        paths = dict.fromkeys([*results, *(path for finding in findings for path, _ in finding.spots)])
        texts = ((path, self._workspace.commented(path)) for path in paths if path in likely or path not in read)
        return {path: text for path, text in texts if text is not None}
