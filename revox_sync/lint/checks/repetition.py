"""Sections and paragraphs that stand in a text twice."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

HEADING: Final = r"(#{1,6})[ \t]+(\S.*)"
FENCE: Final = ("```", "~~~")
# Headings that every section may have, and lines of a sample dialogue.
GENERIC: Final = r"(?:examples?|exemples?|notes?|remarques?|important|attention|dialogue|scripts?)\b"
SPEECH: Final = r"[\"“«‘'>|-]|\*{0,2}[\w ]{1,20}\*{0,2} ?:"
LEAST: Final = 100


class Block(NamedTuple):
    """A heading or a paragraph.

    Attributes:
        key: equal for blocks of equal meaning; a heading's holds those above it.
        strong: whether a second one is worth a word by itself.
    """

    key: tuple[str, ...]
    strong: bool
    start: int
    end: int


def repeats(text: str) -> Iterator[tuple[Block, Block]]:
    """The first block of everything that is there again, with the block it repeats; what follows it is the same cause.

    Blanks, line breaks and case do not count, short paragraphs and sample dialogues may be repeated.
    """
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    if len(set(lines)) == len(lines):  # nearly always, and much faster
        return
    first: dict[tuple[str, ...], Block] = {}
    inside = False
    for block in _blocks(text):
        earlier = first.setdefault(block.key, block)
        if earlier is block:
            inside = False
        elif block.strong and not inside:
            inside = True
            yield block, earlier


def _blocks(text: str) -> Iterator[Block]:
    path: list[tuple[int, str]] = []
    lines: list[tuple[int, str]] = []
    for start, line, code in _lines(text):
        heading = None if code else re.match(HEADING, line)
        if heading is None and line:
            lines.append((start, line))
            continue
        yield from _paragraph(lines)
        lines = []
        if heading is not None:
            title = " ".join(heading[2].split()).rstrip("# :").casefold()
            level = len(heading[1])
            path = [*(above for above in path if above[0] < level), (level, title)]
            yield Block(("#", *(name for _, name in path)), re.match(GENERIC, title) is None, start, start + len(line))
    yield from _paragraph(lines)


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Offset and content of every line without blanks around it, and whether it is code; fences are code."""
    start, fenced = 0, False
    for whole in text.split("\n"):
        line = whole.strip()
        fence = line.startswith(FENCE)
        yield start + len(whole) - len(whole.lstrip()), line, fenced or fence
        fenced = fenced != fence
        start += len(whole) + 1


def _paragraph(lines: list[tuple[int, str]]) -> Iterator[Block]:
    if lines:
        words = " ".join(" ".join(line for _, line in lines).split()).casefold()
        (start, opening), (last, closing) = lines[0], lines[-1]
        strong = len(words) >= LEAST and re.match(SPEECH, opening) is None and not opening.startswith(FENCE)
        yield Block((words,), strong, start, last + len(closing))
