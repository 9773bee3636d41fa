"""Thousands of applies while everything goes wrong, and a check that nothing was lost: `make soak`.

Each round is a project and an account of its own: files that change, move and go, edits in the dashboard before and
during applies, a second machine, processes that are killed, a server with every kind of fault. Then the world becomes
quiet, the program is run until it has nothing to do, and account, lock, journal and disk are checked.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.routing import Mount

from revox_sync.emulator.server import running
from tools.soak.account import NOTHING, Switchboard
from tools.soak.machine import Machine, serve
from tools.soak.round import Round
from tools.soak.tally import Tally

FORK: Final = get_context("fork")
"""Machines are forked before there is a thread; each has all modules then."""
Report = tuple[int, Tally, Path | None]


def work(options: argparse.Namespace, first: int, applies: Synchronized[int], reports: Queue[Report | None]) -> None:
    """Play every n-th round until there were enough applies."""
    oldest = FORK.Value("d", NOTHING)
    machines = (_machine(oldest), _machine(oldest))
    board = Switchboard(oldest)
    with ExitStack() as stack:
        for machine in machines:
            stack.callback(machine.retire)
        base_url = stack.enter_context(running(Starlette(routes=[Mount("", app=board)])))
        number = first
        while applies.value < options.applies:
            report = play(options, number, board, base_url, machines)
            with applies.get_lock():
                applies.value += report[1].applies
            reports.put(report)
            if options.round is not None:
                break
            number += options.workers
    reports.put(None)


def _machine(oldest: Synchronized[float]) -> Machine:
    ours, theirs = FORK.Pipe()
    FORK.Process(target=serve, args=(theirs, oldest), daemon=False).start()
    return Machine(ours)


def play(
    options: argparse.Namespace, number: int, board: Switchboard, base_url: str, machines: tuple[Machine, Machine]
) -> Report:
    """One round; its folder stays where something is wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"soak-{options.seed}-{number}-"))
    try:
        tally = Round(options.seed, number, folder, board, base_url, machines).play()
    except Exception:  # noqa: BLE001 - a round that cannot be played is reported like any other
        tally = Tally(rounds=1, other=[traceback.format_exc()])
    if tally.violations or options.keep:
        return number, tally, folder
    shutil.rmtree(folder)
    return number, tally, None


def main() -> int:
    """Run a soak; 1 where anything was lost, doubled or shown that must not be."""
    options = _options()
    applies, reports = FORK.Value("i", 0), FORK.Queue()
    started, total, idle = time.monotonic(), Tally(), 0
    first = range(options.workers) if options.round is None else (options.round,)
    workers = [FORK.Process(target=work, args=(options, number, applies, reports)) for number in first]
    for worker in workers:
        worker.start()
    while idle < len(workers):
        report = reports.get()
        if report is None:
            idle += 1
        else:
            total.add(report[1])
            _tell(options, report)
            if sys.stderr.isatty():
                print(f"\r{applies.value} of {options.applies} applies", end="\r", file=sys.stderr)
    for worker in workers:
        worker.join()
    rows = list(total.rows(time.monotonic() - started, options.seed))
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:{width}}  {number:>9}" for name, number in rows))
    return 1 if total.violations else 0


def _tell(options: argparse.Namespace, report: Report) -> None:
    number, tally, folder = report
    for violation in tally.violations:
        print(f"round {number}: {violation}")
    if tally.violations:
        print(f"  again: python -m tools.soak --seed {options.seed} --round {number}; its files are in {folder}")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--applies", type=int, default=2000, help="how many at least (default: 2000)")
    parser.add_argument("--seed", type=int, default=1, help="decides what happens (default: 1)")
    parser.add_argument("--round", type=int, help="play this one only")
    parser.add_argument("--workers", type=int, default=4, help="rounds at once (default: 4)")
    parser.add_argument("--keep", action="store_true", help="keep the files of every round")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
