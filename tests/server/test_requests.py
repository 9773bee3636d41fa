"""Every request is answered for every text, however broken, and symbols lie where the protocol wants them."""

from __future__ import annotations

import random
from typing import Any, Final

import pytest

from tests.server.conftest import FILES, PIECES, SUPPORT, Editor, random_edit

PATHS: Final = (
    "assistants/support.yaml",
    "assistants/prompts/support.md",
    "assistants/_shared/retry.yaml",
    "revox-sync.yaml",
)
# What begins something and does not end it.
OPENERS: Final = (
    *("*a", "<<: ", "? ", "!sub ${", "llm_model: {type: ", "\nfaq_items:\n  - ", "defaults: {", "[[[[", "!!int "),
    *('{"a": ', "environments: {a: {vars: ", "%YAML 1.2\n---\n", "!include _shared/retry.yaml#/", "!file ", "\r", "“"),
)


def requests(position: dict[str, int]) -> dict[str, dict[str, Any]]:
    """Everything that an editor asks, with its parameters."""
    return {
        **{method: {"position": position} for method in ("hover", "completion", "definition")},
        **{method: {} for method in ("documentLink", "documentSymbol", "foldingRange")},
        "formatting": {"options": {"tabSize": 2, "insertSpaces": True}},
        "codeAction": {"range": {"start": position, "end": position}, "context": {"diagnostics": []}},
    }


def misplaced(symbols: list[dict[str, Any]] | None) -> list[str]:
    """Names of symbols that are selected outside of themselves."""

    def order(position: dict[str, int]) -> tuple[int, int]:
        return position["line"], position["character"]

    wrong = []
    for each in symbols or ():
        whole, selected = each["range"], each["selectionRange"]
        places = [order(at) for at in (whole["start"], selected["start"], selected["end"], whole["end"])]
        wrong += [each["name"]] if places != sorted(places) else []
        wrong += misplaced(each.get("children"))
    return wrong


@pytest.mark.parametrize("path", PATHS)
def test_any_text(editor: Editor, path: str) -> None:
    chance = random.Random(path)  # noqa: S311
    text = FILES[path]
    editor.open(path, text)
    for number in range(14):
        text = FILES[path] if number % 7 == 0 else text
        for _ in range(3):
            _, text = random_edit(chance, text, (*PIECES, *OPENERS))
        editor.client.change(editor.uri(path), {"text": text})
        position = {"line": chance.randrange(text.count("\n") + 2), "character": chance.randrange(30)}
        for method, asked in requests(position).items():
            answer = editor.ask(method, path, **asked)
            assert method != "documentSymbol" or misplaced(answer) == [], text
        told = [note["params"]["message"] for note in editor.client.notes if note["method"] == "window/logMessage"]
        assert told == [], (text, position)


def test_findings_of_a_longer_file_do_not_disturb_a_short_one(editor: Editor) -> None:
    editor.open(PATHS[0], SUPPORT + "id: x\n")
    editor.open(PATHS[1], "Help.\n")
    for method, asked in requests({"line": 0, "character": 1}).items():
        editor.ask(method, PATHS[1], **asked)
    assert [note for note in editor.client.notes if note["method"] == "window/logMessage"] == []
