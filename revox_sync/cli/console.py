"""Where a command talks to people: stdout, unless that holds a report for programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from revox_sync.cli.emit import Target
from revox_sync.cli.options import Settings
from revox_sync.output import apply_text, page_text
from revox_sync.output.plan_page import plan_page
from revox_sync.sync.outcome import Outcome
from revox_sync.sync.plan import Plan


class Console:
    """Writes plans and outcomes as they come."""

    def __init__(self, settings: Settings, targets: Sequence[Target]) -> None:
        texts = any(each.path is None and each.format == "text" for each in targets)
        self._stream = sys.stdout if texts else sys.stderr
        self._paint = settings.paint(self._stream)
        self._width = settings.width(self._stream)

    def plan(self, plan: Plan) -> None:
        """Show a plan."""
        self.write(page_text.render(plan_page(plan), self._paint, self._width))

    def outcome(self, outcome: Outcome) -> None:
        """Show what became of one assistant."""
        self.write(apply_text.outcome_line(outcome, self._paint) + "\n")

    def write(self, text: str) -> None:
        """Show text at once."""
        self._stream.write(text)
        self._stream.flush()

    def ask(self, question: str) -> str:
        """A line typed by the user, without white space around it; empty at the end of input."""
        self.write(question)
        return sys.stdin.readline().strip()

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        return sys.stdin.isatty()
