"""One finding for people: its source line, a mark under the text, and what more there is to say."""

from __future__ import annotations

from typing import Final

from revox_sync.lint.model.finding import Finding, Region, Severity
from revox_sync.output.text.style import LinkMaker, Paint, Style, unlinked
from revox_sync.output.text.visible import columns, counted, visible

STYLES: Final = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.INFO: Style.INFO}
CONTEXT: Final = 40
"""Characters of a long line shown before the mark."""
MOST_NOTES: Final = 5
"""Related places listed; a file that a hundred assistants include has a hundred."""
LEAST_ROOM: Final = 40
"""Columns of source shown in the narrowest terminal."""


def block(finding: Finding, paint: Paint, width: int, link: LinkMaker = unlinked) -> str:
    """One finding with its source line, a mark under the text, and what more there is to say."""
    gutter = len(str(finding.region.line))
    head = paint(f"{finding.severity}[{finding.code} {finding.name}]", STYLES[finding.severity])
    lines = [
        f"{head}: {paint(visible(finding.message), Style.BOLD)}",
        f"{' ' * gutter} {paint('-->', Style.DIM)} {link(position(finding.region), finding.region.path)}",
        *_source(finding, gutter, paint, width),
    ]
    margin = f"{' ' * gutter} {paint('=', Style.DIM)}"
    notes = finding.related[:MOST_NOTES]
    lines += [f"{margin} note: {visible(each.message)}: {position(each.region)}" for each in notes]
    if len(finding.related) > MOST_NOTES:
        lines.append(f"{margin} note: and {counted(len(finding.related) - MOST_NOTES, 'more place')}")
    if finding.fix:
        lines.append(f"{margin} fix: {visible(finding.fix.title)}  [{finding.fix.safety}]")
    lines.append(f"{margin} help: {finding.help}")
    return "\n".join(lines) + "\n"


def _source(finding: Finding, gutter: int, paint: Paint, width: int) -> list[str]:
    """The marked line; of a long one the part around the mark."""
    region, line = finding.region, finding.excerpt
    bar = paint("|", Style.DIM)
    start = region.column - 1
    end = region.end_column - 1 if region.end_line == region.line else len(line.rstrip())
    end = max(min(end, len(line)), start + 1)
    room = max(width - gutter - 3, LEAST_ROOM)
    context = min(CONTEXT, room // 2)
    first = start - context if columns(visible(line[:end])) > room and start > context else 0
    left = "…" if first else ""
    before, marked, after = left + visible(line[first:start]), visible(line[start:end]), visible(line[end:])
    text = _clipped(before + marked + after, room)
    marks = "^" * max(1, min(columns(marked), room - columns(before)))
    number = paint(str(region.line), Style.DIM)
    below = _with_label(marks, visible(finding.label), columns(before), room)
    return [
        f"{' ' * gutter} {bar}",
        f"{number} {bar} {text}".rstrip(),
        *(f"{' ' * gutter} {bar} {' ' * at}{paint(each, STYLES[finding.severity])}" for at, each in below),
    ]


def _with_label(marks: str, label: str, indent: int, room: int) -> list[tuple[int, str]]:
    """Indent and text of the lines below the source: the label behind the marks, or under them where it is too long."""
    if not label or indent + len(marks) + 1 + columns(label) <= room:
        return [(indent, f"{marks} {label}".rstrip())]
    return [(indent, marks), (max(0, min(indent, room - columns(label))), label)]


def _clipped(text: str, room: int) -> str:
    if columns(text) <= room:
        return text
    while columns(text) >= room:
        text = text[: min(len(text) - 1, room)]
    return text + "…"


def position(region: Region) -> str:
    """`path:line:column`, harmless for a terminal."""
    return f"{visible(region.path)}:{region.line}:{region.column}"
