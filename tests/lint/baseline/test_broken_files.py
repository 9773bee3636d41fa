"""Every case in broken/, an assistant file or a whole project, has exactly the findings that expected.txt names."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from revox_sync.lint.engine.engine import NEEDED_TO_PLAN
from revox_sync.lint.model.finding import Finding, LintReport
from revox_sync.lint.registry import all_rules
from revox_sync.output.text.findings import full
from revox_sync.output.text.style import no_style
from tests.conftest import Golden
from tests.lint.project import lint_files

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(path.name for path in BROKEN.iterdir() if path.name[0] != "." and path.name != "expected.txt")


def expected() -> dict[str, list[str]]:
    """Findings by case; `-` stands for none."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (BROKEN / "expected.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, finding = line.split(maxsplit=1)
            found[name] += [] if finding == "-" else [finding]
    return found


EXPECTED = expected()


def topics() -> dict[str, list[str]]:
    """Cases by the rule of their first finding, `clean` for those without one: a golden file for each."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in CASES:
        found[EXPECTED[name][0].split()[0] if EXPECTED[name] else "clean"].append(name)
    return found


TOPICS = topics()


def files(name: str) -> dict[str, bytes]:
    case = BROKEN / name
    if case.is_file():
        return {f"assistants/{name}": case.read_bytes()}
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in case.rglob("*") if path.is_file()}


def report(name: str) -> LintReport:
    """What keeps a file from being planned, name used twice included; what texts mean is tested with its rules."""
    return lint_files(files(name), *NEEDED_TO_PLAN.select, "RVX601")


def described(finding: Finding, name: str) -> str:
    region = finding.region
    path = "" if region.path == f"assistants/{name}" else f"{region.path}:"
    return f"{finding.code} {finding.severity} {path}{region.line}:{region.column}"


@pytest.mark.parametrize("name", CASES)
def test_case_has_the_findings_it_names(name: str) -> None:
    assert [described(each, name) for each in report(name).findings] == EXPECTED[name]


def test_every_expectation_has_a_case() -> None:
    assert sorted(EXPECTED) == CASES


def test_every_rule_about_single_files_is_broken_by_some_case() -> None:
    found = {finding.split()[0] for findings in EXPECTED.values() for finding in findings}
    assert found >= {rule.code for rule in all_rules() if rule.code[:4] in {"RVX0", "RVX1"}}


@pytest.mark.parametrize("topic", TOPICS)
def test_what_people_read_of_every_case(golden: Golden, topic: str) -> None:
    reports = (f"# {name}\n{full(report(name), no_style, 100)}" for name in TOPICS[topic])
    golden(f"lint/broken/{topic}.txt", "\n".join(reports))


@pytest.mark.parametrize("name", CASES)
def test_sentences_are_plain(name: str) -> None:
    for finding in report(name).findings:
        assert finding.message
        assert finding.message[0] == finding.message[0].lower()
        assert finding.message[-1] not in ".,;"
        assert not any(word in finding.sentence for word in ("Deferred", "Secret(", "object at", "Validation", "None"))


def test_nearly_every_finding_says_what_to_do() -> None:
    findings = [each for name in CASES for each in report(name).findings]
    assert {each.message for each in findings if not each.label} == {
        "`!file` needs a path",
        "values are nested more than 100 levels deep",
    }
