"""What the file of a remote assistant declares."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import assistant_node, contract, known_contracts
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.importing.fields import FileFields, file_fields
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret
from tests.strategies import assistants

BASE: Final = {"name": "A", "prompt": "Hi"}
VOICE: Final = {"id": "v", "provider": "cartesia"}
TOOL: Final[dict[str, Any]] = {
    "name": "look_up",
    "description": "Looks up.",
    "method": "GET",
    "url": "https://x.example.com",
    "headers": [],
    "query_params": [],
    "body_template": None,
    "input_schema": [],
}
DEFAULT_MODEL: Final = {"type": "dedicated-instance", "name": "gpt-4.1"}


def fields_of(
    server: dict[str, Any], inherited: dict[str, Any] | None = None, version: str | None = None
) -> FileFields:
    node = assistant_node()
    return file_fields(
        wrap_schema_secrets(BASE | server, node), wrap_schema_secrets(inherited or {}, node), contract(version), node
    )


KEPT: Final[tuple[tuple[dict[str, Any], dict[str, Any]], ...]] = (
    ({}, {}),
    ({"id": "x", "organization_id": "o", "created_at": {}, "pending_faq_count": 3}, {}),
    ({"first_sentence": None, "voice": None, "calendly": None}, {}),
    ({"type": "standalone", "sms_enabled": False, "first_sentence_delay_ms": 400.0}, {}),
    ({"llm_model": DEFAULT_MODEL | {"temperature": None}}, {}),
    ({"type": "sub-assistant", "sms_enabled": True}, {"type": "sub-assistant", "sms_enabled": True}),
    ({"first_sentence": "", "transfer_destinations": []}, {"first_sentence": "", "transfer_destinations": []}),
    ({"voice": VOICE | {"speed": None, "model": None}}, {"voice": VOICE}),
    (
        {"faq_items": [{"id": "1", "source": "human", "needs_human_answer": False, "question": "Q", "answer": "A"}]},
        {"faq_items": [{"question": "Q", "answer": "A"}]},
    ),
    ({"faq_items": [{"id": "1", "source": "ai", "needs_human_answer": False, "question": "Q", "answer": "A"}]}, {}),
    ({"faq_items": []}, {"faq_items": []}),
    ({"custom_tools": [TOOL]}, {"custom_tools": [TOOL]}),
)


@pytest.mark.parametrize(("server", "declared"), KEPT)
def test_what_is_declared(server: dict[str, Any], declared: dict[str, Any]) -> None:
    found = fields_of(server)
    assert found.declared == BASE | declared
    assert found.left_out == ()


def test_fields_come_in_the_order_of_the_schema() -> None:
    server = {"voice": {"speed": 1.1, "provider": "cartesia", "id": "v"}, "first_sentence": "Hi"}
    declared = file_fields(server | {"prompt": "P", "name": "N"}, {}, contract(None), assistant_node()).declared
    assert list(declared) == ["name", "prompt", "first_sentence", "voice"]
    assert list(declared["voice"]) == ["id", "provider", "speed"]


REFUSED: Final[tuple[tuple[str | None, dict[str, Any], dict[str, Any], list[str]], ...]] = (
    (None, {"voice": VOICE | {"speed": 9}}, {"voice": VOICE}, ["/voice/speed"]),
    (None, {"voice": VOICE | {"provider": "new"}}, {}, ["/voice"]),
    (None, {"voice": VOICE | {"new": 1}}, {"voice": VOICE}, ["/voice/new"]),
    (None, {"custom_tools": [TOOL | {"new": 1}]}, {}, ["/custom_tools"]),
    (None, {"llm_model": {"type": "new", "x": 1}}, {}, ["/llm_model"]),
    (None, {"webhook_url": "no url", "position": {"x": 1}}, {}, ["/webhook_url", "/position"]),
    ("0.4", {"transfer_phone_number": "+33639980001"}, {}, ["/transfer_phone_number"]),
    ("0.0", {"sms_enabled": True, "voice": VOICE | {"volume": 1}}, {"voice": VOICE}, ["/voice/volume", "/sms_enabled"]),
    (None, {"transfer_phone_number": "+33639980001"}, {"transfer_phone_number": "+33639980001"}, []),
)


@pytest.mark.parametrize(("version", "server", "declared", "left_out"), REFUSED)
def test_what_the_contract_refuses_is_left_out(
    version: str | None, server: dict[str, Any], declared: dict[str, Any], left_out: list[str]
) -> None:
    found = fields_of(server, version=version)
    assert found.declared == BASE | declared
    assert sorted("/" + "/".join(map(str, each.pointer)) for each in found.left_out) == sorted(left_out)
    assert all(each.reason for each in found.left_out)


def test_the_reason_is_the_cause_not_its_consequence() -> None:
    (left_out,) = fields_of({"voice": VOICE | {"provider": "new"}}).left_out
    assert "new" in left_out.reason


def test_what_no_contract_knows_is_not_declared() -> None:
    assert fields_of({"from_the_future": 1}).declared == BASE


@pytest.mark.parametrize("prompt", [None, 3])
def test_without_a_prompt_there_is_no_file(prompt: Any) -> None:
    found = fields_of({"prompt": prompt})
    assert "prompt" not in found.declared
    assert [each.pointer for each in found.left_out] == [("prompt",)]


INHERITED: Final[tuple[tuple[dict[str, Any], dict[str, Any], dict[str, Any]], ...]] = (
    ({"first_sentence": "Hi"}, {"first_sentence": "Hi"}, {}),
    ({"first_sentence": "Hi"}, {"first_sentence": "Hi\n"}, {}),
    ({"first_sentence": "Hi"}, {"first_sentence": "Ho"}, {"first_sentence": "Ho"}),
    ({"sms_enabled": True}, {"sms_enabled": False}, {"sms_enabled": False}),
    ({"voicemail_message": "Hi"}, {"voicemail_message": None}, {"voicemail_message": None}),
    ({"voicemail_message": "Hi"}, {}, {"voicemail_message": None}),
    ({"webhook_url": "https://x.example.com"}, {"webhook_url": None}, {}),
    ({"voice": VOICE}, {"voice": VOICE | {"speed": 1.1}}, {"voice": VOICE | {"speed": 1.1}}),
    ({"webhook_url": Secret(None, "HOOK")}, {"webhook_url": "https://x.example.com"}, {}),
)


@pytest.mark.parametrize(("inherited", "server", "declared"), INHERITED)
def test_defaults(inherited: dict[str, Any], server: dict[str, Any], declared: dict[str, Any]) -> None:
    assert fields_of(server, inherited).declared == BASE | declared


def test_what_is_a_secret_in_the_defaults_is_one_in_the_file() -> None:
    inherited = {"slack": {"connection_id": Secret(None, "SLACK"), "channels": [{"id": "C1"}], "outcomes": []}}
    server = {"slack": {"connection_id": "hunter2", "channels": [{"id": "C2"}], "outcomes": []}}
    assert "hunter2" not in repr(fields_of(server, inherited).declared)


@pytest.mark.parametrize("version", [*known_contracts(), None])
def test_a_body_comes_back(version: str | None) -> None:
    """Nothing but nulls and server defaults is missing, and nothing compares different."""
    node = assistant_node()

    @settings(max_examples=30, deadline=None, database=None)
    @given(assistants(version))
    def check(body: dict[str, Any]) -> None:
        found = file_fields(wrap_schema_secrets(body, node), {}, contract(version), node)
        assert found.left_out == ()
        states = {each.state for each in compare(found.declared, wrap_schema_secrets(body, node), None, node)}
        assert states <= {LeafState.IN_SYNC, LeafState.UNCOMPARABLE}
        missing = body.keys() - found.declared.keys()
        assert all(body[key] is None or node.properties[key].has_default for key in missing)

    check()


def test_a_secret_in_a_field_with_a_form_is_kept() -> None:
    # The text that stands for a secret where nobody may see it is no URL.
    inherited: dict[str, Value] = {"webhook_url": Secret("https://hooks.example.com/ours", "HOOK")}
    server = BASE | {"webhook_url": "https://hooks.example.com/theirs"}
    found = file_fields(server, inherited, contract("0.4"), assistant_node())
    assert found.left_out == ()
    assert found.declared["webhook_url"] == Secret("https://hooks.example.com/theirs")
