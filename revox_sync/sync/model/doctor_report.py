"""What `revox-sync doctor` finds, as plain values: fit to be shown to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from revox_sync.sync.model.server_facts import ServerFacts


class Health(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: a word or two, unique in a report.
        text: what was found; what to do about it where that is a problem.
    """

    name: str
    text: str
    health: Health = Health.OK


@dataclass(frozen=True, slots=True)
class Learned:
    """An assumption of ours, and what a server does.

    Attributes:
        assumption: a sentence.
        holds: None where the probe could not tell.
        found: what was seen.
    """

    assumption: str
    holds: bool | None
    found: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What a probe has learnt.

    Attributes:
        facts: what plan and apply use.
        learned: each assumption with its result.
        left_over: what of the probe is still on the server, and how to take it away; None where nothing is.
        path: where the facts were written, below the project root; None where they were not.
        is_shared: whether that file is to be committed; that of an API on this machine is nobody else's.
    """

    facts: ServerFacts
    learned: tuple[Learned, ...] = ()
    left_over: str | None = None
    path: str | None = None
    is_shared: bool = True


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """All of it; `probe` is None where none was asked for."""

    checks: tuple[Check, ...]
    probe: Probe | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether there is no problem; an assumption that does not hold is none, because it is known now."""
        sick = any(check.health is Health.PROBLEM for check in self.checks)
        return not sick and (self.probe is None or self.probe.left_over is None)
