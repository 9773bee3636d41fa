"""A secret is not shown, also where the file is too broken to know that it is one."""

from __future__ import annotations

import pytest

from revox_sync.output.lint import json as lint_json
from revox_sync.output.text import findings as lint_text
from revox_sync.output.text.style import no_style
from tests.lint.project import lint_files

CANARY = "canary4711xyz"
TEXTS = {
    "open quote": f'llm_model:\n  type: custom\n  api_key: "{CANARY}\n',
    "stray sign": f"llm_model:\n  type: custom\n  api_key: @{CANARY}\n",
    "a colon": f"llm_model:\n  type: custom\n  api_key: x: {CANARY}\n",
    "a header": f"custom_tools:\n  - headers:\n      - key: X-Key\n        value: @{CANARY}\n",
    "an unknown key": f"llm_model: {{type: custom, password: {CANARY}}}\n",
    "a misspelt key": f"llm_model: {{type: custom, api_keyy: {CANARY}}}\n",
    "another variant": f"llm_model: {{type: openrouter, api_key: {CANARY}}}\n",
    "another type": "llm_model: {type: custom, api_key: 4711000471100}\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_output_shows_it(text: str) -> None:
    report = lint_files({"assistants/a.yaml": "name: A\nprompt: Hi\n" + text})
    assert report.findings
    for shown in (lint_text.full(report, no_style, 120), lint_text.concise(report, no_style), lint_json.render(report)):
        assert CANARY not in shown
        assert "4711000471100" not in shown


TOKEN = "ghp_" + "Canary4711" * 4


@pytest.mark.parametrize("value", [f"*{TOKEN}", f"!file {TOKEN}", f"!env {TOKEN}", f"!var {TOKEN}"])
def test_a_message_that_quotes_the_file_does_not_either(value: str) -> None:
    report = lint_files({"assistants/a.yaml": f"name: A\nprompt: {value}\n"})
    assert "RVX006" in {each.code for each in report.findings} or value.startswith("!env")
    for shown in (lint_text.full(report, no_style, 120), lint_text.concise(report, no_style), lint_json.render(report)):
        assert TOKEN not in shown
