"""Cards and notes as rows of signs and text, laid out for a width; text and Markdown draw them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from revox_sync.output.page.field_view import FieldView, fitted, transition
from revox_sync.output.page.model import Card, CardKind, FindingView, Note
from revox_sync.output.page.text_hunks import Line, TextDiff
from revox_sync.output.text.visible import columns, common_width, counted, padded, visible
from revox_sync.output.text.wrap import Piece, wrap_pieces, wrap_text

_WIDEST_PATH: Final = 40
"""Columns of the longest path that the others are aligned with."""
_WIDEST_CELL: Final = 40
"""Columns of the longest cell of a note that the others are aligned with."""
_MARGIN: Final = 8
"""Columns beside a line of a text: indent, sign and space."""
_LEAST_VALUE: Final = 24
"""Columns of a value beside the longest path."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        sign: `+`, `-`, `~`, `!` attention, `@` a heading, `.` an explanation, or a space.
        pieces: the text, each piece with whether it is what changed.
        depth: 0 a field, 1 a line of its text.
        continued: the row goes on with the line of the row above.
    """

    sign: str
    pieces: tuple[Piece, ...]
    depth: int = 0
    continued: bool = False

    @property
    def text(self) -> str:
        """The whole row."""
        return "".join(text for text, _ in self.pieces)


def card_rows(card: Card, width: int, *, whole: bool) -> Iterator[Row]:
    """Everything below a card's headline.

    Args:
        width: in columns.
        whole: whether long texts that are new or gone are shown line by line.
    """
    if card.text:
        yield from (_plain(".", line) for line in wrap_text(card.text, width - _MARGIN // 2, rest=""))
    if card.sides and card.fields:
        yield _plain(".", card.sides)
    path_width = common_width((field.path for field in card.fields), _WIDEST_PATH)
    for field in card.fields:
        yield from _field(field, path_width, width, whole=whole)
    for text in variable_notices(card):
        yield from _hanging("!", text, width)
    for finding in card.findings:
        yield from finding_rows(finding, width)


def finding_rows(finding: FindingView, width: int) -> Iterator[Row]:
    """A finding that is new or gone."""
    what = "new" if finding.is_new else "gone"
    text = f"{what} {finding.severity}[{finding.rule}]: {finding.sentence} ({finding.place})"
    yield from _hanging("!" if finding.is_new else " ", text, width)


def note_lines(note: Note, width: int) -> Iterator[str]:
    """A note; its rows stand in columns, as far as they fit."""
    yield from wrap_text(note.text, width)
    rows = [[visible(cell) for cell in row] for row in note.rows]
    widths = [min(max(map(columns, cells)), _WIDEST_CELL) for cells in zip(*rows, strict=True)]
    for row in rows:
        line = ("  " + "   ".join(map(padded, row, widths))).rstrip()
        yield from [line] if columns(line) <= width else wrap_text(" ".join(row), width, "  ", "    ")


def variable_notices(card: Card) -> list[str]:
    """What new placeholders mean for callers, and which ones are not used any more."""
    new, gone = (", ".join(f"{{{{{name}}}}}" for name in names) for names in (card.new_variables, card.gone_variables))
    noun, pronoun = ("new variable", "it") if len(card.new_variables) == 1 else ("new variables", "them")
    if card.kind is CardKind.CREATE:
        new_text = f"uses {new}: every caller has to fill {pronoun} in"
    else:
        new_text = f"{noun} {new}: from now on every caller has to fill {pronoun} in"
    return [*([new_text] if new else []), *([f"no longer used: {gone}"] if gone else [])]


def sensitive_words(field: FieldView) -> str:
    """What is said of a secret instead of its value."""
    return {"+": "(sensitive value)", "-": "(sensitive value removed)", "~": "(sensitive value changed)"}[field.sign]


def sizes(text: TextDiff) -> str:
    """How long a text was and is, in characters and words."""
    sides = [side for side in (text.before, text.after) if side is not None]
    characters, words = [side.characters for side in sides], [side.words for side in sides]
    return f"{_numbers(characters, 'character')}, {_numbers(words, 'word')}"


def _numbers(numbers: list[int], word: str) -> str:
    *before, last = numbers
    return " → ".join([*(f"{number:,}" for number in before), counted(last, word)])


def unchanged(number: int) -> str:
    """What stands for lines that are not shown."""
    return f"… {counted(number, 'unchanged line')}"


def _field(field: FieldView, path_width: int, width: int, *, whole: bool) -> Iterator[Row]:
    # A path may hold a key of the user's file, so it is measured as it is shown.
    path = visible(field.path)
    head = padded(path, path_width) + " "
    if field.sensitive:
        yield Row(field.sign, ((head, False), (sensitive_words(field), True)))
    elif field.text is not None and (field.text.edited or whole):
        size = sizes(field.text)
        fits = columns(head) + len(size) + _MARGIN // 2 <= width
        yield _plain(field.sign, head + (size if fits else size.rpartition(", ")[0]))
        yield from _text(field.text, width)
    else:
        room = max(width - max(path_width, columns(path)) - 5, _LEAST_VALUE)
        shown = fitted(field.after, room) if field.sign == "+" else transition(field.before, field.after, room)
        yield _plain(field.sign, head + shown)


def _text(text: TextDiff, width: int) -> Iterator[Row]:
    for hunk in text.hunks:
        if hunk.skipped:
            yield _plain(".", unchanged(hunk.skipped), depth=1)
        if text.edited:
            yield _plain("@", f"@@ {visible(hunk.heading)} @@" if hunk.heading else "@@", depth=1)
        for line in hunk.lines:
            yield from _line(line, width)
    if text.skipped:
        yield _plain(".", unchanged(text.skipped), depth=1)


def _line(line: Line, width: int) -> Iterator[Row]:
    """A line of a hunk; what does not fit goes on below, as far in as the line itself."""
    indent = " " * min(len(line.text) - len(line.text.lstrip(" ")), width // 2)
    first, *more = wrap_pieces(line.pieces, width - len(indent) - _MARGIN)
    yield Row(line.sign, tuple(first), depth=1)
    for pieces in more:
        # The indent joins a piece without mark, so that it is never drawn as what changed.
        head, rest = (pieces[0][0], pieces[1:]) if pieces and not pieces[0][1] else ("", pieces)
        yield Row(line.sign, ((indent + head, False), *rest), depth=1, continued=True)


def _hanging(sign: str, text: str, width: int) -> Iterator[Row]:
    for number, line in enumerate(wrap_text(text, width - 6, rest="")):
        yield Row(sign, ((line, False),), continued=number > 0)


def _plain(sign: str, text: str, depth: int = 0) -> Row:
    return Row(sign, ((text, False),), depth)
