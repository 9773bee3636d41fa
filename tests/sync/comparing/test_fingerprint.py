from __future__ import annotations

from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.values.secret import Secret

ROOT = assistant_node()
LEARNT = {"question": "Do you ship?", "answer": "Yes", "source": "ai", "id": "q1"}
WRITTEN = {"question": "Price?", "answer": "5", "source": "human", "needs_human_answer": False}
DECLARED = [{"question": "Price?", "answer": "5"}]


def test_fingerprint_sees_all_that_a_request_could_change_and_nothing_else() -> None:
    remote: dict[str, Any] = {"id": "a", "name": "A", "voice": {"id": "v", "speed": 1}, "faq_items": [WRITTEN]}
    declared: dict[str, Any] = {"name": "B", "faq_items": DECLARED}
    base = fingerprint(remote, declared, ROOT)

    def changed(**fields: Any) -> bool:
        return fingerprint({**remote, **fields}, declared, ROOT) != base

    assert changed(voice={"id": "v", "speed": 1.1}), "undeclared fields count"
    assert changed(faq_items=[{**WRITTEN, "answer": "6"}])
    assert not changed(
        faq_items=[WRITTEN, LEARNT], updated_at="now", sms_template=None, voice={"id": "v", "speed": 1.0}
    )


def test_a_listed_object_has_the_fingerprint_of_the_fetched_one() -> None:
    listed = {"id": "a", "name": "A"}
    assert fingerprint(listed, {}, ROOT) == fingerprint({**listed, "faq_items": [WRITTEN]}, {}, ROOT)


def test_secrets_leave_no_trace() -> None:
    declared = {"webhook_url": Secret("https://a", "HOOK")}
    prints = {fingerprint({"id": "a", "webhook_url": each}, declared, ROOT) for each in ("https://a", "https://b")}
    assert len(prints) == 1
    model = {"type": "custom", "api_url": "u", "model_name": "m"}
    prints = {fingerprint({"llm_model": {**model, "api_key": each}}, {}, ROOT) for each in ("k", Secret("l"))}
    assert len(prints) == 1
