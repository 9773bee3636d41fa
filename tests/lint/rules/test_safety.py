from __future__ import annotations

import json

import pytest

from revox_sync.lint.model.finding import Finding
from revox_sync.source.model.amendment import SetValue
from tests.lint.project import hits, lint_files
from tests.values.secrets import SECRETS, SIGNS


def of_prompt(prompt: str) -> list[Finding]:
    return list(lint_files({"assistants/a.yaml": json.dumps({"name": "A", "prompt": prompt})}).findings)


@pytest.mark.parametrize("text", SECRETS)
def test_secret_is_found_and_shown_nowhere(text: str) -> None:
    findings = of_prompt(f"Use {text} for it.")
    assert [each.code for each in findings] == ["RVX501"]
    shown = findings[0].sentence + findings[0].excerpt
    assert SIGNS not in shown
    assert "s3cret" not in shown
    assert "•" in findings[0].excerpt


def test_secret_beside_another_finding_is_blotted_out() -> None:
    findings = of_prompt(f"TODO: use {SECRETS[0]}")
    assert sorted(each.code for each in findings) == ["RVX209", "RVX501"]
    assert not any(SIGNS in each.excerpt for each in findings)


def test_fix_of_an_unencrypted_url_replaces_the_scheme_only() -> None:
    (hit,) = hits("RVX502", "webhook_url: HTTP://x.example.com/http://")
    assert hit.fix is not None
    assert hit.fix.amendments == (SetValue(("webhook_url",), "https://x.example.com/http://"),)
    assert not hit.fix.safe


def test_a_header_value_that_looks_random_is_a_warning() -> None:
    tool = "custom_tools: [{name: a, headers: [{key: X-Trace, value: %s}]}]"
    assert [hit.severity for hit in hits("RVX501", tool % SIGNS)] == ["warning"]
    assert hits("RVX501", tool % "spring-campaign") == []


@pytest.mark.parametrize(("local", "codes"), [("http://127.0.0.1:1/api", []), ("https://api.example.com", ["RVX503"])])
def test_a_local_api_reaches_local_hosts(local: str, codes: list[str]) -> None:
    configuration = f"version: 1\nenvironments: {{one: {{base_url: '{local}', vars: {{hook: 'https://10.0.0.1'}}}}}}\n"
    assistant = "name: A\nprompt: Hi\nwebhook_url: !var hook\n"
    report = lint_files({"assistants/a.yaml": assistant, "revox-sync.yaml": configuration}, "RVX503")
    assert [finding.code for finding in report.findings] == codes
