"""Links and definitions."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.server.client import spot
from tests.server.conftest import SUPPORT, Editor, write

PATH: Final = "assistants/support.yaml"


def definitions(editor: Editor, text: str, marked: str, nth: int = 0) -> list[tuple[str, dict[str, int]]]:
    editor.open(PATH, text)
    found: list[dict[str, Any]] = editor.ask("definition", PATH, position=spot(text, marked, nth=nth))
    prefix = editor.root.as_uri() + "/"
    return [(each["uri"].removeprefix(prefix), each["range"]["start"]) for each in found]


def test_links(editor: Editor) -> None:
    editor.open(PATH)
    found = {each["target"]: each["range"]["start"] for each in editor.ask("documentLink", PATH)}
    assert found == {
        editor.uri("assistants/prompts/support.md"): spot(SUPPORT, "prompts/support.md"),
        editor.uri("assistants/_shared/retry.yaml"): spot(SUPPORT, "_shared/retry.yaml"),
    }


@pytest.mark.parametrize("reference", ["../../outside.md", "prompts/missing.md", "/etc/passwd", ".hidden.md"])
def test_no_link_to_what_may_not_be_read(editor: Editor, reference: str) -> None:
    write(editor.root, {"assistants/.hidden.md": "x"})
    (editor.root.parent / "outside.md").write_text("x", "utf-8")
    text = f"name: Support\nprompt: !file {reference}\n"
    editor.open(PATH, text)
    assert editor.ask("documentLink", PATH) == []
    assert editor.ask("definition", PATH, position=spot(text, reference)) == []


@pytest.mark.parametrize(
    ("marked", "target"),
    [
        ("prompts/", ("assistants/prompts/support.md", {"line": 0, "character": 0})),
        ("_shared", ("assistants/_shared/retry.yaml", {"line": 0, "character": 0})),
        ("retry.yaml", ("assistants/_shared/retry.yaml", {"line": 0, "character": 0})),
    ],
)
def test_a_file(editor: Editor, marked: str, target: tuple[str, dict[str, int]]) -> None:
    assert definitions(editor, SUPPORT, marked) == [target]


def test_a_place_in_a_file(editor: Editor) -> None:
    text = "name: Support\nprompt: x\nfaq_items: !include _shared/faq.yaml#/sales\n"
    write(editor.root, {"assistants/_shared/faq.yaml": "# all\nsales:\n  - {question: Q, answer: A}\n"})
    assert definitions(editor, text, "faq.yaml") == [("assistants/_shared/faq.yaml", {"line": 2, "character": 2})]


def test_an_anchor(editor: Editor) -> None:
    text = SUPPORT + 'after_call_sms_prompt: &text "😀 x"\nvoicemail_sms_prompt: *text\n'
    assert definitions(editor, text, "*text") == [(PATH, spot(text, "&text"))]


def test_a_variable_in_each_environment(editor: Editor) -> None:
    found = definitions(editor, SUPPORT, "longest")
    assert [(path, place["line"]) for path, place in found] == [("revox-sync.yaml", 2), ("revox-sync.yaml", 3)]


def test_nowhere(editor: Editor) -> None:
    assert definitions(editor, SUPPORT, "Support") == []
