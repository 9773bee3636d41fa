"""Where every assistant stands, for people: a table, what differs below each row, and the way on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import columns, counted, visible
from revox_sync.output.text.wrap import wrap_pieces
from revox_sync.sync.planning.status import AssistantStatus, Standing, Status

STYLES: Final = {
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
WAYS_ON: Final = {
    Standing.NEW: "`apply` creates them",
    Standing.LOCAL_CHANGE: "`apply` sends them",
    Standing.DRIFT: "`pull` brings the edits into the files, `apply --on-drift revert` undoes them",
    Standing.CONFLICT: "`plan` shows both; `pull --theirs` takes the server's, `apply --on-drift revert` the file's",
    Standing.MISSING: "`apply --recreate` creates them anew, `import ADDRESS ID` binds others, `forget ADDRESS` none",
    Standing.AMBIGUOUS: "`import ADDRESS ID` says which one is meant",
    Standing.ORPHANED: "`apply --prune` deletes them, `forget ADDRESS` leaves them to themselves",
}
STATE_ROOM: Final = max(len(each.words) for each in Standing)
INDENT: Final = " " * (STATE_ROOM + 2)
GAP: Final = "  "
WIDEST: Final = 40
"""Columns of the longest address or id that the others are aligned with."""
MOST_PATHS: Final = 8
"""Paths of one assistant that are listed; of more, the number is."""


def render(status: Status, paint: Paint, width: int) -> str:
    """A row per assistant, sorted by address; last the counts. `width` in columns."""
    view = _View(status, paint, max(width, 40))
    rows = [line for each in status.assistants for line in view.assistant(each)]
    closing = list(view.closing())
    parts = [rows, closing, [paint(each, Style.BOLD) for each in view.wrapped(status_counts(status), "", "  ")]]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def status_counts(status: Status) -> str:
    """The counts in one line: `4 assistants: 3 in sync, 1 drift.`."""
    numbers = {each: status.count(each) for each in Standing}
    listed = ", ".join(f"{number:,} {each.words}" for each, number in numbers.items() if number)
    total = counted(len(status.assistants), "assistant")
    return f"{total}: {listed}." if listed else f"{total}."


class _View:
    """Draws one status for one width and one palette."""

    def __init__(self, status: Status, paint: Paint, width: int) -> None:
        self._status = status
        self._paint = paint
        self._width = width
        self._address_room = _room(each.address for each in status.assistants)
        self._id_room = _room(each.id or "" for each in status.assistants)

    def assistant(self, assistant: AssistantStatus) -> Iterator[str]:
        """State, address, id and name; what does not fit goes on below the address."""
        state = assistant.state.words
        lead = self._paint(state, STYLES[assistant.state]) + " " * (STATE_ROOM - len(state)) + GAP
        for row in self._rows(assistant):
            yield lead + row
            lead = INDENT
        for detail in details(assistant):
            yield from (self._paint(each, Style.DIM) for each in self.wrapped(detail, INDENT, INDENT))

    def closing(self) -> Iterator[str]:
        """Notes, what no file manages, and what can be done about each state."""
        for note in self._status.notes:
            yield from self.wrapped(f"Note: {note}", "", "  ")
        if self._status.unmanaged:
            yield from self.wrapped(unmanaged_words(self._status), "", "  ")
        for state, way in WAYS_ON.items():
            if self._status.count(state):
                yield from self.wrapped(f"{state.words}: {way}", "", "  ")

    def wrapped(self, text: str, first: str, rest: str) -> Sequence[str]:
        """The text on lines of the width; `first` and `rest` are indents."""
        lines = textwrap.wrap(
            visible(text), self._width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
        )
        return [each.rstrip() for each in lines]

    def _rows(self, assistant: AssistantStatus) -> Iterator[str]:
        """Address, id and name, in as few rows of cells as the width allows."""
        room, row = self._width - len(INDENT), ""
        cells = [(visible(assistant.address), self._address_room), (visible(assistant.id or ""), self._id_room)]
        for text, cell in cells:
            if row and columns(row) + columns(text) > room:
                yield row.rstrip()
                row = ""
            row += _padded(text, cell) + GAP
        first, *more = ("".join(text for text, _ in each) for each in wrap_pieces([(assistant.name, False)], room))
        if more or columns(row) + columns(first) > room:
            yield row.rstrip()
            row = ""
        yield (row + first).rstrip()
        yield from more


def _room(texts: Iterator[str]) -> int:
    """Columns of the longest text that is not too long to align the others with."""
    widths = [columns(visible(each)) for each in texts]
    return max((each for each in widths if each <= WIDEST), default=0)


def _padded(text: str, room: int) -> str:
    return text + " " * (room - columns(text))


def unmanaged_words(status: Status) -> str:
    """How many remote assistants have no file, and what to do about them."""
    number = counted(len(status.unmanaged), "remote assistant")
    verb = "has" if len(status.unmanaged) == 1 else "have"
    return f"{number} {verb} no file: `pull --new` writes one for each."


def details(assistant: AssistantStatus) -> Iterator[str]:
    """What differs, what has grown, and why nothing can be planned."""
    if assistant.fields:
        shown, hidden = assistant.fields[:MOST_PATHS], len(assistant.fields) - MOST_PATHS
        yield ", ".join(shown) + (f" and {hidden} more" if hidden > 0 else "")
    if assistant.grown:
        yield f"{counted(assistant.grown, 'question')} grown"
    if assistant.reason:
        yield assistant.reason
