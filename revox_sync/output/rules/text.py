"""Rules for people: the list, and one rule's page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from revox_sync.output.rules.page import RuleExample, RulePage
from revox_sync.output.text.finding_block import STYLES, block
from revox_sync.output.text.style import Paint, Style, no_style

READABLE: Final = 100
"""Columns of the widest text: longer lines tire the eye."""
NARROW: Final = 24
"""Columns of text in the narrowest terminal."""


def rules_table(pages: Sequence[RulePage], paint: Paint, width: int) -> str:
    """Families, and a line per rule with code, name, severity and headline; `width` in columns."""
    room = max((len(each.name) for each in pages), default=0)
    blocks = []
    for family, members in groupby(pages, attrgetter("family")):
        rules = list(members)
        lines = [paint(f"{family} {rules[0].family_name}", Style.BOLD)]
        lines += [line for each in rules for line in _row(each, room, paint, width)]
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks)


def _row(page: RulePage, room: int, paint: Paint, width: int) -> Iterator[str]:
    """One rule; a long headline goes on below itself."""
    name, severity = f"{page.code}  {page.name:<{room}}", f"{page.severity:<7}"
    indent = len(f"{name}  {severity}  ")
    first, *rest = textwrap.wrap(page.headline, max(width - indent, NARROW))
    yield f"{name}  {paint(severity, STYLES[page.severity])}  {first}"
    yield from (" " * indent + line for line in rest)


def render(page: RulePage, paint: Paint, width: int) -> str:
    """A rule's documentation with its examples; `width` in columns."""
    width = min(width, READABLE)
    head = f"{paint(f'{page.code} {page.name}', Style.BOLD)} ({paint(page.level, STYLES[page.severity])})"
    parts = [head, *_prose(page, paint, width)]
    for title, examples in (("Reported", page.invalid), ("Not reported", page.valid)):
        if examples:
            shown = "\n\n".join(_example(each, paint, width) for each in examples)
            parts.append(f"{paint(title, Style.BOLD)}\n\n{shown}")
    return "\n\n".join(parts) + "\n"


def text_prose(page: RulePage) -> str:
    """A rule's documentation without colour and examples, one line per paragraph."""
    return "\n\n".join(_prose(page, no_style, None))


def _prose(page: RulePage, paint: Paint, width: int | None) -> Iterator[str]:
    yield _filled(page.headline, width)
    for section in page.sections:
        text = "\n\n".join(_filled(each, width) for each in section.text.split("\n\n"))
        yield f"{paint(section.title, Style.BOLD)}\n{text}"


def _filled(paragraph: str, width: int | None) -> str:
    text = " ".join(paragraph.split())
    if width is None:
        return text
    return textwrap.fill(text, max(width, NARROW), break_on_hyphens=False, break_long_words=False)


def _example(example: RuleExample, paint: Paint, width: int) -> str:
    """Files, indented; above each its name where that is not obvious. Then what lint says."""
    parts = []
    for path, lines in example.files:
        named = [paint(path if lines else f"{path} (empty)", Style.DIM)]
        parts.append("\n".join([*(named if len(example.files) > 1 or not lines else []), *lines]))
    parts += [block(each, paint, width - 4).rstrip("\n") for each in example.findings]
    return textwrap.indent("\n\n".join(parts), "    ")
