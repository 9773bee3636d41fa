"""What commands cost grows with the number of assistants, and not with its square: by counts, without a clock."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import revox_sync
from tests.account import Account

OURS = str(Path(str(revox_sync.__file__)).parent)
EMULATOR = f"{OURS}/emulator"
FAQ = [{"question": "Do you deliver?", "answer": "Yes."}]
STAGES = (8, 16, 32)
"""Assistants that come in each stage."""
ONE_AT_A_TIME = ("--parallelism", "1")


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Calls of our functions in all threads that begin in the block, and in this one; the emulator's do not count."""
    found: Counter[str] = Counter()

    def watch(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(OURS) and not name.startswith(EMULATOR):
            found[f"{name.removeprefix(OURS)} {frame.f_code.co_qualname}"] += 1

    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def declared(number: int, sentence: str) -> dict[str, object]:
    return {"faq_items": FAQ, "voice": {"provider": "cartesia", "id": "v1"}, "first_sentence": f"{sentence} {number}"}


COMMANDS: dict[str, Callable[[Account], int]] = {
    "lint": lambda account: account.run("lint", "--no-cache").code,
    "lint again": lambda account: account.run("lint").code,
    "fmt": lambda account: account.run("fmt", "--check").code,
    "plan of creates": lambda account: account.run("plan").code,
    "apply of creates": lambda account: account.apply(*ONE_AT_A_TIME).code,
    "plan": lambda account: account.run("plan").code,
    "status": lambda account: account.run("status").code,
    "pull": lambda account: account.run("pull", "--check").code,
    "env": lambda account: account.run("env", "--online").code,
    "plan of updates": lambda account: account.run("plan", "--save", str(account.root / "plan.json")).code,
    "show": lambda account: account.run("show", str(account.root / "plan.json")).code,
    "apply of updates": lambda account: account.apply(*ONE_AT_A_TIME).code,
    "apply of deletes": lambda account: account.apply(*ONE_AT_A_TIME, "--prune", "--max-deletes", "99").code,
}


def costs(account: Account) -> dict[str, list[Counter[str]]]:
    """What each command costs in each stage, after which as many assistants more are there."""
    found: dict[str, list[Counter[str]]] = {name: [] for name in COMMANDS}
    for warming, number in ((True, 2), *((False, each) for each in STAGES)):
        names = [f"{number}/a{each}" for each in range(number)]
        for each, name in enumerate(names):
            account.declare(name, **declared(each, "Hello"))
        for command, act in COMMANDS.items():
            if command == "plan of updates":
                for each, name in enumerate(names):
                    account.declare(name, **declared(each, "Hi"))
            if command == "apply of deletes":
                for name in names:
                    (account.root / f"assistants/{name}.yaml").unlink()
            with counted() as calls:
                code = act(account)
            assert code == 0, (command, number)
            if not warming:
                found[command].append(calls)
    return found


def test_twice_as_many_assistants_cost_twice_as_much(account: Account) -> None:
    account.configure()
    beside = [f"{name}: {calls}" for name, stages in costs(account).items() for calls in squares(stages)]
    assert beside == []


def squares(stages: list[Counter[str]]) -> Iterator[str]:
    """Functions whose calls grow faster than the assistants."""
    few, more, many = stages
    for name in many:
        before, after = more[name] - few[name], many[name] - more[name]
        # From one stage to the next the step doubles; four times as much is a square.
        if after > 2.5 * before + 20:
            yield f"{name} {few[name]}, {more[name]}, {many[name]}"
