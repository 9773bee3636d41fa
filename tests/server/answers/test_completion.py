"""What is offered at the cursor, `|` in the texts."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.server.client import spot
from tests.server.conftest import FILES, Editor, write

PATH: Final = "assistants/support.yaml"
DAYS: Final = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
CUSTOM: Final = ["api_url", "api_key", "model_name"]


def offered(editor: Editor, text: str, path: str = PATH) -> list[dict[str, Any]]:
    """Proposals at the cursor, in the order in which the editor shows them."""
    editor.open(path, text.replace("¦", ""))
    answer = editor.ask("completion", path, position=spot(text, "¦"))
    return sorted(answer["items"], key=lambda each: str(each["sortText"]))


def labels(editor: Editor, text: str, path: str = PATH) -> list[str]:
    return [each["label"] for each in offered(editor, text, path)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("¦", ["name", "prompt", "type"]),
        ("name: X\n¦", ["prompt", "type", "first_sentence"]),
        ("name: X\nfirst_sen¦", ["prompt", "type"]),
        ("name: 😀\r\npro¦\r\ntype: standalone\r\n", ["prompt", "first_sentence"]),
        ("name: X\nvoice: {¦}", ["id", "provider", "model", "speed", "volume"]),
        ("name: X\nvoice: {id: x, ¦", ["provider", "model", "speed", "volume"]),
        ("name: X\nvoice:\n  ¦\nprompt: x\n", ["id", "provider", "model"]),
        ("name: X\nvoice:\n  pro¦: x\n", ["id", "provider"]),
        ("name: X\nllm_model:\n  type: ¦\n", ["dedicated-instance", "openrouter", "custom", "realtime"]),
        ("name: X\nllm_model:\n  type: custom\n  ¦\n", CUSTOM),
        ("name: X\nllm_model: {type: custom, ¦}\n", CUSTOM),
        ("name: X\nfaq_items:\n  - ¦\n", ["question", "answer"]),
        ("name: X\nfaq_items:\n  - question: x\n    ¦\n", ["answer"]),
        ("name: X\nfirst_sentence_mode: ¦", ["generated", "static", "none"]),
        ("name: X\nfirst_sentence_mode: sta¦\nprompt: [broken\n", ["generated", "static", "none"]),
        ("name: X\nsms_enabled: ¦", ["true", "false"]),
        ("name: X\ncall_retry_config:\n  allowed_days: [mon¦]\n", DAYS),
        ("name: X\ncall_retry_config:\n  allowed_days: [monday, ¦]\n", DAYS[1:]),
        ("name: X\ncall_retry_config:\n  allowed_days:\n    - ¦\n", DAYS),
        ("name: X\nvoicemail_message: !¦", ["!file", "!include", "!env", "!var", "!sub"]),
        ("name: X\nmax_call_duration_secs: !var ¦", ["hooks", "longest"]),
        ('name: X\nwebhook_url: !sub "https://${ho¦"', ["hooks", "longest"]),
        ("name: X\nprompt: !file ¦", ["prompts/sales.md", "prompts/support.md"]),
        ("name: X\nprompt: !file prompts/su¦", ["prompts/sales.md", "prompts/support.md"]),
        ("name: X\ncall_retry_config: !include _shared/¦", ["_shared/retry.yaml", "sales.yaml"]),
        ("call_retry_config: !include _shared/retry.yaml#/¦", ["/max_retry_attempts", "/call_twice_in_a_row"]),
        ("name: X\nvoice: &emma {id: x}\nllm_model: *¦", ["emma"]),
        ('slack:\n  connection_id: x\n  template: "{{¦"\n', ["summary", "outcome", "phone"]),
        ('structured_output_prompt: "{{tra¦ and"\n', ["transcript", "call_direction"]),
        ("precall_lookup_url: https://x.example.net/{{¦", ["phone"]),
        ("name: X\nprompt: |\n  Call {{company}} for {{¦\n", ["company"]),
        (
            (
                "prompt_flow:\n  nodes:\n    - {id: start, type: promptBlock, data: {title: Hello, body: x}}\n"
                "  edges:\n    - {id: e, source: ¦}\n"
            ),
            ["start"],
        ),
        (
            "structured_output_config:\n  - {name: budget}\nzoho:\n  field_mapping:\n    - source: ¦\n",
            ["budget"],
        ),
        (
            'name: X\ntransfer_destinations: [{label: Billing, phone_number: "+33199001200"}]\nprompt: |\n  Go to "¦\n',
            ["Billing"],
        ),
    ],
)
def test_what_fits(editor: Editor, text: str, first: list[str]) -> None:
    assert labels(editor, text)[: len(first)] == first


@pytest.mark.parametrize(
    "text",
    [
        "name: X ¦\n",
        "# a comment ¦\nname: X\n",
        "prompt: |\n  Some text ¦\n",
        "unknown:\n  ¦\n",
        "name: [{]}\n¦: {\n",
    ],
)
def test_nothing_fits(editor: Editor, text: str) -> None:
    assert labels(editor, text) == []


def test_no_field_twice_none_of_the_server_and_none_that_is_gone(editor: Editor) -> None:
    found = labels(editor, "name: X\nvoice: {id: x, provider: cartesia}\n¦")
    assert len(found) > 35
    assert not {"name", "voice", "id", "created_at", "transfer_phone_number", "organization_id"} & set(found)


def test_a_proposal_replaces_the_word_and_explains_itself(editor: Editor) -> None:
    text = "name: 😀 X\nfirst_sentence_mo¦de: static\n"
    found = {each["label"]: each for each in offered(editor, text)}["first_sentence_mode"]
    assert found["textEdit"]["newText"] == "first_sentence_mode"
    assert found["textEdit"]["range"] == {
        "start": {"line": 1, "character": 0},
        "end": {"line": 1, "character": len("first_sentence_mode")},
    }
    assert "**Default**: `generated`" in found["documentation"]["value"]


def test_time_zones(editor: Editor) -> None:
    found = offered(editor, "name: X\ncall_retry_config:\n  timezone: Europe/¦\n")
    assert {"Europe/Paris", "Asia/Tokyo"} <= {each["label"] for each in found}
    assert found[0]["textEdit"]["range"]["start"]["character"] == len("  timezone: ")


def test_voices_of_other_assistants(editor: Editor) -> None:
    write(editor.root, {"assistants/sales.yaml": "name: S\nprompt: x\nvoice: {id: f786, provider: cartesia}\n"})
    (found, *_) = offered(editor, "name: X\nvoice:\n  provider: cartesia\n  id: ¦\n")
    assert (found["label"], found["detail"]) == ("f786", "cartesia, as in sales")


def test_a_variable_that_only_some_environments_have(editor: Editor) -> None:
    write(editor.root, {"revox-sync.yaml": FILES["revox-sync.yaml"].replace("longest: 600", "other: 600")})
    found = {each["label"]: each["detail"] for each in offered(editor, "name: !var ¦")}
    assert found == {"hooks": "in every environment", "longest": "only in staging", "other": "only in production"}


def test_in_a_prompt(editor: Editor) -> None:
    assert labels(editor, "Call {{company}}, then {{¦", "assistants/prompts/support.md") == ["company"]


def test_in_a_fragment(editor: Editor) -> None:
    text = "max_retry_attempts: 3\ncalling_windows:\n  - ¦\n"
    found = labels(editor, text, "assistants/_shared/retry.yaml")
    assert "retry_delay_seconds" in found


def test_in_the_configuration(editor: Editor) -> None:
    assert labels(editor, "lint:\n  ¦\n", "revox-sync.yaml")[:2] == ["select", "ignore"]
    editor.close_all()
    assert "voice" in labels(editor, "defaults:\n  ¦\n", "revox-sync.yaml")
    editor.close_all()
    assert "base_url" in labels(editor, "environments:\n  staging:\n    ¦\n", "revox-sync.yaml")


def test_files_that_a_reference_may_not_name_are_not_offered(editor: Editor) -> None:
    write(editor.root, {"assistants/.hidden.md": "x", "assistants/.secret/x.md": "x"})
    assert labels(editor, "prompt: !file ¦") == ["prompts/sales.md", "prompts/support.md"]
