"""The conversation: unknown and broken messages, cancellation, secrets, memory, goodbye."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.server.client import talking
from tests.server.conftest import COMMAND, FILES, SUPPORT, Editor, write

SECRET: Final = "sk-proj-4f9QzL81mVtRb7XwKc2NdYh6"  # noqa: S105 - made up
SUPPORT_PATH: Final = "assistants/support.yaml"


def test_capabilities(editor: Editor) -> None:
    assert editor.client.capabilities["positionEncoding"] == "utf-16"
    assert editor.client.capabilities["textDocumentSync"]["change"] == 2


@pytest.mark.parametrize(
    "message",
    [
        b"{",
        b"[]",
        b"null",
        b'{"jsonrpc": "2.0"}',
        b'{"jsonrpc": "1.0", "method": "textDocument/didOpen", "params": {}}',
        b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": 3}}',
        (
            b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument":'
            b' {"uri": "file:///no", "version": 1}, "contentChanges": [{"text": "x"}]}}'
        ),
        b'{"jsonrpc": "2.0", "method": "textDocument/didClose", "params": {"textDocument": {"uri": "file:///no"}}}',
        (
            b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument":'
            b' {"uri": "untitled:1", "languageId": "yaml", "version": 1, "text": "a: b"}}}'
        ),
        (
            b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument":'
            b' {"uri": "file:///%00", "languageId": "yaml", "version": 1, "text": "a: b"}}}'
        ),
        b'{"jsonrpc": "2.0", "method": "$/unheardOf", "params": {}}',
        b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 99999}}',
        b'{"jsonrpc": "2.0", "id": 99999, "result": 3}',
        b'{"jsonrpc": "2.0", "method": "workspace/didChangeConfiguration", "params": {"settings": null}}',
        b"\xff\xfe",
    ],
)
def test_a_broken_message_is_survived(editor: Editor, message: bytes) -> None:
    editor.client.send_raw(message)
    assert editor.open(SUPPORT_PATH) == []


@pytest.mark.parametrize(
    ("method", "code"), [("textDocument/unheardOf", -32601), ("textDocument/hover", -32602), ("initialize", -32602)]
)
def test_every_request_is_answered(editor: Editor, method: str, code: int) -> None:
    answer = editor.client.answer(editor.client.ask(method, textDocument=SECRET))
    assert answer["error"]["code"] == code
    assert "data" not in answer["error"]
    assert SECRET not in json.dumps(answer)


def test_edits_outside_of_the_text_change_its_end(editor: Editor) -> None:
    editor.open(SUPPORT_PATH)
    far = {"line": 999, "character": 999}
    version = editor.client.change(editor.uri(SUPPORT_PATH), {"range": {"start": far, "end": far}, "text": "id: x\n"})
    (found,) = editor.client.diagnostics(editor.uri(SUPPORT_PATH), version)
    assert (found["code"], found["range"]["start"]["line"]) == ("RVX108", SUPPORT.count("\n"))


def test_half_of_a_surrogate_pair_is_survived(editor: Editor) -> None:
    assert editor.open(SUPPORT_PATH, "name: \ud83d\nprompt: x\n") != []
    assert editor.edit(SUPPORT_PATH, SUPPORT) == []


def test_no_secret_in_what_is_said(editor: Editor) -> None:
    text = SUPPORT + f"llm_model: {{type: custom, api_url: https://x.example.net, api_key: {SECRET}, model_name: x}}\n"
    found = editor.open(SUPPORT_PATH, text)
    assert [each["code"] for each in found] == ["RVX501"]
    editor.edit(SUPPORT_PATH, text + f"id: {SECRET}\nwebhook_url: [{SECRET}\n")
    assert SECRET not in json.dumps([found, editor.client.notes])
    assert SECRET.encode() not in editor.client.errors


def test_a_link_out_of_the_project_is_not_followed(editor: Editor) -> None:
    outside = editor.root.parent / "secret.md"
    outside.write_text(SECRET, "utf-8")
    for reference in ("../../secret.md", str(outside)):
        found = editor.open(SUPPORT_PATH, SUPPORT.replace("prompts/support.md", reference))
        assert [each["code"] for each in found] == ["RVX006"]
        assert SECRET not in json.dumps(found)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says how much memory a process has")
@pytest.mark.long
def test_memory_is_bounded(editor: Editor) -> None:
    def pages() -> int:
        return int(Path(f"/proc/{editor.client.pid}/statm").read_text("ascii").split()[1])

    def type_a_lot() -> None:
        uri, start = editor.uri(SUPPORT_PATH), {"line": 0, "character": 0}
        for number in range(400):
            editor.client.change(uri, {"range": {"start": start, "end": start}, "text": f"# {number}\n"})
            if number % 40 == 0:
                editor.client.diagnostics(uri, editor.client.version)
        editor.edit(SUPPORT_PATH, SUPPORT)

    editor.open(SUPPORT_PATH)
    type_a_lot()
    before = pages()
    for _ in range(3):
        type_a_lot()
    assert pages() < before * 1.03


def test_it_asks_to_be_told_of_changes_on_the_disk(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    watching = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    with talking(COMMAND, tmp_path) as client:
        client.initialize(tmp_path, capabilities=watching)
        uri = client.open(tmp_path / SUPPORT_PATH, SUPPORT)
        client.diagnostics(uri)
        client.request("textDocument/foldingRange", textDocument={"uri": uri})
        (asked,) = client.asked
        assert asked["method"] == "client/registerCapability"
        (registered,) = asked["params"]["registrations"]
        assert registered["method"] == "workspace/didChangeWatchedFiles"


def test_goodbye(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    with talking(COMMAND, tmp_path) as client:
        client.initialize(tmp_path, capabilities={"general": {"positionEncodings": ["utf-8", "utf-16"]}})
        assert client.capabilities["positionEncoding"] == "utf-8"
        text = 'name: é😀\nprompt: "é😀{{a}"\n'
        client.open(tmp_path / SUPPORT_PATH, text)
        (found,) = client.diagnostics((tmp_path / SUPPORT_PATH).as_uri())
        assert found["range"]["start"] == {"line": 1, "character": len(b'prompt: "') + 6}
        assert client.end() == 0
        assert client.errors == b""


def test_an_exit_without_goodbye_is_told_apart(tmp_path: Path) -> None:
    with talking([*COMMAND, "--stdio"], tmp_path) as client:
        client.initialize(tmp_path)
        client.notify("exit")
        assert client.ended() == 1


def test_an_editor_that_is_gone_ends_it(tmp_path: Path) -> None:
    ended = subprocess.run(COMMAND, cwd=tmp_path, input=b"", capture_output=True, check=False, timeout=30)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_hostile_positions_are_answered(editor: Editor) -> None:
    editor.open(SUPPORT_PATH, "&a [*a, *a]\n<<: *a\n? [x]\n: {{{{\n")
    for line, character in ((0, 0), (0, 99), (3, 4), (99, 99), (2**31 - 1, 2**31 - 1)):
        position = {"line": line, "character": character}
        for method in ("hover", "completion", "definition"):
            editor.ask(method, SUPPORT_PATH, position=position)
        spot = {"start": position, "end": position}
        editor.ask("codeAction", SUPPORT_PATH, range=spot, context={"diagnostics": []})
    told = [note for note in editor.client.notes if note["method"] == "window/logMessage"]
    assert told == []


def test_what_is_not_open_has_no_answer(editor: Editor) -> None:
    position = {"line": 0, "character": 0}
    assert editor.ask("hover", "assistants/never.yaml", position=position) is None
    assert editor.ask("documentSymbol", "assistants/never.yaml") is None
