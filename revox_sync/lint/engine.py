"""Lints a project: files one by one, then what they show together, then the comments that suppress findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from revox_sync.config import Environment, LintOptions
from revox_sync.lint.check import Checker
from revox_sync.lint.facts import ProjectFacts
from revox_sync.lint.finding import INCLUDED, Finding, LintReport, Severity, SuppressedFinding
from revox_sync.lint.gather import Gathered
from revox_sync.lint.online import Account
from revox_sync.lint.registry import Selection, all_rules, select
from revox_sync.lint.reporting import region_of
from revox_sync.lint.result import FileResult
from revox_sync.lint.rule import CommentRule, ProjectRule, Rule
from revox_sync.lint.suppression import Suppression, read_suppressions
from revox_sync.source.text import SourceText
from revox_sync.source.workspace import AssistantFile, Workspace

# RVX412 and RVX423 take over what the contract refuses.
NEEDED_TO_PLAN: Final = LintOptions(select=("RVX0", "RVX1", "RVX412", "RVX423", "RVX601"))


class Memory(Protocol):
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
    memory: Memory | None = None,
) -> LintReport:
    """Check files and report what is wrong.

    Args:
        files: what to report on; rules about the whole project look at all its files anyway.
        environments: whose variables are tried; a finding that several have in common is reported once.
        options: None: those of revox-sync.yaml.
        suppressible: whether comments may suppress findings.
        account: answers the rules of `--online`; None: they do not run.
        memory: saves checking a file again that has not changed.

    Raises:
        UsageError: the options name a rule that does not exist.
    """
    selection = select(options or workspace.config.lint)
    chosen = [kind for kind in all_rules() if kind.code in selection.codes]
    checker = Checker(workspace, environments, selection, account)
    offline = Checker(workspace, environments, selection)
    wanted = {each.path for each in files}
    project = dict.fromkeys([*files, *workspace.files]) if _compares(chosen) else dict.fromkeys(files)
    results = {each.path: _result(each, checker if each.path in wanted else offline, memory) for each in project}
    gathered = Gathered(each.name for each in environments)
    for file in files:
        for each in results[file.path].environments:
            gathered.add(each.findings, each.environment)
    for environment in environments:
        facts = _facts(workspace, results.values(), environment.name)
        gathered.add(_compared(chosen, facts, wanted, selection), environment.name)
    findings = gathered.findings()
    if not suppressible:
        return LintReport(findings, len(files))
    return _without_suppressed(workspace, findings, files, chosen, selection)


def _compares(rules: Iterable[type[Rule]]) -> bool:
    return any(issubclass(rule, ProjectRule) for rule in rules)


def _result(file: AssistantFile, checker: Checker, memory: Memory | None) -> FileResult:
    known = memory.recall(file) if memory else None
    result = known or checker.check(file)
    if memory and known is None and result.complete:
        memory.keep(file, result)
    return result


def _facts(workspace: Workspace, results: Iterable[FileResult], environment: str) -> ProjectFacts:
    found = [
        each.fact
        for result in results
        for each in result.environments
        if each.fact and each.environment in {None, environment}
    ]
    return ProjectFacts(found, workspace.locked_addresses)


def _compared(
    rules: Iterable[type[Rule]], facts: ProjectFacts, wanted: set[str], selection: Selection
) -> Iterator[Finding]:
    for kind in rules:
        if issubclass(kind, ProjectRule):
            for fact, hit in kind().check(facts):
                paths = {fact.path, *(each.region.path for each in hit.related)}
                if paths & wanted and kind.code not in selection.ignored(fact.address):
                    yield Finding(
                        code=kind.code,
                        name=kind.name,
                        severity=selection.severity.get(kind.code, kind.severity),
                        message=hit.message,
                        label=hit.label,
                        region=fact.region,
                        excerpt=fact.excerpt,
                        related=hit.related,
                    )


def _without_suppressed(
    workspace: Workspace,
    findings: Sequence[Finding],
    files: Sequence[AssistantFile],
    rules: Iterable[type[Rule]],
    selection: Selection,
) -> LintReport:
    """The report without what comments suppress, and with what is wrong with those comments."""
    own = {each.path: each for each in files}
    paths = dict.fromkeys([*own, *(path for each in findings for path, _ in _spots(each))])
    sources = {path: source for path in paths if (source := workspace.commented(path)) is not None}
    suppressions = read_suppressions(sources.values())
    kept, suppressed = [], []
    for each in findings:
        found = [one for one in suppressions if any(one.covers(each.code, *spot) for spot in _spots(each))]
        for one in found:
            one.used = True
        if found:
            suppressed.append(SuppressedFinding(each, found[0].reason))
        else:
            kept.append(each)
    for kind in rules:
        if issubclass(kind, CommentRule):
            judged = [each for each in suppressions if _is_judged(each, kind, own, selection)]
            kept += _about_comments(kind(), judged, selection, sources)
    kept.sort(key=lambda each: (each.region, each.code, each.message))
    return LintReport(tuple(kept), len(files), tuple(suppressed))


def _spots(finding: Finding) -> list[tuple[str, int]]:
    """Lines where a comment may speak about a finding: its own, and those of the tags that include its file."""
    regions = [finding.region, *(each.region for each in finding.related if each.message == INCLUDED)]
    return [(each.path, each.line) for each in regions]


def _is_judged(
    suppression: Suppression, rule: type[Rule], own: Mapping[str, AssistantFile], selection: Selection
) -> bool:
    """Only comments of the linted files themselves: what a shared file suppresses may show in another assistant."""
    file = own.get(suppression.place.path)
    return file is not None and rule.code not in selection.ignored(file.address)


def _about_comments(
    rule: CommentRule, suppressions: Sequence[Suppression], selection: Selection, sources: Mapping[str, SourceText]
) -> Iterator[Finding]:
    severity: Severity = selection.severity.get(rule.code, rule.severity)
    for hit in rule.check(suppressions, selection.codes):
        region = region_of(hit.location.place, sources)
        line = sources[region.path].line(region.line)
        yield Finding(rule.code, rule.name, severity, hit.message, hit.label, region, line)
