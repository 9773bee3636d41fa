"""Formatting gives what `revox-sync fmt` would write."""

from __future__ import annotations

from typing import Any, Final

import pytest

from revox_sync.cli.main import run
from tests.server.answers.applied import edited
from tests.server.conftest import FILES, RETRY, SUPPORT, Editor, write

PATH: Final = "assistants/support.yaml"
OPTIONS: Final = {"tabSize": 4, "insertSpaces": False}


def formatted(editor: Editor, path: str, text: str) -> str:
    editor.open(path, text)
    edits: list[dict[str, Any]] = editor.ask("formatting", path, options=OPTIONS)
    return edited(text, edits)


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        (PATH, "prompt:   |\n    Help 😀.\nname:    'Support' # who\n"),
        (PATH, SUPPORT),
        ("assistants/_shared/retry.yaml", RETRY.replace("[monday]", "[ monday ]")),
    ],
)
def test_it_is_what_fmt_writes(editor: Editor, path: str, text: str, line_break: str) -> None:
    text = text.replace("\n", line_break)
    found = formatted(editor, path, text)
    write(editor.root, {path: text})
    assert run(["fmt", "-C", str(editor.root), str(editor.root / path), "-q"]) == 0
    assert found == (editor.root / path).read_bytes().decode()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.yaml", "services:    {}\n"),
        ("revox-sync.yaml", FILES["revox-sync.yaml"]),
        (PATH, "name: [\n"),
        ("assistants/prompts/support.md", "#   Role\n"),
    ],
)
def test_what_it_leaves_alone(editor: Editor, path: str, text: str) -> None:
    assert formatted(editor, path, text) == text
