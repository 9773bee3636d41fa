"""A server in a process of its own, and a project for it; one for all tests of a module."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.finding import Finding
from revox_sync.output.text.visible import visible
from revox_sync.source.dependents import Dependents
from revox_sync.source.files.tree import DiskTree, OverlayTree
from revox_sync.source.model.place import SourceText
from revox_sync.source.workspace import Workspace
from tests.server.client import Client, talking

COMMAND: Final = [sys.executable, "-c", "from revox_sync.cli.main import entry; entry()", "server"]
PROMPT: Final = "# Role\n\nYou answer for {{company}}.\n"
SUPPORT: Final = """\
name: Support
prompt: !file prompts/support.md
first_sentence: Hello, this is Emma.
first_sentence_mode: static
voice: &emma {id: x, provider: cartesia, speed: 1.1}
call_retry_config: !include _shared/retry.yaml
webhook_url: !sub "${hooks}/x"
max_call_duration_secs: !var longest
"""
SALES: Final = """\
name: Sales
prompt: !file prompts/sales.md
call_retry_config: !include _shared/retry.yaml
"""
RETRY: Final = """\
max_retry_attempts: 3
call_twice_in_a_row: false
allowed_days: [monday]
calling_windows:
  - {calling_window_start_time: "09:00", calling_window_end_time: "18:30", retry_delay_seconds: 7200}
"""
CONFIGURATION: Final = """\
contract: "0.4"
environments:
  staging: {vars: {hooks: "https://stage.example.net", longest: 300}}
  production: {api_key: !env REVOX_API_KEY, vars: {hooks: "https://hooks.example.net", longest: 600}}
"""
FILES: Final = {
    "revox-sync.yaml": CONFIGURATION,
    "assistants/support.yaml": SUPPORT,
    "assistants/sales.yaml": SALES,
    "assistants/_shared/retry.yaml": RETRY,
    "assistants/prompts/support.md": PROMPT,
    "assistants/prompts/sales.md": "# Role\n\nYou sell.\n",
    "compose.yaml": "services: {}\n",
}
# What people and editors put into a file, good and bad.
PIECES: Final = (
    *("😀", "é", "\u2028", "\x85", "\r\n", "\n", "\t", " ", "  ", "- ", ": ", "#", "'", '"', "|", "{{", "}}", "{", "]"),
    *(
        "prompt: x\n",
        "name: Y\n",
        "\nvoice:\n  id: z\n",
        "!file prompts/x.md",
        "!include",
        "!env KEY",
        "{{company}",
        "\ufeff",
    ),
    *(
        "first_sentence_mode: statc\n",
        "# revox: ignore[RVX101] why\n",
        "id: asst\n",
        "TODO",
        "&a ",
        "*a",
        "<<: *emma\n",
    ),
)
CAPABILITIES: Final = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}},
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
    },
}


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode("utf-8", "surrogatepass"))


@dataclass(slots=True)
class Editor:
    """An editor in a project.

    Attributes:
        root: the project's folder.
        texts: what is open, by URI.
    """

    client: Client
    root: Path
    texts: dict[str, str]

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def open(self, path: str, text: str | None = None) -> list[dict[str, Any]]:
        """Open a file, with another text than it has; its diagnostics."""
        shown = (self.root / path).read_bytes().decode() if text is None else text
        uri = self.client.open(self.root / path, shown)
        self.texts[uri] = shown
        return self.client.diagnostics(uri, self.client.version)

    def edit(self, path: str, text: str) -> list[dict[str, Any]]:
        """Replace the whole text of an open file; its diagnostics."""
        uri = self.uri(path)
        self.texts[uri] = text
        return self.client.diagnostics(uri, self.client.change(uri, {"text": text}))

    def ask(self, method: str, path: str, **params: Any) -> Any:
        return self.client.request(f"textDocument/{method}", textDocument={"uri": self.uri(path)}, **params)

    def close_all(self) -> None:
        for uri in self.texts:
            self.client.close(uri)
        self.texts.clear()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """The server of the module, with its project."""
    root = tmp_path_factory.mktemp("project")
    write(root, FILES)
    with talking(COMMAND, root) as client:
        client.initialize(root, capabilities=CAPABILITIES, debounce=0)
        yield Editor(client, root, {})


@pytest.fixture
def editor(server: Editor) -> Iterator[Editor]:
    """The editor with nothing open and the project as it was."""
    write(server.root, FILES)
    server.client.notes.clear()
    yield server
    server.close_all()


def cold(root: Path, texts: Mapping[str, str], path: str) -> dict[str, list[tuple[str, str, int, int]]]:
    """What `lint --stdin-filename` finds, by path: code, sentence, line and column from 0 in UTF-16 units."""
    workspace = Workspace(OverlayTree(DiskTree(root), texts))
    files = Dependents(workspace).of(path)
    report = lint(workspace, files, list(workspace.config.environments.values()), processes=1).bounded
    found: dict[str, list[tuple[str, str, int, int]]] = {}
    for each in report.findings:
        found.setdefault(each.region.path, []).append(_flat(each, workspace))
    return {path: sorted(those) for path, those in found.items()}


def _flat(finding: Finding, workspace: Workspace) -> tuple[str, str, int, int]:
    region = finding.region
    before = workspace.source(region.path).line(region.line)[: region.column - 1]
    column = len(before.encode("utf-16-le", "surrogatepass")) // 2
    return finding.code, visible(finding.sentence), region.line - 1, column


def flat(diagnostics: list[dict[str, Any]]) -> list[tuple[str, str, int, int]]:
    """Diagnostics in the form of `cold`."""
    return sorted(
        (each["code"], each["message"], each["range"]["start"]["line"], each["range"]["start"]["character"])
        for each in diagnostics
    )


def random_edit(chance: random.Random, text: str, pieces: Sequence[str] = PIECES) -> tuple[dict[str, Any], str]:
    """A change as an editor sends it, and the text that it leads to."""
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((0, 0, 0, 1, 2, 9, 40)))
    piece = "".join(chance.choice(pieces) for _ in range(chance.randrange(3)))
    changed = {"range": {"start": position(text, start), "end": position(text, end)}, "text": piece}
    return changed, text[:start] + piece + text[end:]


def position(text: str, offset: int) -> dict[str, int]:
    """Where a character is, in UTF-16 units."""
    line, column = SourceText("", text).position(offset)
    before = SourceText("", text).line(line)[: column - 1]
    return {"line": line - 1, "character": len(before.encode("utf-16-le")) // 2}
