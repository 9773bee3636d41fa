"""What no server can provoke; the rest is in tests/cli/commands/test_apply_prune.py."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.field_diff import lost_changes
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.orphans import why_not_allowed
from revox_sync.values.secret import MASK, Secret

NODE = assistant_node()
MANY = [f"a{number:02}" for number in range(20)]


@pytest.mark.parametrize(
    ("deletes", "recreated", "limit"), [([], [], 0), (["a"], [], 1), ([], ["a"], 1), (["a"], ["b"], 2), (["a"], [], 9)]
)
def test_what_is_allowed(deletes: list[str], recreated: list[str], limit: int) -> None:
    assert why_not_allowed(deletes, recreated, limit) is None


@pytest.mark.parametrize(
    ("deletes", "recreated", "limit", "message"),
    [
        (["a"], [], 0, "the plan would delete 1 (`a`); the limit is 0"),
        ([], ["a"], 0, "the plan would create 1 again (`a`); the limit is 0"),
        (["a", "b"], ["c"], 2, "the plan would delete 2 (`a`, `b`) and create 1 again (`c`), 3 in all; the limit is 2"),
        (MANY, [], 5, "`a07` and 12 more); the limit is 5"),
    ],
)
def test_what_is_too_much(deletes: list[str], recreated: list[str], limit: int, message: str) -> None:
    refusal = why_not_allowed(deletes, recreated, limit)
    assert refusal is not None
    assert message in refusal.message
    number = len(deletes) + len(recreated)
    assert refusal.hint == (
        f"`--max-deletes {number}` allows it this time, `safety.max_deletes` in revox-sync.yaml always"
    )


def lost(server: dict[str, Any], declared: dict[str, Any] | None) -> dict[str, Any]:
    """Values by path of what goes with a server's object, `...` for a secret; `declared` None: no digests."""
    remote = Remote("asst_1", "A", wrap_schema_secrets(server, NODE))
    entry = LockEntry("asst_1", "A", {}, outdated=True)
    if declared is not None:
        entry = entry_in_sync({"name": "A", **wrap_schema_secrets(declared, NODE)}, remote, None)
    return {each.path: ... if each.sensitive else each.before for each in lost_changes(remote.value, entry, NODE)}


FAQ = [{"question": "q", "answer": "canary"}]
HIDDEN = [{"question": "q", "answer": Secret("canary", "A")}]
MASKED = [{"question": "q", "answer": MASK}]
OTHER = {"question": "r", "answer": "said in the open"}
CUSTOM = {"type": "custom", "api_key": "canary"}
HEADERS = [{"name": "t", "headers": [{"key": "k", "value": "canary"}]}]


@pytest.mark.parametrize(
    ("server", "declared", "expected"),
    [
        ({"prompt": "x", "id": "asst_1", "updated_at": "now"}, {"prompt": "x"}, {"prompt": "x"}),
        ({"prompt": "x", "voice": {"id": "v", "speed": None}}, {}, {"prompt": "x", "voice.id": "v"}),
        ({"sms_enabled": False, "prompt": None, "faq_items": []}, {}, {}),
        ({"unheard_of": 1}, {}, {}),
        ({"llm_model": CUSTOM}, {}, {"llm_model.type": "custom", "llm_model.api_key": ...}),
        ({"webhook_url": "canary"}, {"webhook_url": Secret("canary", "HOOK")}, {"webhook_url": ...}),
        ({"webhook_url": "https://open"}, {"webhook_url": "https://open"}, {"webhook_url": "https://open"}),
        ({"faq_items": FAQ}, {"faq_items": FAQ}, {"faq_items": FAQ}),
        ({"faq_items": FAQ}, {"faq_items": HIDDEN}, {"faq_items": MASKED}),
        ({"faq_items": [*FAQ, OTHER]}, {"faq_items": [*HIDDEN, OTHER]}, {"faq_items": [*MASKED, OTHER]}),
        ({"prompt": "x"}, None, {"prompt": ...}),
    ],
)
def test_what_is_lost(server: dict[str, Any], declared: dict[str, Any] | None, expected: dict[str, Any]) -> None:
    assert lost(server, declared) == expected


def test_secrets_inside_a_list_are_masked() -> None:
    assert "canary" not in repr(lost({"custom_tools": HEADERS}, {"custom_tools": HEADERS}))
