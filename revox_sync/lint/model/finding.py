"""What lint reports: plain values that renderers and caches can keep without the files they came from."""

from collections import Counter
from enum import StrEnum
from typing import Final, NamedTuple


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
    """A stretch of a file; lines and columns from 1, columns in characters, the end behind the last character."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


INCLUDED: Final = "included from here"
"""Message of the related region that shows the tag which brings a file in."""


class RelatedRegion(NamedTuple):
    """Another place that belongs to a finding."""

    message: str
    region: Region


class FixedRegion(NamedTuple):
    """A stretch of a file and the text that is to stand there instead."""

    region: Region
    text: str


class FindingFix(NamedTuple):
    """How a finding can be mended.

    Attributes:
        title: what is done, as an order: "rename to `prompt`".
        safe: whether the meaning stays what the author obviously meant.
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
        message: what is wrong; one sentence without final stop.
        label: what to do, to stand under the marked text; may be empty.
        excerpt: the line of `region.line`, secrets blotted out.
        fix: None: only a person can mend it.
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
        """Paths and lines where a comment may speak about it: its own, and those of the tags that include its file."""
        regions = [self.region, *(entry.region for entry in self.related if entry.message == INCLUDED)]
        return [(region.path, region.line) for region in regions]

    @property
    def help(self) -> str:
        """The command that prints the rule's page."""
        return f"revox-sync explain {self.code}"


class SuppressedFinding(NamedTuple):
    """A finding that a comment suppresses, and the reason the comment gives; may be empty."""

    finding: Finding
    reason: str


class LintReport(NamedTuple):
    """Findings in order of path and position, of `files` files; suppressed ones are no findings."""

    findings: tuple[Finding, ...]
    files: int
    suppressed: tuple[SuppressedFinding, ...] = ()

    def number_of(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return Counter(finding.severity for finding in self.findings)[severity]

    def fails(self, threshold: Severity) -> bool:
        """Whether a finding is as bad as `threshold` or worse."""
        return any(finding.severity.at_least(threshold) for finding in self.findings)
