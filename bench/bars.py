"""What is to be reached, as ratios of what one run measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bench.cases import CHECK, OURS, PYTHON, YAMLLINT
from bench.measure import Costs

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
    """

    text: str
    case: str
    of: Literal["wall", "peak", "share"] = "wall"
    against: str | None = None
    least: float | None = None
    most: float | None = None

    def value(self, measured: Measured) -> float | None:
        """What was reached; None where it was not measured."""
        ours = measured.get((self.case, OURS))
        other = measured.get((self.case, self.against or OURS))
        if ours is None or other is None:
            return None
        if self.against is None:
            return ours.figure("share") if self.of == "share" else getattr(ours, self.of)
        return other.wall / ours.wall if self.least is not None else ours.wall / other.wall

    def reached(self, value: float) -> bool:
        """Whether a value is good enough."""
        return value >= self.least if self.least is not None else self.most is None or value <= self.most


BARS: Final = (
    Bar("lint 1 file: at least 4.5 × faster than check-jsonschema", "lint-1", against=CHECK, least=4.5),
    Bar("lint 1 file: faster than yamllint", "lint-1", against=YAMLLINT, least=1.0),
    Bar("lint 1 file: at most 5 × `python -c pass`", "lint-1", against=PYTHON, most=5.0),
    Bar("lint 1,000: at least 6 × faster than check-jsonschema", "lint-1000", against=CHECK, least=6.0),
    Bar("lint 1,000: at least 20 × faster than yamllint", "lint-1000", against=YAMLLINT, least=20.0),
    Bar("lint 1,000 warm: at least 40 × faster than check-jsonschema", "lint-1000-warm", against=CHECK, least=40.0),
    Bar("lint 1,000: peak memory below 120 MB", "lint-1000", of="peak", most=120.0),
    Bar("lint 10,000: at most 11 × 1,000", "lint-10000", against="revox-sync, 1,000 files", most=11.0),
    Bar("plan 2,000: at most 3 s", "plan-2000", most=3.0),
    Bar("plan 2,000: at most 4.4 × 500", "plan-2000", against="revox-sync, 500 against 500", most=4.4),
    Bar("apply: at least 85 % of parallelism ÷ latency at 8", "apply-8", of="share", least=0.85),
    Bar("apply: at least 65 % of parallelism ÷ latency at 32", "apply-32", of="share", least=0.65),
)
