"""What a rule's page says, as values; text, Markdown and JSON are drawn from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from revox_sync.lint.model.finding import Finding, Severity

FAMILIES: Final = {
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
SECTION: Final = re.compile(r"(What it finds|Why it matters|Instead):\s+(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page; paragraphs are parted by empty lines."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleExample:
    """Files that show a rule.

    Attributes:
        files: path and lines, the assistant first; the lines are harmless to print (`visible`).
        findings: what the rule finds in them; nothing in a valid example.
    """

    files: tuple[tuple[str, tuple[str, ...]], ...]
    findings: tuple[Finding, ...]


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
        return FAMILIES[self.family]

    @property
    def level(self) -> str:
        """Severity, and whether somebody has to select the rule."""
        return self.severity.value if self.default else f"{self.severity.value}, off by default"


def read_page(code: str, name: str, severity: Severity, text: str, *, default: bool = True) -> RulePage:
    """A page without examples, from a rule's documentation: a headline, then paragraphs, some with a title."""
    headline, *paragraphs = text.split("\n\n")
    sections: list[Section] = []
    for paragraph in paragraphs:
        titled = SECTION.fullmatch(paragraph)
        if titled:
            sections.append(Section(titled[1], titled[2][0].upper() + titled[2][1:]))
        elif sections:
            sections[-1] = Section(sections[-1].title, f"{sections[-1].text}\n\n{paragraph}")
        else:
            sections.append(Section("Note", paragraph))
    return RulePage(code, name, severity, headline, tuple(sections), default=default)
