"""Cards and notes as rows of signs and text, laid out for a width; text and Markdown draw them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from revox_sync.lint.model.finding import Severity
from revox_sync.output.page.field_view import UNSET, FieldView
from revox_sync.output.page.model import Card, CardKind, FindingView, Note
from revox_sync.output.page.text_hunks import Line
from revox_sync.output.text.visible import columns, common_width, counted, padded, visible
from revox_sync.output.text.wrap import Piece, wrap_pieces, wrap_text

_WIDEST_PATH: Final = 40
"""Columns of the longest path that the others are aligned with."""
_WIDEST_CELL: Final = 40
"""Columns of the longest cell of a note that the others are aligned with."""
_MARGIN: Final = 8
"""Columns beside a line of a text: indent, sign and space."""
LOCAL_EDITS: Final = "edited in the file only, not sent either:"
_HEAD_LINES: Final = 3
"""Lines of a long new prompt that stand for all of it."""


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

    @property
    def marks(self) -> str:
        """What stands below a line of a text that has no colours: `^` under what changed; empty where nothing did."""
        if not self.depth:
            return ""
        return "".join(("^" if marked else " ") * columns(visible(text)) for text, marked in self.pieces).rstrip()


def card_rows(card: Card, width: int, *, full: bool) -> Iterator[Row]:
    """Everything below a card's headline.

    Args:
        width: in columns; decides where lines break, never what is shown.
        full: whether a long prompt of a new assistant is shown whole, and not only its head.
    """
    if card.text:
        yield from (_plain(".", line) for line in wrap_text(card.text, width - _MARGIN // 2, rest=""))
    if card.sides and card.fields:
        yield _plain(".", card.sides)
    path_width = common_width((field.path for field in card.differs), _WIDEST_PATH)
    for number, field in enumerate(card.differs):
        if number == len(card.fields):
            yield _plain(".", LOCAL_EDITS)
        head_only = card.kind is CardKind.CREATE and field.is_long_prompt and not full
        yield from _field(field, path_width, width, head_only=head_only)
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


def alerts(card: Card) -> list[tuple[str, str]]:
    """What a table of assistants says of one beside its fields: words of ours, and the placeholders they are about."""
    new = Counter(finding.severity for finding in card.findings if finding.is_new)
    found = [(counted(new[severity], f"new {severity}"), "") for severity in Severity if new[severity]]
    # Of a new assistant there is nobody who has called it without.
    if not card.new_variables or card.kind is CardKind.CREATE:
        return found
    noun = "new variable" if len(card.new_variables) == 1 else "new variables"
    return [(noun, ", ".join(f"{{{{{name}}}}}" for name in card.new_variables)), *found]


def fields_in_brief(card: Card, most: int) -> tuple[list[str], str]:
    """The paths that a table of assistants names, and what it says of the others; of a new one only their number."""
    paths = [] if card.kind is CardKind.CREATE else [field.path for field in card.differs]
    number = len(card.differs)
    if not paths:
        return [], counted(number, "field") if number else ""
    return paths[:most], f"and {number - most} more" if number > most else ""


def sensitive_words(field: FieldView) -> str:
    """What is said of a secret instead of its value."""
    return {"+": "(sensitive value)", "-": "(sensitive value removed)", "~": "(sensitive value changed)"}[field.sign]


def unchanged(number: int) -> str:
    """What stands for lines that are not shown."""
    return f"… {counted(number, 'unchanged line')}"


def _field(field: FieldView, path_width: int, width: int, *, head_only: bool) -> Iterator[Row]:
    # A path may hold a key of the user's file, so it is measured as it is shown.
    path = visible(field.path)
    # What does not fit beside a path that is aligned with the others may fit beside the path alone.
    heads = (padded(path, path_width) + " ", path + " ")
    if field.sensitive:
        words = sensitive_words(field)
        head = next((head for head in heads if _fits(head + words, width)), None)
        if head is None:
            yield from _path(field.sign, path, width)
            yield Row(field.sign, ((words, True),), continued=True)
        else:
            yield Row(field.sign, ((head, False), (words, True)))
    elif (row := _row(heads, [" → ".join(field.inline)] if field.inline else [], width)) is not None:
        yield _plain(field.sign, row)
    else:
        row = _row(heads, [field.size, field.size.rpartition(", ")[0]] if field.size else [], width)
        yield from [_plain(field.sign, row)] if row is not None else _path(field.sign, path, width)
        yield from _head(field, width) if head_only else _lines(field, width)


def _row(heads: Iterable[str], texts: Iterable[str], width: int) -> str | None:
    """The first text that fits beside a head, with that head; None if none does."""
    rows = (head + text for text in texts for head in heads)
    return next((row for row in rows if _fits(row, width)), None)


def _fits(text: str, width: int) -> bool:
    return columns(text) <= width - _MARGIN // 2


def _path(sign: str, path: str, width: int) -> Iterator[Row]:
    """A path alone, in as many rows as a long one takes."""
    for number, pieces in enumerate(wrap_pieces([(path, False)], width - _MARGIN // 2)):
        yield Row(sign, tuple(pieces), continued=number > 0)


def _head(field: FieldView, width: int) -> Iterator[Row]:
    """The first lines of a text, and how many there are more."""
    lines = [line for hunk in field.lines.hunks for line in hunk.lines]
    for line in lines[:_HEAD_LINES]:
        yield from _line(line, width)
    rest = len(lines) - _HEAD_LINES
    if rest > 0:
        yield _plain(".", f"… {counted(rest, 'more line')}; --full shows all", depth=1)


def _lines(field: FieldView, width: int) -> Iterator[Row]:
    hunks = field.lines.hunks
    for number, hunk in enumerate(hunks):
        if hunk.skipped:
            yield _plain(".", unchanged(hunk.skipped), depth=1)
        # A list or mapping says itself what each line is about.
        heading = hunk.heading if field.is_text else ""
        if field.edited and (heading or number):
            yield _plain("@", f"@@ {visible(heading)} @@" if heading else "@@", depth=1)
        for line in hunk.lines:
            yield from _line(line, width)
    if field.sign == "~" and field.after is None:
        yield _plain("+", UNSET, depth=1)
    if field.lines.skipped:
        yield _plain(".", unchanged(field.lines.skipped), depth=1)


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
