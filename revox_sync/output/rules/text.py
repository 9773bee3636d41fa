"""Rules for people: the list, and one rule's page."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.output.rules.page import HOW_TO_MAKE, RuleExample, RulePage, families
from revox_sync.output.text.findings import SEVERITY_STYLES, finding_block
from revox_sync.output.text.style import Paint, Style, no_style

_CODE: Final = re.compile(r"`([^`]+)`")
MOST_COLUMNS: Final = 100
"""Columns of the widest text: longer lines are hard to read."""
_LEAST_COLUMNS: Final = 24
"""Columns of text in the narrowest terminal."""


def rules_table(pages: Sequence[RulePage], paint: Paint, width: int) -> str:
    """Families, and a line per rule with code, name, severity and headline; `width` in columns."""
    name_width = max((len(page.name) for page in pages), default=0)
    blocks = []
    for title, rules in families(pages):
        lines = [paint(title, Style.BOLD), *(line for page in rules for line in _row(page, name_width, paint, width))]
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks)


def _row(page: RulePage, name_width: int, paint: Paint, width: int) -> Iterator[str]:
    """One rule; a long headline goes on below itself."""
    name, severity = f"{page.code}  {page.name:<{name_width}}", f"{page.severity:<7}"
    indent = len(f"{name}  {severity}  ")
    first, *rest = textwrap.wrap(page.headline, max(width - indent, _LEAST_COLUMNS))
    yield f"{name}  {paint(severity, SEVERITY_STYLES[page.severity])}  {first}"
    yield from (" " * indent + line for line in rest)


def render(page: RulePage, paint: Paint, width: int) -> str:
    """A rule's documentation with its examples; `width` in columns."""
    width = min(width, MOST_COLUMNS)
    level = paint(page.level, SEVERITY_STYLES[page.severity])
    parts = [f"{paint(f'{page.code} {page.name}', Style.BOLD)} ({level})", *_prose(page, paint, width)]
    for title, examples in page.examples:
        shown = "\n\n".join(_example(example, paint, width) for example in examples)
        parts.append(f"{paint(title, Style.BOLD)}\n\n{shown}")
    return "\n\n".join(parts) + "\n"


def text_prose(page: RulePage) -> str:
    """A rule's documentation without colour and examples, one line per paragraph."""
    return "\n\n".join(_prose(page, no_style, None))


def _prose(page: RulePage, paint: Paint, width: int | None) -> Iterator[str]:
    yield _inline(_filled(page.headline, width), paint)
    for section in page.sections:
        text = "\n\n".join(_filled(paragraph, width) for paragraph in section.text.split("\n\n"))
        yield f"{paint(section.title, Style.BOLD)}\n{_inline(text, paint)}"


def _inline(text: str, paint: Paint) -> str:
    """The text with its marks of Markdown as colours; as it is where there are none."""
    return text if paint is no_style else _CODE.sub(lambda found: paint(found[1], Style.INFO), text)


def _filled(paragraph: str, width: int | None) -> str:
    text = " ".join(paragraph.split())
    if width is None:
        return text
    return textwrap.fill(text, max(width, _LEAST_COLUMNS), break_on_hyphens=False, break_long_words=False)


def _example(example: RuleExample, paint: Paint, width: int) -> str:
    """Files, indented, each below its name where that is not obvious; then what lint says."""
    parts = []
    for path, lines in example.files:
        named = [paint(path if lines else f"{path} (empty)", Style.DIM)]
        parts.append("\n".join([*(named if len(example.files) > 1 or not lines else []), *lines]))
    if example.commands:
        parts.append("\n".join([HOW_TO_MAKE, *(f"  {command}" for command in example.commands)]))
    parts += [finding_block(finding, paint, width - 4).rstrip("\n") for finding in example.findings]
    return textwrap.indent("\n\n".join(parts), "    ")
