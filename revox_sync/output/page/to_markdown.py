"""A page as a comment of a pull request: a table first, the assistants folded below, never longer than allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Final, NamedTuple

from revox_sync.output.markup.markdown import clipped, code_element, code_span, fence, table_cell, table_row
from revox_sync.output.page.model import Card, CardKind, Page
from revox_sync.output.page.rows import Row, alerts, card_rows, fields_in_brief, finding_rows, note_lines
from revox_sync.output.text.visible import counted
from revox_sync.output.text.where import UNKNOWN_ORGANIZATION
from revox_sync.sync.model.comparison import DIFF_IMPACTS

_WIDTH: Final = 100
"""Columns of a line of code; a browser would not break it."""
_MOST_TITLE: Final = 200
_MOST_PATHS: Final = 4
"""Paths of one assistant that the table names; of more, only the number is shown."""
_DIFF_SIGNS: Final = {"~": "!", ".": " "}
"""Signs by which code hosts colour a diff, where ours are different."""
_OPEN: Final = frozenset({CardKind.CONFIGURATION, CardKind.FAILED, CardKind.UNKNOWN})
"""What is not folded: it is short, and nobody may miss it."""
_TABLE_HEAD: Final = ("Change", "Impact", "Assistant", "Fields")
_LAST_LINES: Final = 500
"""Characters that the lines about what was left out may take beside the names of assistants."""


_MOST_NEW_NAMES: Final = 600
"""Characters of the names of new assistants among what was left out."""


class Comment(NamedTuple):
    """A page as Markdown.

    Attributes:
        left_out: assistants whose changes found no room in it, in the page's order.
    """

    text: str
    left_out: tuple[Card, ...] = ()


def render(page: Page, max_chars: int) -> str:
    """A Markdown document of at most `max_chars` characters; see `fitted`."""
    return fitted(page, max_chars).text


def fitted(page: Page, max_chars: int) -> Comment:
    """A Markdown document of at most `max_chars` characters, and which assistants are left out of it.

    What changes live assistants goes first, then notes, then assistants that would be created. What is left out is left
    out whole, so that nothing looks as if it were all, and is named with its impact.
    """
    opening, ending = _opening(page), _ending(page)
    room = max_chars - _size(opening) - _size(ending)
    blocks = [block.drawn() for block in (*map(_card, page.cards), *_closing(page))]
    table, hidden = _table(page.cards, room)
    if not hidden and _size(table) + sum(map(_size, blocks)) <= room:
        return Comment("\n".join([*opening, *table, *_joined(blocks), *ending]))
    room -= _LAST_LINES
    # The table may take a third, and the names of what is left out a fourth: the changes themselves say more.
    table, hidden = _table(page.cards, room // 3)
    names = room // 4
    shown = _chosen(page, blocks, room - _size(table) - names)
    left_out = tuple(card for number, card in enumerate(page.cards) if number not in shown)
    notes = any(number not in shown for number in range(len(page.cards), len(blocks)))
    # What is missing stands above what is there: nobody reads to the end of sixty thousand characters to learn of it.
    last = _left_out(left_out, names, max_chars, hidden, notes=notes)
    body = _joined(block for number, block in enumerate(blocks) if number in shown)
    return Comment("\n".join([*opening, *last, *table, *body, *ending]), left_out)


def _chosen(page: Page, blocks: Sequence[list[str]], room: int) -> set[int]:
    """Which blocks are shown, by their number: those of the cards come first.

    What changes live assistants goes before notes, and these go before assistants that would be created.
    """
    creates = {number for number, card in enumerate(page.cards) if card.kind is CardKind.CREATE}
    shown = set[int]()
    for number in sorted(range(len(blocks)), key=lambda number: number in creates):
        size = _size(blocks[number])
        if size <= room:
            shown.add(number)
            room -= size
    return shown


def _joined(blocks: Iterable[list[str]]) -> list[str]:
    return [line for block in blocks for line in block]


def _opening(page: Page) -> list[str]:
    # A later run finds the comment of this one by the marker.
    lines = [f"<!-- revox-sync:{page.marker} -->", f"### {page.title}", ""]
    if page.subject is not None:
        lines += [f"{code_span(clipped(page.subject, _MOST_TITLE))}, environment {code_span(page.environment)}", ""]
    if page.base_url is not None:
        organization = code_span(clipped(page.organization_id or UNKNOWN_ORGANIZATION, _MOST_TITLE))
        where = f"{code_span(page.environment)}, {code_span(clipped(page.base_url, _MOST_TITLE))}"
        lines += [f"Environment {where}, organisation {organization}", ""]
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
    named, more = fields_in_brief(card, _MOST_PATHS)
    paths = ", ".join(table_cell(clipped(path, _WIDTH)) for path in named)
    warned = "; ".join(f"**{words}** {table_cell(clipped(about, _WIDTH))}".strip() for words, about in alerts(card))
    fields = "; ".join(filter(None, [f"{paths} {more}".strip(), warned]))
    kind = str(card.kind) if card.kind in {CardKind.CREATE, CardKind.UPDATE} else f"**{card.kind}**"
    # A telephone shows the first columns.
    return table_row([kind, ", ".join(card.impacts), table_cell(clipped(card.address, _MOST_TITLE)), fields])


@dataclass(frozen=True, slots=True)
class _Block:
    """Something below the table: lines of code, folded under a headline where there is one."""

    headline: str | None
    lines: Sequence[str]
    language: str
    is_open: bool = False

    def drawn(self) -> list[str]:
        """The block as Markdown."""
        return self._framed(self.lines) if self.lines else [f"<p>{self.headline}</p>", ""]

    def _framed(self, lines: Sequence[str]) -> list[str]:
        code = fence(lines, self.language)
        if self.headline is None:
            return [*code, ""]
        # Code hosts read Markdown inside of HTML only after an empty line.
        opened = "<details open>" if self.is_open else "<details>"
        return [opened, f"<summary>{self.headline}</summary>", "", *code, "", "</details>", ""]


def _first(lines: Sequence[str], room: int) -> list[str]:
    """The first lines, of together at most so many characters."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, _ in zip(lines, takewhile(room.__ge__, ends), strict=False)]


