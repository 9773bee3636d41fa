"""From a rule's hit to a finding: places become lines and columns, secrets are masked, fixes are proven."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from revox_sync.lint.model.finding import (
    ANCHORED,
    INCLUDED,
    Excerpt,
    Finding,
    FindingFix,
    FixedRegion,
    Region,
    RelatedRegion,
    Severity,
)
from revox_sync.lint.model.rule import Fix, Hit, Rule
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Change
from revox_sync.source.model.place import COMMENT_MARKER, Place
from revox_sync.source.model.problem import Related
from revox_sync.values.credential_patterns import without_credentials

if TYPE_CHECKING:  # linting a file without findings must not pay for the imports of editing
    from revox_sync.source.edits.edit import Edit

MASK_CHARACTER: Final = "•"
"""What stands for each character of a secret, so that columns stay."""
_KEYS: Final = "api_?keys?|secrets?|tokens?|passwords?|authorization"
_ENTRY: Final = r"""(?:^|[{{,]|-\ )\ *["']?(?:{keys})["']?\ *:\ +(?!!)(\S.*)"""
# By the start of the rule's code, keys whose value is masked on the lines that a rule shows: where a value does not fit
# the schema, or the file cannot even be parsed, the schema does not say where its secrets are.
_SECRET_KEYS: Final = {"RVX0": _ENTRY.format(keys=_KEYS + "|value"), "RVX1": _ENTRY.format(keys=_KEYS)}
_COMMENT: Final = rf"(?<=\s)#(?![ \t]*{COMMENT_MARKER})[^\r\n]*"
IsOwnFile = Callable[[str], bool]
"""Whether the file at a path is used by no other assistant than the one under lint."""


def finding_of(
    rule: Rule, hit: Hit, subject: Subject, severity: Mapping[str, Severity], fix: FindingFix | None = None
) -> Finding:
    """The finding of a hit.

    Args:
        severity: by code, instead of the rule's own.
        fix: the hit's fix, proven; None where there is none.
    """
    sources, place = subject.document.sources, hit.location.place
    location = hit.location
    via = () if location.via is None else (Related(INCLUDED, location.via),)
    anchored = () if location.anchored is None else (Related(ANCHORED, location.anchored),)
    related = (*hit.related, *anchored, *via)
    region = Region.of(place, sources)
    shown = excerpt(subject, place, region, secret=hit.secret, keys=_SECRET_KEYS.get(rule.code[:4], ""))
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity.get(rule.code, hit.severity or rule.severity),
        message=_masked_credentials(hit.message),
        label=_masked_credentials(hit.label),
        region=region,
        excerpt=shown.text,
        related=tuple(RelatedRegion(entry.message, Region.of(entry.place, sources)) for entry in related),
        fix=fix,
        excerpt_start=shown.start,
    )


def excerpt(subject: Subject, place: Place, region: Region, *, secret: bool = False, keys: str = "") -> Excerpt:
    """The line in which a place starts, or the part of it around the place, with every secret masked.

    Args:
        region: of the place.
        secret: whether the place itself holds a secret.
        keys: regular expression whose first group is a value to mask because of its key's name; empty for none.
    """
    text = subject.document.sources.get(place.path)
    if text is None:
        return Excerpt("")
    # A line may have thousands of findings, and is as long then: its secrets are looked for once.
    asked = (place.path, region.line, keys)
    line = subject.masked_lines.get(asked)
    if line is None:
        start = place.start - (region.column - 1)
        line = subject.masked_lines[asked] = _masked_line(
            subject, text.line(region.line), Place(place.path, start, start), keys
        )
    shown = Excerpt.around(line, region.column)
    if secret:
        first = region.column - 1 - shown.start
        shown = shown._replace(text=_masked(shown.text, first, first + place.end - place.start))
    return shown


def _masked_line(subject: Subject, line: str, start: Place, keys: str) -> str:
    for secret in subject.secret_places:
        if secret.path == start.path:
            line = _masked(line, secret.start - start.start, secret.end - start.start)
    line = _masked_credentials(line)
    for match in re.finditer(keys, line, re.IGNORECASE) if keys else ():
        line = _masked(line, *match.span(1))
    return line


def _masked_credentials(text: str) -> str:
    """The text with everything masked that looks like a secret: a message may quote the file."""
    return without_credentials(text, lambda found: MASK_CHARACTER * len(found))


def _masked(line: str, start: int, end: int) -> str:
    first, last = max(start, 0), min(end, len(line))
    return line[:first] + MASK_CHARACTER * (last - first) + line[last:] if first < last else line


def proven_fix(fix: Fix, subject: Subject, is_own: IsOwnFile) -> FindingFix | None:
    """The fix as edits of text; None where they would not change the values exactly as it promises."""
    from revox_sync.source.edits.edit import proven

    edits = edits_of(fix.amendments, subject, is_own)
    if not edits or proven(subject.loader, subject.document, fix.amendments, edits) is None:
        return None
    sources = subject.document.sources
    ordered = sorted(edits, key=lambda edit: (edit.place.path, edit.place.start))
    regions = tuple(FixedRegion(Region.of(edit.place, sources), edit.text) for edit in ordered)
    return FindingFix(fix.title, fix.safe and not loses_comment(edits, subject), regions)


def edits_of(amendments: Sequence[Change], subject: Subject, is_own: IsOwnFile) -> tuple[Edit, ...]:
    """The edits that make amendments; empty where there are none, or where they would affect another assistant."""
    from revox_sync.source.edits.edit import edits_for

    edits = edits_for(subject.document, amendments) or ()
    return edits if all(is_own(path) for path in {edit.place.path for edit in edits}) else ()


def loses_comment(edits: Iterable[Edit], subject: Subject) -> bool:
    """Whether edits remove a comment that is not addressed to us, so that they are not safe."""
    for edit in edits:
        text = subject.document.sources[edit.place.path].text[edit.place.start : edit.place.end]
        if any(comment not in edit.text for comment in re.findall(_COMMENT, text)):
            return True
    return False
