"""What is said of a body that does not fit: one cause, in words, at its place."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.explain import describe, explain
from revox_sync.contract.fields import assistant_node, contract
from revox_sync.contract.violation import Violation

BODY = {"name": "Ann", "prompt": "You are Ann."}
MOVED = "`calling_window_start_time`, `calling_window_end_time`"
RETRY = {"allowed_days": ["monday"], "call_twice_in_a_row": False, "max_retry_attempts": 3}


def violations(version: str | None, fields: dict[str, Any]) -> list[Violation]:
    return explain({**BODY, **fields}, contract(version).schema, assistant_node())


# Contract, fields, and for each violation: kind, place, message, label.
CAUSES: dict[str, tuple[str | None, dict[str, Any], list[tuple[str, str, str, str]]]] = {
    "fits": (None, {"voice": {"id": "v", "provider": "cartesia"}}, []),
    "unknown, at the top": (None, {"zzz": 1}, [("unknown-field", "", "unknown field `zzz`", "remove it")]),
    "unknown, inside": (
        None,
        {"voice": {"id": "v", "provider": "cartesia", "zzz": 1}},
        [("unknown-field", "voice", "unknown field `zzz` in `voice`", "known here: model, speed, volume")],
    ),
    "misspelt, and so missing": (
        None,
        {"voice": {"id": "v", "providr": "cartesia"}},
        [
            (
                "unknown-field",
                "voice",
                "unknown field `providr` in `voice`",
                "did you mean `provider`? (`provider` is required and missing)",
            )
        ],
    ),
    "set by the server": (
        None,
        {"id": "x"},
        [("read-only-field", "", "`id` is set by the server and cannot be sent", "remove it")],
    ),
    "deprecated": (
        "0.4",
        {"transfer_phone_number": "+33612345678"},
        [
            (
                "deprecated-field",
                "",
                "`transfer_phone_number` is deprecated: contract 0.2 was the last with it",
                "use `transfer_destinations` with a label for the number",
            )
        ],
    ),
    "of a later contract": (
        "0.0",
        {"stt_model": "stt-rt-v4"},
        [
            (
                "not-in-this-contract",
                "",
                "`stt_model` is not in this contract: it exists since contract 0.2",
                "remove it, or pin the contract the API speaks",
            )
        ],
    ),
    "several keys missing": (
        None,
        {"voice": {}},
        [("missing-field", "voice", "missing fields `id`, `provider` in `voice`", "add `id`, `provider`")],
    ),
    "moved together": (
        None,
        {"call_retry_config": {"max_retry_attempts": 3, "calling_window_start_time": 9, "calling_window_end_time": 9}},
        [
            (
                "unknown-field",
                "call_retry_config",
                f"{MOVED} have moved into the entries of `calling_windows`",
                "write this below `calling_windows:`",
            )
        ],
    ),
    "no discriminator": (
        None,
        {"llm_model": {}},
        [
            (
                "missing-field",
                "llm_model",
                "missing field `type` in `llm_model`",
                "add `type`, one of dedicated-instance, openrouter, custom, realtime",
            )
        ],
    ),
    "of another variant": (
        None,
        {"llm_model": {"type": "custom", "name": "x", "api_key": "k"}},
        [
            (
                "field-of-another-variant",
                "llm_model",
                "`name` belongs to `type: dedicated-instance`",
                "this is `type: custom`, which needs `api_url`, `model_name`",
            )
        ],
    ),
    "null, optional": (
        None,
        {"voice": None},
        [
            (
                "null-not-accepted",
                "voice",
                "`voice` does not accept null",
                "write a mapping, or remove the key to leave the field unmanaged",
            )
        ],
    ),
    "null, required": (
        None,
        {"name": None},
        [("null-not-accepted", "name", "`name` does not accept null", "write a string")],
    ),
    "null in a list": (
        None,
        {"faq_items": [None]},
        [
            (
                "null-not-accepted",
                "faq_items[0]",
                "`faq_items[0]` does not accept null",
                "write a mapping, or remove the entry",
            )
        ],
    ),
    "quotes too many": (
        None,
        {"sms_enabled": "true"},
        [
            (
                "wrong-type",
                "sms_enabled",
                "`sms_enabled` is the string `true`, not a boolean",
                "expected a boolean: remove the quotes",
            )
        ],
    ),
    "quotes missing": (
        None,
        {"name": 5},
        [("wrong-type", "name", "`name` is the number `5`, not a string", "expected a string: put it in quotes")],
    ),
    "a number as a text is not out of range, too": (
        None,
        {"voice": {"id": "v", "provider": "cartesia", "speed": "fast"}},
        [("wrong-type", "voice.speed", "`voice.speed` is the string `fast`, not a number", "expected a number")],
    ),
    "no choice": (
        None,
        {"voice": {"id": "v", "provider": "elevenlab"}},
        [
            (
                "invalid-choice",
                "voice.provider",
                "`elevenlab` is no choice for `voice.provider`",
                "did you mean `elevenlabs`? choices: cartesia, elevenlabs, gradium",
            )
        ],
    ),
    "out of range": (
        None,
        {"voice": {"id": "v", "provider": "cartesia", "speed": 9}},
        [("out-of-range", "voice.speed", "`voice.speed` is `9`, out of range", "allowed: 0.6 to 1.5")],
    ),
    "beyond every integer": (
        None,
        {"first_sentence_delay_ms": 2**60},
        [
            (
                "out-of-range",
                "first_sentence_delay_ms",
                f"`first_sentence_delay_ms` is `{2**60}`, out of range",
                f"allowed: -{2**53 - 1} to {2**53 - 1}",
            )
        ],
    ),
    "empty": (
        None,
        {"voice": {"id": "", "provider": "cartesia"}},
        [("empty-value", "voice.id", "`voice.id` is empty", "give it a value")],
    ),
    "no URL": (
        None,
        {"webhook_url": " https://x.example "},
        [
            (
                "invalid-format",
                "webhook_url",
                "`webhook_url` is the string ` https://x.example `, not an absolute http(s) URL",
                "such as `https://hooks.example.com/revox`; there is white space around the value",
            )
        ],
    ),
}


@pytest.mark.parametrize(("version", "fields", "expected"), CAUSES.values(), ids=CAUSES)
def test_one_violation_per_cause(
    version: str | None, fields: dict[str, Any], expected: list[tuple[str, str, str, str]]
) -> None:
    found = violations(version, fields)
    assert [
        (violation.kind.value, _path(violation), violation.message, violation.label) for violation in found
    ] == expected


def _path(violation: Violation) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in violation.pointer)
    return path.removeprefix(".")


def test_a_secret_of_a_wrong_type_is_not_shown() -> None:
    model = {"type": "custom", "api_key": 987654, "api_url": "https://llm.example/v1", "model_name": "m"}
    (violation,) = violations(None, {"llm_model": model})
    assert violation.pointer == ("llm_model", "api_key")
    assert "987654" not in violation.message + violation.label


def test_what_a_fix_needs_to_know() -> None:
    (slip,) = violations(None, {"voice": {"id": "v", "provider": "cartesia", "spead": 1}})
    assert (slip.key, slip.meant, slip.obvious) == ("spead", "speed", True)
    (server,) = violations(None, {"updated_at": "now"})
    assert (server.key, server.removable) == ("updated_at", True)
    (moved,) = violations(None, {"call_retry_config": {**RETRY, "retry_delay_seconds": 5}})
    assert (moved.meant, moved.moves, moved.removable) == ("calling_windows", ("retry_delay_seconds",), False)
    (null,) = violations(None, {"voice": None})
    assert (null.key, null.removable) == (None, True)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "the boolean `true`"),
        (1.5, "the number `1.5`"),
        (10**21, "a very large number"),
        ("x" * 61, f"the string `{'x' * 57}…`"),
        ([1], "a list"),
        ({}, "a mapping"),
        (None, "null"),
    ],
)
def test_values_in_words(value: object, words: str) -> None:
    assert describe(value) == words


def test_a_number_that_python_cannot_write_has_words() -> None:
    assert describe(10**5000) == "a very large number"
