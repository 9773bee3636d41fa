from __future__ import annotations

from revox_sync.lint.model.finding import Finding, LintReport, Region, SuppressedFinding
from revox_sync.output.lint.fingerprint import fingerprints
from tests.output.findings import DUPLICATE, PATH, UNKNOWN

TWIN = UNKNOWN._replace(region=Region(PATH, 12, 1, 12, 6))


def prints(*findings: Finding, suppressed: tuple[Finding, ...] = ()) -> list[str]:
    report = LintReport(findings, 1, tuple(SuppressedFinding(each, "") for each in suppressed))
    return [fingerprints(report)[each] for each in (*findings, *suppressed)]


def moved(finding: Finding, lines: int) -> Finding:
    region = finding.region
    return finding._replace(region=region._replace(line=region.line + lines, end_line=region.end_line + lines))


def test_lines_above_change_nothing() -> None:
    assert prints(UNKNOWN, TWIN) == prints(moved(UNKNOWN, 40), moved(TWIN, 40))


def test_indentation_changes_nothing() -> None:
    assert prints(UNKNOWN) == prints(UNKNOWN._replace(excerpt="    " + UNKNOWN.excerpt))


def test_equal_lines_are_told_apart() -> None:
    first, second = prints(UNKNOWN, TWIN)
    assert first != second
    assert prints(UNKNOWN) == [first]


def test_suppressing_one_changes_no_other() -> None:
    assert set(prints(UNKNOWN, TWIN)) == set(prints(TWIN, suppressed=(UNKNOWN,)))
    assert prints(UNKNOWN, TWIN)[1] == prints(TWIN, suppressed=(UNKNOWN,))[0]


def test_code_path_and_line_make_the_difference() -> None:
    others = (
        UNKNOWN._replace(code="RVX109"),
        UNKNOWN._replace(region=UNKNOWN.region._replace(path="assistants/other.yaml")),
        UNKNOWN._replace(excerpt="prmpt: |"),
        DUPLICATE,
    )
    assert len(set(prints(UNKNOWN, *others))) == 5


def test_a_path_that_is_not_utf_8_has_one() -> None:
    (digest,) = prints(UNKNOWN._replace(region=UNKNOWN.region._replace(path="assistants/\udce9.yaml")))
    assert len(digest) == 32
