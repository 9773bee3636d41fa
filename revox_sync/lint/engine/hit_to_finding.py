"""From a rule's hit to a finding: places become lines and columns, secrets are blotted out, fixes are proven."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from revox_sync.lint.model.finding import INCLUDED, Finding, FindingFix, FixedRegion, Region, RelatedRegion, Severity
from revox_sync.lint.model.rule import Fix, Hit, Rule
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Remove
from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.problem import Related
from revox_sync.values.credential_patterns import without_credentials

if TYPE_CHECKING:  # editing costs imports that linting a good file does not need
    from revox_sync.source.edits.edit import Edit

BLOT: Final = "•"
_KEYS: Final = "api_?keys?|secrets?|tokens?|passwords?|authorization"
_ENTRY: Final = r"""(?:^|[{{,]|-\ )\ *["']?(?:{keys})["']?\ *:\ +(?!!)(\S.*)"""
SECRET_KEY: Final = _ENTRY.format(keys=_KEYS)
UNREAD_SECRET_KEY: Final = _ENTRY.format(keys=_KEYS + "|value")
"""Where the file cannot be read, the `value` of a header may be anywhere."""
COMMENT_TEXT: Final = r"(?<=\s)#[^\r\n]*"
IsOwnFile = Callable[[str], bool]
"""Whether a file matters to the assistant under lint only."""


def finding_of(
    rule: Rule, hit: Hit, subject: Subject, severity: Mapping[str, Severity], fix: FindingFix | None = None
) -> Finding:
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
        message=_open(hit.message),
        label=_open(hit.label),
        region=region,
        excerpt=excerpt(subject, place, region.line, secret=hit.secret, guess=_guess(rule)),
        related=tuple(RelatedRegion(entry.message, region_of(entry.place, document.sources)) for entry in related),
        fix=fix,
    )


def region_of(place: Place, sources: Mapping[str, SourceText]) -> Region:
    """Lines and columns of a place; the start of a file that could not be read."""
    text = sources.get(place.path)
    if text is None:
        return Region(place.path, 1, 1, 1, 1)
    return Region(place.path, *text.position(place.start), *text.position(max(place.start, place.end)))


def excerpt(subject: Subject, place: Place, line: int, *, secret: bool = False, guess: str = "") -> str:
    """The line a place starts in, with every secret literal blotted out, columns kept.

    Args:
        secret: whether the place itself is one.
        guess: finds secrets that could not be read as such, by what their key is called.
    """
    text = subject.document.sources.get(place.path)
    if text is None:
        return ""
    shown = text.line(line)
    start = place.start - (text.position(place.start)[1] - 1)
    for secret_place in (*subject.secret_places, place) if secret else subject.secret_places:
        if secret_place.path == place.path:
            shown = _blotted(shown, secret_place.start - start, secret_place.end - start)
    shown = _open(shown)
    for match in re.finditer(guess, shown, re.IGNORECASE) if guess else ():
        shown = _blotted(shown, match.start(1), match.end(1))
    return shown


def _open(text: str) -> str:
    """The text with what looks like a secret blotted out: a message may quote the file."""
    return without_credentials(text, lambda found: BLOT * len(found))


def _guess(rule: Rule) -> str:
    """What to look for on the lines a rule shows: those that do not fit the schema may hold anything."""
    return {"RVX0": UNREAD_SECRET_KEY, "RVX1": SECRET_KEY}.get(rule.code[:4], "")


def _blotted(line: str, start: int, end: int) -> str:
    first, last = max(start, 0), min(end, len(line))
    return line[:first] + BLOT * (last - first) + line[last:] if first < last else line


def proven_fix(fix: Fix, subject: Subject, is_own: IsOwnFile) -> FindingFix | None:
    """The fix as text edits; None where they would do more or less than it promises."""
    from revox_sync.source.edits.edit import proven

    edits = edits_of((fix,), subject, is_own)
    if not edits or proven(subject.loader, subject.document, fix.amendments, edits) is None:
        return None
    sources = subject.document.sources
    ordered = sorted(edits, key=lambda edit: (edit.place.path, edit.place.start))
    regions = tuple(FixedRegion(region_of(edit.place, sources), edit.text) for edit in ordered)
    return FindingFix(fix.title, fix.safe and not loses_comment((fix,), edits, subject), regions)


def edits_of(fixes: Sequence[Fix], subject: Subject, is_own: IsOwnFile) -> tuple[Edit, ...]:
    """What fixes do together; nothing where they cannot be done, or where another assistant would feel it."""
    from revox_sync.source.edits.edit import edits_for

    edits = edits_for(subject.document, [amendment for fix in fixes for amendment in fix.amendments]) or ()
    return edits if all(is_own(path) for path in {edit.place.path for edit in edits}) else ()


def loses_comment(fixes: Iterable[Fix], edits: Iterable[Edit], subject: Subject) -> bool:
    """Whether the comment of a value that stays goes: then the fix is not what anybody obviously meant.

    The comment of a key that is removed goes with it.
    """
    if all(
        isinstance(amendment, Remove) and isinstance(amendment.pointer[-1], str)
        for fix in fixes
        for amendment in fix.amendments
    ):
        return False
    for edit in edits:
        text = subject.document.sources[edit.place.path].text[edit.place.start : edit.place.end]
        if any(found not in edit.text for found in re.findall(COMMENT_TEXT, text)):
            return True
    return False
