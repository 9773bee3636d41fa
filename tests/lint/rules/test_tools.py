from __future__ import annotations

import json

import pytest

from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES, MINIMAL
from revox_sync.source.model.amendment import SetValue
from tests.lint.project import hits, lint_files

TOOL = (
    "custom_tools: [{name: a, description: b, method: GET, url: 'https://x.example.com/%s', headers: [],"
    " query_params: [], body_template: %s, input_schema: [{name: ticket_number, type: string, required: true}]}]\n"
)


@pytest.mark.parametrize(
    ("placeholder", "severity"), [("ticket_numbr", "warning"), ("ticket_owner", "info"), ("contact_id", "info")]
)
def test_a_slip_in_a_tool_is_a_warning_and_a_strange_name_a_hint(placeholder: str, severity: str) -> None:
    report = lint_files({ADDRESS_OF_EXAMPLES: MINIMAL + TOOL % (f"{{{{{placeholder}}}}}", "null")})
    assert [(finding.code, finding.severity) for finding in report.findings] == [("RVX414", severity)]


def test_the_fix_of_a_get_request_sends_no_body() -> None:
    (hit,) = hits("RVX415", TOOL % ("x", "'{}'"))
    assert hit.fix is not None
    assert hit.fix.amendments == (SetValue(("custom_tools", 0, "body_template"), None),)
    assert not hit.fix.safe


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        ('{"a": {{ticket_number}}}', "{{ticket_number}}"),
        ('{"a": {{unknown}}}', None),
        ('{"a": "{{ticket_number}}"}', None),
        ('{"a": 1', "1"),
        ('{"a": NaN}', '{"a": NaN}'),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_what_keeps_a_body_from_being_json(body: str, marked: str | None) -> None:
    found = hits("RVX413", (TOOL % ("x", json.dumps(body))).replace("GET", "POST"))
    assert [hit.location.place.end - hit.location.place.start for hit in found] == (
        [] if marked is None else [len(json.dumps(marked)) - 2]
    )
