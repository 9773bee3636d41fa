from __future__ import annotations

import json

from tests.lint.project import hits, lint_files


def test_empty_text_says_whether_it_can_go() -> None:
    tool: dict[str, object] = {
        "name": "a_tool",
        "description": "",
        "method": "GET",
        "url": "https://x.example.com",
        "input_schema": [],
    }
    tool |= {"headers": [], "query_params": [{"key": "q", "value": ""}], "body_template": None}
    fields = {"custom_tools": [tool], "stt_context": {"general": [], "terms": [""]}, "voicemail_message": " "}
    report = lint_files({"assistants/a.yaml": json.dumps({"name": "A", "prompt": "", **fields})})
    found = [(finding.code, finding.severity, finding.label) for finding in report.findings]
    assert found == [
        ("RVX205", "error", "write it"),
        ("RVX205", "warning", "write it"),
        ("RVX205", "warning", "write it, or remove it"),
        ("RVX205", "error", "write it, or `null`"),
    ]


def test_an_unused_first_sentence_may_be_empty_and_unspeakable() -> None:
    assert hits("RVX205", "first_sentence: ''\nfirst_sentence_mode: none") == []
    assert hits("RVX207", "first_sentence: See https://x.example.com\nfirst_sentence_mode: generated") == []


def test_each_kind_of_sign_is_reported_once_per_text() -> None:
    found = hits("RVX207", "voicemail_message: 'https://a.example.com, https://b.example.com and `code`'")
    assert [hit.message.partition(", and ")[2] for hit in found] == ["a link cannot be spoken", "code cannot be spoken"]
