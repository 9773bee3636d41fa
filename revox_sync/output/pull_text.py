"""The outcome of a pull for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from revox_sync.output.paint import Paint, Style
from revox_sync.output.visible import counted, visible
from revox_sync.sync.pulled import Left, Pulled, PullReport

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
