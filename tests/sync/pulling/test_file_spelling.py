"""The server's value in the file's words."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.pulling.file_spelling import ABSENT, UnwritableSecretError, in_spelling_of
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret

KEY: Final = Secret(None, "KEY")
HUMAN: Final = {"id": "f", "source": "human", "needs_human_answer": False}
TOOL: Final = {
    "name": "find",
    "description": "d",
    "method": "GET",
    "url": "https://example.com",
    "headers": [{"key": "A", "value": KEY}],
    "query_params": [],
    "body_template": None,
    "input_schema": [],
}
SERVED: Final = {**TOOL, "headers": [{"key": "A", "value": Secret("real")}]}

Row = tuple[Pointer, Value, Value, Value]

ROWS: Final[dict[str, Row]] = {
    "text": (("prompt",), "a", "b", "b"),
    "final line break stays": (("prompt",), "a\n", "b", "b\n"),
    "final line breaks stay away": (("prompt",), "a", "b\n\n", "b"),
    "line breaks of Windows": (("prompt",), "a\r\nb\r\n", "a\r\nc", "a\nc\n"),
    "empty text": (("prompt",), "a\n", "", ""),
    "new text": (("first_sentence",), ABSENT, "a\r\nb\n", "a\nb\n"),
    "only the final line break differs": (("prompt",), "a\n", "a", "a\n"),
    "number by value": (("voice", "speed"), 1, 1.0, 1),
    "whole number": (("first_sentence_delay_ms",), 400, 500.0, 500),
    "number": (("max_call_duration_secs",), 400, 500.5, 500.5),
    "null to a mapping": (
        ("slack",),
        None,
        {"connection_id": "c", "outcomes": [], "channels": [{"id": "x", "name": None}], "template": None},
        {"connection_id": "c", "channels": [{"id": "x"}], "outcomes": []},
    ),
    "null that is required": (("custom_tools",), [], [{**SERVED, "headers": []}], [{**TOOL, "headers": []}]),
    "free order is the file's": (
        ("faq_items",),
        [{"question": "b", "answer": "1\n"}, {"question": "a", "answer": "2"}],
        [
            {"question": "c", "answer": "3", **HUMAN},
            {"question": "a", "answer": "4", **HUMAN},
            {"question": "b", "answer": "1", **HUMAN},
        ],
        [{"question": "b", "answer": "1\n"}, {"question": "a", "answer": "4"}, {"question": "c", "answer": "3"}],
    ),
    "grown entries stay away": (
        ("faq_items",),
        [{"question": "a", "answer": "1"}],
        [{"question": "a", "answer": "2", **HUMAN}, {"question": "g", "answer": "", "source": "ai"}],
        [{"question": "a", "answer": "2"}],
    ),
    "order that counts is the server's": (
        ("transfer_destinations",),
        [{"label": "a", "phone_number": "+331"}, {"label": "b", "phone_number": "+332"}],
        [{"label": "b", "phone_number": "+332"}, {"label": "a", "phone_number": "+333"}],
        [{"label": "b", "phone_number": "+332"}, {"label": "a", "phone_number": "+333"}],
    ),
    "words without names": (("stt_context", "terms"), ["b", "a\n"], ["c", "a", "b"], ["b", "a\n", "c"]),
    "entries without names": (
        ("call_retry_config", "calling_windows"),
        [{"calling_window_start_time": "09:00\n"}, {"calling_window_start_time": "13:00"}],
        [{"calling_window_start_time": "08:00"}, {"calling_window_start_time": "09:00"}],
        [{"calling_window_start_time": "08:00"}, {"calling_window_start_time": "09:00\n"}],
    ),
    "a key that says nothing stays": (
        ("slack", "channels"),
        [{"id": "x", "name": None}],
        [{"id": "x"}, {"id": "z"}],
        [{"id": "x", "name": None}, {"id": "z"}],
    ),
    "a key that is gone goes": (("slack", "channels"), [{"id": "x", "name": "n"}], [{"id": "x"}], [{"id": "x"}]),
    "a secret keeps its spelling": (
        ("custom_tools",),
        [TOOL],
        [{**SERVED, "description": "e"}],
        [{**TOOL, "description": "e"}],
    ),
    "an entry beside one with a secret": (
        ("custom_tools",),
        [TOOL],
        [{**SERVED, "name": "new", "headers": []}, SERVED],
        [{**TOOL, "name": "new", "headers": []}, TOOL],
    ),
    "an entry with a secret goes": (("custom_tools",), [TOOL, {**TOOL, "name": "b"}], [SERVED], [TOOL]),
    "another variant": (
        ("llm_model",),
        {"type": "custom", "api_key": KEY, "model_name": "m", "api_url": "u"},
        {"type": "dedicated-instance", "name": "gpt-4.1", "api_key": Secret(None)},
        {"type": "dedicated-instance", "name": "gpt-4.1"},
    ),
}


@pytest.mark.parametrize(("pointer", "mine", "server", "expected"), ROWS.values(), ids=ROWS)
def test_in_words_of(pointer: Pointer, mine: Value, server: Value, expected: Value) -> None:
    found = in_spelling_of(mine, server, assistant_node().at(pointer))
    assert found == expected
    assert not isinstance(found, dict) or list(found) == list(expected)
    assert type(found) is type(expected)


SECRETS: Final[dict[str, tuple[Pointer, Value, Value, Pointer]]] = {
    "new key": (("llm_model",), ABSENT, {"type": "custom", "api_key": Secret("real")}, ("api_key",)),
    "new entry": (("custom_tools",), [], [SERVED], (0, "headers", 0, "value")),
    "renamed entry": (("custom_tools",), [TOOL], [{**SERVED, "name": "other"}], ()),
    "plain text where the file has a secret": (
        ("faq_items",),
        [{"question": "a", "answer": KEY}],
        [{"question": "b", "answer": "real"}],
        (),
    ),
    "words that may be the secret": (("stt_context", "terms"), ["a", KEY], ["a", "real", "c"], ()),
}


@pytest.mark.parametrize(("pointer", "mine", "server", "where"), SECRETS.values(), ids=SECRETS)
def test_secrets_are_never_written(pointer: Pointer, mine: Value, server: Value, where: Pointer) -> None:
    with pytest.raises(UnwritableSecretError) as caught:
        in_spelling_of(mine, server, assistant_node().at(pointer))
    assert caught.value.pointer == where
