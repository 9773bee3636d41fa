"""A machine's copy of the project, and what the program says about it."""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from revox_sync.cli.main import run
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Intent, Journal, load_journal
from revox_sync.sync.state.lock_file import load_lock
from tools.soak.account import plain
from tools.soak.machine import Machine


@dataclass(frozen=True, slots=True)
class Checkout:
    """A machine and its copy of the project."""

    name: str
    root: Path
    machine: Machine
    log: Path

    @property
    def lock_path(self) -> Path:
        """Where its lock is."""
        return self.root / ".revox" / "local" / "test.lock.json"

    @property
    def lock(self) -> Lock:
        """The lock on disk."""
        return load_lock(self.lock_path, "test", None)

    @property
    def journal(self) -> Journal | None:
        """The journal on disk."""
        return load_journal(self.lock_path.with_name("test.journal.jsonl"))

    @property
    def ids(self) -> set[str]:
        """Assistants that lock or journal hold."""
        held = {entry.id for entry in self.lock.entries.values()}
        steps = self.journal.steps if self.journal else ()
        return held | {step.entry.id for step in steps if isinstance(step, Ending) and step.entry}

    @property
    def open_creates(self) -> list[Intent]:
        """Creates of which nobody knows the end."""
        intents = self.journal.open.values() if self.journal else ()
        return [intent for intent in intents if intent.action is Action.CREATE]

    def expects(self, name: str) -> bool:
        """Whether the journal says that an assistant of this name may turn up."""
        return any(plain(intent.name) == plain(name) for intent in self.open_creates)

    def run(self, environ: dict[str, str], *arguments: str) -> tuple[int, str]:
        """Run a command line in this process, on a quiet account: exit code and stdout."""
        os.environ.update(environ)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(["-C", str(self.root), "--color", "never", *arguments])
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ revox-sync {' '.join(arguments)}\n{out.getvalue()}{err.getvalue()}exit code {code}\n")
        return code, out.getvalue()

    def plan(self, environ: dict[str, str], *arguments: str) -> dict[str, Any]:
        """The plan of a quiet account."""
        code, out = self.run(environ, "plan", "-o", "json", *arguments)
        plan: dict[str, Any] = json.loads(out) if code == 0 else {"code": code}
        return plan
