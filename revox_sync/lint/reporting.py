"""From a rule's hit to a finding: places become lines and columns, secrets are blotted out, fixes are proven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from revox_sync.contract import secret_pointers
from revox_sync.lint.credentials import credentials
from revox_sync.lint.finding import INCLUDED, Finding, FindingFix, FixedRegion, Region, RelatedRegion, Severity
from revox_sync.lint.rule import Fix, Hit, Rule
from revox_sync.lint.subject import Subject
from revox_sync.source.document import Document
from revox_sync.source.problem import Related
from revox_sync.source.text import Place, SourceText

BLOT: Final = "•"


def finding(rule: Rule, hit: Hit, subject: Subject, severity: Mapping[str, Severity]) -> Finding:
    """The finding of a hit; `severity` overrides the rule's by code."""
    document, place = subject.document, hit.location.place
    related = list(hit.related)
    if hit.location.via is not None:
        related.append(Related(INCLUDED, hit.location.via))
    region = region_of(place, document.sources)
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity.get(rule.code, hit.severity or rule.severity),
        message=hit.message,
        label=hit.label,
        region=region,
        excerpt=excerpt(document, place, region.line, secret=hit.secret),
        related=tuple(RelatedRegion(each.message, region_of(each.place, document.sources)) for each in related),
        fix=_fix(hit.fix, subject) if hit.fix else None,
    )


def region_of(place: Place, sources: Mapping[str, SourceText]) -> Region:
    """Lines and columns of a place; the start of a file that could not be read."""
    text = sources.get(place.path)
    if text is None:
        return Region(place.path, 1, 1, 1, 1)
    return Region(place.path, *text.position(place.start), *text.position(max(place.start, place.end)))


def excerpt(document: Document, place: Place, line: int, *, secret: bool = False) -> str:
    """The line a place starts in, with every secret literal blotted out, columns kept.

    Args:
        secret: whether the place itself is one.
    """
    text = document.sources.get(place.path)
    if text is None:
        return ""
    shown = text.line(line)
    start = place.start - (text.position(place.start)[1] - 1)
    secrets = [document.locate(pointer).place for pointer in secret_pointers(document.value)]
    for each in (*secrets, place) if secret else secrets:
        if each.path == place.path:
            shown = _blotted(shown, each.start - start, each.end - start)
    for found in credentials(shown):
        shown = _blotted(shown, found.start, found.end)
    return shown


def _blotted(line: str, start: int, end: int) -> str:
    first, last = max(start, 0), min(end, len(line))
    return line[:first] + BLOT * (last - first) + line[last:] if first < last else line


def _fix(fix: Fix, subject: Subject) -> FindingFix | None:
    """The fix as text edits; None where they would do more or less than it promises."""
    from revox_sync.source.edit import edits_for, proven

    edits = edits_for(subject.document, fix.amendments)
    if not edits or proven(subject.loader, subject.document, fix.amendments, edits) is None:
        return None
    sources = subject.document.sources
    ordered = sorted(edits, key=lambda each: (each.place.path, each.place.start))
    return FindingFix(
        fix.title, fix.safe, tuple(FixedRegion(region_of(each.place, sources), each.text) for each in ordered)
    )
