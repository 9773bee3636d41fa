"""Findings as workflow commands, which GitHub Actions shows beside the lines of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from revox_sync.lint.model.finding import Finding, LintReport, Region, Severity
from revox_sync.output.text.visible import counted, visible

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
MOST_ANNOTATIONS: Final = 10
"""Annotations of one kind that GitHub shows for a step; it drops the others without a word."""


def render(report: LintReport) -> str:
    """One command per line, the most severe findings first; the last one says how many GitHub would not show.

    GitHub takes the paths as relative to the top of the repository.
    """
    shown = _shown(report.findings)
    lines = [_annotation(finding) for finding in shown]
    if hidden := len(report.findings) - len(shown):
        text = f"{counted(hidden, 'more finding')}; `revox-sync lint` shows all"
        lines.append(f"::notice title=revox-sync::{_message(text)}")
    return "".join(f"{line}\n" for line in lines)


def _shown(findings: Sequence[Finding]) -> list[Finding]:
    """As many findings of each severity as GitHub shows."""
    levels = {level: [finding for finding in findings if finding.severity is level] for level in Severity}
    room = dict.fromkeys(Severity, MOST_ANNOTATIONS)
    if any(len(members) > MOST_ANNOTATIONS for members in levels.values()):
        # The line about the findings that are not shown is a notice itself.
        room[Severity.INFO] -= 1
    return [finding for level, members in levels.items() for finding in members[: room[level]]]


def _annotation(finding: Finding) -> str:
    places = "".join(f",{name}={value}" for name, value in _span(finding.region).items())
    title = _property(f"{finding.code} {finding.name}")
    file = _property(visible(finding.region.path))
    return f"::{_COMMANDS[finding.severity]} file={file}{places},title={title}::{_message(visible(finding.sentence))}"


def _span(region: Region) -> dict[str, int]:
    # GitHub refuses columns for a span of several lines.
    lines = {"line": region.line, "endLine": region.end_line}
    return lines | ({"col": region.column, "endColumn": region.end_column} if region.line == region.end_line else {})


def _message(text: str) -> str:
    # The runner ends a command at a line break and decodes these escapes; `%` has to come first.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
