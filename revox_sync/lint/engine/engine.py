"""Lints a project: files one by one, then all assistants together, then the comments that suppress findings.

The file checker is imported when the first file has to be checked: a run that only replays cached results does not
need it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from revox_sync.config import Environment, LintOptions
from revox_sync.lint.engine.project_checker import ProjectChecker
from revox_sync.lint.engine.worker_pool import check_in_processes, fastest_number
from revox_sync.lint.model.file_result import UnreadLines
from revox_sync.lint.model.finding import ANCHORED, Finding, LintReport, Region, RelatedRegion
from revox_sync.lint.registry import Selection, select
from revox_sync.source.files.recorded_tree import RecordedTree, Seen
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from revox_sync.lint.engine.file_checker import FileChecker
    from revox_sync.lint.engine.name_search import KnownNames
    from revox_sync.lint.model.account import Account
    from revox_sync.lint.model.file_result import FileResult
    from revox_sync.source.model.place import SourceText
    from revox_sync.source.workspace import AssistantFile, Workspace

# RVX412 and RVX423 report what contract rules would otherwise report: values that the API refuses.
NEEDED_TO_PLAN: Final = LintOptions(select=("RVX0", "RVX1", "RVX412", "RVX423"))


class ResultCache(Protocol):
    """Results of former runs."""

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file; None where it is not known or something that it depends on has changed."""

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
    cache: ResultCache | None = None,
    names: KnownNames | None = None,
    processes: int | None = None,
) -> LintReport:
    """Check files and report what is wrong.

    Args:
        files: what to report on; rules that compare assistants look at all files of the project anyway.
        environments: whose variables are tried; a finding that several of them show is reported once.
        options: which rules run; None for those of revox-sync.yaml.
        suppressible: whether comments may suppress findings.
        account: answers the rules of `--online`; None where they do not run.
        cache: saves checking a file again that has not changed.
        names: saves reading files that are compared with others by their names only.
        processes: how many check files side by side; None for the number that is fastest.

    Raises:
        UsageError: the options name a rule that does not exist.
    """
    checks = FileChecks(workspace, environments, select(options or workspace.config.lint), account, cache)
    results = {file.path: result for file, result in checks.results(dict.fromkeys(files), processes).items()}
    merged = _MergedFindings(environment.name for environment in environments)
    for result in results.values():
        for shown in result.environments:
            merged.add(shown.findings, shown.environment)
    project = ProjectChecker(workspace, environments, checks.selection, lambda: checks.checker, names)
    for environment, found in project.findings(results):
        merged.add(found, environment.name)
    findings = merged.findings()
    sources = _commented(workspace, findings, results) if suppressible else {}
    if not sources:
        return LintReport(findings, len(files))
    from revox_sync.lint.suppressions.apply_suppressions import apply_suppressions

    selection = checks.selection if account else checks.selection.without_account()
    unread = [lines for result in results.values() for lines in result.unread]
    unread += _left_out(workspace, environments, results)
    return apply_suppressions(findings, sources, files, selection, unread)


def namesakes(
    workspace: Workspace, files: Sequence[AssistantFile], environment: Environment, cache: ResultCache | None = None
) -> dict[str, frozenset[str]]:
    """Addresses of the other files of the project, selected or not, that have the name of one of the files.

    Args:
        files: what is asked about; a file without a readable name has no namesake.
        environment: whose variables are used.
        cache: as in `lint`.
    """
    checks = FileChecks(workspace, [environment], select(NEEDED_TO_PLAN), cache=cache)
    results = {file.path: result for file, result in checks.results(dict.fromkeys(files), None).items()}
    project = ProjectChecker(workspace, [environment], checks.selection, lambda: checks.checker)
    return project.namesakes(results)


def _left_out(
    workspace: Workspace, environments: Sequence[Environment], results: Mapping[str, FileResult]
) -> Iterator[UnreadLines]:
    """Files of which other environments than those that are tried may show something else."""
    everywhere = list(workspace.config.environments.values())
    if len(environments) < len(everywhere):
        contracts = {environment.contract for environment in everywhere}
        for path, result in results.items():
            if len(contracts) > 1 or any(shown.environment is not None for shown in result.environments):
                yield UnreadLines(path)


def _commented(
    workspace: Workspace, findings: Iterable[Finding], results: Mapping[str, FileResult]
) -> dict[str, SourceText]:
    """Texts with comments that may be about findings: the files themselves, and those that findings point to."""
    read = {*results, *(path for result in results.values() for path in result.read)}
    likely = {path for result in results.values() for path in result.commented}
    paths = dict.fromkeys([*results, *(path for finding in findings for path, _ in finding.spots)])
    texts = ((path, workspace.commented(path)) for path in paths if path in likely or path not in read)
    return {path: text for path, text in texts if text is not None}


