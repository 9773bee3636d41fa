"""What lint reports: plain values that renderers and caches can keep without the files they came from."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from revox_sync.source.model.place import Place, SourceText


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def at_least(self, other: "Severity") -> bool:
        """Whether this is as bad as `other` or worse."""
        order = list(Severity)
        return order.index(self) <= order.index(other)


class Region(NamedTuple):
    """A stretch of a file. Lines and columns count from 1, columns in characters; the end is behind the last one."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def of(cls, place: "Place", sources: "Mapping[str, SourceText]") -> "Region":
        """Lines and columns of a place; those of the first character for a file that could not be read."""
        text = sources.get(place.path)
        if text is None:
            return cls(place.path, 1, 1, 1, 1)
        return cls(place.path, *text.position(place.start), *text.position(max(place.start, place.end)))


MOST_FINDINGS: Final = 2_000
"""Findings of one rule that are made of one file; then the rule stops."""
MOST_SHOWN: Final = 100
"""Findings of one rule in one file that are shown; of more, nobody reads each."""
_LONGEST_EXCERPT: Final = 240
"""Characters of a line that a finding keeps: as many as a wide terminal shows."""
_BEFORE_PLACE: Final = 80


class Excerpt(NamedTuple):
    """A line, or the part of a long one that is around a place; `start` characters of the line stand before it."""

    text: str
    start: int = 0

    @classmethod
    def around(cls, line: str, column: int) -> "Excerpt":
        """The part of a line around a column, from 1. Each finding keeps its own, so it must not grow with the line."""
        start = max(0, min(column - 1 - _BEFORE_PLACE, len(line) - _LONGEST_EXCERPT))
        end = start + _LONGEST_EXCERPT
        return cls(line[start:end] + ("…" if end < len(line) else ""), start)


INCLUDED: Final = "included from here"
"""Message of the related region that shows the tag which includes a file."""


STOPPED: Final = "the rule stopped here; there may be more"
"""Message of the related region of the last finding, where a rule has made so many that it looks no further."""
ANCHORED: Final = "the value is written here"
"""Message of the related region that shows the value behind an alias."""


class RelatedRegion(NamedTuple):
    """Another place that belongs to a finding."""

    message: str
    region: Region


class FixedRegion(NamedTuple):
    """A stretch of a file and the text that replaces it."""

    region: Region
    text: str


class FindingFix(NamedTuple):
    """How a finding can be fixed.

    Attributes:
        title: what is done, as an order: "rename to `prompt`".
        safe: whether the result is what the author obviously meant, so that `--fix` may apply it.
        edits: in order of position; they do not overlap.
    """

    title: str
    safe: bool
    edits: tuple[FixedRegion, ...]

    @property
    def safety(self) -> str:
        """`safe` or `unsafe`."""
        return "safe" if self.safe else "unsafe"


class Finding(NamedTuple):
    """One cause.

    Attributes:
        name: the rule's name, the pattern found: `unknown-field`.
        message: what is wrong; one sentence without full stop.
        label: what to do, short enough to be printed under the marked text; may be empty.
        excerpt: the text of `region.line`, with secrets masked; of a long line the part around the place.
        related: other places that belong to it, such as the tags that include its file.
        fix: None where only a person can fix it.
        excerpt_start: characters of the line before the excerpt.
    """

    code: str
    name: str
    severity: Severity
    message: str
    label: str
    region: Region
    excerpt: str
    related: tuple[RelatedRegion, ...] = ()
    fix: FindingFix | None = None
    excerpt_start: int = 0

    @property
    def sentence(self) -> str:
        """Message and label in one line."""
        return f"{self.message}; {self.label}" if self.label else self.message

    @property
    def spots(self) -> list[tuple[str, int]]:
        """Paths and lines where a comment may be about it: its own, and those of the tags that include its file."""
        regions = [self.region, *(entry.region for entry in self.related if entry.message == INCLUDED)]
        return [(region.path, region.line) for region in regions]

    @property
    def stopped(self) -> bool:
        """Whether its rule has looked no further, so that nobody knows what else there is."""
        return any(entry.message == STOPPED for entry in self.related)

    def order(self) -> tuple[Region, str, str]:
        """The sort key of reports: by path and position."""
        return self.region, self.code, self.message

    @property
    def help(self) -> str:
        """The command that prints the rule's page."""
        return f"revox-sync explain {self.code}"


def bounded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """At most MOST_SHOWN findings of a rule in a file, in order; of more, one says how many there are besides."""
    shown: list[Finding] = []
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        group = groups.setdefault((finding.region.path, finding.code), [])
        group.append(finding)
        if len(group) <= MOST_SHOWN:
            shown.append(finding)
    rest = [_rest(group) for group in groups.values() if len(group) > MOST_SHOWN]
    return tuple(sorted([*shown, *rest], key=Finding.order)) if rest else tuple(shown)


def _rest(group: list[Finding]) -> Finding:
    """The first finding that is not shown, and how many there are besides."""
    first, *others = group[MOST_SHOWN:]
    number = f"at least {len(others):,}" if len(group) >= MOST_FINDINGS else f"{len(others):,}"
    # The worst of them decides whether the file passes.
    severity = min((finding.severity for finding in (first, *others)), key=list(Severity).index)
    message = f"{first.message}; and {number} more findings of {first.code} in this file"
    return first._replace(message=message if others else first.message, severity=severity)


class SuppressedFinding(NamedTuple):
    """A finding that a comment suppresses, and the reason that the comment gives; the reason may be empty."""

    finding: Finding
    reason: str


class LintReport(NamedTuple):
    """Findings in order of path and position, and the number of files checked; suppressed findings are listed apart."""

    findings: tuple[Finding, ...]
    files: int
    suppressed: tuple[SuppressedFinding, ...] = ()

    @property
    def bounded(self) -> "LintReport":
        """The report as it is shown; see `bounded`."""
        return self._replace(findings=bounded(self.findings))

    def number_of(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def fails(self, threshold: Severity) -> bool:
        """Whether a finding is as bad as `threshold` or worse."""
        return any(finding.severity.at_least(threshold) for finding in self.findings)
