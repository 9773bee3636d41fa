"""Findings for people: `full` with the source line and a mark under the text, `concise` with one line each."""

from __future__ import annotations

from collections import Counter
from typing import Final

from revox_sync.lint.model.finding import MOST_FINDINGS, Finding, LintReport, Region, Severity
from revox_sync.output.text.style import LinkMaker, Paint, Style, unlinked
from revox_sync.output.text.visible import columns, counted, named, visible

SEVERITY_STYLES: Final = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.INFO: Style.INFO}
_COLUMNS_BEFORE_MARK: Final = 40
"""Characters of a long line that are shown before the mark."""
_MOST_NOTES: Final = 5
"""Related places that are listed; a file that a hundred assistants include has a hundred."""
_LEAST_ROOM: Final = 40
"""Columns of source shown in the narrowest terminal."""


def full(report: LintReport, paint: Paint, width: int, link: LinkMaker = unlinked) -> str:
    """Each finding as `finding_block` shows it, then the counts; `width` in columns."""
    blocks = [finding_block(finding, paint, width, link) for finding in report.findings]
    return "\n".join([*blocks, lint_summary(report, paint)]) + "\n"


def concise(report: LintReport, paint: Paint) -> str:
    """`path:line:column: severity CODE sentence`, then the counts."""
    lines = [
        f"{_position(finding.region)}: {paint(finding.severity.value, SEVERITY_STYLES[finding.severity])} "
        f"{finding.code} {visible(finding.sentence)}"
        for finding in report.findings
    ]
    return "\n".join([*lines, lint_summary(report, paint)]) + "\n"


def statistics(report: LintReport, paint: Paint) -> str:
    """How many findings each rule has, most first, and how many of them a fix mends; then the counts.

    Args:
        report: with all findings that were made, and not only those that are shown.
    """
    numbers = Counter(finding.code for finding in report.findings)
    fixable = Counter(finding.code for finding in report.findings if finding.fix is not None)
    first = {finding.code: finding for finding in reversed(report.findings)}
    full_files = Counter((finding.region.path, finding.code) for finding in report.findings)
    cut = {code for (_, code), number in full_files.items() if number >= MOST_FINDINGS}
    counts = {code: f"{'≥ ' if code in cut else ''}{number:,}" for code, number in numbers.items()}
    width = max(map(len, counts.values()), default=0)
    lines = [
        f"{counts[code]:>{width}}  {paint(code, SEVERITY_STYLES[first[code].severity])}  {first[code].name}"
        + (f"  [{fixable[code]:,} with a fix]" if fixable[code] else "")
        for code in sorted(numbers, key=lambda code: (-numbers[code], code))
    ]
    return "\n".join([*lines, lint_summary(report, paint)]) + "\n"


def lint_summary(report: LintReport, paint: Paint) -> str:
    """One line: what was found in how many files."""
    files = counted(report.files, "file")
    numbers = {severity: report.number_of(severity) for severity in Severity}
    counts = [
        paint(counted(number, severity.value), SEVERITY_STYLES[severity])
        for severity, number in numbers.items()
        if number
    ]
    return f"{', '.join(counts)} in {files}." if counts else paint(f"No findings in {files}.", Style.ADDED)


def finding_block(finding: Finding, paint: Paint, width: int, link: LinkMaker = unlinked) -> str:
    """One finding: its source line, a mark under the text, and what more there is to say."""
    gutter = len(str(finding.region.line))
    head = paint(f"{finding.severity}[{finding.code} {finding.name}]", SEVERITY_STYLES[finding.severity])
    lines = [
        f"{head}: {paint(visible(finding.message), Style.BOLD)}",
        f"{' ' * gutter} {paint('-->', Style.DIM)} {link(_position(finding.region), finding.region.path)}",
        *_source(finding, gutter, paint, width),
    ]
    margin = f"{' ' * gutter} {paint('=', Style.DIM)}"
    shown = finding.related[:_MOST_NOTES]
    lines += [f"{margin} note: {visible(related.message)}: {_position(related.region)}" for related in shown]
    if len(finding.related) > _MOST_NOTES:
        lines.append(f"{margin} note: and {counted(len(finding.related) - _MOST_NOTES, 'more place')}")
    if finding.fix:
        lines.append(f"{margin} fix: {visible(finding.fix.title)}  [{finding.fix.safety}]")
    lines.append(f"{margin} help: {finding.help}")
    return "\n".join(lines) + "\n"


def _source(finding: Finding, gutter: int, paint: Paint, width: int) -> list[str]:
    """The marked line; of a long one, only the part around the mark."""
    region, line = finding.region, finding.excerpt
    bar = paint("|", Style.DIM)
    start = region.column - 1 - finding.excerpt_start
    # A finding over several lines is marked up to the end of its first one; only that line is shown.
    end = region.end_column - 1 - finding.excerpt_start if region.end_line == region.line else len(line.rstrip())
    end = max(min(end, len(line)), start + 1)
    room = max(width - gutter - 3, _LEAST_ROOM)
    context = min(_COLUMNS_BEFORE_MARK, room // 2)
    far = finding.excerpt_start > 0 or columns(visible(line[:end])) > room
    first = start - context if far and start > context else 0
    left = "…" if first or finding.excerpt_start else ""
    before, marked, after = left + visible(line[first:start]), named(line[start:end]), visible(line[end:])
    text = _clipped(before + marked + after, room)
    marks = "^" * max(1, min(columns(marked), room - columns(before)))
    number = paint(str(region.line), Style.DIM)
    below = _with_label(marks, visible(finding.label), columns(before), room)
    return [
        f"{' ' * gutter} {bar}",
        f"{number} {bar} {text}".rstrip(),
        *(f"{' ' * gutter} {bar} {' ' * at}{paint(text, SEVERITY_STYLES[finding.severity])}" for at, text in below),
    ]


def _with_label(marks: str, label: str, indent: int, room: int) -> list[tuple[int, str]]:
    """Indent and text of the lines below the source: the label behind the marks, or under them where it is too long."""
    if not label or indent + len(marks) + 1 + columns(label) <= room:
        return [(indent, f"{marks} {label}".rstrip())]
    return [(indent, marks), (max(0, min(indent, room - columns(label))), label)]


def _clipped(text: str, room: int) -> str:
    if columns(text) <= room:
        return text
    # A wide character takes two columns, so a cut at `room` characters may still be too long.
    while columns(text) >= room:
        text = text[: min(len(text) - 1, room)]
    return text + "…"


def _position(region: Region) -> str:
    return f"{visible(region.path)}:{region.line}:{region.column}"
