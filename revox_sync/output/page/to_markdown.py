"""A page as a comment of a pull request: a table first, the assistants folded below, never longer than allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Final

from revox_sync.output.markup.markdown import clipped, code_element, code_span, fence, table_cell, table_row
from revox_sync.output.page.model import Card, CardKind, Page
from revox_sync.output.page.rows import Row, card_rows, finding_rows, note_lines
from revox_sync.output.text.visible import columns, counted, visible

_WIDTH: Final = 100
"""Columns of a line of code; a browser would not break it."""
_MOST_TITLE: Final = 200
_MOST_PATHS: Final = 4
"""Paths of one assistant that the table names; of more, only the number is shown."""
_DIFF_SIGNS: Final = {"~": "!", ".": " "}
"""Signs by which code hosts colour a diff, where ours are different."""
_TABLE_HEAD: Final = ("Assistant", "Change", "Impact", "Fields")
_SMALLEST_BLOCK: Final = 80
"""Characters below which a block is left out rather than cut."""
_LAST_LINE: Final = 160
"""Characters that the line about what was left out may take."""


def render(page: Page, max_chars: int) -> str:
    """A Markdown document of at most `max_chars` characters.

    Room is given by priority: counts and digest, the table, the assistants in the page's order, findings, notes. A
    block takes what the blocks behind it leave, or half of what is left; the last line counts what does not fit.
    """
    opening, ending = _opening(page), _ending(page)
    room = max_chars - _size(opening) - _size(ending) - _LAST_LINE
    # The table may take a third: the assistants below it say more.
    table, hidden = _table(page.cards, room // 3)
    body, cut, missing = _fitting([*map(_card, page.cards), *_closing(page)], room - _size(table))
    return "\n".join([*opening, *table, *body, *ending, *_left_out(hidden, cut, missing)])


def _opening(page: Page) -> list[str]:
    # A later run finds the comment of this one by the marker.
    lines = [f"<!-- revox-sync:{page.marker} -->", f"### {page.title}", ""]
    if page.subject is not None:
        lines += [f"{code_span(clipped(page.subject, _MOST_TITLE))}, environment {code_span(page.environment)}", ""]
    return [*lines, f"**{page.quiet or page.summary}**", ""]


def _ending(page: Page) -> list[str]:
    if page.digest is None:
        return []
    use = f" `{page.digest_use} {page.digest}` applies this plan and no other." if page.digest_use else ""
    return [f"Digest `{page.digest}`.{use}", ""]


def _size(lines: Sequence[str]) -> int:
    """Characters of lines with their breaks."""
    return sum(map(len, lines)) + len(lines)


def _table(cards: Sequence[Card], room: int) -> tuple[list[str], int]:
    """A row per assistant, and how many rows found no room."""
    if not cards:
        return [], 0
    head = [table_row(_TABLE_HEAD), table_row(["---"] * len(_TABLE_HEAD))]
    rows = _first([_table_row(card) for card in cards], room - _size(head) - 1)
    return [*head, *rows, ""], len(cards) - len(rows)


def _table_row(card: Card) -> str:
    shown, hidden = card.fields[:_MOST_PATHS], len(card.fields) - _MOST_PATHS
    paths = ", ".join(table_cell(clipped(field.path, _WIDTH)) for field in shown)
    more = f" and {hidden} more" if hidden > 0 else ""
    kind = str(card.kind) if card.kind in {CardKind.CREATE, CardKind.UPDATE} else f"**{card.kind}**"
    return table_row([table_cell(clipped(card.address, _MOST_TITLE)), kind, ", ".join(card.impacts), paths + more])


@dataclass(frozen=True, slots=True)
class _Block:
    """Something below the table: lines of code, folded under a headline where there is one."""

    headline: str | None
    lines: Sequence[str]
    language: str

    def drawn(self, room: int | None = None) -> list[str]:
        """The whole block, or as many lines as fit into so many characters; nothing where hardly any would."""
        if not self.lines:
            alone = [f"<p>{self.headline}</p>", ""]
            return alone if room is None or _size(alone) <= room else []
        whole = self._framed(self.lines)
        if room is None or _size(whole) <= room:
            return whole
        # A fence may need many backticks, and the frame without lines has only three.
        fences = 2 * len(fence(self.lines, "")[0])
        kept = _first(self.lines, room - _size(self._framed([])) - fences - _SMALLEST_BLOCK)
        return self._framed([*kept, f"  … {counted(len(self.lines) - len(kept), 'more line')}"]) if kept else []

    def _framed(self, lines: Sequence[str]) -> list[str]:
        code = fence(lines, self.language)
        if self.headline is None:
            return [*code, ""]
        # Code hosts read Markdown inside of HTML only after an empty line.
        return ["<details>", f"<summary>{self.headline}</summary>", "", *code, "", "</details>", ""]


def _first(lines: Sequence[str], room: int) -> list[str]:
    """The first lines, of together at most so many characters."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, _ in zip(lines, takewhile(room.__ge__, ends), strict=False)]


def _card(card: Card) -> _Block:
    facts = f" ({code_element(clipped(', '.join(card.facts), _MOST_TITLE))})" if card.facts else ""
    lines = [line for row in card_rows(card, _WIDTH, whole=True) for line in _drawn(row)]
    return _Block(f"{code_element(clipped(card.address, _MOST_TITLE))} {card.verb}{facts}", lines, "diff")


def _drawn(row: Row) -> Iterator[str]:
    """A row of a diff, and below it what marks the words that changed."""
    if row.sign == "@":
        yield row.text
        return
    lead = _DIFF_SIGNS.get(row.sign, row.sign) + " " + "  " * (row.depth + row.continued)
    yield (lead + row.text).rstrip()
    if row.depth and any(marked for _, marked in row.pieces):
        # A code block has one colour per line, so changed words are underlined.
        marks = "".join(("^" if marked else " ") * columns(visible(text)) for text, marked in row.pieces)
        yield " " * len(lead) + marks.rstrip()


def _closing(page: Page) -> Iterator[_Block]:
    rows = [row for finding in page.findings for row in finding_rows(finding, _WIDTH)]
    if rows:
        yield _Block("Other findings", [line for row in rows for line in _drawn(row)], "diff")
    if page.notes:
        yield _Block(None, [line for note in page.notes for line in note_lines(note, _WIDTH)], "text")


def _fitting(blocks: Sequence[_Block], room: int) -> tuple[list[str], int, int]:
    """The blocks as far as there is room; how many were cut, and how many left out."""
    remaining = sum(_size(block.drawn()) for block in blocks)
    lines, cut, missing = list[str](), 0, 0
    for block in blocks:
        size = _size(block.drawn())
        remaining -= size
        drawn = block.drawn(max(room - remaining, room // 2))
        room -= _size(drawn)
        cut += bool(drawn) and _size(drawn) < size
        missing += not drawn
        lines += drawn
    return lines, cut, missing


def _left_out(hidden: int, cut: int, missing: int) -> list[str]:
    """The last line; nothing where everything found room."""
    parts = [
        *([f"{counted(hidden, 'row')} of the table"] if hidden else []),
        *([f"parts of {counted(cut, 'block')}"] if cut else []),
        *([f"{counted(missing, 'block')} as a whole"] if missing else []),
    ]
    return [f"Left out to stay within the limit: {', '.join(parts)}.", ""] if parts else []
