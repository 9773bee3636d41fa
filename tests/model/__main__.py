"""The deep run of the explorer, `make explore`: worlds of the suite with more edits, more faults and more applies."""

from __future__ import annotations

import argparse
import sys
import time

from tests.model.explorer import WrongWorldError, explore
from tests.model.state import Budget
from tests.model.test_explorer import DEEP, WORLDS


def main() -> int:
    """Print how many states each world has; 1 where one of them goes wrong, with the way that leads there."""
    options = _options()
    code = 0
    for name in [name for name in WORLDS if options.world in {None, name}]:
        budget, started = Budget(*options.budget) if options.budget else DEEP[name], time.monotonic()
        try:
            found = f"{explore(WORLDS[name], budget):,} states, all of them right"
        except WrongWorldError as error:
            found, code = f"WRONG\n{error}", 1
        except MemoryError as error:
            found, code = str(error), 1
        most = f"{budget.author} edits of files, {budget.dashboard} of the dashboard, {budget.faults} faults"
        _say(f"{name}, at most {most}: {found} ({time.monotonic() - started:.0f} s)")
    return code


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument(
        "--budget",
        type=int,
        nargs=4,
        metavar=("AUTHOR", "DASHBOARD", "FAULTS", "APPLIES"),
        help="how often each may happen",
    )
    parser.add_argument("--world", choices=WORLDS, help="explore this one only")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
