"""A test call for people: what is about to be dialled, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import columns, padded, visible
from revox_sync.output.text.where import where_line
from revox_sync.output.text.wrap import wrap_text
from revox_sync.sync.model.call_report import COMPLETED, Attempt, CallOrder, CallReport, Turn

_NARROWEST: Final = 40
_WIDEST_NAME: Final = 24
"""Columns of the longest name that values are aligned with."""


def preview(order: CallOrder, paint: Paint, width: int) -> str:
    """Who is about to be called, by what, with which account and variables.

    Args:
        width: in columns.
    """
    rows = [
        ("to", order.number),
        ("from", order.from_number or "the default number of the organisation"),
        ("when", "now, whatever the calling window is"),
        *(("variable", f"{name} = {value}") for name, value in order.variables.items()),
    ]
    return "\n".join(
        [
            visible(where_line(order.environment, order.base_url, order.organization_id)),
            "",
            paint(f"Test call of {visible(order.address)}, as its file is now", Style.BOLD),
            *_table(rows, max(width, _NARROWEST), "  "),
            "",
        ]
    )


def render(report: CallReport, paint: Paint, width: int) -> str:
    """How the call ended, what was said in it, and whether it is what was expected.

    Args:
        width: in columns.
    """
    return "\n".join(_lines(report, paint, max(width, _NARROWEST))) + "\n"


def _lines(report: CallReport, paint: Paint, width: int) -> Iterator[str]:
    for number, attempt in enumerate(report.attempts, start=1):
        title = f"Attempt {number}: {', '.join(_ending(attempt))}"
        yield ""
        yield paint(visible(title), Style.BOLD)
        yield from _table([row for turn in attempt.transcript for row in _rows(turn)], width, "  ")
        if attempt.outputs is not None:
            yield "  Structured outputs:"
            yield from _table([(name, _json(value)) for name, value in attempt.outputs.items()], width, "    ")
    if report.outcome_summary:
        yield ""
        yield from wrap_text(f"Summary: {report.outcome_summary}", width)
    yield ""
    for each in report.expectations:
        found = "the API says nothing of it" if each.found is None else f"it is {each.found}"
        text = f"Expected {each.what}={each.expected}: {'so it is' if each.met else found}"
        yield paint(visible(text), Style.ADDED if each.met else Style.ERROR)
    yield from _summary(report, paint, width)


def _summary(report: CallReport, paint: Paint, width: int) -> Iterator[str]:
    name = f"Call {report.id}" if report.id is not None else "Call"
    if report.status is not None:
        outcome = f", outcome {report.outcome}" if report.outcome is not None else ""
        style = Style.BOLD if report.status == COMPLETED and not report.problem else Style.WARNING
        yield paint(visible(f"{name}: {report.status}{outcome}."), style)
    if report.problem:
        first, *more = wrap_text(f"{name}: {report.problem}", width)
        yield paint(first, Style.ERROR)
        yield from more


def _ending(attempt: Attempt) -> Iterator[str]:
    yield attempt.status or "no status"
    if attempt.dial_error is not None:
        yield f"nobody reached ({attempt.dial_error})"
    if attempt.result is not None:
        yield f"answered by {attempt.result}"
    if attempt.ended_by is not None:
        yield f"ended by {attempt.ended_by}" + (f" ({attempt.end_reason})" if attempt.end_reason else "")


def _rows(turn: Turn) -> Iterator[tuple[str, str]]:
    if turn.content or turn.tool is None:
        yield turn.role, turn.content
    if turn.tool is not None:
        failed = " (failed)" if turn.failed else ""
        arguments = turn.arguments if isinstance(turn.arguments, str) else _json(turn.arguments)
        yield "tool", f"{turn.tool}{failed} {arguments}" + (f" → {turn.output}" if turn.output is not None else "")


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _table(rows: list[tuple[str, str]], width: int, indent: str) -> Iterator[str]:
    """Names, and beside each its text in as many lines as it needs."""
    room = max((columns(visible(name)) for name, _ in rows), default=0)
    room = min(room, _WIDEST_NAME)
    for name, text in rows:
        first = indent + padded(visible(name), room) + "  "
        rest = " " * (len(indent) + room + 2)
        lines = text.splitlines() or [""]
        yield from wrap_text(lines[0], width, first, rest)
        for line in lines[1:]:
            yield from wrap_text(line, width, rest, rest)
