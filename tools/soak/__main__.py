"""Thousands of applies while everything goes wrong, and a check that nothing was lost: `make soak`.

Each round is a project and an account of its own: files that change, move and go, branches, edits in the dashboard
before and during applies, a second machine, a second environment, processes that are killed, a server with every kind
of fault and habit. Then the world becomes quiet, the program is run until it has nothing to do, and account, lock,
journal and disk are checked. Time is not this computer's: a round is the same every time it is played.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from tools.soak.play import Report, stage
from tools.soak.tally import Tally

_REPLAY: Final = re.compile(r"(\d+):(\d+)")


def main() -> int:
    """Run a soak; 1 where anything was lost, doubled or shown that must not be."""
    options = _options()
    started, total, played = time.monotonic(), Tally(), hashlib.blake2b(digest_size=8)
    # Who presses Ctrl-C wants to know what was played so far.
    with suppress(KeyboardInterrupt):
        for report in _reports(options):
            total.add(report.tally)
            played.update(report.digest.encode())
            _tell(options, report)
            if sys.stderr.isatty():
                print(f"\r{total.applies} of {options.applies} applies", end="\r", file=sys.stderr)
    seed = options.replay[0] if options.replay else options.seed
    rows = [*total.rows(time.monotonic() - started, seed), ("digest of everything", played.hexdigest())]
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:{width}}  {number:>16}" for name, number in rows))
    return 1 if total.violations else 0


def _reports(options: argparse.Namespace) -> Iterator[Report]:
    applies, number = 0, 0
    with stage() as played:
        if options.replay is not None:
            yield played.play(*options.replay, keep=True)
            return
        while applies < options.applies:
            report = played.play(options.seed, number, keep=options.keep)
            applies, number = applies + report.tally.applies, number + 1
            yield report


def _tell(options: argparse.Namespace, report: Report) -> None:
    seed, number = options.replay or (options.seed, report.number)
    for violation in report.tally.violations:
        print(f"round {seed}:{number}: {violation}")
    if report.tally.violations:
        print(f"  again: python -m tools.soak --replay {seed}:{number}")
    if report.folder is not None:
        trace = report.folder / "trace.txt"
        trace.write_text("\n".join(report.trace) + "\n", "utf-8")
        print(f"  round {seed}:{number} has the digest {report.digest}; its files and trace.txt are in {report.folder}")
    sys.stdout.flush()


def _round(text: str) -> tuple[int, int]:
    found = _REPLAY.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"`{text}` is not SEED:ROUND, two whole numbers such as 3:17")
    return int(found[1]), int(found[2])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--applies", type=int, default=2000, help="how many at least (default: 2000)")
    parser.add_argument("--seed", type=int, default=1, help="decides what happens (default: 1)")
    parser.add_argument("--replay", type=_round, metavar="SEED:ROUND", help="play one round again, and keep its files")
    parser.add_argument("--keep", action="store_true", help="keep the files of every round")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
