from __future__ import annotations

import pytest

from revox_sync.lint.model.finding import (
    INCLUDED,
    MOST_FINDINGS,
    MOST_SHOWN,
    Excerpt,
    Finding,
    LintReport,
    Region,
    RelatedRegion,
    Severity,
)
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


def many(number: int, code: str = "RVX101", severity: Severity = Severity.INFO) -> list[Finding]:
    regions = [Region("a.yaml", line, 1, line, 2) for line in range(1, number + 1)]
    return [FINDING._replace(code=code, region=region, severity=severity) for region in regions]


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (MOST_SHOWN, "message"),
        (MOST_SHOWN + 1, "message"),
        (MOST_SHOWN + 3, "message; and 2 more findings of RVX101 in this file"),
        (
            MOST_FINDINGS,
            f"message; and at least {MOST_FINDINGS - MOST_SHOWN - 1:,} more findings of RVX101 in this file",
        ),
    ],
)
def test_of_many_findings_the_last_says_how_many_there_are(number: int, says: str) -> None:
    shown = LintReport(tuple(many(number)), 1).bounded.findings
    assert len(shown) == min(number, MOST_SHOWN + 1)
    assert shown[-1].message == says
    assert list(shown) == sorted(shown, key=Finding.order)


def test_what_is_not_shown_still_fails() -> None:
    findings = [*many(MOST_SHOWN + 5), many(MOST_SHOWN + 6, severity=Severity.ERROR)[-1], *many(3, code="RVX102")]
    report = LintReport(tuple(sorted(findings, key=Finding.order)), 1).bounded
    assert report.fails(Severity.ERROR)
    assert len(report.findings) == MOST_SHOWN + 1 + 3


@pytest.mark.parametrize(("length", "column", "start"), [(10, 3, 0), (240, 240, 0), (1000, 1, 0), (1000, 500, 419)])
def test_an_excerpt_does_not_grow_with_its_line(length: int, column: int, start: int) -> None:
    line = "".join(chr(ord("a") + number % 26) for number in range(length))
    shown = Excerpt.around(line, column)
    assert shown.start == start
    assert shown.text[column - 1 - start] == line[column - 1]
    assert len(shown.text) <= 241
