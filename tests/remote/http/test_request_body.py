from __future__ import annotations

import json
from typing import Any

import pytest

from revox_sync.errors import BrokenFilesError, ConfigError
from revox_sync.remote.http.request_body import encode
from revox_sync.values.secret import Secret


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {}),
        ({"name": "Café 漢 \U0001f600", "n": 1.5, "i": 2, "b": True, "null": None}, None),
        ({"llm_model": {"api_key": Secret("s1")}}, {"llm_model": {"api_key": "s1"}}),
        ({"tools": ({"headers": [{"value": Secret("s1", "NAME")}]},)}, {"tools": [{"headers": [{"value": "s1"}]}]}),
    ],
)
def test_content(body: dict[str, Any], expected: Any) -> None:
    assert json.loads(encode(body).content or b"") == (body if expected is None else expected)


def test_secrets_are_known_and_never_shown() -> None:
    body = encode({"a": Secret("canary-1"), "b": [Secret("canary-2")]})
    assert body.secrets == ("canary-1", "canary-2")
    assert "canary" not in repr(body)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_without_json(number: float) -> None:
    with pytest.raises(BrokenFilesError, match=r"`voice\.speeds\[1\]` is"):
        encode({"voice": {"speeds": [1.0, number]}})


def test_secret_that_was_not_read() -> None:
    with pytest.raises(ConfigError, match=r"`llm_model\.api_key` needs the environment variable LLM_KEY"):
        encode({"llm_model": {"api_key": Secret(None, "LLM_KEY")}})
