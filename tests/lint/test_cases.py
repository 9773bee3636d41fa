"""Small inputs that were found wrong once, each of them one of a kind (`cases.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from revox_sync.lint.model.finding import Finding
from tests.lint.project import fixed_files, lint_files

CASES: Final = {case["name"]: case for case in json.loads((Path(__file__).parent / "cases.json").read_text("utf-8"))}
A: Final = "assistants/a.yaml"

# What is found, as `CODE line:column`, and words of each sentence; None where the case says only what is not found.
FOUND: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "alias-of-wrong-type": (("RVX103 4:17", "first_sentence"),),
    "bracket-after-role": (("RVX211 2:26", "`[Firmenname]`"),),
    "bracket-in-quoted-speech": (),
    "bracket-read-aloud": (("RVX211 4:63", "callers hear it"),),
    "camel-case-tool": (("RVX412 4:12", "`lookup_orders`"),),
    "comment-glued-to-quote": (("RVX001 1:10", ""),),
    "conflict-in-prompt": (("RVX012 4:3", "conflict"),),
    "dollar-in-markdown": (("RVX201 assistants/p.md:1:7", "write `{{menu}}`"),),
    "half-braces": (
        ("RVX201 2:15", "`{customer name}}`"),
        ("RVX201 2:36", "`{{customer_name}`"),
        ("RVX201 2:57", "`{{{{customer}}}}`"),
    ),
    "ignore-file-after-document-start": (),
    "key-with-colon": (("RVX501 4:173", "an API key"),),
    "liquid-date": (("RVX201 2:19", "Vapi"),),
    "lone-document-start": (("RVX003 1:1", ""),),
    "multi-line-flow-key": (),
    "password-in-prompt": (("RVX501 3:25", "a password"),),
    "password-in-words": (),
    "same-heading-other-text": (),
    "setext-heading": (),
    "suppress-above-double-quoted": (),
    "tab-after-colon": (),
    "tab-before-comment": (),
    "tab-on-blank-line": (),
    "tool-that-is-not-there": (("RVX427 3:14", "`check_customer`"),),
    "unused-in-broken-file": (("RVX001 4:7", ""),),
}
# Texts that must still be in the file after `--fix`.
KEPT: Final = {
    "phone-in-unknown-field": ("+33639980001", "01000"),
    "octal-in-unknown-field": ("0o17", "1e3"),
    "per-file-ignores-and-fix": ("webhok_url:",),
}


def place(finding: Finding) -> str:
    region = finding.region
    return f"{'' if region.path == A else region.path + ':'}{region.line}:{region.column}"


@pytest.mark.parametrize("name", sorted(FOUND))
def test_findings(name: str) -> None:
    found = lint_files(CASES[name]["files"]).findings
    assert [f"{finding.code} {place(finding)}" for finding in found] == [code for code, _ in FOUND[name]]
    for finding, (_, words) in zip(found, FOUND[name], strict=True):
        assert words in finding.sentence


@pytest.mark.parametrize("name", sorted(KEPT))
def test_fixing_keeps(name: str) -> None:
    files = CASES[name]["files"]
    fixed = fixed_files(files).get(A, files[A])
    assert all(text in fixed for text in KEPT[name])


@pytest.mark.parametrize("name", ["near-miss-suppressions"])
def test_every_near_miss_of_a_suppression_is_reported(name: str) -> None:
    lines = [finding.region.line for finding in lint_files(CASES[name]["files"]).findings if finding.code == "RVX603"]
    assert lines == [3, 4, 5, 6]


@pytest.mark.parametrize("name", ["yaml-1.3"])
def test_a_version_of_yaml_that_does_not_exist_yet(name: str) -> None:
    found = lint_files(CASES[name]["files"]).findings
    assert [finding.code for finding in found if finding.region.path == "assistants/b.yaml"] == ["RVX101"]
    assert {finding.severity for finding in found if finding.region.path == A} == {"warning"}


def test_no_case_is_left_out() -> None:
    assert {*FOUND, *KEPT, "near-miss-suppressions", "yaml-1.3"} == CASES.keys()
