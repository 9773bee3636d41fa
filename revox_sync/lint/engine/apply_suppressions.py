"""Takes out of a report what comments suppress, and adds what is wrong with these comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from revox_sync.lint.engine.hit_to_finding import region_of
from revox_sync.lint.model.finding import Finding, LintReport, Severity, SuppressedFinding
from revox_sync.lint.model.rule import CommentRule
from revox_sync.lint.model.suppression import Suppression
from revox_sync.lint.registry import Selection, known_codes
from revox_sync.lint.suppressions.read_suppressions import read_suppressions
from revox_sync.source.model.place import SourceText
from revox_sync.source.workspace import AssistantFile


def without_suppressed(
    findings: Sequence[Finding],
    sources: Mapping[str, SourceText],
    files: Sequence[AssistantFile],
    rules: Sequence[CommentRule],
    selection: Selection,
) -> LintReport:
    """The report of what is left.

    Args:
        sources: texts with comments addressed to us, by path.
        files: what is linted.
        rules: judge the comments.
    """
    own = {file.path: file for file in files}
    suppressions = read_suppressions(sources.values(), known_codes)
    kept, suppressed = [], []
    for finding in findings:
        found = [
            suppression
            for suppression in suppressions
            if any(suppression.covers(finding.code, *spot) for spot in finding.spots)
        ]
        for suppression in found:
            suppression.used = True
        if found:
            suppressed.append(SuppressedFinding(finding, found[0].reason))
        else:
            kept.append(finding)
    for rule in rules:
        judged = [suppression for suppression in suppressions if _is_judged(suppression, rule, own, selection)]
        kept += _about_comments(rule, judged, selection, sources)
    kept.sort(key=lambda finding: (finding.region, finding.code, finding.message))
    return LintReport(tuple(kept), len(files), tuple(suppressed))


def _is_judged(
    suppression: Suppression, rule: CommentRule, own: Mapping[str, AssistantFile], selection: Selection
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
