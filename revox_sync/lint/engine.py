"""Runs rules over assistants and turns hits into findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from revox_sync.config import Environment, LintOptions
from revox_sync.contract import contract, secret_pointers
from revox_sync.lint.credentials import credentials
from revox_sync.lint.finding import Finding, LintReport, Region, RelatedRegion, Severity
from revox_sync.lint.gather import Gathered
from revox_sync.lint.hosts import host, why_unreachable
from revox_sync.lint.registry import Selection, all_rules, select
from revox_sync.lint.rule import FileRule, Hit, ProjectRule, Rule
from revox_sync.lint.subject import Subject
from revox_sync.source.document import Document
from revox_sync.source.problem import Related
from revox_sync.source.text import Place, SourceText
from revox_sync.source.workspace import AssistantFile, Workspace

NEEDED_TO_PLAN: Final = LintOptions(select=("RVX0", "RVX1", "RVX412", "RVX423", "RVX601"))
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
    gathered = Gathered(each.name for each in environments)
    project = list(dict.fromkeys([*workspace.files, *files])) if _needs_project(selection) else list(files)
    wanted = {each.path for each in files}
    rules = [kind() for kind in _chosen(selection.codes) if issubclass(kind, FileRule)]
    for turn, environment in enumerate(environments):
        subjects = [_subject(workspace, each, environment) for each in project]
        for subject in subjects:
            varies = _varies(subject, environments)
            if subject.file.path in wanted and (varies or turn == 0):
                gathered.add(_check_file(subject, rules, selection), environment.name if varies else None)
        gathered.add(_check_project(subjects, selection, wanted), environment.name)
    return LintReport(gathered.findings(), len(files))


def _subject(workspace: Workspace, file: AssistantFile, environment: Environment) -> Subject:
    url = environment.base_url
    return Subject(
        file,
        workspace.load(file, environment),
        contract(environment.contract),
        variables=workspace.config.lint.variables,
        local=isinstance(url, str) and why_unreachable(host(url)) is not None,
    )


def _varies(subject: Subject, environments: Sequence[Environment]) -> bool:
    """Whether another environment can give another result."""
    return subject.document.uses_variables or len({each.contract for each in environments}) > 1


def _needs_project(selection: Selection) -> bool:
    return any(issubclass(rule, ProjectRule) for rule in _chosen(selection.codes))


def _chosen(codes: frozenset[str]) -> Iterator[type[Rule]]:
    return (rule for rule in all_rules() if rule.code in codes)


def _check_file(subject: Subject, rules: Sequence[FileRule], selection: Selection) -> Iterator[Finding]:
    ignored = selection.ignored(subject.file.address)
    sources = subject.document.sources
    for rule in rules:
        if rule.code not in ignored:
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
        related.append(Related("included from here", hit.location.via))
    region = _region(place, sources)
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity.get(rule.code, hit.severity or rule.severity),
        message=hit.message,
        label=hit.label,
        region=region,
        excerpt=_excerpt(document, place, region.line, secret=hit.secret),
        related=tuple(RelatedRegion(each.message, _region(each.place, sources)) for each in related),
    )


def _region(place: Place, sources: Mapping[str, SourceText]) -> Region:
    text = sources.get(place.path)
    if text is None:  # a file that could not be read
        return Region(place.path, 1, 1, 1, 1)
    return Region(place.path, *text.position(place.start), *text.position(max(place.start, place.end)))


def _excerpt(document: Document, place: Place, line: int, *, secret: bool) -> str:
    """The line a place starts in, with every secret literal blotted out, columns kept.

    Args:
        secret: whether the place itself is one.
    """
    text = document.sources.get(place.path)
    if text is None:
        return ""
    excerpt = text.line(line)
    start = place.start - (text.position(place.start)[1] - 1)
    secrets = [document.locate(pointer).place for pointer in secret_pointers(document.value)]
    for each in (*secrets, place) if secret else secrets:
        if each.path == place.path:
            excerpt = _blotted(excerpt, each.start - start, each.end - start)
    for found in credentials(excerpt):
        excerpt = _blotted(excerpt, found.start, found.end)
    return excerpt


def _blotted(line: str, start: int, end: int) -> str:
    first, last = max(start, 0), min(end, len(line))
    return line[:first] + BLOT * (last - first) + line[last:] if first < last else line
