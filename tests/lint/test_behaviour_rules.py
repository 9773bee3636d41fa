"""What the examples of RVX3 and RVX4 do not show: times, severities, fixes, and that every annotation has a rule."""

from __future__ import annotations

import pytest

from revox_sync.contract.fields import contract
from revox_sync.lint.checks.dependent_fields import dependences
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN
from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES, FileRule, Fix
from revox_sync.lint.registry import all_rules, find_rule, select
from revox_sync.lint.rules.windows import minutes
from revox_sync.lint.subject.field_paths import places
from revox_sync.lint.subject.similar_names import misspelt
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.amendment import Add, Remove, SetValue
from revox_sync.source.workspace import Workspace
from tests.lint.project import lint_files

HEAD = "name: Support\nprompt: Help the caller.\n"
TOOL = (
    "custom_tools: [{name: a, description: b, method: GET, url: 'https://x.example.com/%s', headers: [],"
    " query_params: [], body_template: %s, input_schema: [{name: ticket_number, type: string, required: true}]}]\n"
)
RETRY = "call_retry_config: {call_twice_in_a_row: false, max_retry_attempts: 3, allowed_days: [monday, monday],"


def fixes(code: str, text: str) -> list[Fix | None]:
    workspace = Workspace(MemoryTree({ADDRESS_OF_EXAMPLES: text}))
    (file,) = workspace.files
    environment = workspace.config.environment(None)
    subject = Subject(file, workspace.load(file, environment), contract(None), loader=workspace.loader(environment))
    rule = find_rule(code)()
    assert isinstance(rule, FileRule)
    return [hit.fix for hit in rule.check(subject)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:00", 0),
        ("9:05", 545),
        ("17:00", 1020),
        ("23:59", 1439),
        ("9am", 540),
        ("9:30am", 570),
        ("6 PM", 1080),
        ("12am", 0),
        ("12pm", 720),
        ("12:15am", 15),
        ("24:00", None),
        ("9:60", None),
        ("13pm", None),
        ("0am", None),
        ("17", None),
        ("noon", None),
        ("٩am", None),
        (540, None),
        (None, None),
    ],
)
def test_times_of_day_are_minutes(text: object, expected: int | None) -> None:
    assert minutes(text) == expected


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("RVX301", "voice: {id: x, provider: elevenlabs, speed: 1.4}\n", (SetValue(("voice", "speed"), 1.2), False)),
        ("RVX302", "voice: {id: x, provider: gradium, volume: 1.4}\n", (Remove(("voice", "volume")), False)),
        (
            "RVX421",
            RETRY + " calling_windows: []}\n",
            (Remove(("call_retry_config", "allowed_days", 1)), True),
        ),
        ("RVX422", "sms_template: Hi\n", (Add(("sms_enabled",), value=True), False)),
        ("RVX422", "sms_template: Hi\nsms_enabled: false\n", (SetValue(("sms_enabled",), value=True), False)),
        ("RVX415", TOOL % ("x", "'{}'"), (SetValue(("custom_tools", 0, "body_template"), None), False)),
        (
            "RVX424",
            "faq_items: [{question: Q, answer: A}, {question: Q, answer: A}]\n",
            (Remove(("faq_items", 1)), True),
        ),
    ],
)
def test_a_fix_says_what_will_be_and_how_safe_it_is(
    code: str, text: str, expected: tuple[Add | Remove | SetValue, bool]
) -> None:
    (fix,) = fixes(code, HEAD + text)
    assert fix is not None
    assert (*fix.amendments, fix.safe) == expected


def test_questions_with_two_answers_are_left_to_a_person() -> None:
    assert fixes("RVX424", HEAD + "faq_items: [{question: Q, answer: A}, {question: q?, answer: B}]\n") == [None]


@pytest.mark.parametrize(
    ("placeholder", "severity"), [("ticket_numbr", "warning"), ("ticket_owner", "info"), ("contact_id", "info")]
)
def test_a_slip_in_a_tool_is_a_warning_and_a_strange_name_a_hint(placeholder: str, severity: str) -> None:
    report = lint_files({ADDRESS_OF_EXAMPLES: HEAD + TOOL % (f"{{{{{placeholder}}}}}", "null")})
    assert [(each.code, each.severity) for each in report.findings] == [("RVX414", severity)]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("yearly_buget", "yearly_budget"),
        ("yearlyBudget", "yearly_budget"),
        ("yearly_bill", None),
        ("address_2", None),
        ("address_line_3", None),
        ("", None),
    ],
)
def test_similar_names_are_no_slips(name: str, meant: str | None) -> None:
    assert misspelt(name, ["yearly_budget", "address_1", "address_line_2"]) == meant


def test_every_annotation_has_a_rule() -> None:
    rules = all_rules()
    assert set(dependences()) == {name for rule in rules for name in getattr(rule, "needed", ())}
    quantities = {node.plausible["quantity"] for _, node in places(lambda node: node.plausible) if node.plausible}
    assert quantities == {rule.quantity for rule in rules if hasattr(rule, "quantity")}


def test_what_the_api_refuses_stops_a_plan() -> None:
    codes = select(NEEDED_TO_PLAN).codes
    assert {"RVX106", "RVX412", "RVX423"} <= codes
    assert not any(code.startswith("RVX3") for code in codes)
