"""Rules as Markdown: the index, and one rule's page, as they stand in docs/rules/."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from revox_sync.output.rules.page import RuleExample, RulePage
from revox_sync.output.text.finding_block import block
from revox_sync.output.text.style import no_style

WIDTH: Final = 100


def rules_index(pages: Sequence[RulePage], link: Callable[[RulePage], str]) -> str:
    """A table per family with code, name, severity and headline.

    Args:
        pages: in order of code.
        link: address of a rule's page; empty: none.
    """
    blocks = []
    for family, members in groupby(pages, attrgetter("family")):
        rules = list(members)
        rows = [f"| {_linked(each, link(each))} | {each.name} | {each.level} | {_cell(each)} |" for each in rules]
        head = ["| code | name | severity | finds |", "|---|---|---|---|"]
        blocks.append("\n".join([f"## {family} {rules[0].family_name}", "", *head, *rows]))
    return "\n\n".join(blocks) + "\n"


def _linked(page: RulePage, address: str) -> str:
    return f"[{page.code}]({address})" if address else page.code


def _cell(page: RulePage) -> str:
    return page.headline.replace("|", r"\|")


def render(page: RulePage) -> str:
    """A rule's documentation with its examples."""
    head = f"# {page.code} {page.name}\n\nSeverity: {page.level}. Family: {page.family} {page.family_name}."
    parts = [head, markdown_prose(page)]
    for title, examples in (("Reported", page.invalid), ("Not reported", page.valid)):
        if examples:
            parts += [f"## {title}", *(part for each in examples for part in _example(each))]
    return "\n\n".join(parts) + "\n"


def markdown_prose(page: RulePage) -> str:
    """A rule's documentation without head and examples."""
    return "\n\n".join([page.headline, *(f"## {each.title}\n\n{each.text}" for each in page.sections)])


def _example(example: RuleExample) -> Iterator[str]:
    """Files, above each its name where that is not obvious; then what lint says."""
    for path, lines in example.files:
        if len(example.files) > 1 or not lines:
            yield f"`{path}`:" if lines else f"`{path}`, an empty file."
        if lines:
            yield _fenced("\n".join(lines), "yaml" if path.endswith((".yaml", ".yml")) else "text")
    for finding in example.findings:
        yield _fenced(block(finding, no_style, WIDTH).rstrip("\n"), "text")


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(each) for each in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
