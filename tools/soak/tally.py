"""What a soak was, in numbers, and what must not have happened, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """One round, or all of them.

    Attributes:
        applies: processes that were started to apply something.
        kills: how many of them died by SIGKILL.
        unknown: outcomes that said so.
        by_hand: of these, those that a person had to settle with `import` or `forget`.
        edits: texts typed into the dashboard.
        excused: of these, those between the last look and the write, which the API cannot prevent.
        branches: branches of git that were worked on.
        git_pulls: locks that were replaced while an apply ran.
        quirks: days on which the server had a habit, by habit.
    """

    rounds: int = 0
    applies: int = 0
    requests: int = 0
    kills: int = 0
    unknown: int = 0
    by_hand: int = 0
    edits: int = 0
    excused: int = 0
    branches: int = 0
    git_pulls: int = 0
    quirks: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    duplicates: list[str] = field(default_factory=list)
    lost_updates: list[str] = field(default_factory=list)
    lost_entries: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """Everything that must not have happened."""
        kinds = {
            "duplicate": self.duplicates,
            "lost update": self.lost_updates,
            "lost lock entry": self.lost_entries,
            "leak": self.leaks,
            "wrong": self.other,
        }
        return [f"{kind}: {text}" for kind, found in kinds.items() for text in found]

    def add(self, other: Tally) -> None:
        """Take another one in."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def rows(self, seconds: float, seed: int) -> Iterator[tuple[str, str]]:
        """The table, a name and a number at a time."""
        yield "rounds", f"{self.rounds:,}"
        yield "applies", f"{self.applies:,}"
        yield "requests", f"{self.requests:,}"
        yield "injected faults", f"{self.faults.total():,}"
        for kind, number in sorted(self.faults.items()):
            yield f"  {kind}", f"{number:,}"
        yield "quirks of the server", f"{self.quirks.total():,}"
        for kind, number in sorted(self.quirks.items()):
            yield f"  {kind.replace('_', '-')}", f"{number:,}"
        yield "branches", f"{self.branches:,}"
        yield "locks replaced by git during an apply", f"{self.git_pulls:,}"
        yield "processes killed", f"{self.kills:,}"
        yield "unknown outcomes, all resolved", f"{self.unknown:,}"
        yield "  with `import` or `forget`", f"{self.by_hand:,}"
        yield "dashboard edits", f"{self.edits:,}"
        yield "  between the last look and the write", f"{self.excused:,}"
        yield "duplicates", f"{len(self.duplicates):,}"
        yield "lost updates", f"{len(self.lost_updates):,}"
        yield "lost lock entries", f"{len(self.lost_entries):,}"
        yield "leaks", f"{len(self.leaks):,}"
        yield "anything else wrong", f"{len(self.other):,}"
        yield "seconds", f"{seconds:.0f}"
        yield "seed", str(seed)
