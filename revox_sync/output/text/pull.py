"""The outcome of a pull for people, and the new files that it wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import counted, visible
from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped
from revox_sync.sync.model.pull_report import Left, Pulled, PullReport

NOTHING: Final = "The files hold everything that was edited outside."


def render(report: PullReport, paint: Paint) -> str:
    """One paragraph per assistant with something to tell, then the numbers; last the lock file, when it changed."""
    lines = [line for each in report.assistants for line in _assistant(each, report, paint)]
    lines.append(paint(_summary(report), Style.BOLD))
    if report.lock:
        lines.append(f"Lock written: {visible(report.lock)}")
    return "\n".join(lines) + "\n"


def _assistant(pulled: Pulled, report: PullReport, paint: Paint) -> Iterator[str]:
    details = [*_details(pulled, paint)]
    if pulled.refused:
        details.insert(0, f"  {paint('!', Style.ERROR)} {visible(pulled.refused)}; nothing is pulled")
    if pulled.bound:
        words = "found by its name; the lock knows it now" if report.written else "found by its name"
        details.append(f"  {words}")
    if details:
        yield f"{paint(visible(pulled.address), Style.BOLD)}  ({visible(pulled.path)})"
        yield from details
        yield ""


def _details(pulled: Pulled, paint: Paint) -> Iterator[str]:
    for path in pulled.fields:
        yield f"  {paint('<', Style.CHANGED)} {visible(path)}"
    for path in pulled.conflicts:
        yield (
            f"  {paint('!', Style.WARNING)} {visible(path)}: conflict, it differs and the file may be the newer one; "
            "--theirs takes the server's value"
        )
    for each in pulled.left:
        yield f"  {paint('!', Style.WARNING if each.differs else Style.INFO)} {_left(each)}"


def _left(left: Left) -> str:
    place = f"  ({visible(left.place)})" if left.place else ""
    return f"{visible(left.path)}: {visible(left.reason)}{place}"


def _summary(report: PullReport) -> str:
    every = report.assistants
    fields = sum(len(each.fields) for each in every)
    conflicts = sum(len(each.conflicts) for each in every)
    left = sum(each.differs for one in every for each in one.left)
    refused = sum(bool(each.refused) for each in every)
    local = sum(len(each.local) for each in every)
    others = [
        *([counted(conflicts, "conflict")] if conflicts else []),
        *([f"{counted(left, 'value')} not pulled"] if left else []),
        *([f"{counted(refused, 'assistant')} refused"] if refused else []),
        *([f"{counted(local, 'local edit')} kept"] if local else []),
    ]
    verb = "Pulled" if report.written else "Would pull"
    if fields:
        head = f"{verb} {counted(fields, 'value')} into {counted(len(report.files), 'file')}."
    else:
        head = f"{verb} nothing." if conflicts or left or refused else NOTHING
    return f"{head} {', '.join(others)}." if others else head


NO_NEW: Final = "No remote assistant is without a file."


def render_adopted(report: AdoptReport, paint: Paint) -> str:
    """A paragraph per new file and per assistant that got none, the variables to set, then the numbers."""
    lines = [
        *(line for each in report.adopted for line in _adopted(each, report, paint)),
        *(line for each in report.skipped for line in _skipped(each, paint)),
        *_variables(report.adopted),
        paint(_adopted_summary(report), Style.BOLD),
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


def _adopted_summary(report: AdoptReport) -> str:
    if not report.adopted and not report.skipped:
        return NO_NEW
    verb = "Adopted" if report.written else "Would adopt"
    without = f" {len(report.skipped):,} without a file." if report.skipped else ""
    return f"{verb} {counted(len(report.adopted), 'assistant')}.{without}"
