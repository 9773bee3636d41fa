"""Sections and paragraphs that occur twice in a text."""

import re
from collections.abc import Iterator
from typing import Final

from revox_sync.values.named_tuple import NamedTuple

_HEADING: Final = r"(#{1,6})[ \t]+(\S.*)"
_FENCE: Final = ("```", "~~~")
# Headings that every section may have, and lines of a sample dialogue: prompts repeat both on purpose.
_COMMON_HEADING: Final = r"(?:examples?|exemples?|notes?|remarques?|important|attention|dialogue|scripts?)\b"
_DIALOGUE: Final = r"[\"“«‘'>|-]|\*{0,2}[\w ]{1,20}\*{0,2} ?:"
# Shorter paragraphs, such as "Be brief.", are repeated for emphasis.
_LEAST_CHARACTERS: Final = 100


class Block(NamedTuple):
    """A heading or a paragraph.

    Attributes:
        key: equal for blocks that say the same; a heading's key holds those above it, and all text of its section.
        counts: whether its repetition is reported.
    """

    key: tuple[str, ...]
    counts: bool
    start: int
    end: int


def repeated_blocks(text: str) -> Iterator[tuple[Block, Block]]:
    """The first block of each repeated passage, and the earlier block that it repeats.

    Blanks, line breaks and case make no difference. Short paragraphs and sample dialogues may be repeated.
    """
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    # A text in which no line occurs twice has no repetition, and that is quickly seen.
    if len(set(lines)) == len(lines):
        return
    first: dict[tuple[str, ...], Block] = {}
    in_repetition = False
    for block in _with_sections([*_blocks(text)]):
        earlier = first.setdefault(block.key, block)
        if earlier is block:
            in_repetition = False
        elif block.counts and not in_repetition:
            in_repetition = True
            yield block, earlier


def _with_sections(blocks: list[Block]) -> Iterator[Block]:
    """The blocks, where the key of a heading also holds the text below it: two sections may well have one title."""
    for number, block in enumerate(blocks):
        if block.key[0] != "#":
            yield block
            continue
        end = next((at for at, other in enumerate(blocks[number + 1 :], number + 1) if _ends(block, other)), None)
        body = [other.key for other in blocks[number + 1 : end]]
        # A heading with nothing below it repeats nothing.
        yield block._replace(key=(*block.key, repr(body)), counts=block.counts and bool(body))


def _ends(heading: Block, other: Block) -> bool:
    """Whether a block is the heading at which the section of an earlier heading ends."""
    return other.key[0] == "#" and len(other.key) <= len(heading.key)


def _blocks(text: str) -> Iterator[Block]:
    path: list[tuple[int, str]] = []
    lines: list[tuple[int, str]] = []
    for start, line, is_code in _lines(text):
        heading = None if is_code else re.match(_HEADING, line)
        if heading is None and line:
            lines.append((start, line))
            continue
        yield from _paragraph(lines)
        lines = []
        if heading is not None:
            title = " ".join(heading[2].split()).rstrip("# :").casefold()
            level = len(heading[1])
            # "Steps" under "Booking" and "Steps" under "Cancelling" are two sections.
            path = [*(above for above in path if above[0] < level), (level, title)]
            counts = re.match(_COMMON_HEADING, title) is None
            yield Block(("#", *(name for _, name in path)), counts, start, start + len(line))
    yield from _paragraph(lines)


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Offset and content of every line without blanks around it, and whether it is code; fences are code."""
    start, fenced = 0, False
    for whole in text.split("\n"):
        line = whole.strip()
        is_fence = line.startswith(_FENCE)
        yield start + len(whole) - len(whole.lstrip()), line, fenced or is_fence
        fenced = fenced != is_fence
        start += len(whole) + 1


def _paragraph(lines: list[tuple[int, str]]) -> Iterator[Block]:
    if lines:
        words = " ".join(" ".join(line for _, line in lines).split()).casefold()
        (start, opening), (last, closing) = lines[0], lines[-1]
        is_prose = re.match(_DIALOGUE, opening) is None and not opening.startswith(_FENCE)
        yield Block((words,), is_prose and len(words) >= _LEAST_CHARACTERS, start, last + len(closing))
