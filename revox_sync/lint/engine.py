"""Runs rules over assistants and turns hits into findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from revox_sync.config import Environment, LintOptions
from revox_sync.contract import contract, secret_pointers
from revox_sync.lint.finding import Finding, LintReport, Region, RelatedRegion, Severity
from revox_sync.lint.registry import Selection, all_rules, select
from revox_sync.lint.rule import FileRule, Hit, ProjectRule, Rule
from revox_sync.lint.subject import Subject
from revox_sync.source.document import Document
from revox_sync.source.problem import Related
from revox_sync.source.text import Place, SourceText
from revox_sync.source.workspace import AssistantFile, Workspace

NEEDED_TO_PLAN: Final = LintOptions(select=("RVX0", "RVX1", "RVX601"))
BLOT: Final = "•"


def lint(
    workspace: Workspace,
    files: Sequence[AssistantFile],
    environments: Sequence[Environment],
    options: LintOptions | None = None,
) -> LintReport:
    """Check files and report what is wrong.

    Args:
        files: what to report on; rules about the whole project look at all its files anyway.
        environments: whose variables are tried; a finding that several have in common is reported once.
        options: None: those of revox-sync.yaml.

    Raises:
        UsageError: the options name a rule that does not exist.
    """
    selection = select(options or workspace.config.lint)
    findings: set[Finding] = set()
    project = list(dict.fromkeys([*workspace.files, *files])) if _needs_project(selection) else list(files)
    for turn, environment in enumerate(environments):
        subjects = [
            Subject(each, workspace.load(each, environment), contract(environment.contract)) for each in project
        ]
        wanted = {each.path for each in files}
        affected = [
            each for each in subjects if each.file.path in wanted and (turn == 0 or _varies(each, environments))
        ]
        findings.update(_check_files(affected, selection))
        findings.update(_check_project(subjects, selection, wanted))
    return LintReport(tuple(sorted(findings, key=_order)), len(files))


def _varies(subject: Subject, environments: Sequence[Environment]) -> bool:
    """Whether another environment can give another result."""
    return subject.document.uses_variables or len({each.contract for each in environments}) > 1


def _order(finding: Finding) -> tuple[Region, str, str]:
    return finding.region, finding.code, finding.message


def _needs_project(selection: Selection) -> bool:
    return any(issubclass(rule, ProjectRule) for rule in _chosen(selection.codes))


def _chosen(codes: frozenset[str]) -> Iterator[type[Rule]]:
    return (rule for rule in all_rules() if rule.code in codes)


def _check_files(subjects: Iterable[Subject], selection: Selection) -> Iterator[Finding]:
    rules = [rule() for rule in _chosen(selection.codes) if issubclass(rule, FileRule)]
    for subject in subjects:
        ignored = selection.ignored(subject.file.address)
        for rule in rules:
            if rule.code not in ignored:
                sources = subject.document.sources
                yield from (_finding(rule, hit, subject, selection.severity, sources) for hit in rule.check(subject))


def _check_project(subjects: Sequence[Subject], selection: Selection, wanted: set[str]) -> Iterator[Finding]:
    sources = {path: text for each in subjects for path, text in each.document.sources.items()}
    for kind in _chosen(selection.codes):
        if issubclass(kind, ProjectRule):
            rule = kind()
            for subject, hit in rule.check(subjects):
                if subject.file.path in wanted and rule.code not in selection.ignored(subject.file.address):
                    yield _finding(rule, hit, subject, selection.severity, sources)


def _finding(
    rule: Rule, hit: Hit, subject: Subject, severity: Mapping[str, Severity], sources: Mapping[str, SourceText]
) -> Finding:
    document, place = subject.document, hit.location.place
    related = list(hit.related)
    if hit.location.via is not None:
        related.append(Related("included here", hit.location.via))
    region = _region(place, sources)
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity.get(rule.code, hit.severity or rule.severity),
        message=hit.message,
        label=hit.label,
        region=region,
        excerpt=_excerpt(document, place, region.line),
        related=tuple(RelatedRegion(each.message, _region(each.place, sources)) for each in related),
    )


def _region(place: Place, sources: Mapping[str, SourceText]) -> Region:
    text = sources.get(place.path)
    if text is None:  # a file that could not be read
        return Region(place.path, 1, 1, 1, 1)
    return Region(place.path, *text.position(place.start), *text.position(max(place.start, place.end)))


def _excerpt(document: Document, place: Place, line: int) -> str:
    """The line a place starts in, with every secret literal blotted out, columns kept."""
    text = document.sources.get(place.path)
    if text is None:
        return ""
    excerpt = text.line(line)
    start = place.start - (text.position(place.start)[1] - 1)
    for pointer in secret_pointers(document.value):
        secret = document.locate(pointer).place
        first, last = max(secret.start - start, 0), min(secret.end - start, len(excerpt))
        if secret.path == place.path and first < last:
            excerpt = excerpt[:first] + BLOT * (last - first) + excerpt[last:]
    return excerpt
