"""What lint reports: plain values that renderers and caches can keep without the files they came from."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

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


INCLUDED: Final = "included from here"
"""Message of the related region that shows the tag which includes a file."""


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
        excerpt: the text of `region.line`, with secrets masked.
        related: other places that belong to it, such as the tags that include its file.
        fix: None where only a person can fix it.
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

    @property
    def sentence(self) -> str:
        """Message and label in one line."""
        return f"{self.message}; {self.label}" if self.label else self.message

    @property
    def spots(self) -> list[tuple[str, int]]:
        """Paths and lines where a comment may be about it: its own, and those of the tags that include its file."""
        regions = [self.region, *(entry.region for entry in self.related if entry.message == INCLUDED)]
        return [(region.path, region.line) for region in regions]

    def order(self) -> tuple[Region, str, str]:
        """The sort key of reports: by path and position."""
        return self.region, self.code, self.message

    @property
    def help(self) -> str:
        """The command that prints the rule's page."""
        return f"revox-sync explain {self.code}"


class SuppressedFinding(NamedTuple):
    """A finding that a comment suppresses, and the reason that the comment gives; the reason may be empty."""

    finding: Finding
    reason: str


class LintReport(NamedTuple):
    """Findings in order of path and position, and the number of files checked; suppressed findings are listed apart."""

    findings: tuple[Finding, ...]
    files: int
    suppressed: tuple[SuppressedFinding, ...] = ()

    def number_of(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def fails(self, threshold: Severity) -> bool:
        """Whether a finding is as bad as `threshold` or worse."""
        return any(finding.severity.at_least(threshold) for finding in self.findings)
