"""New files of remote assistants, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from revox_sync.output.paint import Paint, Style
from revox_sync.output.visible import counted, visible
from revox_sync.sync.adopted import Adopted, AdoptReport, Skipped

NOTHING: Final = "No remote assistant is without a file."


def render(report: AdoptReport, paint: Paint) -> str:
    """A paragraph per new file and per assistant that got none, the variables to set, then the numbers."""
    lines = [
        *(line for each in report.adopted for line in _adopted(each, report, paint)),
        *(line for each in report.skipped for line in _skipped(each, paint)),
        *_variables(report.adopted),
        paint(_summary(report), Style.BOLD),
    ]
    if report.lock:
        lines.append(f"Lock written: {visible(report.lock)}")
    return "\n".join(lines) + "\n"


def _adopted(each: Adopted, report: AdoptReport, paint: Paint) -> Iterator[str]:
    what = "new file" if report.written else "would be a new file"
    yield f"{paint(visible(each.address), Style.BOLD)}  ({visible(each.id)}, {what})"
    yield from (f"  {paint('+', Style.ADDED)} {visible(path)}" for path in each.files)
    yield from (f"  {paint('!', Style.WARNING)} {visible(note)}" for note in each.notes)
    yield ""


def _skipped(each: Skipped, paint: Paint) -> Iterator[str]:
    yield f"{paint(visible(each.name), Style.BOLD)}  ({visible(each.id)}, no file)"
    yield f"  {paint('!', Style.ERROR)} {visible(each.reason)}"
    if each.hint:
        yield f"  {visible(each.hint)}"
    yield ""


def _variables(adopted: tuple[Adopted, ...]) -> Iterator[str]:
    places: Mapping[str, str] = {
        name: f"{each.address}: {path}" for each in adopted for name, path in each.variables.items()
    }
    if places:
        width = max(map(len, places))
        yield "Set these environment variables; their values are written to no file:"
        yield from (f"  {name:<{width}}  {visible(places[name])}" for name in sorted(places))
        yield ""


def _summary(report: AdoptReport) -> str:
    if not report.adopted and not report.skipped:
        return NOTHING
    verb = "Adopted" if report.written else "Would adopt"
    without = f" {len(report.skipped):,} without a file." if report.skipped else ""
    return f"{verb} {counted(len(report.adopted), 'assistant')}.{without}"
