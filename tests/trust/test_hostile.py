"""Hostile projects: bounded time and memory, a documented exit code, a clear message, nothing raw on the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.store import Store
from revox_sync.errors import ExitCode
from tests.account import SCHEMAS
from tests.checkout import ROOT
from tests.source.repository import Repository
from tests.trust.hostile import DOCUMENTS, FILES, READERS, project

LONGEST: Final = 2_000_000
COMMANDS: Final = (
    ["lint", "--no-cache"],
    ["lint", "--no-cache", "-o", "github"],
    ["plan"],
    ["status"],
    ["pull", "--check"],
    ["import", "bad", "asst_1"],
    ["forget", "bad"],
    ["diff", "HEAD"],
    ["apply", "--auto-approve"],
    ["apply", "--auto-approve", "good"],
)
Ask = Callable[[Sequence[str]], Any]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Runs a command line in a process with little memory, the same for all."""
    command = [sys.executable, "-m", "tests.trust.hostile"]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:

        def ran(arguments: Sequence[str]) -> Any:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(arguments) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            assert answer, f"{arguments}: it took too long, or died"
            return json.loads(answer)

        yield ran
        process.kill()


def require_calm(ran: Any) -> None:
    """It ended as documented, and said so in a few plain words."""
    said = ran["out"] + ran["err"]
    assert ran["code"] in set(ExitCode) - {ExitCode.BUG, ExitCode.INTERRUPTED}, said[-2000:]
    assert "Traceback" not in said
    assert [each for each in said if not each.isprintable() and each != "\n"] == []
    assert len(said) < LONGEST
    assert "root:x:0" not in said
    assert ran["code"] == ExitCode.OK or said.strip()


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """An account nobody looks into."""
    with Store(None) as store, running(create_app(SCHEMAS, store)) as url:
        yield url


@pytest.mark.parametrize("name", FILES)
def test_an_assistant_file(name: str, tmp_path: Path, ask: Ask, base_url: str) -> None:
    root = project(tmp_path / "project", base_url)
    Repository.create(root).commit()
    FILES[name](root / "assistants/bad.yaml")
    for command in COMMANDS:
        require_calm(ask(["-C", str(root), *command]))


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("path", READERS)
def test_a_document(path: str, name: str, tmp_path: Path, ask: Ask, base_url: str) -> None:
    root = project(tmp_path / "project", base_url)
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    DOCUMENTS[name](target)
    for command in READERS[path]:
        words = [str(target) if each == path else each for each in command.split()]
        require_calm(ask(["-C", str(root), *words]))
