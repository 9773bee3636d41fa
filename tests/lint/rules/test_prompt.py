from __future__ import annotations

import pytest

from revox_sync.lint.model.rule import FileRule
from revox_sync.lint.registry import find_rule
from revox_sync.source.model.amendment import SetValue
from tests.lint.project import subject_of


def checked(code: str, prompt: str, *variables: str) -> list[tuple[str, bool | None]]:
    """Marked text and safety of the fix (None: there is none) of every hit in a prompt."""
    rule, subject = find_rule(code)(), subject_of(f"name: A\nprompt: {prompt}\n", None, *variables)
    assert isinstance(rule, FileRule)
    text = subject.document.sources[subject.file.path].text
    found = list(rule.check(subject))
    places = [hit.location.place for hit in found]
    return [
        (text[place.start : place.end], hit.fix.safe if hit.fix else None)
        for place, hit in zip(places, found, strict=True)
    ]


@pytest.mark.parametrize(
    ("prompt", "expected", "is_safe"),
    [
        ("Hi {{a}, bye.", "Hi {{a}}, bye.", True),
        ("Hi {a}}, bye.", "Hi {{a}}, bye.", True),
        ("Hi {{{a}}}.", "Hi {{a}}.", True),
        ("Hi {{a}} {a}.", "Hi {{a}} {{a}}.", False),
    ],
)
def test_fix_of_a_placeholder(prompt: str, expected: str, is_safe: bool) -> None:  # noqa: FBT001 - a table
    rule = find_rule("RVX201")()
    assert isinstance(rule, FileRule)
    (hit,) = rule.check(subject_of(f"name: A\nprompt: {prompt}\n"))
    assert hit.fix is not None
    assert hit.fix.amendments == (SetValue(("prompt",), expected),)
    assert hit.fix.safe is is_safe


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Hi {{a", [("{{a", None)]),
        ("Hi {{ }}", [("{{ }}", None)]),
        ("Hi {{#if a}}", [("{{#if a}}", None)]),
        ("Hi {{/if}} {{else}}", []),
        ("Hi {a}", []),
        ("'{\"a\": {b}}'", []),
    ],
)
def test_braces_without_a_fix(prompt: str, expected: list[tuple[str, None]]) -> None:
    assert checked("RVX201", prompt) == expected


def test_a_listed_variable_in_single_braces_is_reported() -> None:
    assert checked("RVX201", "Hi {city}", "city") == [("{city}", False)]


def test_the_most_frequent_spelling_is_right_and_a_listing_decides_instead() -> None:
    prompt = "{{cityName}} {{city_name}} {{city_name}}"
    assert checked("RVX204", f"Hi {prompt}") == [("{{cityName}}", None)]
    assert checked("RVX204", f"Hi {prompt}", "city_name") == []
    assert checked("RVX203", f"Hi {prompt}", "city_name") == [("{{cityName}}", None)]
    assert checked("RVX203", f"Hi {prompt}") == []
