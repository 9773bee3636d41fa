"""What `revox-sync doctor` finds, for people: a line for each check, and a table of assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import counted, visible
from revox_sync.output.text.wrap import wrap_text
from revox_sync.sync.model.doctor_report import DoctorReport, Health, Learned, Probe

_STYLES: Final = {Health.OK: Style.INFO, Health.WARNING: Style.WARNING, Health.PROBLEM: Style.ERROR}
_ANSWERS: Final = {True: "yes", False: "no", None: "unknown"}
_NARROWEST: Final = 40
_TITLE: Final = 14


def render(report: DoctorReport, paint: Paint, width: int) -> str:
    """The report; `width` is in columns."""
    return "\n".join(_lines(report, paint, max(width, _NARROWEST))) + "\n"


def _lines(report: DoctorReport, paint: Paint, width: int) -> Iterator[str]:
    for check in report.checks:
        mark = "" if check.health is Health.OK else f"{check.health.value}: "
        first, *more = wrap_text(mark + check.text, width, f"{visible(check.name):<{_TITLE}}", " " * _TITLE)
        style = _STYLES[check.health]
        yield first if style is Style.INFO else paint(first, style)
        yield from more
    if report.probe is not None:
        yield from _probe(report.probe, paint, width)
    problems = sum(check.health is Health.PROBLEM for check in report.checks)
    warnings = sum(check.health is Health.WARNING for check in report.checks)
    yield ""
    yield paint(
        f"{counted(problems, 'problem')}, {counted(warnings, 'warning')}",
        Style.INFO if report.is_healthy else Style.ERROR,
    )


def _probe(probe: Probe, paint: Paint, width: int) -> Iterator[str]:
    yield ""
    yield paint("What we assume, and what this server does", Style.BOLD)
    for each in probe.learned:
        yield from _learned(each, paint, width)
    if probe.path is not None:
        yield ""
        commit = "; commit it" if probe.is_shared else ""
        yield from wrap_text(f"written to {probe.path}, for plan and apply{commit}", width, "", "")
    if probe.left_over is not None:
        first, *more = wrap_text(f"left over: {probe.left_over}", width, "", "  ")
        yield paint(first, Style.ERROR)
        yield from more


def _learned(learned: Learned, paint: Paint, width: int) -> Iterator[str]:
    answer = f"  {_ANSWERS[learned.holds]:<9}"
    text = f"{learned.assumption}: {learned.found}"
    first, *more = wrap_text(text, width, answer, " " * len(answer))
    yield first if learned.holds else paint(first, Style.WARNING)
    yield from more
