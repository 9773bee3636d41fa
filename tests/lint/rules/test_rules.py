"""A rule's page and examples are its tests: a new rule needs no code here."""

from __future__ import annotations

import re

import pytest

from revox_sync.errors import UsageError
from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES, Example, Rule
from revox_sync.lint.registry import all_rules, find_rule
from tests.lint.project import fixed_files, lint_files, place

RULES = all_rules()
VALID = [(rule, example) for rule in RULES for example in rule.VALID]
INVALID = [(rule, example) for rule in RULES for example in rule.INVALID]


def findings(rule: type[Rule], example: Example) -> list[tuple[str, str, str]]:
    select = () if rule.default else ("ALL", rule.code)
    report = lint_files({ADDRESS_OF_EXAMPLES: example.text, **example.files}, *select, account=example.account)
    return [(each.code, place(each, ADDRESS_OF_EXAMPLES), each.sentence) for each in report.findings]


@pytest.mark.parametrize(("rule", "example"), VALID, ids=[rule.code for rule, _ in VALID])
def test_valid_example_has_no_finding(rule: type[Rule], example: Example) -> None:
    assert findings(rule, example) == [], rule.code


@pytest.mark.parametrize(("rule", "example"), INVALID, ids=[rule.code for rule, _ in INVALID])
def test_invalid_example_has_one_finding_at_its_place(rule: type[Rule], example: Example) -> None:
    found = findings(rule, example)
    assert [(code, at) for code, at, _ in found] == [(rule.code, example.at)]
    assert example.says in found[0][2]


@pytest.mark.parametrize(("rule", "example"), INVALID, ids=[rule.code for rule, _ in INVALID])
def test_invalid_example_says_what_its_fix_gives(rule: type[Rule], example: Example) -> None:
    files = {ADDRESS_OF_EXAMPLES: example.text, **example.files}
    assert example.fix is None or str(example.text).count(example.fix[0]) == 1
    fix = lint_files(files, "ALL", rule.code, account=example.account).findings[0].fix
    expected = {ADDRESS_OF_EXAMPLES: example.fixed} if fix else {}
    assert bool(example.fixed) is (fix is not None)
    assert fixed_files(files, rule.code, unsafe=True) == expected
    assert fixed_files(files, rule.code) == (expected if fix and fix.safe else {})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_page_says_what_why_and_what_instead(rule: type[Rule]) -> None:
    headline, *paragraphs = rule.page().split("\n\n")
    assert re.fullmatch(r"[A-Z][^\n]{5,100}\.", headline)
    starts = ["What it finds: ", "Why it matters: ", "Instead: "]
    assert [start for start in starts for text in paragraphs if text.startswith(start)] == starts
    assert all(text.endswith(".") for text in paragraphs)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_has_code_name_and_examples(rule: type[Rule]) -> None:
    assert re.fullmatch(r"RVX[0-9]{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.VALID
    assert rule.INVALID
    assert all(example.at for example in rule.INVALID)
    assert not any(example.at for example in rule.VALID)


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("word", ["RVX101", "rvx101", "unknown-field"])
def test_a_rule_is_found_by_code_and_name(word: str) -> None:
    assert find_rule(word).code == "RVX101"


def test_an_unknown_rule_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError) as error:
        find_rule("unknown-feild")
    assert error.value.hint == "did you mean `unknown-field`?"