class FileChecks:
    """Checks single files, by as many processes as are fastest, unless their results are cached.

    Args:
        environments: whose variables and contracts are tried.
        account: answers the rules of `--online`; None where they do not run.
        cache: results of former runs, to which new ones are added.
    """

    def __init__(
        self,
        workspace: Workspace,
        environments: Sequence[Environment],
        selection: Selection,
        account: Account | None = None,
        cache: ResultCache | None = None,
    ) -> None:
        self.selection: Final = selection
        self._workspace = workspace
        self._environments = environments
        self._account = account
        self._cache = cache

    @cached_property
    def checker(self) -> FileChecker:
        """Checks single files; made when one has to be checked, because its imports take longer than a cached run."""
        from revox_sync.lint.engine.file_checker import FileChecker

        return FileChecker(self._workspace, self._environments, self.selection, self._account)

    def results(self, files: Iterable[AssistantFile], processes: int | None) -> dict[AssistantFile, FileResult]:
        """What each file shows, in the order of the files.

        Args:
            processes: how many check files side by side; None for the number that is fastest.
        """
        cache = self._cache
        known = {file: cache.recall(file) if cache else None for file in files}
        checked = self._checked([file for file, result in known.items() if result is None], processes)
        for file, result in checked.items():
            if cache and result.complete:
                cache.keep(file, result)
        return {file: result or checked[file] for file, result in known.items()}

    def _checked(self, files: Sequence[AssistantFile], processes: int | None) -> Mapping[AssistantFile, FileResult]:
        if not files:
            return {}
        # Each process would ask the account again, and every question is a request to the API.
        number = 1 if self._account else processes or fastest_number(len(files))
        tree = self._workspace.tree
        if number > 1:
            # Before there are other processes: each of them would ask git again.
            tree.ignored("")
        if number == 1 or not isinstance(tree, RecordedTree):
            return dict(zip(files, check_in_processes(number, self.checker.check, files), strict=True))

        # What another process reads is recorded in its copy of the tree, so that has to come back with the results.
        def check(file: AssistantFile) -> tuple[FileResult, Mapping[str, Seen]]:
            result = self.checker.check(file)
            return result, tree.observations((file.path, *result.read))

        observed = check_in_processes(number, check, files)
        for result, seen in observed:
            tree.accept(seen)
            for path in result.read:
                tree.ignored(path)
        return {file: result for file, (result, _) in zip(files, observed, strict=True)}


def _anchored(finding: Finding) -> Iterator[Region]:
    """Where the value is written that a finding reports at an alias."""
    return (entry.region for entry in finding.related if entry.message == ANCHORED)


class _Cause(NamedTuple):
    """The finding that was met first, and all places and environments that equal ones were met in, in order."""

    first: Finding
    related: dict[RelatedRegion, None]
    environments: dict[str, None]


class _MergedFindings:
    """Findings, equal ones merged: a fault in a shared file is one finding that names every file that includes it.

    Args:
        environments: names of the environments that are tried.
    """

    def __init__(self, environments: Iterable[str]) -> None:
        self._environments = tuple(environments)
        self._causes: dict[tuple[Region, str, str, str], _Cause] = {}

    def add(self, findings: Collection[Finding], environment: str | None) -> None:
        """Add what one assistant shows in one environment; None where it does not depend on the environment."""
        # A fault behind an anchor shows at every alias, too, with another path in its message.
        once = {(finding.region, finding.code, finding.label): finding for finding in reversed([*findings])}
        for finding in once.values():
            if any((region, finding.code, finding.label) in once for region in _anchored(finding)):
                continue
            identity = (finding.region, finding.code, finding.message, finding.label)
            cause = self._causes.setdefault(identity, _Cause(finding, {}, {}))
            cause.related.update(dict.fromkeys(finding.related))
            cause.environments.update(dict.fromkeys(self._environments if environment is None else (environment,)))

    def findings(self) -> tuple[Finding, ...]:
        """All findings in order of path and position; those that only some environments show name them."""
        return tuple(sorted(map(self._merged, self._causes.values()), key=Finding.order))

    def _merged(self, cause: _Cause) -> Finding:
        message = cause.first.message
        if len(cause.environments) < len(self._environments):
            word = "environment" if len(cause.environments) == 1 else "environments"
            message += f" ({word} {', '.join(f'`{name}`' for name in cause.environments)})"
        return cause.first._replace(message=message, related=tuple(cause.related))
