"""Findings for people: `full` with the source line, `concise` with one line each."""

from __future__ import annotations

from typing import Final

from revox_sync.lint.finding import Finding, LintReport, Region, Severity
from revox_sync.output.paint import Paint, Style
from revox_sync.output.visible import columns, counted, visible

STYLES: Final = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.INFO: Style.INFO}
CONTEXT: Final = 40


def full(report: LintReport, paint: Paint, width: int) -> str:
    """Each finding with its source line and a mark under the text, then the count; `width` in columns."""
    blocks = [_block(each, paint, width) for each in report.findings]
    return "\n".join([*blocks, summary(report, paint)]) + "\n"


def concise(report: LintReport, paint: Paint) -> str:
    """`path:line:column: severity CODE sentence`, then the count."""
    lines = [
        f"{_position(each.region)}: {_severity(each, paint)} {each.code} {visible(each.sentence)}"
        for each in report.findings
    ]
    return "\n".join([*lines, summary(report, paint)]) + "\n"


def summary(report: LintReport, paint: Paint) -> str:
    """One line: what was found in how many files."""
    files = counted(report.files, "file")
    counts = [(counted(report.count(level), level.value), STYLES[level]) for level in Severity if report.count(level)]
    if not counts:
        return paint(f"No findings in {files}.", Style.ADDED)
    return f"{', '.join(paint(text, style) for text, style in counts)} in {files}."


def _block(finding: Finding, paint: Paint, width: int) -> str:
    gutter = len(str(finding.region.line))
    head = paint(f"{finding.severity}[{finding.code} {finding.name}]", STYLES[finding.severity])
    lines = [
        f"{head}: {paint(visible(finding.message), Style.BOLD)}",
        f"{' ' * gutter} {paint('-->', Style.DIM)} {_position(finding.region)}",
        *_source(finding, gutter, paint, width),
    ]
    margin = f"{' ' * gutter} {paint('=', Style.DIM)}"
    lines += [f"{margin} note: {visible(each.message)}: {_position(each.region)}" for each in finding.related]
    lines.append(f"{margin} help: {finding.help}")
    return "\n".join(lines) + "\n"


def _source(finding: Finding, gutter: int, paint: Paint, width: int) -> list[str]:
    """The marked line; of a long one the part around the mark."""
    region, line = finding.region, finding.excerpt
    bar = paint("|", Style.DIM)
    start = region.column - 1
    end = region.end_column - 1 if region.end_line == region.line else len(line.rstrip())
    end = max(min(end, len(line)), start + 1)
    room = max(width - gutter - 3, 2 * CONTEXT)
    first = start - CONTEXT if columns(visible(line[:end])) > room and start > CONTEXT else 0
    left = "…" if first else ""
    before, marked, after = left + visible(line[first:start]), visible(line[start:end]), visible(line[end:])
    text = _clipped(before + marked + after, room)
    marks = "^" * max(1, min(columns(marked), room - columns(before)))
    label = f" {visible(finding.label)}" if finding.label else ""
    number = paint(str(region.line), Style.DIM)
    return [
        f"{' ' * gutter} {bar}",
        f"{number} {bar} {text}".rstrip(),
        f"{' ' * gutter} {bar} {' ' * columns(before)}{paint(marks + label, STYLES[finding.severity])}",
    ]


def _clipped(text: str, room: int) -> str:
    if columns(text) <= room:
        return text
    while columns(text) >= room:
        text = text[: min(len(text) - 1, room)]
    return text + "…"


def _severity(finding: Finding, paint: Paint) -> str:
    return paint(finding.severity.value, STYLES[finding.severity])


def _position(region: Region) -> str:
    return f"{visible(region.path)}:{region.line}:{region.column}"
