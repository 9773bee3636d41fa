from __future__ import annotations

import pytest

from revox_sync.lint.model.finding import INCLUDED, Finding, LintReport, Region, RelatedRegion, Severity
from revox_sync.source.model.place import Place, SourceText

REGION = Region("a.yaml", 3, 1, 3, 5)
FINDING = Finding("RVX101", "unknown-field", Severity.WARNING, "message", "label", REGION, "")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("a.yaml", 0, 1), Region("a.yaml", 1, 1, 1, 2)),
        (Place("a.yaml", 5, 10), Region("a.yaml", 2, 2, 3, 2)),
        (Place("a.yaml", 5, 0), Region("a.yaml", 2, 2, 2, 2)),
        (Place("gone.yaml", 5, 10), Region("gone.yaml", 1, 1, 1, 1)),
    ],
)
def test_region_of_a_place(place: Place, expected: Region) -> None:
    assert Region.of(place, {"a.yaml": SourceText("a.yaml", "é 1\n🙂bcd\nx y\n")}) == expected


def test_a_finding_may_be_suppressed_where_it_is_and_where_its_file_is_included() -> None:
    related = (
        RelatedRegion("first key", REGION._replace(line=1)),
        RelatedRegion(INCLUDED, Region("b.yaml", 7, 1, 7, 2)),
    )
    assert FINDING._replace(related=related).spots == [("a.yaml", 3), ("b.yaml", 7)]


@pytest.mark.parametrize(("label", "expected"), [("label", "message; label"), ("", "message")])
def test_sentence(label: str, expected: str) -> None:
    assert FINDING._replace(label=label).sentence == expected


def test_a_report_fails_from_a_severity_on() -> None:
    report = LintReport((FINDING, FINDING._replace(severity=Severity.INFO)), 1)
    assert [severity for severity in Severity if report.fails(severity)] == [Severity.WARNING, Severity.INFO]
    assert [report.number_of(severity) for severity in Severity] == [0, 1, 1]


def test_findings_are_in_order_of_path_and_position() -> None:
    later = FINDING._replace(region=REGION._replace(line=20))
    other = FINDING._replace(region=REGION._replace(path="b.yaml", line=1))
    code = FINDING._replace(code="RVX102")
    assert sorted([other, later, code, FINDING], key=Finding.order) == [FINDING, code, later, other]
