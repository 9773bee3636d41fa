"""A page for people at a terminal, in Terraform's grammar and the API's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from revox_sync.output.page.model import Card, Page, RowKind
from revox_sync.output.page.notes import note_lines, wrapped_notes
from revox_sync.output.page.rows import Row, card_rows, finding_rows
from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import columns, visible

SIGNS: Final = {
    "+": Style.ADDED,
    "-": Style.REMOVED,
    "~": Style.CHANGED,
    "!": Style.WARNING,
    "@": Style.DIM,
    ".": Style.DIM,
    " ": Style.DIM,
}
WORDS: Final = {"+": Style.ADDED_WORD, "-": Style.REMOVED_WORD}
HEADLINES: Final = {
    RowKind.FAILED: Style.WARNING,
    RowKind.UNKNOWN: Style.WARNING,
    RowKind.DELETE: Style.REMOVED,
    RowKind.REMOVE: Style.REMOVED,
    RowKind.CONFLICT: Style.WARNING,
    RowKind.DRIFT: Style.WARNING,
    RowKind.REFUSED: Style.WARNING,
}
NARROWEST: Final = 40


def render(page: Page, paint: Paint, width: int) -> str:
    """What is compared, the assistants, notes, and last the counts. `width` in columns."""
    width = max(width, NARROWEST)
    blocks = [
        _subject(page, width),
        *([_headline(card, paint, width), *_body(card, paint, width)] for card in page.cards),
        [_drawn(row, paint) for finding in page.findings for row in finding_rows(finding, width)],
        [line for note in page.notes for line in note_lines(note, width)],
        [paint(page.quiet, Style.ADDED) if page.quiet is not None else paint(page.summary, Style.BOLD)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _subject(page: Page, width: int) -> list[str]:
    if page.subject is None:
        return []
    return wrapped_notes(f"{page.subject}, environment {page.environment}", width)


def _headline(card: Card, paint: Paint, width: int) -> str:
    """The headline of an assistant; facts that do not fit beside it stand below."""
    head = f"# {visible(card.address)} {card.verb}"
    detail = f"({visible(', '.join(card.facts))})" if card.facts else ""
    gap = "   " if columns(head) + columns(detail) + 5 <= width else "\n    "
    return f"  {paint(head, HEADLINES.get(card.kind, Style.BOLD))}{gap + detail if detail else ''}"


def _body(card: Card, paint: Paint, width: int) -> Iterator[str]:
    return (_drawn(row, paint) for row in card_rows(card, width, whole=False))


def _drawn(row: Row, paint: Paint) -> str:
    if row.sign == ".":
        text = ("      " if row.depth else "    ") + row.text
        return paint(text, Style.DIM) if row.depth else text
    if row.sign == "@":
        return "      " + paint(row.text, Style.DIM)
    if row.depth:
        return _line(row, paint)
    lead = "    " if row.continued else f"  {paint(row.sign, SIGNS[row.sign])} "
    return lead + "".join(paint(text, Style.DIM) if marked else text for text, marked in row.pieces)


def _line(row: Row, paint: Paint) -> str:
    """A line of a text, with the words that changed."""
    lead = " " * 8 if row.continued else f"      {row.sign} "
    pieces = row.pieces
    head, rest = (pieces[0][0], pieces[1:]) if pieces and not pieces[0][1] else ("", pieces)
    start = lead + head if rest else (lead + head).rstrip()
    words = WORDS.get(row.sign, SIGNS[row.sign])
    painted = [paint(text, words if marked else SIGNS[row.sign]) for text, marked in rest]
    return paint(start, SIGNS[row.sign]) + "".join(painted)
