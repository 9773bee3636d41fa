"""A page as a comment of a pull request: a table first, the assistants folded below, never longer than allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.output.markup.markdown import cell, clipped, code_element, code_span, fence, row
from revox_sync.output.page.model import Card, Page, RowKind
from revox_sync.output.page.notes import note_lines
from revox_sync.output.page.rows import Row, card_rows, finding_rows
from revox_sync.output.text.visible import columns, counted, visible

WIDTH: Final = 100
"""Columns of a line of code; a browser would not break it."""
MOST_TITLE: Final = 200
MOST_PATHS: Final = 4
"""Paths of one assistant that the table names; of more, the number is."""
SIGNS: Final = {"~": "!", ".": " "}
"""Signs by which code hosts colour a diff, where they are others than ours."""
HEAD: Final = ("Assistant", "Change", "Impact", "Fields")
NARROWEST: Final = 80
"""Characters below which a block is left out rather than cut."""
LEFT_OUT: Final = 160
"""Characters that the last line may take."""


def render(page: Page, max_chars: int) -> str:
    """A Markdown document of at most so many characters.

    The room is given by priority: counts and digest, the table, the assistants in the page's order, findings, notes.
    A block takes what the ones behind it leave, or half of what is left; what does not fit is counted in the last line.
    """
    opening, ending = _opening(page), _ending(page)
    left = max_chars - sum(map(_size, (opening, ending))) - LEFT_OUT
    table, hidden = _table(page.cards, left // 3)
    blocks = [_card(each) for each in page.cards] + _closing(page)
    body, cut, missing = _fitting(blocks, left - _size(table))
    tail = _left_out(hidden, cut, missing)
    return "\n".join([*opening, *table, *body, *ending, *tail])


def _opening(page: Page) -> list[str]:
    """What is always there; the marker is how a later run finds the comment of this one."""
    title = [f"<!-- revox-sync:{page.marker} -->", f"### {page.title}", ""]
    if page.subject is not None:
        title += [f"{code_span(clipped(page.subject, MOST_TITLE))}, environment {code_span(page.environment)}", ""]
    return [*title, f"**{page.quiet or page.summary}**", ""]


def _ending(page: Page) -> list[str]:
    if page.digest is None:
        return []
    use = f" `{page.digest_use} {page.digest}` applies this plan and no other." if page.digest_use else ""
    return [f"Digest `{page.digest}`.{use}", ""]


def _size(lines: Sequence[str]) -> int:
    """Characters of lines with their breaks."""
    return sum(map(len, lines)) + len(lines)


def _table(cards: Sequence[Card], room: int) -> tuple[list[str], int]:
    """A row per assistant, and how many have found no room."""
    if not cards:
        return [], 0
    lines = [row(HEAD), row(["---"] * len(HEAD))]
    used = _size(lines) + 1
    for number, card in enumerate(cards):
        line = _table_row(card)
        used += len(line) + 1
        if used > room:
            return [*lines, ""], len(cards) - number
        lines.append(line)
    return [*lines, ""], 0


def _table_row(card: Card) -> str:
    shown, more = card.fields[:MOST_PATHS], len(card.fields) - MOST_PATHS
    paths = ", ".join(cell(clipped(each.path, WIDTH)) for each in shown) + (f" and {more} more" if more > 0 else "")
    kind = str(card.kind) if card.kind in {RowKind.CREATE, RowKind.UPDATE} else f"**{card.kind}**"
    return row([cell(clipped(card.address, MOST_TITLE)), kind, ", ".join(card.impacts), paths])


class _Block:
    """Something below the table: lines of code, possibly folded under a headline."""

    def __init__(self, headline: str | None, lines: Sequence[str], language: str) -> None:
        self.headline = headline
        self._lines = lines
        self._language = language

    def drawn(self, room: int | None = None) -> list[str]:
        """The whole block, or as many lines as fit into so many characters; nothing where hardly any would."""
        if not self._lines:
            alone = [f"<p>{self.headline}</p>", ""]
            return alone if room is None or _size(alone) <= room else []
        frame = ["<details>", f"<summary>{self.headline}</summary>", ""] if self.headline is not None else []
        end = ["", "</details>", ""] if self.headline is not None else [""]
        whole = [*frame, *fence(self._lines, self._language), *end]
        if room is None or _size(whole) <= room:
            return whole
        most = room - _size([*frame, *fence([], self._language), *end]) - 2 * len(fence(self._lines, "")[0]) - NARROWEST
        kept = _first(self._lines, most)
        if not kept:
            return []
        note = f"  … {counted(len(self._lines) - len(kept), 'more line')}"
        return [*frame, *fence([*kept, note], self._language), *end]


def _first(lines: Sequence[str], most: int) -> list[str]:
    """The first lines, of together at most so many characters."""
    kept = []
    for line in lines:
        most -= len(line) + 1
        if most < 0:
            break
        kept.append(line)
    return kept


def _card(card: Card) -> _Block:
    about = f" ({code_element(clipped(', '.join(card.facts), MOST_TITLE))})" if card.facts else ""
    lines = [line for each in card_rows(card, WIDTH, whole=True) for line in _drawn(each)]
    return _Block(f"{code_element(clipped(card.address, MOST_TITLE))} {card.verb}{about}", lines, "diff")


def _drawn(row_: Row) -> Iterator[str]:
    """A row of a diff, and below it what marks the words that changed."""
    if row_.sign == "@":
        yield row_.text
        return
    lead = SIGNS.get(row_.sign, row_.sign) + " " + "  " * (row_.depth + row_.continued)
    yield (lead + row_.text).rstrip()
    if row_.depth and any(marked for _, marked in row_.pieces):
        marks = "".join(("^" if marked else " ") * columns(visible(text)) for text, marked in row_.pieces)
        yield " " * len(lead) + marks.rstrip()


def _closing(page: Page) -> list[_Block]:
    findings = [line for each in page.findings for one in finding_rows(each, WIDTH) for line in _drawn(one)]
    notes = [line for each in page.notes for line in note_lines(each, WIDTH)]
    blocks = [_Block("Other findings", findings, "diff")] if findings else []
    return [*blocks, _Block(None, notes, "text")] if notes else blocks


def _fitting(blocks: Sequence[_Block], room: int) -> tuple[list[str], int, int]:
    """The blocks as far as there is room; how many were cut, and how many left out."""
    behind = sum(_size(each.drawn()) for each in blocks)
    lines, cut, missing = list[str](), 0, 0
    for block in blocks:
        size = _size(block.drawn())
        behind -= size
        drawn = block.drawn(max(room - behind, room // 2))
        room -= _size(drawn)
        cut += bool(drawn) and _size(drawn) < size
        missing += not drawn
        lines += drawn
    return lines, cut, missing


def _left_out(hidden: int, cut: int, missing: int) -> list[str]:
    """The last line; nothing where everything found room."""
    parts = [
        f"{counted(hidden, 'row')} of the table" if hidden else "",
        f"parts of {counted(cut, 'block')}" if cut else "",
        f"{counted(missing, 'block')} as a whole" if missing else "",
    ]
    told = ", ".join(each for each in parts if each)
    return [f"Left out to stay within the limit: {told}.", ""] if told else []
