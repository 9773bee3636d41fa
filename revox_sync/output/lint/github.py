"""Findings as workflow commands, which GitHub Actions shows beside the lines of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from revox_sync.lint.model.finding import Finding, LintReport, Region, Severity
from revox_sync.output.text.visible import counted, visible

COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
LIMIT: Final = 10
"""Annotations of one kind that GitHub shows of a step; it drops the others in silence."""


def render(report: LintReport) -> str:
    """One command per line, the most severe findings first; the last one says how many GitHub would not show.

    GitHub takes the paths as relative to the top of the repository.
    """
    shown = _shown(report.findings)
    hidden = len(report.findings) - len(shown)
    return "".join(f"{line}\n" for line in [*map(_annotation, shown), *([_more(hidden)] if hidden else [])])


def _shown(findings: Sequence[Finding]) -> list[Finding]:
    """As many of each severity as GitHub shows; of notices one less where the line about the rest is one, too."""
    kinds = {level: [each for each in findings if each.severity is level] for level in Severity}
    room = dict.fromkeys(Severity, LIMIT)
    if any(len(kind) > LIMIT for kind in kinds.values()):
        room[Severity.INFO] -= 1
    return [each for level, kind in kinds.items() for each in kind[: room[level]]]


def _annotation(finding: Finding) -> str:
    places = "".join(f",{name}={value}" for name, value in _span(finding.region).items())
    title = _property(f"{finding.code} {finding.name}")
    file = _property(visible(finding.region.path))
    return f"::{COMMANDS[finding.severity]} file={file}{places},title={title}::{_message(visible(finding.sentence))}"


def _span(region: Region) -> dict[str, int]:
    """Columns only within one line: GitHub refuses them for several."""
    lines = {"line": region.line, "endLine": region.end_line}
    return lines | ({"col": region.column, "endColumn": region.end_column} if region.line == region.end_line else {})


def _more(hidden: int) -> str:
    text = f"{counted(hidden, 'more finding')}; `revox-sync lint` shows all"
    return f"::notice title=revox-sync::{_message(text)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
