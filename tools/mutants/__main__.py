"""Changes the code that nothing may go wrong in, one small change at a time, and sees whether a test fails.

`make mutants` tries every change of every subject; `make mutants ARGS='three_way --sample 40 --seed 1'` some. Each is
tried in a process of its own with the tests of its subject. A change that no test notices has survived: it wants a
test, or its reason in tools/mutants/survivors.toml.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Final

from tools.mutants.mutations import mutants
from tools.mutants.survivors import SURVIVORS, reasons
from tools.mutants.targets import ROOT, TARGETS, Target
from tools.mutants.trial import SURVIVING, Candidate, Trial, Verdict, run_trials

MOST_SURVIVORS: Final = 0.05


def main() -> int:
    """Try mutants; 1 where more than 5 % survive, or one without a reason does."""
    options = _options()
    known, total, unexplained = reasons(), Counter[Verdict](), 0
    for subject in options.subjects or TARGETS:
        verdicts = Counter[Verdict]()
        for candidate, verdict in _tried(TARGETS[subject], options):
            verdicts[verdict] += 1
            if verdict in SURVIVING:
                reason = known.get((candidate.module, candidate.mutant.name))
                unexplained += reason is None
                print(f"  {_place(candidate)}\n    {verdict}: {reason or 'no test notices it'}", flush=True)
        print(f"{subject}: {_counts(verdicts)}", flush=True)
        total += verdicts
    print(f"all: {_counts(total)}")
    if unexplained:
        print(f"{unexplained} survived without a reason in {SURVIVORS.relative_to(ROOT)}")
    return int(bool(unexplained) or _surviving(total) > MOST_SURVIVORS * total.total())


def _tried(target: Target, options: argparse.Namespace) -> Iterator[tuple[Candidate, Verdict]]:
    """What becomes of the mutants of a subject."""
    trial = Trial(ROOT, target.modules, target.all_tests)
    found = [candidate for module in target.modules for candidate in _chosen(trial, module, options)]
    yield from run_trials(trial, found, options.processes)


def _chosen(trial: Trial, module: str, options: argparse.Namespace) -> list[Candidate]:
    """The mutants of a module that the options name, in the order of the code; the same ones each time."""
    found = [Candidate(module, mutant) for mutant in mutants(trial.path(module).read_text("utf-8"))]
    if options.match is not None:
        found = [candidate for candidate in found if options.match in candidate.mutant.name]
    if options.sample is None or options.sample >= len(found):
        return found
    numbers = Random(f"{options.seed} {module}").sample(range(len(found)), options.sample)  # noqa: S311 - no secret
    return [found[number] for number in sorted(numbers)]


def _place(candidate: Candidate) -> str:
    module, mutant = candidate
    return f"revox_sync/{module}.py:{mutant.line} {mutant.name}"


def _counts(verdicts: Counter[Verdict]) -> str:
    number, survived = verdicts.total(), _surviving(verdicts)
    share = f" ({survived / number:.1%} survived)" if number else ""
    listed = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in Verdict if verdicts[verdict])
    return f"{number} mutants: {listed or 'none'}{share}"


def _surviving(verdicts: Counter[Verdict]) -> int:
    return sum(verdicts[verdict] for verdict in SURVIVING)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of each module, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1, help="decides which are chosen (default: 1)")
    parser.add_argument("--match", metavar="TEXT", help="only those whose function or code has this text in it")
    parser.add_argument("--processes", type=int, default=2, help="mutants at once (default: 2)")
    options = parser.parse_args()
    if unknown := set(options.subjects) - set(TARGETS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
