"""From an edit to its diagnostics: our language server beside the YAML language server, in a project of 500 files.

`make bench ARGS=editor`. Both get the same edits over the same client; the YAML language server knows the schema that
`revox-sync schema editor` prints, and none of our rules. It waits 200 ms before it looks at a text, we wait 150 ms.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.cases import ROOT
from bench.corpus import path_of, write_project
from revox_sync.contract.editor_schema import CUSTOM_TAGS, editor_schema
from tests.server.client import Client, talking

COUNT: Final = 500
EDITED: Final = 3
EDITS: Final = 30
OURS: Final = [sys.executable, "-c", "from revox_sync.cli.main import entry; entry()", "server"]
THEIRS: Final = ROOT / "tools/yaml-language-server/node_modules/yaml-language-server/bin/yaml-language-server"
_START: Final = {"line": 0, "character": 0}


@dataclass(frozen=True, slots=True)
class Edited:
    """What edits cost a server.

    Attributes:
        wall: median seconds from an edit to its diagnostics.
        cpu: seconds of the server's processor for one edit.
        memory: MB that the server holds at the end.
    """

    wall: float
    cpu: float
    memory: float


def lines() -> Iterator[str]:
    """The table, as Markdown."""
    if not Path("/proc/self/stat").exists():
        yield "There is no /proc, which says what a process costs."
        return
    with tempfile.TemporaryDirectory(prefix="revox-sync-bench-") as folder:
        root = Path(folder)
        write_project(root, COUNT)
        yield f"From an edit to its diagnostics, one file in a project of {COUNT}; {EDITS} edits, medians."
        yield ""
        yield "| server | time | processor | memory |"
        yield "|---|--:|--:|--:|"
        yield _row("revox-sync, without waiting", _ours(root, {"debounce": 0}))
        yield _row("revox-sync, as it is set (waits 150 ms)", _ours(root, {}))
        node = shutil.which("node")
        if node is None or not THEIRS.is_file():
            yield "| yaml-language-server | not installed: make yaml-language-server | | |"
        else:
            yield _row("yaml-language-server (waits 200 ms)", _theirs([node, str(THEIRS), "--stdio"], root))


def _row(name: str, cost: Edited) -> str:
    return f"| {name} | {cost.wall * 1000:.0f} ms | {cost.cpu * 1000:.0f} ms | {cost.memory:.0f} MB |"


def _ours(root: Path, options: dict[str, Any]) -> Edited:
    with talking(OURS, root) as client:
        client.initialize(root, **options)
        return _edit(client, root, versioned=True)


def _theirs(command: Sequence[str], root: Path) -> Edited:
    schema = root / "revox-sync.schema.json"
    schema.write_text(json.dumps(editor_schema(None, ())), "utf-8")
    yaml = {
        "validate": True,
        "customTags": CUSTOM_TAGS,
        "schemas": {schema.as_uri(): ["assistants/**/*.yaml"]},
        "schemaStore": {"enable": False},
    }
    capabilities = {"workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}}
    with talking(command, root, yaml=yaml) as client:
        client.initialize(root, capabilities=capabilities)
        client.notify("workspace/didChangeConfiguration", settings={"yaml": yaml})
        return _edit(client, root, versioned=False)


def _edit(client: Client, root: Path, *, versioned: bool) -> Edited:
    path = path_of(root, EDITED)
    uri = client.open(path, path.read_text("utf-8"))
    client.diagnostics(uri)
    times: list[float] = []
    spent = 0.0
    for number in range(EDITS + 1):
        # A field that does not exist comes and goes, so that each edit changes what is found.
        added = {"range": {"start": _START, "end": _START}, "text": "promt: x\n"}
        removed = {"range": {"start": _START, "end": {"line": 1, "character": 0}}, "text": ""}
        if number == 1:  # the first edit loads what the others find loaded
            spent = _processor_seconds(client.pid)
        begun = time.perf_counter()
        version = client.change(uri, removed if number % 2 else added)
        found = client.diagnostics(uri, version if versioned else None)
        times.append(time.perf_counter() - begun)
        if bool(found) == bool(number % 2):
            raise RuntimeError(f"unexpected diagnostics after edit {number}: {found}")
    used = _processor_seconds(client.pid) - spent
    return Edited(statistics.median(times[1:]), used / EDITS, _memory(client.pid))


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
