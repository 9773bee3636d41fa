"""A page for people at a terminal, in Terraform's grammar and the API's words."""

from __future__ import annotations

from typing import Final

from revox_sync.output.page.model import Card, CardKind, Page
from revox_sync.output.page.rows import Row, card_rows, finding_rows, note_lines
from revox_sync.output.text.style import Paint, Style, no_style
from revox_sync.output.text.visible import columns, visible
from revox_sync.output.text.where import where_line
from revox_sync.output.text.wrap import wrap_text

_SIGN_STYLES: Final = {"+": Style.ADDED, "-": Style.REMOVED, "~": Style.CHANGED, "!": Style.WARNING, " ": Style.DIM}
_WORD_STYLES: Final = {"+": Style.ADDED_WORD, "-": Style.REMOVED_WORD}
_HEADLINE_STYLES: Final = {
    CardKind.CONFIGURATION: Style.WARNING,
    CardKind.FAILED: Style.WARNING,
    CardKind.UNKNOWN: Style.WARNING,
    CardKind.DELETE: Style.REMOVED,
    CardKind.REMOVE: Style.REMOVED,
    CardKind.CONFLICT: Style.WARNING,
    CardKind.DRIFT: Style.WARNING,
    CardKind.REFUSED: Style.WARNING,
}
_NARROWEST: Final = 40


def render(page: Page, paint: Paint, width: int, *, full: bool = False) -> str:
    """Where it is or what is compared, the assistants, notes, and last the counts.

    Args:
        width: in columns.
        full: whether long prompts of new assistants are shown whole.
    """
    width = max(width, _NARROWEST)
    subject = f"{page.subject}, environment {page.environment}" if page.subject is not None else None
    where = where_line(page.environment, page.base_url, page.organization_id) if page.base_url is not None else None
    blocks = [
        wrap_text(where, width) if where is not None else [],
        wrap_text(subject, width) if subject is not None else [],
        *(_card(card, paint, width, full=full) for card in page.cards),
        [_drawn(row, paint) for finding in page.findings for row in finding_rows(finding, width)],
        [line for note in page.notes for line in note_lines(note, width)],
        [paint(page.quiet, Style.ADDED) if page.quiet is not None else paint(page.summary, Style.BOLD)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _card(card: Card, paint: Paint, width: int, *, full: bool) -> list[str]:
    """The headline of an assistant and its rows; facts that do not fit beside the headline stand below it."""
    head = f"# {visible(card.address)} {card.verb}"
    facts = f"({visible(', '.join(card.facts))})" if card.facts else ""
    gap = "   " if columns(head) + columns(facts) + 5 <= width else "\n    "
    headline = f"  {paint(head, _HEADLINE_STYLES.get(card.kind, Style.BOLD))}{gap + facts if facts else ''}"
    return [headline, *(_drawn(row, paint) for row in card_rows(card, width, full=full))]


def _drawn(row: Row, paint: Paint) -> str:
    if row.sign == "@":
        return "      " + paint(row.text, Style.DIM)
    if row.sign == ".":
        return paint("      " + row.text, Style.DIM) if row.depth else "    " + row.text
    if row.depth:
        return _line(row, paint)
    lead = "    " if row.continued else f"  {paint(row.sign, _SIGN_STYLES[row.sign])} "
    return lead + "".join(paint(text, Style.DIM) if marked else text for text, marked in row.pieces)


def _line(row: Row, paint: Paint) -> str:
    """A line of a text, with the words that changed."""
    lead = " " * 8 if row.continued else f"      {row.sign} "
    head, rest = (row.pieces[0][0], row.pieces[1:]) if row.pieces and not row.pieces[0][1] else ("", row.pieces)
    # Colour goes around sign and first piece at once: fewer escape sequences, and no space at the end of a line.
    start = lead + head if rest else (lead + head).rstrip()
    style = _SIGN_STYLES[row.sign]
    words = _WORD_STYLES.get(row.sign, style)
    line = paint(start, style) + "".join(paint(text, words if marked else style) for text, marked in rest)
    return f"{line}\n{' ' * len(lead)}{row.marks}" if row.marks and paint is no_style else line