def _card(card: Card) -> _Block:
    # Each in its own element: a browser then breaks the line between them.
    facts = ", ".join(code_element(clipped(fact, _MOST_TITLE)) for fact in card.facts)
    facts = f" ({facts})" if facts else ""
    lines = [line for row in card_rows(card, _WIDTH, full=True) for line in _drawn(row)]
    return _Block(
        f"{code_element(clipped(card.address, _MOST_TITLE))} {card.verb}{facts}",
        lines,
        "diff",
        is_open=card.kind in _OPEN,
    )


def _drawn(row: Row) -> Iterator[str]:
    """A row of a diff, and below it what marks the words that changed."""
    if row.sign == "@":
        yield row.text
        return
    lead = _DIFF_SIGNS.get(row.sign, row.sign) + " " + "  " * (row.depth + row.continued)
    yield (lead + row.text).rstrip()
    if row.marks:
        # A code block has one colour per line, so changed words are underlined.
        yield " " * len(lead) + row.marks


def _closing(page: Page) -> Iterator[_Block]:
    rows = [row for finding in page.findings for row in finding_rows(finding, _WIDTH)]
    if rows:
        yield _Block("Other findings", [line for row in rows for line in _drawn(row)], "diff")
    if page.notes:
        yield _Block(None, [line for note in page.notes for line in note_lines(note, _WIDTH)], "text")


def _left_out(cards: Sequence[Card], room: int, max_chars: int, hidden: int, *, notes: bool) -> list[str]:
    """What is left out, with its impact, and where the whole report is.

    Args:
        room: characters that the names of assistants may take.
        hidden: rows that the table lacks.
        notes: whether notes or findings that are about no assistant are left out, too.
    """
    # The table names new assistants as well, and there may be hundreds of them.
    live, new = ([card for card in cards if (card.kind is CardKind.CREATE) is is_new] for is_new in (False, True))
    groups = [(_first([_named(card) for card in live], room), live)]
    groups.append((_first([_named(card) for card in new], min(room - _size(groups[0][0]), _MOST_NEW_NAMES)), new))
    named = [name for names, _ in groups for name in names]
    rest = [card for names, group in groups for card in group[len(names) :]]
    parts = [
        *named,
        *([f"{counted(len(rest), 'more assistant')} ({_impacts(rest)})"] if rest else []),
        *([counted(hidden, "row") + " of the table"] if hidden else []),
        *(["the notes"] if notes else []),
    ]
    if not parts:
        return []
    text = (
        f"**Left out to stay within {max_chars:,} characters:** {', '.join(parts)}. "
        "The whole report: `-o html:FILE`; in CI it is an artifact of the job, or in its log."
    )
    return [text, ""]


def _named(card: Card) -> str:
    impacts = f": {', '.join(card.impacts)}" if card.impacts else ""
    return f"{code_span(clipped(card.address, _MOST_TITLE))} ({card.kind}{impacts})"


def _impacts(cards: Sequence[Card]) -> str:
    """How many assistants have which impact, by what becomes of them: `300 create: 300 speech, 20 data`."""
    kinds = Counter(card.kind for card in cards)
    parts = []
    for kind, number in kinds.items():
        impacts = Counter(impact for card in cards if card.kind is kind for impact in card.impacts)
        listed = ", ".join(f"{impacts[impact]:,} {impact}" for impact in DIFF_IMPACTS if impacts[impact])
        parts.append(f"{number:,} {kind}" + (f": {listed}" if listed else ""))
    return "; ".join(parts)
