"""Findings that renderers are tried on: ordinary ones, and one whose every text is hostile."""

from __future__ import annotations

from typing import Final

from revox_sync.lint.model.finding import (
    Finding,
    FindingFix,
    FixedRegion,
    LintReport,
    Region,
    RelatedRegion,
    Severity,
    SuppressedFinding,
)

PATH: Final = "assistants/support é.yaml"
UNKNOWN: Final = Finding(
    code="RVX101",
    name="unknown-field",
    severity=Severity.ERROR,
    message="unknown field `promt`",
    label="did you mean `prompt`?",
    region=Region(PATH, 5, 1, 5, 6),
    excerpt="promt: |",
    fix=FindingFix("rename to `prompt`", safe=True, edits=(FixedRegion(Region(PATH, 5, 1, 5, 6), "prompt"),)),
)
DUPLICATE: Final = Finding(
    code="RVX002",
    name="duplicate-key",
    severity=Severity.ERROR,
    message="`name` is there twice",
    label="",
    region=Region("assistants/a.yaml", 7, 1, 7, 5),
    excerpt="name: B",
    related=(RelatedRegion("the first one", Region("assistants/a.yaml", 1, 1, 1, 5)),),
)
AMBIGUOUS: Final = Finding(
    code="RVX007",
    name="ambiguous-scalar",
    severity=Severity.WARNING,
    message="`18:30` is ambiguous",
    label='quote it: "18:30"',
    region=Region(PATH, 9, 7, 10, 3),
    excerpt="  at: 18:30",
    fix=FindingFix(
        "quote it",
        safe=False,
        edits=(
            FixedRegion(Region("assistants/a.yaml", 3, 1, 3, 1), "x: 1\n"),
            FixedRegion(Region(PATH, 9, 7, 9, 12), '"18:30"'),
        ),
    ),
)
NIGHT: Final = UNKNOWN._replace(code="RVX601", name="name-used-twice", severity=Severity.INFO, fix=None)
REPORT: Final = LintReport((DUPLICATE, UNKNOWN, AMBIGUOUS, NIGHT), 3, (SuppressedFinding(AMBIGUOUS, "known, ümlaut"),))

EVIL: Final = "x\r\n::error::y%0A,: ]8;;\x1b[31m\u202e[click](http://evil.example) ##[error] </script> | `"
HOSTILE: Final = LintReport(
    (
        Finding(
            code="RVX101",
            name="unknown-field",
            severity=Severity.ERROR,
            message=EVIL,
            label=EVIL,
            region=Region(f"assistants/{EVIL}.yaml", 1, 1, 1, 2),
            excerpt=EVIL,
            related=(RelatedRegion(EVIL, Region(f"assistants/{EVIL}.yaml", 1, 1, 1, 2)),),
            fix=FindingFix(EVIL, safe=True, edits=(FixedRegion(Region("a.yaml", 1, 1, 1, 2), EVIL),)),
        ),
    ),
    1,
    (SuppressedFinding(UNKNOWN, EVIL),),
)


def many(severity: Severity, number: int) -> tuple[Finding, ...]:
    """That many findings, one per line."""
    return tuple(
        UNKNOWN._replace(severity=severity, region=Region(PATH, line, 1, line, 6)) for line in range(1, number + 1)
    )
