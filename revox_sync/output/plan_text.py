"""A plan for people, in Terraform's grammar and the API's words."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from revox_sync.output.flow import Piece, flow
from revox_sync.output.hunks import Line, hunks
from revox_sync.output.paint import Paint, Style
from revox_sync.output.visible import columns, counted, visible
from revox_sync.sync.diff import FieldChange
from revox_sync.sync.plan import IMPACTS, Action, Blocked, Change, Plan, Refusal

IN_SYNC: Final = "No changes. The API matches the files."
KEPT: Final = "Nothing to send. The edits made outside are kept."
SIGNS: Final = {"+": Style.ADDED, "-": Style.REMOVED, "~": Style.CHANGED, " ": Style.DIM, "!": Style.WARNING}
WORDS: Final = {"+": Style.ADDED_WORD, "-": Style.REMOVED_WORD}
LONG: Final = 60
"""Characters from which a text is shown as hunks."""
WIDEST_PATH: Final = 40
"""Columns of the longest path that the others are aligned with."""


def render(plan: Plan, paint: Paint, width: int) -> str:
    """Conflicts, drift and refusals first, then changes by impact; last the counts. `width` in columns."""
    view = _View(paint, width)
    blocks = [
        *(view.blocked(each, "was edited outside and in the file") for each in plan.conflicts),
        *(view.blocked(each, "was edited outside") for each in plan.drift),
        *(view.refusal(each) for each in plan.refused),
        *(view.change(each) for each in sorted(plan.pending, key=_importance)),
    ]
    lines = [line for block in blocks for line in (*block, "")]
    return "\n".join([*lines, *view.closing(plan)]) + "\n"


def _importance(change: Change) -> tuple[int, str]:
    return (IMPACTS.index(change.impact[0]) if change.impact else len(IMPACTS), change.address)


def counts(plan: Plan) -> str:
    """The counts in one line: `Plan: 2 to create, 1 to update, 0 to delete. 14 unchanged`."""
    text = f"Plan: {plan.count(Action.CREATE)} to create, {plan.count(Action.UPDATE)} to update, 0 to delete."
    text += f" {plan.count(Action.NOOP)} unchanged."
    return text + (f" {plan.blocked} blocked." if plan.blocked else "")


class _View:
    """Draws the parts of a plan for one width and one palette."""

    def __init__(self, paint: Paint, width: int) -> None:
        self._paint = paint
        self._width = max(width, 40)

    def change(self, change: Change) -> Iterator[str]:
        """One assistant that will be created or updated."""
        verb = "created" if change.action is Action.CREATE else "updated"
        facts = [each for each in (change.id, *change.impact, change.reason) if each]
        yield self._title(f"{change.address} will be {verb}", facts)
        yield from self._fields(change.fields)

    def blocked(self, blocked: Blocked, what: str) -> Iterator[str]:
        """One assistant that is left alone."""
        facts = [blocked.id, *([f"updated {blocked.updated_at}"] if blocked.updated_at else [])]
        yield self._title(f"{blocked.address} {what}", facts, Style.WARNING)
        yield self._paint("    server → file", Style.DIM)
        yield from self._fields(blocked.fields)

    def refusal(self, refusal: Refusal) -> Iterator[str]:
        """One assistant nothing can be planned for."""
        yield self._title(f"{refusal.address} cannot be planned", [], Style.WARNING)
        yield from self._wrapped(refusal.reason, "    ", "    ")

    def closing(self, plan: Plan) -> Iterator[str]:
        """Notes, what to do about blocked assistants, and the counts."""
        for note in plan.notes:
            yield from self._wrapped(f"Note: {note}", "", "  ")
        if plan.orphaned:
            names = ", ".join(plan.orphaned)
            yield from self._wrapped(f"Note: in the lock without a file, left as they are: {names}", "", "  ")
        if plan.drift or plan.conflicts:
            yield from self._wrapped(_advice(plan), "", "  ")
        if plan.notes or plan.orphaned or plan.drift or plan.conflicts:
            yield ""
        if plan.in_sync:
            kept = any(each.keep for each in plan.changes)
            yield self._paint(KEPT if kept else IN_SYNC, Style.ADDED)
        else:
            yield self._paint(counts(plan), Style.BOLD)

    def _title(self, text: str, facts: Sequence[str], style: Style = Style.BOLD) -> str:
        """The headline of an assistant; facts that do not fit beside it stand below."""
        head, detail = "# " + visible(text), f"({visible(', '.join(facts))})" if facts else ""
        gap = "   " if columns(head) + columns(detail) + 5 <= self._width else "\n    "
        return f"  {self._paint(head, style)}{gap + detail if detail else ''}"

    def _fields(self, fields: Sequence[FieldChange]) -> Iterator[str]:
        widths = [columns(visible(each.path)) for each in fields]
        room = max((each for each in widths if each <= WIDEST_PATH), default=0)
        for each in fields:
            yield from self._field(each, room)

    def _field(self, field: FieldChange, room: int) -> Iterator[str]:
        sign = "+" if field.added else "-" if field.removed else "~"
        path = visible(field.path)
        head = f"  {self._paint(sign, SIGNS[sign])} {path}{' ' * (room - columns(path))} "
        if field.sensitive:
            what = "" if field.added else " removed" if field.removed else " changed"
            yield head + self._paint(f"(sensitive value{what})", Style.DIM)
        elif _is_long(field.before) and _is_long(field.after):
            yield head + f"{len(field.before):,} → {len(field.after):,} characters"
            yield from self._hunks(field.before, field.after)
        else:
            rest = max(self._width - max(room, columns(path)) - 5, 24)
            yield head + _transition(field, rest)

    def _hunks(self, before: str, after: str) -> Iterator[str]:
        for hunk in hunks(before, after):
            yield "      " + self._paint(f"@@ {visible(hunk.heading)} @@" if hunk.heading else "@@", Style.DIM)
            for line in hunk.lines:
                yield from self._line(line)

    def _line(self, line: Line) -> Iterator[str]:
        """A line of a hunk; what does not fit goes on below, as far in as the line itself."""
        indent = " " * min(len(line.text) - len(line.text.lstrip(" ")), self._width // 2)
        for number, row in enumerate(flow(line.pieces, self._width - len(indent) - 8)):
            lead = f"        {indent}" if number else f"      {line.sign} "
            yield self._row(lead, row, line.sign)

    def _row(self, lead: str, row: Sequence[Piece], sign: str) -> str:
        head, rest = (row[0][0], row[1:]) if row and not row[0][1] else ("", row)
        start = lead + head if rest else (lead + head).rstrip()
        words = WORDS.get(sign, SIGNS[sign])
        painted = [self._paint(text, words if marked else SIGNS[sign]) for text, marked in rest]
        return self._paint(start, SIGNS[sign]) + "".join(painted)

    def _wrapped(self, text: str, first: str, rest: str) -> Iterable[str]:
        return textwrap.wrap(
            visible(text),
            self._width,
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
        ) or [first]


def _advice(plan: Plan) -> str:
    number = counted(len(plan.drift) + len(plan.conflicts), "assistant")
    keep = ", --on-drift keep keeps the edits and applies the rest" if plan.drift else ""
    return f"Left alone: {number} edited outside. --on-drift revert lets the files win{keep}."


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and (len(value) > LONG or "\n" in value)


def _transition(field: FieldChange, room: int) -> str:
    if field.added:
        return _shown(field.after, room)
    after = "(unset)" if field.removed or field.after is None else _shown(field.after, room // 2)
    return f"{_shown(field.before, room - columns(after) - 3)} → {after}"


def _shown(value: Any, room: int) -> str:
    """A value on one line; of a long text its size and beginning."""
    if value is None:
        return "(unset)"
    text = _quoted(value)
    if columns(text) <= room and "\n" not in str(value):
        return text
    if _is_long(value):
        size, (first, more, _) = f"{len(value):,} characters ", value.strip().partition("\n")
        return size + _clipped(_quoted(first + "…" if more else first), room - len(size))
    size = f"{counted(len(value), 'element')} " if isinstance(value, list) else ""
    return size + _clipped(text, room - len(size))


def _quoted(value: Any) -> str:
    """The value as JSON on one line, harmless."""
    return visible(json.dumps(value, ensure_ascii=False))


def _clipped(text: str, room: int) -> str:
    return text if columns(text) <= room else text[: max(room - 1, 8)] + "…"
