"""Rules as Markdown: the index, and one rule's page, as they stand in docs/rules/."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from revox_sync.output.markup.markdown import fence, table_row
from revox_sync.output.rules.page import HOW_TO_MAKE, RuleExample, RulePage, families
from revox_sync.output.text.findings import finding_block
from revox_sync.output.text.style import no_style

_WIDTH: Final = 100
"""Columns of a finding in an example; a browser would not break the line."""


def rules_index(pages: Sequence[RulePage], link: Callable[[RulePage], str]) -> str:
    """A table per family with code, name, severity and headline.

    Args:
        pages: in order of code.
        link: address of a rule's page; empty: none.
    """
    blocks = []
    for title, rules in families(pages):
        head = ["| code | name | severity | finds |", "|---|---|---|---|"]
        blocks.append("\n".join([f"## {title}", "", *head, *(_row(page, link(page)) for page in rules)]))
    return "\n\n".join(blocks) + "\n"


def _row(page: RulePage, address: str) -> str:
    # Headlines are ours and may hold Markdown; only `|` would end their cell.
    headline = page.headline.replace("|", r"\|")
    return table_row([f"[{page.code}]({address})" if address else page.code, page.name, page.level, headline])


def render(page: RulePage) -> str:
    """A rule's documentation with its examples."""
    head = f"# {page.code} {page.name}\n\nSeverity: {page.level}. Family: {page.family} {page.family_name}."
    parts = [head, markdown_prose(page)]
    for title, examples in page.examples:
        parts += [f"## {title}", *(part for example in examples for part in _example(example))]
    return "\n\n".join(parts) + "\n"


def markdown_prose(page: RulePage) -> str:
    """A rule's documentation without head and examples."""
    return "\n\n".join([page.headline, *(f"## {section.title}\n\n{section.text}" for section in page.sections)])


def _example(example: RuleExample) -> Iterator[str]:
    """Files, each below its name where that is not obvious; then what lint says."""
    for path, lines in example.files:
        if len(example.files) > 1 or not lines:
            yield f"`{path}`:" if lines else f"`{path}`, an empty file."
        if lines:
            yield "\n".join(fence(lines, "yaml" if path.endswith((".yaml", ".yml")) else "text"))
    if example.commands:
        yield HOW_TO_MAKE
        yield "\n".join(fence(example.commands, "sh"))
    for finding in example.findings:
        yield "\n".join(fence(finding_block(finding, no_style, _WIDTH).splitlines(), "text"))
