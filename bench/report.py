"""What a run found, as Markdown."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.bars import BARS, Bar
from bench.cases import CHECK, OURS, YAMLLINT, Bench
from bench.measure import Costs

MEASURED: Final = "measured"
"""Name of the part of a page that all tables replace."""
BARS_ONLY: Final = "bars"
"""Name of the part that the table of bars replaces."""


@dataclass(slots=True)
class Results:
    """What one run measured.

    Attributes:
        costs: by title of the case, in order.
        by_label: the same by name of the case and label.
        failures: why a case gave no figures, by title.
    """

    costs: dict[str, Sequence[Costs]] = field(default_factory=dict)
    by_label: dict[tuple[str, str], Costs] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, title: str, costs: Sequence[Costs]) -> None:
        """Keep what a case measured."""
        self.costs[title] = costs
        self.by_label |= {(name, each.label): each for each in costs}


def tables(results: Results) -> str:
    """All cases, then the bars."""
    parts = list(_table(results.costs))
    if results.failures:
        parts += ["", "Not measured:", "", *(f"- {title}: {why}" for title, why in results.failures.items())]
    return "\n".join([*parts, "", bars(results)])


def bars(results: Results) -> str:
    """What was to be reached, and what was."""
    rows = list(_bars(results.by_label))
    return "\n".join(["| bar | measured | |", "|---|--:|---|", *rows]) if rows else ""


def machine(bench: Bench) -> str:
    """Versions and machine."""
    versions = [_version(bench.ours / OURS), _version(bench.peers / CHECK), _version(bench.peers / YAMLLINT)]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {cores} cores; "
        f"{', '.join(versions)}. Medians of whole processes that ran in turn; "
        "`ratio` is to the first row of a case; a share of 100 % is parallelism ÷ latency."
    )


def replaced(text: str, name: str, part: str) -> str:
    """A page with what stands between its markers of that name replaced. Raises ValueError where it has none."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, found, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no {begin} and {end} in the page")
    return f"{head}{begin}\n\n{part}\n\n{end}{tail}"


def _version(program: Path) -> str:
    words = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout.split()
    return f"{program.name} {words[-1] if words else '?'}"


def _table(cases: Mapping[str, Sequence[Costs]]) -> Iterator[str]:
    yield "| case | program | time | ratio | processor | peak memory | runs |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for title, rows in cases.items():
        for place, each in enumerate(rows):
            share = each.figure("share")
            label = f"{each.label}: share {share:.0%}" if share is not None else each.label
            ratio = f"{each.wall / rows[0].wall:.2f}" if place else ""
            cells = (_seconds(each.wall), ratio, _seconds(each.cpu), f"{each.peak:.0f} MB", str(len(each.runs)))
            yield f"| {'' if place else title} | {label} | {' | '.join(cells)} |"


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def _bars(measured: Mapping[tuple[str, str], Costs], bars: Iterable[Bar] = BARS) -> Iterator[str]:
    for each in bars:
        value = each.value(measured)
        if value is not None:
            verdict = "reached" if each.reached(value) else "**not reached**"
            yield f"| {each.text} | {_amount(each, value)} | {verdict} |"


def _amount(bar: Bar, value: float) -> str:
    if bar.of == "share":
        return f"{value:.0%}"
    if bar.of == "peak":
        return f"{value:.0f} MB"
    return f"{value:.2f} s" if bar.against is None else f"{value:.1f} ×"
