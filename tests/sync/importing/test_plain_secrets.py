"""What becomes a secret because of what it holds, and what is none whatever the schema says."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.importing.plain_secrets import with_request_secrets
from revox_sync.values.secret import Secret

LEAK = "https://me:hunter2@x.example.com"


def tool(**fields: Any) -> dict[str, Any]:
    return {"custom_tools": [fields]}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"webhook_url": LEAK}, {"webhook_url": Secret(LEAK)}),
        ({"prompt": LEAK, "first_sentence": LEAK}, {"prompt": LEAK, "first_sentence": LEAK}),
        (tool(url=LEAK, description=LEAK), tool(url=Secret(LEAK), description=LEAK)),
        (tool(body_template='{"password": "hunter2"}'), tool(body_template=Secret('{"password": "hunter2"}'))),
        (
            tool(headers=[{"key": "Content-Type", "value": Secret("text/plain")}]),
            tool(headers=[{"key": "Content-Type", "value": "text/plain"}]),
        ),
        (
            tool(headers=[{"key": "Authorization", "value": Secret("Bearer abc")}]),
            tool(headers=[{"key": "Authorization", "value": Secret("Bearer abc")}]),
        ),
        (
            tool(query_params=[{"key": "phone", "value": Secret("{{phone}}")}, {"key": "x", "value": Secret(None)}]),
            tool(query_params=[{"key": "phone", "value": "{{phone}}"}, {"key": "x", "value": Secret(None)}]),
        ),
        ({"unknown": {"url": LEAK}, "webhook_url": None}, {"unknown": {"url": LEAK}, "webhook_url": None}),
    ],
)
def test_what_is_a_secret(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert with_request_secrets(fields, assistant_node()) == expected
