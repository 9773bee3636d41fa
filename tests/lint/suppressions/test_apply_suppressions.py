"""Which findings a comment suppresses, and which comments are findings themselves."""

from __future__ import annotations

from typing import Final

import pytest

from tests.lint.project import lint_files

PATH: Final = "assistants/a.yaml"
HEAD: Final = "name: A\nprompt: Hi\n"

# What the file says below name and prompt, the codes that are reported, and the reasons of suppressed findings.
ROWS: Final[dict[str, tuple[str, list[str], list[str]]]] = {
    "none": ("zzz: 1\n", ["RVX101"], []),
    "behind the value": ("zzz: 1 # revox: ignore[RVX101] why\n", [], ["why"]),
    "above": ("# revox: ignore[RVX101] why\nzzz: 1\n", [], ["why"]),
    "by name": ("zzz: 1 # revox: ignore[unknown-field] why\n", [], ["why"]),
    "by prefix": ("zzz: 1 # revox: ignore[RVX1] why\n", [], ["why"]),
    "of several": ("zzz: 1 # revox: ignore[RVX101, RVX102] why\n", ["RVX602"], ["why"]),
    "without a reason": ("zzz: 1 # revox: ignore[RVX101]\n", [], [""]),
    "on another line": ("zzz: 1\nsms_enabled: true # revox: ignore[RVX101] why\n", ["RVX101", "RVX602"], []),
    "of another rule": ("zzz: 1 # revox: ignore[RVX102] why\n", ["RVX101", "RVX602"], []),
    "of no rule": ("zzz: 1 # revox: ignore[RVX999] why\n", ["RVX101", "RVX603"], []),
    "of nothing": ("zzz: 1 # revox: ignore\n", ["RVX101", "RVX603"], []),
    "something else": ("zzz: 1 # revox: allow this\n", ["RVX101", "RVX603"], []),
    "of the file, too low": ("# revox: ignore-file[RVX101] why\nzzz: 1\n", ["RVX603", "RVX101"], []),
}


@pytest.mark.parametrize(("text", "codes", "reasons"), ROWS.values(), ids=ROWS)
def test_suppressions(text: str, codes: list[str], reasons: list[str]) -> None:
    report = lint_files({PATH: HEAD + text}, "RVX1", "RVX602", "RVX603")
    assert [finding.code for finding in report.findings] == codes
    assert [suppressed.reason for suppressed in report.suppressed] == reasons


def test_at_the_top_of_a_file_all_of_its_findings_are_suppressed() -> None:
    text = f"# revox: ignore-file[RVX101] why\n{HEAD}zzz: 1\naaa: 1\n"
    report = lint_files({PATH: text, "assistants/b.yaml": "name: B\nprompt: Hi\nzzz: 1\n"}, "RVX101")
    assert [finding.region.path for finding in report.findings] == ["assistants/b.yaml"]
    assert [suppressed.finding.region.line for suppressed in report.suppressed] == [4, 5]


def test_at_the_tag_that_includes_a_file_its_findings_are_suppressed_but_comments_there_are_not_judged() -> None:
    files = {
        PATH: HEAD + "voice: !include _voice.yaml # revox: ignore[RVX101] why\n",
        "assistants/_voice.yaml": "id: x\nprovider: cartesia\nspede: 1\nspeed: 1 # revox: ignore[RVX103] for others\n",
    }
    report = lint_files(files, "RVX101", "RVX103", "RVX602")
    assert report.findings == ()
    assert [suppressed.reason for suppressed in report.suppressed] == ["why"]


def test_a_rule_about_comments_may_be_ignored_for_a_file() -> None:
    config = "version: 1\nlint: {select: [RVX101, RVX602], per-file-ignores: {a: [RVX602]}}\n"
    text = HEAD + "sms_enabled: true # revox: ignore[RVX101] why\n"
    report = lint_files({"revox-sync.yaml": config, PATH: text, "assistants/b.yaml": text})
    assert [finding.region.path for finding in report.findings] == ["assistants/b.yaml"]
