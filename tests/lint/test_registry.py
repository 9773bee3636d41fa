"""Which rules a run uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.config import LintOptions
from revox_sync.errors import UsageError
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import CommentRule, FileRule, OnlineRule, ProjectRule, Rule
from revox_sync.lint.registry import all_rules, codes_of, find_rule, rules_of, select

RULES = Path(__file__).parents[2] / "revox_sync" / "lint" / "rules"
DEFAULT = {rule.code for rule in all_rules() if rule.default}


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (LintOptions(), DEFAULT),
        (LintOptions(select=("ALL",)), DEFAULT),
        (LintOptions(select=("rvx601",)), {"RVX601"}),
        (LintOptions(select=("name-used-twice", "RVX604")), {"RVX601", "RVX604"}),
        (LintOptions(select=("RVX6",)), {code for code in DEFAULT if code.startswith("RVX6")}),
        (LintOptions(ignore=("RVX",)), set()),
        (LintOptions(select=("RVX601", "RVX602"), ignore=("RVX602",)), {"RVX601"}),
    ],
)
def test_codes_prefixes_and_names_select_rules(options: LintOptions, codes: set[str]) -> None:
    selection = select(options)
    assert selection.codes == codes
    kinds: list[type[Rule]] = [FileRule, ProjectRule, CommentRule, OnlineRule]
    assert {rule.code for kind in kinds for rule in selection.running(kind)} == codes


def test_a_rule_that_is_off_by_default_needs_its_full_code_or_name() -> None:
    assert not find_rule("RVX604").default
    assert "RVX604" not in codes_of(["RVX6"]) | codes_of(["ALL"])
    assert codes_of(["sub-assistant-without-lock"]) == {"RVX604"}


def test_severities_and_exceptions_are_by_code() -> None:
    selection = select(
        LintOptions(severity={"RVX601": "info"}, per_file_ignores={"old/*.yaml": ("RVX601",), "*": ("RVX602",)})
    )
    assert selection.severity == {"RVX601": Severity.INFO}
    assert selection.ignored("old/a") == {"RVX601", "RVX602"}
    assert selection.ignored("new/a") == {"RVX602"}


@pytest.mark.parametrize(
    "options",
    [
        LintOptions(select=("unknown-feild",)),
        LintOptions(ignore=("unknown-feild",)),
        LintOptions(severity={"unknown-feild": "info"}),
        LintOptions(per_file_ignores={"*": ("unknown-feild",)}),
    ],
)
def test_a_word_that_is_no_rule_is_an_error_with_a_suggestion(options: LintOptions) -> None:
    with pytest.raises(UsageError) as error:
        select(options)
    assert error.value.hint == "did you mean `unknown-field`?"


def test_rules_are_in_order_of_code_and_of_one_kind() -> None:
    codes = [rule.code for rule in all_rules()]
    assert codes == sorted(set(codes))
    assert all(issubclass(rule, OnlineRule) for rule in rules_of(OnlineRule))
    assert rules_of(OnlineRule)


def test_every_module_of_rules_is_one_that_runs() -> None:
    registered = {rule.__module__.rpartition(".")[2] for rule in all_rules()}
    assert registered == {path.stem for path in RULES.glob("*.py")} - {"__init__"}
