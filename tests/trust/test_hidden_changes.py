"""A pull request that hides what it changes: late in a long value, deep in a list, or behind what looks the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from revox_sync.cli.main import run
from tests.source.repository import Repository

URL = "https://hooks.solvara.example/v1/branches/12/calendar/slots/book?source=voice&campaign=survey&return="
TOOL: dict[str, Any] = {
    "name": "book_slot",
    "description": "Books a slot.",
    "method": "POST",
    "url": URL + "https://crm.solvara.example/done",
    "headers": [],
    "query_params": [],
    "body_template": None,
    "input_schema": [],
}
OUTPUT = {"name": "booked", "type": "boolean", "required": True}
DESCRIPTION = "True only if a slot was confirmed by the caller, in words that leave no doubt about it, and {} else."
ANSWER = "The survey is free, there is no obligation to buy anything afterwards, and you pay {} for it."
WINDOW = {"calling_window_end_time": "12:00", "retry_delay_seconds": 3600}
RETRY = {"allowed_days": ["monday"], "call_twice_in_a_row": False, "max_retry_attempts": 2}
SENTENCE = "Good morning, this is Emma from Solvara speaking, and I {} you for a moment of your time today."


def retries(*starts: str) -> dict[str, Any]:
    windows = [{"calling_window_start_time": start, **WINDOW} for start in starts]
    return {"call_retry_config": {**RETRY, "calling_windows": windows}}


# Fields before, fields after, and what a reader must find.
CASES: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], list[str]]] = {
    "the host at the end of a tool's URL": (
        {"custom_tools": [TOOL]},
        {"custom_tools": [{**TOOL, "url": URL + "https://crm.evil.example/done"}]},
        ["https://crm.solvara.example/done", "https://crm.evil.example/done"],
    ),
    "the number of a new destination": (
        {},
        {"transfer_destinations": [{"label": "The person on duty at the front desk", "phone_number": "+33639981240"}]},
        ["+33639981240"],
    ),
    "the end of an answer": (
        {"faq_items": [{"question": "What does it cost?", "answer": ANSWER.format("nothing")}]},
        {"faq_items": [{"question": "What does it cost?", "answer": ANSWER.format("900 euros")}]},
        ["nothing", "euros"],
    ),
    "the answer of a new question": (
        {},
        {"faq_items": [{"question": "What does it cost?", "answer": ANSWER.format("900 euros")}]},
        ["900 euros for it."],
    ),
    "the end of an output's description": (
        {"structured_output_config": [{**OUTPUT, "description": DESCRIPTION.format("never")}]},
        {"structured_output_config": [{**OUTPUT, "description": DESCRIPTION.format("always")}]},
        ["never else.", "always else."],
    ),
    "the place of an entry": (
        retries("09:00", "10:00", "11:00"),
        retries("08:00", "09:00", "10:00", "11:30"),
        ["calling_windows[0]", "08:00", "calling_windows[3]", "11:00", "11:30"],
    ),
    "a tab for a space": (
        {"first_sentence": SENTENCE.format("thank")},
        {"first_sentence": SENTENCE.format("thank").replace("I thank", "I\tthank")},
        ["I<U+0009>thank"],
    ),
    "a space that does not break": (
        {"first_sentence": SENTENCE.format("thank")},
        {"first_sentence": SENTENCE.format("thank").replace("I thank", "I\xa0thank")},
        ["I<U+00A0>thank"],
    ),
    "a letter of another script": (
        {"first_sentence": SENTENCE.format("thank")},
        {"first_sentence": SENTENCE.format("th\u0430nk")},
        ["th<U+0430>nk"],
    ),
    "an accent in two characters": (
        {"first_sentence": SENTENCE.format("\xe9coute")},
        {"first_sentence": SENTENCE.format("e\u0301coute")},
        ["<U+00E9>coute", "e<U+0301>coute"],
    ),
    "a short value that looks the same": (
        {"cartesia_dictionary_pronunciation_id": "dict_a"},
        {"cartesia_dictionary_pronunciation_id": "dict_\u0430"},
        ['"dict_a"', '"dict_\\u0430"'],
    ),
    "a character that nobody sees": (
        {"first_sentence": SENTENCE.format("thank")},
        {"first_sentence": SENTENCE.format("th\u200bank")},
        ["th<U+200B>ank"],
    ),
}


@pytest.mark.parametrize(("before", "after", "found"), CASES.values(), ids=CASES)
def test_it_is_in_every_report(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    found: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository = Repository.create(tmp_path / "project")
    repository.commit({"assistants/a.yaml": assistant(before)})
    repository.write({"assistants/a.yaml": assistant(after)})
    for form in ("text", "markdown", "html"):
        assert run(["-C", str(repository.root), "diff", "-o", form]) == 0
        shown = unescape(capsys.readouterr().out.replace("<mark>", "").replace("</mark>", ""))
        # A long word may go on in the next line, behind the sign of that one.
        joined = shown.replace("\n+  ", "").replace("\n-  ", "").replace(" ", "")
        assert [each for each in found if each not in shown and each.replace(" ", "") not in joined] == [], form


def assistant(fields: Mapping[str, Any]) -> str:
    """A file; JSON is YAML."""
    return json.dumps({"name": "A", "prompt": "Greet the caller, and ask.", **fields})
