"""Where a command talks to people: stdout, unless that holds a report for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from revox_sync.cli.options.targets import Target
from revox_sync.cli.terminal.progress import Progress, in_lines, on_terminal
from revox_sync.output.page import to_text as page_text
from revox_sync.output.page.from_plan import plan_page
from revox_sync.remote.http.request_loop import RequestSeen
from revox_sync.sync.model.plan import Plan
from revox_sync.usecases.project.settings import Settings


class Console:
    """Writes plans and outcomes as they come."""

    def __init__(self, settings: Settings, targets: Sequence[Target]) -> None:
        texts = any(each.path is None and each.format == "text" for each in targets)
        self._stream = sys.stdout if texts else sys.stderr
        self._settings = settings
        self._paint = settings.paint(self._stream)
        self._progress: Progress | None = None
        self._width = settings.width(self._stream)

    def plan(self, plan: Plan) -> None:
        """Show a plan."""
        self.write(page_text.render(plan_page(plan), self._paint, self._width))

    @contextmanager
    def progress(self, total: int) -> Iterator[Progress]:
        """Says how far it has come while the block runs.

        In the last line of a terminal that can move its cursor, unless every request is shown (`-v`), or there is
        nothing to do.

        Args:
            total: assistants there is something to do for.
        """
        still = self._settings.verbosity != 0 or os.environ.get("TERM", "dumb") == "dumb"
        if still or not total or not self._stream.isatty():
            chosen: AbstractContextManager[Progress] = nullcontext(in_lines(total, self._paint, self._stream))
        else:
            chosen = on_terminal(total, self._paint, self._stream)
        with chosen as progress:
            self._progress = progress
            yield progress

    def request(self, seen: RequestSeen) -> None:
        """A request has ended; whoever looks at the progress may want to know what is waited for."""
        if self._progress is not None:
            self._progress.request(seen)

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
