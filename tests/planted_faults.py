"""Programs that do what must not be done: a soak has to notice. `python -m tests.planted_faults` plays them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx

from revox_sync.cli.main import run
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.usecases.project.settings import World
from tools.soak.machine import Program
from tools.soak.play import stage

SEED: Final = 7
MOST_ROUNDS: Final = 5


def logs_a_secret(arguments: list[str], world: World) -> int:
    """Writes down what it sends."""
    code = run(arguments, world)
    (_root(arguments) / ".revox" / "sent.log").write_text(os.environ["SOAK_TOOL"], "utf-8")
    return code


def overwrites_edits(arguments: list[str], world: World) -> int:
    """Overwrites edits though nobody has told it to."""
    if "apply" in arguments:
        arguments = [*arguments, "--on-drift", "revert"]
    return run(arguments, world)


def repeats_creates(arguments: list[str], world: World) -> int:
    """Sends each create twice, as if a repeat were harmless."""

    def doubled(settings: ClientSettings) -> ClientSettings:
        patient = world.client(settings) if world.client else settings
        return replace(patient, transport=Twice(patient.transport))

    return run(arguments, world._replace(client=doubled))


class Twice(httpx.BaseTransport):
    """A network that sends each POST twice."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        if request.method == "POST":
            extensions = request.extensions
            self._network.handle_request(request).read()
            request.extensions = extensions
        response: httpx.Response = self._network.handle_request(request)
        return response


def forgets_an_entry(arguments: list[str], world: World) -> int:
    """Loses the last entry of each lock that it has written."""
    code = run(arguments, world)
    for path in (_root(arguments) / ".revox" / "local").glob("*.lock.json"):
        lock = json.loads(path.read_text("ascii"))
        if lock["assistants"]:
            lock["assistants"].popitem()
            path.write_text(json.dumps(lock), "ascii")
    return code


def writes_while_it_reads(arguments: list[str], world: World) -> int:
    """Writes the lock anew where it only had to read it."""
    code = run(arguments, world)
    if "plan" in arguments or "status" in arguments:
        for path in (_root(arguments) / ".revox" / "local").glob("*.lock.json"):
            path.write_text(path.read_text("ascii") + "\n", "ascii")
    return code


def crashes(arguments: list[str], world: World) -> int:
    """Has a bug."""
    del world
    raise RuntimeError(arguments[-1])


PLANTED: Final[dict[str, tuple[Program, str]]] = {
    "leak": (logs_a_secret, "leaks"),
    "lost update": (overwrites_edits, "lost_updates"),
    "duplicate": (repeats_creates, "duplicates"),
    "lost lock entry": (forgets_an_entry, "lost_entries"),
    "wrong": (crashes, "other"),
    "a write of a command that reads": (writes_while_it_reads, "other"),
}
"""What the soak has to say, the program that does it, and the list of `Tally` that it is in."""


def _root(arguments: list[str]) -> Path:
    return Path(arguments[arguments.index("-C") + 1])


def _found(play: Callable[[int], Any], kind: str) -> list[str]:
    """What is found in the first round in which something of a kind is found."""
    for number in range(MOST_ROUNDS):
        found: list[str] = getattr(play(number).tally, kind)
        if found:
            return found
    return []


def main() -> None:
    """Print, as JSON, what was found of each fault, and the digest of a round without any."""
    with stage() as played:
        found = {}
        for name, (program, kind) in PLANTED.items():

            def play(number: int, program: Program = program) -> Any:
                return played.play(SEED, number, impatient=True, program=program)

            found[name] = _found(play, kind)
        healthy = played.play(SEED, 0)
    json.dump({"found": found, "digest": healthy.digest, "violations": healthy.tally.violations}, sys.stdout)


if __name__ == "__main__":
    main()
