"""Rules for programs."""

from __future__ import annotations

import json
from typing import Final

import pytest
from jsonschema import Draft202012Validator

from revox_sync.contract.schema_files import load_schema
from revox_sync.lint.registry import all_rules, find_rule
from revox_sync.output.rules import json as rules_json
from revox_sync.usecases.lint.rule_pages import brief_pages, full_page
from tests.output.rules.pages import OFF

CODES: Final = ["RVX003", "RVX010", "RVX101", "RVX601"]
VALIDATOR: Final = Draft202012Validator(dict(load_schema("rules")))


@pytest.mark.parametrize("examples", [True, False])
def test_json_is_valid(*, examples: bool) -> None:
    pages = [full_page(find_rule(code)) for code in CODES] if examples else brief_pages()
    document = json.loads(rules_json.render(pages))
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert [each["code"] for each in document["rules"]] == [each.code for each in pages]


def test_json_places_findings() -> None:
    (rule,) = json.loads(rules_json.render([full_page(find_rule("RVX101"))]))["rules"]
    example = rule["examples"]["invalid"][0]
    assert example["files"] == [{"path": "assistants/example.yaml", "text": "name: A\npromt: Hi\n"}]
    assert [(each["line"], each["column"]) for each in example["findings"]] == [(2, 1)]


def test_rule_that_is_off_says_so() -> None:
    assert json.loads(rules_json.render([OFF]))["rules"][0]["default"] is False


def test_list_names_every_rule() -> None:
    rules = json.loads(rules_json.render(brief_pages()))["rules"]
    assert [(rule["code"], rule["name"]) for rule in rules] == [(rule.code, rule.name) for rule in all_rules()]
