from __future__ import annotations

import re

import pytest

from revox_sync.lint.model.finding import LintReport, Severity
from revox_sync.output.lint.github import MOST_ANNOTATIONS, render
from tests.output.findings import HOSTILE, REPORT, many

COMMAND = re.compile(r"::(error|warning|notice) (.*?)::(.*)")


def decoded(text: str) -> str:
    """What the runner reads, by its own rules."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def kinds(report: LintReport) -> list[str]:
    return re.findall(r"(?m)^::(\w+)", render(report))


def test_nothing_to_say() -> None:
    assert render(LintReport((), 3)) == ""


def test_columns_only_within_one_line() -> None:
    (line,) = [line for line in render(REPORT).splitlines() if "line=9" in line]
    assert "endLine=10" in line
    assert "col=" not in line.lower()


def test_hostile_text_stays_one_command_with_its_properties() -> None:
    (line,) = render(HOSTILE).splitlines()
    command = COMMAND.fullmatch(line)
    assert command
    names = [each.split("=")[0] for each in command[2].split(",")]
    assert names == ["file", "line", "endLine", "col", "endColumn", "title"]
    assert line.isprintable()
    assert "<U+001B>[31m<U+202E>" in decoded(command[3])
    assert "y%0A,:" in decoded(command[3])


@pytest.mark.parametrize(
    ("numbers", "shown", "hidden"),
    [
        ((10, 10, 10), {"error": 10, "warning": 10, "notice": 10}, 0),
        ((11, 0, 0), {"error": 10, "warning": 0, "notice": 1}, 1),
        ((0, 12, 10), {"error": 0, "warning": 10, "notice": 10}, 3),
        ((0, 0, 11), {"error": 0, "warning": 0, "notice": 10}, 2),
        ((30, 30, 0), {"error": 10, "warning": 10, "notice": 1}, 40),
    ],
)
def test_no_more_than_github_shows(numbers: tuple[int, ...], shown: dict[str, int], hidden: int) -> None:
    findings = [each for level, number in zip(Severity, numbers, strict=True) for each in many(level, number)]
    report = LintReport(tuple(findings), 1)
    found = kinds(report)
    assert {kind: found.count(kind) for kind in shown} == shown
    assert all(found.count(kind) <= MOST_ANNOTATIONS for kind in shown)
    assert (f"::{hidden} more finding" in render(report).splitlines()[-1]) == bool(hidden)


def test_most_severe_come_first() -> None:
    report = LintReport((*many(Severity.INFO, 2), *many(Severity.WARNING, 2), *many(Severity.ERROR, 2)), 1)
    assert kinds(report) == ["error"] * 2 + ["warning"] * 2 + ["notice"] * 2
