"""From a rule's hit to a finding: what a line shows, and which fixes are offered."""

from __future__ import annotations

from typing import Any, Final

import pytest

from revox_sync.lint.engine.hit_to_finding import edits_of, excerpt, finding_of, loses_comment, proven_fix
from revox_sync.lint.model.finding import Region, Severity
from revox_sync.lint.model.rule import Fix, Hit
from revox_sync.lint.registry import find_rule
from revox_sync.source.model.amendment import Change, Remove, SetValue
from tests.lint.project import subject_of

HEAD: Final = "name: A\nprompt: Hi\n"
TOKEN: Final = "ghp_" + "Canary4711" * 4
UNKNOWN_FIELD: Final = find_rule("RVX101")()


def always(_: str) -> bool:
    return True


def shown(text: str, key: str, **options: Any) -> str:
    """What the line of a key shows of a file."""
    subject = subject_of(HEAD + text)
    place = subject.document.locate((key,)).place
    return excerpt(subject, place, Region.of(place, subject.document.sources), **options).text


@pytest.mark.parametrize(
    ("text", "key", "options", "line"),
    [
        ("language: fr # why\n", "language", {}, "language: fr # why"),
        ("language: fr\n", "language", {"secret": True}, "language: ••"),
        ("language: fr\n", "language", {"keys": "(f)r"}, "language: •r"),
        (f"first_sentence: {TOKEN}\n", "first_sentence", {}, "first_sentence: " + "•" * len(TOKEN)),
        (
            "llm_model: {type: custom, api_key: abc-1}\n",
            "llm_model",
            {},
            "llm_model: {type: custom, api_key: " + "•" * 5 + "}",
        ),
    ],
    ids=["plain", "secret", "by a key", "a token", "a secret of the schema"],
)
def test_what_a_line_shows(text: str, key: str, options: dict[str, Any], line: str) -> None:
    assert shown(text, key, **options) == line


def finding(configured: dict[str, Severity], **fields: Any) -> Any:
    subject = subject_of(HEAD + "language: fr\n")
    hit = Hit(**{"message": "m", "label": "l", **fields}, location=subject.document.locate(("language",)))
    return finding_of(UNKNOWN_FIELD, hit, subject, configured)


def test_the_severity_is_that_of_the_project_then_of_the_hit_then_of_the_rule() -> None:
    assert finding({}).severity is UNKNOWN_FIELD.severity
    assert finding({}, severity=Severity.INFO).severity is Severity.INFO
    assert finding({"RVX101": Severity.WARNING}, severity=Severity.INFO).severity is Severity.WARNING


def test_a_message_that_quotes_a_secret_does_not_show_it() -> None:
    found = finding({}, message=f"unknown `{TOKEN}`", label=TOKEN)
    assert "Canary" not in found.message + found.label
    assert found.message.startswith("unknown `")


@pytest.mark.parametrize(
    ("text", "amendment", "safe"),
    [
        ("language: fr\n", SetValue(("language",), "en"), True),
        ("language: fr # why\n", SetValue(("language",), "en"), True),
        ("tags:\n  # why\n  - x\n", Remove(("tags",)), False),
    ],
)
def test_a_fix_that_loses_a_comment_is_not_safe(text: str, amendment: Change, *, safe: bool) -> None:
    subject = subject_of(HEAD + text)
    found = proven_fix(Fix("title", (amendment,), safe=True), subject, always)
    assert found is not None
    assert found.safe is safe
    assert loses_comment(edits_of((amendment,), subject, always), subject) is not safe


@pytest.mark.parametrize("text", ["language: !env LANG\n", "<<: {language: fr}\n"])
def test_a_fix_that_cannot_be_proven_is_not_offered(text: str) -> None:
    subject = subject_of(HEAD + text)
    assert proven_fix(Fix("title", (SetValue(("language", "x"), "en"),), safe=True), subject, always) is None


def test_a_fix_in_a_file_of_others_is_not_offered() -> None:
    subject = subject_of(HEAD + "language: fr\n")
    fix = Fix("title", (SetValue(("language",), "en"),), safe=True)
    assert proven_fix(fix, subject, lambda _: False) is None
    assert proven_fix(fix, subject, always) is not None
