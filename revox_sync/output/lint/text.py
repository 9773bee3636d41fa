"""Findings for people: `full` with the source line, `concise` with one line each."""

from __future__ import annotations

from revox_sync.lint.model.finding import Finding, LintReport, Severity
from revox_sync.output.text.finding_block import STYLES, block, position
from revox_sync.output.text.style import LinkMaker, Paint, Style, unlinked
from revox_sync.output.text.visible import counted, visible


def full(report: LintReport, paint: Paint, width: int, link: LinkMaker = unlinked) -> str:
    """Each finding with its source line and a mark under the text, then the count; `width` in columns."""
    blocks = [block(each, paint, width, link) for each in report.findings]
    return "\n".join([*blocks, lint_summary(report, paint)]) + "\n"


def concise(report: LintReport, paint: Paint) -> str:
    """`path:line:column: severity CODE sentence`, then the count."""
    lines = [
        f"{position(each.region)}: {_severity(each, paint)} {each.code} {visible(each.sentence)}"
        for each in report.findings
    ]
    return "\n".join([*lines, lint_summary(report, paint)]) + "\n"


def lint_summary(report: LintReport, paint: Paint) -> str:
    """One line: what was found in how many files."""
    files = counted(report.files, "file")
    numbers = [(report.number_of(level), level) for level in Severity]
    counts = [(counted(number, level.value), STYLES[level]) for number, level in numbers if number]
    if not counts:
        return paint(f"No findings in {files}.", Style.ADDED)
    return f"{', '.join(paint(text, style) for text, style in counts)} in {files}."


def _severity(finding: Finding, paint: Paint) -> str:
    return paint(finding.severity.value, STYLES[finding.severity])
