"""What a rule's page says, as values; text, Markdown and JSON are drawn from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from revox_sync.lint.model.finding import Finding, Severity

_FAMILY_NAMES: Final = {
    "RVX0": "YAML",
    "RVX1": "Contract",
    "RVX2": "Prompt and variables",
    "RVX3": "Speech",
    "RVX4": "Behaviour",
    "RVX5": "Safety",
    "RVX6": "Project",
    "RVX7": "Online",
}
"""Name of a family by the beginning of its codes."""
HOW_TO_MAKE: Final = "This cannot be copied from here; to make it:"
"""Stands above the commands of an example."""
_TITLED: Final = re.compile(r"(What it finds|Why it matters|Instead):\s+(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page; empty lines separate its paragraphs."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleExample:
    """Files that show a rule.

    Attributes:
        files: path and lines, the assistant first; the lines are harmless to print (`visible`).
        findings: what the rule finds in them; nothing in a valid example.
        commands: shell commands that make the files whose lines cannot be copied, because they hold what nobody sees.
    """

    files: tuple[tuple[str, tuple[str, ...]], ...]
    findings: tuple[Finding, ...]
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RulePage:
    """All there is to say about a rule.

    Attributes:
        headline: the pattern in one sentence.
        invalid: examples the rule reports.
        valid: examples it does not report.
        default: whether it runs where nobody selects it.
    """

    code: str
    name: str
    severity: Severity
    headline: str
    sections: tuple[Section, ...]
    invalid: tuple[RuleExample, ...] = ()
    valid: tuple[RuleExample, ...] = ()
    default: bool = True

    @property
    def family(self) -> str:
        """The beginning of the code that a family shares: `RVX1`."""
        return self.code[:4]

    @property
    def family_name(self) -> str:
        """What the family is about."""
        return _FAMILY_NAMES[self.family]

    @property
    def level(self) -> str:
        """Severity, and whether somebody has to select the rule."""
        return self.severity.value if self.default else f"{self.severity.value}, off by default"

    @property
    def examples(self) -> list[tuple[str, tuple[RuleExample, ...]]]:
        """Titles and examples of the parts that have any."""
        parts = [("Reported", self.invalid), ("Not reported", self.valid)]
        return [(title, examples) for title, examples in parts if examples]


def families(pages: Sequence[RulePage]) -> Iterator[tuple[str, list[RulePage]]]:
    """Title and rules of each family; `pages` in order of code."""
    for family, rules in groupby(pages, attrgetter("family")):
        members = list(rules)
        yield f"{family} {members[0].family_name}", members


def read_page(code: str, name: str, severity: Severity, text: str, *, default: bool = True) -> RulePage:
    """A page without examples, from a rule's documentation: a headline, then paragraphs, some with a title."""
    headline, *paragraphs = text.split("\n\n")
    sections: list[Section] = []
    for paragraph in paragraphs:
        titled = _TITLED.fullmatch(paragraph)
        # A paragraph without a title goes on with the section above it.
        if titled:
            sections.append(Section(titled[1], titled[2][0].upper() + titled[2][1:]))
        elif sections:
            sections[-1] = Section(sections[-1].title, f"{sections[-1].text}\n\n{paragraph}")
        else:
            sections.append(Section("Note", paragraph))
    return RulePage(code, name, severity, headline, tuple(sections), default=default)
