"""Symbols and folding."""

from __future__ import annotations

from typing import Any, Final

from tests.server.conftest import Editor

PATH: Final = "assistants/support.yaml"
TEXT: Final = """\
# One
# Two 😀
name: Support
prompt: |
  # Role

  Help.
faq_items:
  - question: Why?
    answer: Because.
  - {question: "😀 How?", answer: So.}
voice: {id: x, provider: cartesia}
stt_context:
  terms: [a, b]
"""


def flat(symbols: list[dict[str, Any]], depth: int = 0) -> list[tuple[int, str, int, int]]:
    return [
        line
        for each in symbols
        for line in (
            (depth, each["name"], each["range"]["start"]["line"], each["range"]["end"]["line"]),
            *flat(each.get("children") or [], depth + 1),
        )
    ]


def test_symbols(editor: Editor) -> None:
    editor.open(PATH, TEXT)
    assert flat(editor.ask("documentSymbol", PATH)) == [
        (0, "name", 2, 2),
        (0, "prompt", 3, 6),
        (0, "faq_items", 7, 10),
        (1, "[0] Why?", 8, 9),
        (2, "question", 8, 8),
        (2, "answer", 9, 9),
        (1, "[1] 😀 How?", 10, 10),
        (2, "question", 10, 10),
        (2, "answer", 10, 10),
        (0, "voice", 11, 11),
        (1, "id", 11, 11),
        (1, "provider", 11, 11),
        (0, "stt_context", 12, 13),
        (1, "terms", 13, 13),
        (2, "[0]", 13, 13),
        (2, "[1]", 13, 13),
    ]


def test_a_symbol_is_selected_at_its_key_and_lies_in_its_parent(editor: Editor) -> None:
    editor.open(PATH, TEXT)
    faq = next(each for each in editor.ask("documentSymbol", PATH) if each["name"] == "faq_items")
    assert faq["selectionRange"]["end"] == {"line": 7, "character": len("faq_items")}
    how = faq["children"][1]
    assert how["range"]["end"] == {"line": 10, "character": len('  - {question: "😀 How?", answer: So.}') + 1}


def test_folding(editor: Editor) -> None:
    editor.open(PATH, TEXT)
    found = {(each["startLine"], each["endLine"]): each["kind"] for each in editor.ask("foldingRange", PATH)}
    assert found == {
        (0, 1): "comment",
        (3, 6): "region",
        (7, 10): "region",
        (8, 9): "region",
        (12, 13): "region",
    }


def test_a_prompt(editor: Editor) -> None:
    path = "assistants/prompts/support.md"
    editor.open(path, "# Role\n\nHelp.\n\n## Style\n\nShort.\n\n# Limits\n\nNone.\n")
    assert flat(editor.ask("documentSymbol", path)) == [(0, "Role", 0, 6), (0, "Style", 4, 6), (0, "Limits", 8, 10)]
    assert [(each["startLine"], each["endLine"]) for each in editor.ask("foldingRange", path)] == [
        (0, 6),
        (4, 6),
        (8, 10),
    ]


def test_a_broken_text(editor: Editor) -> None:
    editor.open(PATH, "name: [\n")
    assert editor.ask("documentSymbol", PATH) == []
    assert editor.ask("foldingRange", PATH) == []
