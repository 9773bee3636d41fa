"""What is shown beside the text, and that no secret is."""

from __future__ import annotations

from typing import Final

import pytest

from tests.server.client import spot
from tests.server.conftest import FILES, PROMPT, SUPPORT, Editor, write

PATH: Final = "assistants/support.yaml"
SECRET: Final = "sk-proj-4f9QzL81mVtRb7XwKc2NdYh6"  # noqa: S105 - made up


def shown(editor: Editor, text: str, marked: str, path: str = PATH) -> str:
    editor.open(path, text)
    answer = editor.ask("hover", path, position=spot(text, marked))
    return str(answer["contents"]["value"]) if answer else ""


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("first_sentence_mode", ["**Type**: one of `generated`", "**Default**: `generated`", "**Impact**: speech"]),
        ("static", ["first_sentence is spoken word for word"]),
        ("speed", ["**voice.speed**", "from 0.6 to 1.5"]),
        ("!file", ["`assistants/prompts/support.md`", PROMPT.splitlines()[2]]),
        ("!include", ["`assistants/_shared/retry.yaml`", "max_retry_attempts: 3"]),
        ("!sub", ['| staging | `"https://stage.example.net/x"` |', '| production | `"https://hooks.example.net/x"` |']),
        ("!var", ["| staging | `300` |", "| production | `600` |"]),
        ("max_call_duration_secs", ["| staging | `300` |"]),
    ],
)
def test_a_place(editor: Editor, marked: str, words: list[str]) -> None:
    found = shown(editor, SUPPORT, marked)
    assert [each for each in words if each not in found] == []


def test_a_finding_shows_the_page_of_its_rule(editor: Editor) -> None:
    found = shown(editor, SUPPORT + "id: x\n", "id: x\n")
    assert found.startswith("**RVX108 read-only-field**\n\n")
    assert "## Instead" in found


def test_a_field_that_is_gone(editor: Editor) -> None:
    found = shown(editor, SUPPORT + 'transfer_phone_number: "+33199001200"\n', "transfer_phone")
    assert "gone after contract 0.2; use `transfer_destinations`" in found


def test_places_in_other_files(editor: Editor) -> None:
    assert "How many attempts" in shown(
        editor, FILES["assistants/_shared/retry.yaml"], "max_retry", "assistants/_shared/retry.yaml"
    )
    assert "contract assistants are written for" in shown(
        editor, FILES["revox-sync.yaml"], "contract", "revox-sync.yaml"
    )


@pytest.mark.parametrize("marked", ["\n", "services"])
def test_nothing_is_known(editor: Editor, marked: str) -> None:
    assert shown(editor, "services: {}\n", marked, "compose.yaml") == ""


def test_no_secret_is_shown(editor: Editor) -> None:
    environments = "environments:\n  a: {vars: {key: SECRET, word: !env WORD}}\n  b: {vars: {key: x, word: y}}\n"
    model = "{type: custom, api_url: https://x.example.net, api_key: SECRET, model_name: x}\n"
    files = {
        "revox-sync.yaml": environments.replace("SECRET", SECRET),
        "assistants/prompts/support.md": f"The key is {SECRET}.\n",
        "assistants/_shared/model.yaml": model.replace("SECRET", SECRET),
    }
    write(editor.root, files)
    text = (
        "name: Support\nprompt: !file prompts/support.md\nend_of_call_sentence: !var word\n"
        "llm_model: !include _shared/model.yaml\nfirst_sentence: !sub Hi ${key}\nwebhook_url: !env HOOK\n"
    )
    for marked in ("!file", "!var", "!include", "!sub", "!env", "llm_model", "webhook_url"):
        found = shown(editor, text, marked)
        assert found
        assert SECRET not in found
        editor.close_all()
    assert "environment variable `HOOK`; it is not read here" in shown(editor, text, "!env")


def test_a_broken_text_is_survived(editor: Editor) -> None:
    (found,) = editor.open(PATH, "name: [\n")
    answer = editor.ask("hover", PATH, position=found["range"]["start"])
    assert answer["contents"]["value"].startswith("**RVX001")
