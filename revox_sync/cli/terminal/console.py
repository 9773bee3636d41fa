"""Where a command talks to people, and says how far an apply has come.

In the last line of a terminal that can move its cursor, else with one line per result.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from revox_sync.cli.options.targets import Target
from revox_sync.cli.terminal.activity import PATIENCE, is_watched
from revox_sync.output.page import to_text as page_text
from revox_sync.output.page.from_plan import plan_page
from revox_sync.output.text import call as call_text
from revox_sync.output.text.apply import outcome_line, outcome_word, progress_line
from revox_sync.output.text.style import Paint
from revox_sync.remote.http.client_settings import RequestSeen
from revox_sync.sync.model.call_report import CallOrder
from revox_sync.sync.model.outcome import Outcome
from revox_sync.sync.model.plan import Plan
from revox_sync.usecases.project.commands import runnable, runnable_report
from revox_sync.usecases.project.settings import Settings, say

_REFRESHES_PER_SECOND: Final = 5


class Progress:
    """Takes note of what happens, and passes on lines that stay.

    `outcome` is called by one thread at a time, the other methods by any thread.

    Args:
        total: assistants there is something to do for.
        paint: colours lines that stay.
        tell: shows a line that stays.
        aside: shows a line about waiting; None if `line` is shown, which says it as well.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        total: int,
        paint: Paint,
        tell: Callable[[str], None],
        *,
        aside: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = total
        self._paint = paint
        self._tell = tell
        self._aside = aside
        self._clock = clock
        self._done: Counter[str] = Counter()
        self._started = clock()
        self._notice: str | None = None
        self._wait: tuple[float, str] | None = None

    def outcome(self, outcome: Outcome) -> None:
        """One assistant has ended."""
        self._done[outcome_word(outcome)] += 1
        self._notice = None
        self._tell(outcome_line(outcome, self._paint))

    def notice(self, text: str) -> None:
        """Something takes its time."""
        self._notice = text
        if self._aside is not None:
            self._aside(text)

    def request(self, seen: RequestSeen) -> None:
        """A request has ended, and another attempt may have to wait."""
        if seen.again_in is None or seen.again_in < PATIENCE:
            return
        why = "the API asked to" if seen.status == 429 else f"{seen.method} got {seen.status or 'no answer'}"
        self._wait = (self._clock() + seen.again_in, why)
        if self._aside is not None:
            self._aside(f"waiting {seen.again_in:.0f} s: {why}")

    @property
    def line(self) -> str:
        """The last line of the terminal now."""
        now, waiting = self._clock(), self._notice
        if self._wait is not None and self._wait[0] > now:
            waiting = f"waiting {self._wait[0] - now:.0f} s: {self._wait[1]}"
        return progress_line(self._done, self._total, now - self._started, waiting)


class Console:
    """Shows plans and outcomes as they come, on stdout, or on stderr if stdout holds a report for programs.

    Args:
        full: whether plans show long prompts of new assistants whole.
    """

    def __init__(self, settings: Settings, targets: Sequence[Target], *, full: bool = False) -> None:
        texts = any(target.path is None and target.format == "text" for target in targets)
        self._stream = sys.stdout if texts else sys.stderr
        self._settings = settings
        self._full = full
        self._paint = settings.paint(self._stream)
        self._width = settings.width(self._stream)
        self._progress: Progress | None = None

    def plan(self, plan: Plan) -> None:
        """Show a plan."""
        page = runnable_report(plan_page(plan), self._settings)
        self.write(page_text.render(page, self._paint, self._width, full=self._full))

    def call(self, order: CallOrder) -> None:
        """Show what is about to be dialled."""
        self.write(call_text.preview(order, self._paint, self._width))

    @contextmanager
    def progress(self, total: int) -> Iterator[Progress]:
        """Says how far it has come while the block runs.

        Args:
            total: assistants there is something to do for.
        """
        # With `-v` each request has a line of its own, and these would tear the last line apart.
        if self._settings.verbosity != 0 or not total or not is_watched(self._stream, os.environ):
            self._progress = Progress(total, self._paint, self._write_line, aside=say)
            yield self._progress
        else:
            yield from self._in_last_line(total)

    def _in_last_line(self, total: int) -> Iterator[Progress]:
        """Progress in the last line, which is gone afterwards; lines that stay scroll above it."""
        from rich.console import Console as Terminal
        from rich.live import Live
        from rich.text import Text

        terminal = Terminal(file=self._stream, highlight=False, markup=False, emoji=False, force_terminal=True)

        def tell(line: str) -> None:
            terminal.print(Text.from_ansi(runnable(line, self._settings)), soft_wrap=True)

        self._progress = progress = Progress(total, self._paint, tell)
        with Live(
            get_renderable=lambda: Text(progress.line, no_wrap=True, overflow="ellipsis"),
            console=terminal,
            refresh_per_second=_REFRESHES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield progress

    def request(self, seen: RequestSeen) -> None:
        """A request has ended; whoever looks at the progress may want to know what is waited for."""
        if self._progress is not None:
            self._progress.request(seen)

    def write(self, text: str) -> None:
        """Show text at once."""
        self._stream.write(text)
        self._stream.flush()

    def _write_line(self, line: str) -> None:
        self.write(runnable(line, self._settings) + "\n")  # one call, so that lines of several threads do not mix

    def ask(self, question: str) -> str:
        """A line typed by the user, without white space around it; empty at the end of input."""
        self.write(question)
        return sys.stdin.readline().strip()

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        return sys.stdin.isatty()
