"""How every assistant compares with its file, for people: a table, what differs below each row, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import columns, common_width, counted, padded, visible
from revox_sync.output.text.where import where_line
from revox_sync.output.text.wrap import wrap_pieces, wrap_text
from revox_sync.sync.model.status import AssistantStatus, Standing, Status

_STYLES: Final = {
    Standing.IN_SYNC: Style.ADDED,
    Standing.NEW: Style.CHANGED,
    Standing.LOCAL_CHANGE: Style.CHANGED,
    Standing.DRIFT: Style.WARNING,
    Standing.CONFLICT: Style.ERROR,
    Standing.MISSING: Style.ERROR,
    Standing.AMBIGUOUS: Style.ERROR,
    Standing.BLOCKED: Style.WARNING,
    Standing.ORPHANED: Style.INFO,
}
_NEXT_STEPS: Final = {
    Standing.NEW: "`revox-sync apply` creates them",
    Standing.LOCAL_CHANGE: "`revox-sync apply` sends them",
    Standing.DRIFT: (
        "`revox-sync pull` brings the edits into the files, `revox-sync apply --on-drift revert` undoes them"
    ),
    Standing.CONFLICT: (
        "`revox-sync plan` shows both; `revox-sync pull --theirs` takes the server's, "
        "`revox-sync apply --on-drift revert` the file's"
    ),
    Standing.MISSING: (
        "`revox-sync apply --recreate --max-deletes {number}` creates them anew, `revox-sync import ADDRESS ID` binds "
        "others, `revox-sync forget ADDRESS` none"
    ),
    Standing.AMBIGUOUS: "`revox-sync import ADDRESS ID` says which one is meant",
    Standing.ORPHANED: (
        "`revox-sync apply --prune --max-deletes {number}` deletes them, "
        "`revox-sync forget ADDRESS` leaves them to themselves"
    ),
}
_STATE_WIDTH: Final = max(len(state.words) for state in Standing)
_GAP: Final = "  "
_INDENT: Final = " " * _STATE_WIDTH + _GAP
_NARROWEST: Final = 40
_WIDEST_CELL: Final = 40
"""Columns of the longest address or id that the others are aligned with."""
_MOST_PATHS: Final = 8
"""Paths of one assistant that are listed; of more, only the number is shown."""


def render(status: Status, paint: Paint, width: int, complete: Callable[[str], str] = str) -> str:
    """Where it is, a row per assistant, sorted by address; then what to do, and last the counts.

    Args:
        width: in columns.
        complete: adds to the commands of a note what a reader has to type besides.
    """
    width = max(width, _NARROWEST)
    table = _Table(status, paint, width)
    blocks = [
        wrap_text(where_line(status.environment, status.base_url, status.organization_id), width),
        [line for assistant in status.assistants for line in table.lines(assistant)],
        [line for note in status_notes(status) for line in wrap_text(complete(note), width)],
        [paint(line, Style.BOLD) for line in wrap_text(status_counts(status), width)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def status_counts(status: Status) -> str:
    """The counts in one line: `4 assistants: 3 in sync, 1 drift.`."""
    counts = {state: status.count(state) for state in Standing}
    listed = ", ".join(f"{number:,} {state.words}" for state, number in counts.items() if number)
    total = counted(len(status.assistants), "assistant")
    return f"{total}: {listed}." if listed else f"{total}."


def status_notes(status: Status) -> Iterator[str]:
    """The plan's notes, how many remote assistants have no file, and what to do about each state that occurs."""
    yield from (f"Note: {note}" for note in status.notes)
    if status.unmanaged:
        verb = "has" if len(status.unmanaged) == 1 else "have"
        number = counted(len(status.unmanaged), "remote assistant")
        yield f"{number} {verb} no file: `revox-sync pull --new` writes one for each."
    counts = {state: status.count(state) for state in _NEXT_STEPS}
    yield from (f"{state.words}: {_NEXT_STEPS[state].format(number=n)}" for state, n in counts.items() if n)


def status_details(assistant: AssistantStatus) -> Iterator[str]:
    """What differs, how many entries the server added, why nothing can be planned, and whose callers reach it."""
    if assistant.fields:
        yield _listed(assistant.fields)
    if assistant.local:
        yield f"in the file: {_listed(assistant.local)}"
    if assistant.grown:
        yield f"{counted(assistant.grown, 'question')} grown"
    if assistant.reason:
        yield assistant.reason
    if assistant.answers:
        yield f"answers {', '.join(assistant.answers)}"


def _listed(paths: Sequence[str]) -> str:
    hidden = len(paths) - _MOST_PATHS
    return ", ".join(paths[:_MOST_PATHS]) + (f" and {hidden} more" if hidden > 0 else "")


class _Table:
    """Draws the rows of one status, for one width and one palette."""

    def __init__(self, status: Status, paint: Paint, width: int) -> None:
        self._paint = paint
        self._width = width
        self._address_width = common_width((assistant.address for assistant in status.assistants), _WIDEST_CELL)
        self._id_width = common_width((assistant.id or "" for assistant in status.assistants), _WIDEST_CELL)

    def lines(self, assistant: AssistantStatus) -> Iterator[str]:
        """State, address, id and name, below them what differs."""
        state = assistant.state
        # Escape sequences have no width, so the state is padded after it is coloured.
        lead = self._paint(state.words, _STYLES[state]) + " " * (_STATE_WIDTH - len(state.words)) + _GAP
        for cells in self._cells(assistant):
            yield lead + cells
            lead = _INDENT
        for detail in status_details(assistant):
            lines = wrap_text(detail, self._width, _INDENT, _INDENT)
            yield from (self._paint(line, Style.DIM) for line in lines)

    def _cells(self, assistant: AssistantStatus) -> Iterator[str]:
        """Address, id and name, in as few lines as the width allows."""
        room, line = self._width - len(_INDENT), ""
        aligned = ((assistant.address, self._address_width), (assistant.id or "", self._id_width))
        for text, width in aligned:
            if line and columns(line) + columns(visible(text)) > room:
                yield line.rstrip()
                line = ""
            line += padded(visible(text), width) + _GAP
        first, *more = ("".join(text for text, _ in row) for row in wrap_pieces([(assistant.name, False)], room))
        if more or columns(line) + columns(first) > room:
            yield line.rstrip()
            line = ""
        yield (line + first).rstrip()
        yield from more
