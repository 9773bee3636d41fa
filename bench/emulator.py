"""An emulator in a process of its own, for the commands that need an API."""

from __future__ import annotations

import select
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from bench.measure import CannotRunError, environment

READY: Final = "listening on "
READY_SECONDS: Final = 30


class Emulator:
    """One emulator at a time, for one project; the project's configuration is made to name it.

    Args:
        program: path of `revox-sync`.
        root: the project.
        store: the database it answers from.
    """

    def __init__(self, program: str, root: Path, store: Path, latency_ms: int = 0) -> None:
        self._arguments = [program, "emulate", "--port", "0", "--data", str(store), "--latency-ms", str(latency_ms)]
        self._root = root
        self._process: subprocess.Popen[str] | None = None
        self._url = ""

    def start(self) -> None:
        """Start it. Raises CannotRunError when it is not ready in time."""
        self.stop()
        self._process = subprocess.Popen(self._arguments, env=environment(), stdout=subprocess.PIPE, text=True)
        stdout = self._process.stdout
        ready = stdout is not None and select.select([stdout], [], [], READY_SECONDS)[0]
        line = stdout.readline().strip() if stdout is not None and ready else ""
        if not line.startswith(READY):
            self.stop()
            raise CannotRunError("the emulator did not start")
        self._url = line.removeprefix(READY)
        self.aim()

    def aim(self) -> None:
        """Make the project's configuration name this emulator, where there are several."""
        configure(self._root, self._url)

    def stop(self) -> None:
        """Stop it, when it runs."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
            self._process = None


@contextmanager
def emulator(program: str, root: Path, store: Path, latency_ms: int = 0) -> Iterator[Emulator]:
    """An emulator that answers while the block runs."""
    served = Emulator(program, root, store, latency_ms)
    served.start()
    try:
        yield served
    finally:
        served.stop()


def configure(root: Path, base_url: str) -> None:
    """Write a configuration that names an emulator."""
    text = f'version: 1\ncontract: "0.4"\nenvironments:\n  bench: {{base_url: "{base_url}", api_key: emulator}}\n'
    (root / "revox-sync.yaml").write_text(text, "utf-8")


def creation_seconds(store: Path) -> tuple[int, float]:
    """Number of assistants in a database, and seconds from the first creation to the last."""
    with sqlite3.connect(store) as connection:
        query = "SELECT count(*), min(made), max(made) FROM (SELECT document ->> 'created_at' AS made FROM assistant)"
        count, first, last = connection.execute(query).fetchone()
    return count, (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
