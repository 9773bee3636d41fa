"""What is to be reached, as ratios of what one run measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bench.cases import CHECK, CLEAN, LATENCIES_MS, OURS, PYTHON, SLOW, YAMLLINT, at_latency, in_project
from bench.measure import Costs
from revox_sync.remote.http.adaptive_limit import MOST_AT_ONCE

Measured = Mapping[tuple[str, str], Costs]
"""Costs by case and label."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise.

    Attributes:
        text: what is promised.
        case: where it is measured.
        of: what of our costs: `wall`, `peak`, or a figure.
        against: label of the command whose time is compared; None: our own figure counts.
        least: how many times faster we are than `against`, or the least figure.
        most: how many times slower at most, or the highest figure.
        row: label of the command that is ours.
        extra: seconds that are added to the time of `against`.
    """

    text: str
    case: str
    of: Literal["wall", "peak", "share"] = "wall"
    against: str | None = None
    least: float | None = None
    most: float | None = None
    row: str = OURS
    extra: float = 0.0

    def value(self, measured: Measured) -> float | None:
        """What was reached; None where it was not measured."""
        ours = measured.get((self.case, self.row))
        other = measured.get((self.case, self.against or self.row))
        if ours is None or other is None:
            return None
        if self.against is None:
            return ours.figure("share") if self.of == "share" else getattr(ours, self.of)
        theirs = other.wall + self.extra
        return theirs / ours.wall if self.least is not None else ours.wall / theirs

    def reached(self, value: float) -> bool:
        """Whether a value is good enough."""
        return value >= self.least if self.least is not None else self.most is None or value <= self.most


_ROUNDS: Final = SLOW / MOST_AT_ONCE * LATENCIES_MS[0] / 1000
"""Seconds that a slow API takes for all assistants, were as many requests under way as ever may be."""
_SLOWLY: Final = (
    f"of {SLOW} with FAQ at {LATENCIES_MS[0]} ms: at most 1.3 × (rounds of {MOST_AT_ONCE} + the same at 0 ms)"
)
BARS: Final = (
    Bar("`--version`: at most 2.5 × `python -c pass`", "version", against=PYTHON, most=2.5),
    Bar("`--help`: at most 2.5 × `python -c pass`", "help", against=PYTHON, most=2.5),
    Bar("completion: at most 2.5 × `python -c pass`", "completion", against=PYTHON, most=2.5),
    Bar("lint 1 file: at least 4.5 × faster than check-jsonschema", "lint-1", against=CHECK, least=4.5),
    Bar("lint 1 file: faster than yamllint", "lint-1", against=YAMLLINT, least=1.0),
    Bar("lint 1 file: at most 4.5 × `python -c pass`", "lint-1", against=PYTHON, most=4.5),
    Bar("lint 1,000: at least 6 × faster than check-jsonschema", "lint-1000", against=CHECK, least=6.0),
    Bar("lint 1,000: at least 20 × faster than yamllint", "lint-1000", against=YAMLLINT, least=20.0),
    Bar("lint 1,000 warm: at least 40 × faster than check-jsonschema", "lint-1000-warm", against=CHECK, least=40.0),
    Bar("lint 1,000: peak memory below 120 MB", "lint-1000", of="peak", most=120.0),
    Bar("lint 1,000 with mistakes: at most 1.5 × without", "lint-1000-broken", against=CLEAN, most=1.5),
    Bar("lint 10,000: at most 11 × 1,000", "lint-10000", against="revox-sync, 1,000 files", most=11.0),
    Bar("hook in 1,000: at most 1.2 × 10", "lint-hook", row=in_project(1_000), against=in_project(10), most=1.2),
    Bar("hook in 10,000: at most 1.6 × 10", "lint-hook", row=in_project(10_000), against=in_project(10), most=1.6),
    *(
        Bar(f"{name} {_SLOWLY}", f"{name.split()[0]}-latency", against=at_latency(0), most=1.3, extra=_ROUNDS)
        for name in ("plan", "status", "pull --check")
    ),
    Bar("plan 2,000 with FAQ: at most 2.2 s", "plan-2000-faq", most=2.2),
    Bar("plan 2,000 with FAQ: peak memory at most 100 MB", "plan-2000-faq", of="peak", most=100.0),
    Bar("plan 2,000: at most 3 s", "plan-2000", most=3.0),
    Bar("plan 2,000: at most 4.4 × 500", "plan-2000", against="revox-sync, 500 against 500", most=4.4),
    Bar("plan 10,000: at most 12 s", "plan-10000", most=12.0),
    Bar("plan 10,000: peak memory at most 300 MB", "plan-10000", of="peak", most=300.0),
    Bar("apply: at least 88 % of parallelism ÷ latency at 8", "apply-8", of="share", least=0.88),
    Bar("apply: at least 75 % of parallelism ÷ latency at 32", "apply-32", of="share", least=0.75),
)
