"""The deep run of the explorer, `make explore`: worlds of the suite with more edits, more faults and more applies."""

from __future__ import annotations

import argparse
import sys
import time

from tests.model.explorer import WrongWorldError, explore
from tests.model.state import Budget
from tests.model.test_explorer import LARGER, WORLDS


def main() -> int:
    """Print how many states each world has; 1 where one of them goes wrong, with the way that leads there."""
    options = _options()
    budget, code = Budget(*options.budget), 0
    names = [name for name in WORLDS if options.world in {None, name}]
    _say(f"at most {budget.author} edits of files, {budget.dashboard} of the dashboard, {budget.faults} faults")
    for name in names:
        started = time.monotonic()
        try:
            found = f"{explore(WORLDS[name], budget):,} states, all of them right"
        except WrongWorldError as error:
            found, code = f"WRONG\n{error}", 1
        except MemoryError as error:
            found, code = str(error), 1
        _say(f"{name}: {found} ({time.monotonic() - started:.0f} s)")
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
        default=LARGER,
        metavar=("AUTHOR", "DASHBOARD", "FAULTS", "APPLIES"),
        help=f"how often each may happen (default: {' '.join(map(str, LARGER))})",
    )
    parser.add_argument("--world", choices=WORLDS, help="explore this one only")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
