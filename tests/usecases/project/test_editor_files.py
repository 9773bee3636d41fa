"""What `init` writes for editors, tried with the real YAML language server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.cli.main import run
from revox_sync.config import Config
from revox_sync.usecases.project.editor_files import SCHEMA_FILE, vscode_settings
from tests.checkout import ROOT
from tests.server.client import Client, spot, talking

PROGRAM: Final = ROOT / "tools/yaml-language-server/node_modules/yaml-language-server/bin/yaml-language-server"
NODE: Final = shutil.which("node")
CAPABILITIES: Final = {
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
    },
}
MISTAKES: Final = """\
name: X
prompt: !file prompts/support.md
id: asst_1
transfer_phone_number: "+33199001200"
first_sentence_mode: statc
voice: {id: x, provider: cartsia}
voicemail_message: 3
webhook_url: !sub "${hooks}/x"
call_retry_config: !include _shared/retry.yaml
max_call_duration_secs: !var crm
"""


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor with that server, set up as `init` writes it, and a copy of the example project."""

    client: Client
    root: Path

    def found(self, path: Path, text: str) -> list[tuple[int, str]]:
        """Line, from 0, and message of each diagnostic."""
        uri = self.client.open(path, text)
        return sorted((each["range"]["start"]["line"], each["message"]) for each in self.client.diagnostics(uri))


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    if NODE is None or not PROGRAM.is_file():
        pytest.skip("the YAML language server is not installed: make yaml-language-server")
    root = tmp_path_factory.mktemp("editor")
    shutil.copytree(ROOT / "assistants", root / "assistants")
    shutil.copy(ROOT / "revox-sync.yaml", root)
    assert run(["init", "-C", str(root), "--ci", "none"]) == 0
    settings = json.loads((root / ".vscode" / "settings.json").read_text("utf-8"))
    # What the YAML extension of VS Code makes of its settings.
    yaml: dict[str, Any] = {key.removeprefix("yaml."): value for key, value in settings.items()}
    yaml |= {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
    yaml["schemas"] = {(root / path).resolve().as_uri(): globs for path, globs in yaml["schemas"].items()}
    with talking([NODE, str(PROGRAM), "--stdio"], root, yaml=yaml) as client:
        client.initialize(root, capabilities=CAPABILITIES)
        client.notify("workspace/didChangeConfiguration", settings={"yaml": yaml})
        yield Editor(client, root)


def test_no_false_alarm(editor: Editor) -> None:
    files = sorted((editor.root / "assistants").rglob("*.yaml"))
    assert len(files) > 8
    found = {path.name: editor.found(path, path.read_text("utf-8")) for path in files}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_true_ones(editor: Editor) -> None:
    assert editor.found(editor.root / "assistants" / "mistakes.yaml", MISTAKES) == [
        (2, "Property id is not allowed."),
        (3, "gone after contract 0.2; use `transfer_destinations` with a label for the number"),
        (4, 'Value is not accepted. Valid values: "generated", "static", "none".'),
        (5, 'Value is not accepted. Valid values: "cartesia", "elevenlabs", "gradium".'),
        (6, "Incorrect type. Expected one of string, null."),
    ]


def test_hover(editor: Editor) -> None:
    path = editor.root / "assistants" / "hover.yaml"
    editor.found(path, MISTAKES)
    position = spot(MISTAKES, "first_sentence_mode")
    shown = editor.client.request("textDocument/hover", textDocument={"uri": path.as_uri()}, position=position)
    assert "`static`: first\\_sentence is spoken word for word." in shown["contents"]["value"]


def test_completion(editor: Editor) -> None:
    path = editor.root / "assistants" / "completion.yaml"
    text = "name: X\nprompt: Y\nfirst_sentence_mode: \n\n"
    uri = editor.client.open(path, text)

    def offered(position: dict[str, int]) -> set[str]:
        answer = editor.client.request("textDocument/completion", textDocument={"uri": uri}, position=position)
        return {each["label"] for each in answer["items"]}

    assert {"generated", "static", "none", "!var"} <= offered(spot(text, "mode: ", behind=True))
    fields = offered({"line": 3, "character": 0})
    assert {"voice", "llm_model"} <= fields
    assert not fields & {"name", "prompt", "id", "created_at", "transfer_phone_number"}


def test_settings_name_every_tag() -> None:
    assert json.loads(vscode_settings(Config()))["yaml.customTags"] == [
        f"!{tag} scalar" for tag in ("file", "include", "env", "var", "sub")
    ]
    assert f"./{SCHEMA_FILE}" in json.loads(vscode_settings(Config()))["yaml.schemas"]
