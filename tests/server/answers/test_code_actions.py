"""What can be done at a place; each edit is applied as an editor does, and linted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.source.files.tree import DiskTree
from revox_sync.source.workspace import Workspace
from tests.server.answers.applied import edited
from tests.server.client import spot, talking
from tests.server.conftest import COMMAND, FILES, SUPPORT, Editor, write

PATH: Final = "assistants/support.yaml"
SECRET: Final = "sk-proj-4f9QzL81mVtRb7XwKc2NdYh6"  # noqa: S105 - made up
OWN_MODEL: Final = f"llm_model: {{type: custom, api_url: https://x.example.net/v1, api_key: {SECRET}, model_name: x}}\n"


def actions(editor: Editor, text: str, marked: str, path: str = PATH, **context: Any) -> dict[str, dict[str, Any]]:
    """Actions where some text begins, by title."""
    editor.open(path, text)
    position = spot(text, marked)
    context = {"diagnostics": [], **context}
    found = editor.ask("codeAction", path, range={"start": position, "end": position}, context=context)
    return {each["title"]: each for each in found}


def applied(editor: Editor, action: dict[str, Any]) -> dict[str, str]:
    """The texts after an action, by path; files are created as an editor does."""
    texts: dict[str, str] = {}
    for change in action["edit"]["documentChanges"]:
        if change.get("kind") == "create":
            texts[change["uri"]] = ""
            continue
        uri = change["textDocument"]["uri"]
        texts[uri] = edited(texts.get(uri, editor.texts.get(uri, "")), change["edits"])
    return {uri.removeprefix(editor.root.as_uri() + "/"): text for uri, text in texts.items()}


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_fix(editor: Editor, line_break: str) -> None:
    text = SUPPORT.replace("name: Support", "name: 😀 Support").replace("first_sentence:", "frist_sentence:")
    text = text.replace("\n", line_break)
    action = actions(editor, text, "frist")["rename to `first_sentence`"]
    assert (action["kind"], action["isPreferred"]) == ("quickfix", True)
    assert [each["code"] for each in action["diagnostics"]] == ["RVX101"]
    assert action["edit"]["documentChanges"][0]["textDocument"]["version"] == editor.client.version
    assert applied(editor, action) == {PATH: text.replace("frist", "first")}


def test_an_unsafe_fix_says_so(editor: Editor) -> None:
    action = actions(editor, SUPPORT.replace("static", "statc"), "statc")["write `static` (unsafe)"]
    assert "isPreferred" not in action


def test_all_safe_fixes(editor: Editor) -> None:
    text = (
        SUPPORT.replace("first_sentence:", "frist_sentence:")
        .replace("provider:", "provder:")
        .replace("static", "statc")
    )
    found = actions(editor, text, "name", only=["source.fixAll"])
    (action,) = found.values()
    assert action["kind"] == "source.fixAll.revox-sync"
    assert applied(editor, action) == {PATH: SUPPORT.replace("static", "statc")}
    assert actions(editor, SUPPORT, "name", only=["source.fixAll"]) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: x\n", "# revox: ignore[RVX108] say why it stays\nid: x\n"),
        ("# revox: ignore[RVX101] known\nid: x\n", "# revox: ignore[RVX101, RVX108] known\nid: x\n"),
    ],
)
def test_a_suppression(editor: Editor, before: str, after: str) -> None:
    found = actions(editor, SUPPORT + before, "id: x\n")
    assert applied(editor, found["Suppress RVX108 here, with a reason"]) == {PATH: SUPPORT + after}


def test_a_finding_in_a_prompt_is_suppressed_where_it_is_included(editor: Editor) -> None:
    editor.open(PATH)
    found = actions(editor, "Call {{company} first.\n", "{{", "assistants/prompts/support.md")
    suppressed = found["Suppress RVX201 here, with a reason"]
    (change,) = suppressed["edit"]["documentChanges"]
    assert (change["textDocument"]["uri"], change["textDocument"]["version"] > 0) == (editor.uri(PATH), True)
    assert "# revox: ignore[RVX201] say why it stays\nprompt: !file" in applied(editor, suppressed)[PATH]


@pytest.mark.parametrize(
    "prompt",
    [
        "|\n  # Role 😀\n\n  Help {{company}}.\n",
        ">-\n  Help\n  them.\n\n  Well.\n",
        '"One\\n\\ttwo "\n',
        "|+\n  Help.\n\n\n",
    ],
)
def test_a_prompt_moves_to_a_file(editor: Editor, prompt: str) -> None:
    text = f"name: Support\nprompt: {prompt}first_sentence_mode: none\n"
    for marked in ("prompt:", prompt[:1]):
        action = actions(editor, text, marked)["Move `prompt` to prompts/support-2.md"]
        editor.close_all()
    editor.open(PATH, text)
    after = applied(editor, action)
    assert after[PATH].startswith("name: Support\nprompt: !file prompts/support-2.md\n")
    assert "first_sentence_mode: none\n" in after[PATH]

    def value(files: Mapping[str, str]) -> Any:
        write(editor.root, files)
        workspace = Workspace(DiskTree(editor.root))
        (environment, *_) = workspace.config.environments.values()
        return workspace.load(workspace.file_at(PATH), environment).value

    assert value({PATH: text}) == value(after)
    (editor.root / "assistants" / "prompts" / "support-2.md").unlink()


def test_another_text_moves_to_a_file_named_after_it(editor: Editor) -> None:
    text = SUPPORT + "voicemail_message: |\n  One.\n  Two.\n"
    action = actions(editor, text, "voicemail")["Move `voicemail_message` to prompts/support-voicemail_message.md"]
    assert applied(editor, action)["assistants/prompts/support-voicemail_message.md"] == "One.\nTwo.\n"


@pytest.mark.parametrize("marked", ["name", "static", "!file", "{id", "webhook"])
def test_nothing_to_move(editor: Editor, marked: str) -> None:
    assert not [title for title in actions(editor, SUPPORT, marked) if title.startswith("Move")]


def test_a_secret_becomes_an_environment_variable(editor: Editor) -> None:
    found = actions(editor, SUPPORT + OWN_MODEL, SECRET)
    action = found["Take it from the environment variable LLM_MODEL_API_KEY (`!env`)"]
    assert applied(editor, action) == {PATH: SUPPORT + OWN_MODEL.replace(SECRET, "!env LLM_MODEL_API_KEY")}
    assert SECRET not in str(found)


def test_a_secret_of_a_tool_is_named_after_it(editor: Editor) -> None:
    text = "custom_tools:\n  - name: send_copy\n    headers:\n      - key: X-Api-Key\n        value: " + SECRET + "\n"
    titles = actions(editor, SUPPORT + text, SECRET)
    assert "Take it from the environment variable SEND_COPY_X_API_KEY (`!env`)" in titles


def test_an_editor_that_knows_no_versions(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    text = SUPPORT.replace("first_sentence:", "frist_sentence:")
    with talking(COMMAND, tmp_path) as client:
        client.initialize(tmp_path, capabilities={})
        uri = client.open(tmp_path / PATH, text)
        position = spot(text, "frist")
        found = client.request(
            "textDocument/codeAction",
            textDocument={"uri": uri},
            range={"start": position, "end": position},
            context={"diagnostics": []},
        )
        (fix,) = [each for each in found if each["title"].startswith("rename")]
        assert [each["newText"] for each in fix["edit"]["changes"][uri]] == ["ir"]
