"""A card as rows of signs and text, laid out for a width; text and Markdown draw them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from revox_sync.output.page.model import Card, FieldView, FindingView, RowKind
from revox_sync.output.page.notes import wrapped_notes
from revox_sync.output.page.text_hunks import Hunk, Line, TextDiff
from revox_sync.output.page.values import fitted, transition
from revox_sync.output.text.visible import columns, counted, visible
from revox_sync.output.text.wrap import Piece, wrap_pieces

WIDEST_PATH: Final = 40
"""Columns of the longest path that the others are aligned with."""
MARGIN: Final = 8
"""Columns beside a line of a text: indent, sign and space."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        sign: `+`, `-`, `~`, `!` attention, `@` a heading, `.` a remark, or a space.
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
        return "".join(piece for piece, _ in self.pieces)


def card_rows(card: Card, width: int, *, whole: bool) -> Iterator[Row]:
    """Everything below a card's headline.

    Args:
        width: in columns.
        whole: whether long texts that are new or gone are shown line by line.
    """
    if card.text:
        yield from (_plain(".", each) for each in wrapped_notes(card.text, width - MARGIN // 2, rest=""))
    if card.sides and card.fields:
        yield _plain(".", card.sides)
    widths = [columns(visible(each.path)) for each in card.fields]
    room = max((each for each in widths if each <= WIDEST_PATH), default=0)
    for field in card.fields:
        yield from _field(field, room, width, whole=whole)
    for text in _remarks(card):
        yield from _hanging("!", text, width)
    for finding in card.findings:
        yield from finding_rows(finding, width)


def finding_rows(finding: FindingView, width: int) -> Iterator[Row]:
    """A finding that is new or gone."""
    what = "new" if finding.is_new else "gone"
    text = f"{what} {finding.severity}[{finding.rule}]: {finding.sentence} ({finding.place})"
    yield from _hanging("!" if finding.is_new else " ", text, width)


def remark(card: Card) -> str:
    """What new placeholders mean for callers; empty without any."""
    names = ", ".join(f"{{{{{each}}}}}" for each in card.new_variables)
    pronoun = "it" if len(card.new_variables) == 1 else "them"
    if card.kind is RowKind.CREATE:
        return f"uses {names}: every caller has to fill {pronoun} in" if names else ""
    noun = "new variable" if len(card.new_variables) == 1 else "new variables"
    return f"{noun} {names}: from now on every caller has to fill {pronoun} in" if names else ""


def removal_rows(card: Card) -> str:
    """Which placeholders are not used any more; empty without any."""
    names = ", ".join(f"{{{{{each}}}}}" for each in card.gone_variables)
    return f"no longer used: {names}" if names else ""


def sizes(text: TextDiff) -> str:
    """How long a text was and is, in characters and words."""
    sides = [each for each in (text.before, text.after) if each is not None]
    characters, words = [each.characters for each in sides], [each.words for each in sides]
    return f"{_change(characters, 'character')}, {_change(words, 'word')}"


def _change(numbers: list[int], word: str) -> str:
    text = " → ".join(f"{each:,}" for each in numbers)
    return f"{text} {word}" if numbers[-1] == 1 else f"{text} {word}s"


def unchanged(number: int) -> str:
    """What stands for lines that are not shown."""
    return f"… {counted(number, 'unchanged line')}"


def _remarks(card: Card) -> list[str]:
    return [each for each in (remark(card), removal_rows(card)) if each]


def _field(field: FieldView, room: int, width: int, *, whole: bool) -> Iterator[Row]:
    path = visible(field.path)
    head = path + " " * (room - columns(path)) + " "
    if field.sensitive:
        what = {"+": "", "-": " removed", "~": " changed"}[field.sign]
        yield Row(field.sign, ((head, False), (f"(sensitive value{what})", True)))
        return
    if field.text is not None and (field.text.edited or whole):
        size = sizes(field.text)
        fits = columns(head) + len(size) + MARGIN // 2 <= width
        yield _plain(field.sign, head + (size if fits else size.rpartition(", ")[0]))
        yield from _text(field.text, width)
        return
    rest = max(width - max(room, columns(path)) - 5, 24)
    shown = fitted(field.after, rest) if field.sign == "+" else transition(field.before, field.after, rest)
    yield _plain(field.sign, head + shown)


def _text(text: TextDiff, width: int) -> Iterator[Row]:
    for hunk in text.hunks:
        if hunk.skipped:
            yield _plain(".", unchanged(hunk.skipped), depth=1)
        if text.edited:
            yield _plain("@", _headline(hunk), depth=1)
        for line in hunk.lines:
            yield from _line(line, width)
    if text.skipped:
        yield _plain(".", unchanged(text.skipped), depth=1)


def _headline(hunk: Hunk) -> str:
    return f"@@ {visible(hunk.heading)} @@" if hunk.heading else "@@"


def _line(line: Line, width: int) -> Iterator[Row]:
    """A line of a hunk; what does not fit goes on below, as far in as the line itself."""
    indent = " " * min(len(line.text) - len(line.text.lstrip(" ")), width // 2)
    for number, row in enumerate(wrap_pieces(line.pieces, width - len(indent) - MARGIN)):
        yield Row(line.sign, _indented(row, indent) if number else tuple(row), depth=1, continued=number > 0)


def _indented(row: Sequence[Piece], indent: str) -> tuple[Piece, ...]:
    if row and not row[0][1]:
        return ((indent + row[0][0], False), *row[1:])
    return ((indent, False), *row)


def _hanging(sign: str, text: str, width: int) -> Iterator[Row]:
    for number, line in enumerate(wrapped_notes(text, width - 6, rest="")):
        yield Row(sign, ((line, False),), continued=number > 0)


def _plain(sign: str, text: str, depth: int = 0) -> Row:
    return Row(sign, ((text, False),), depth)
