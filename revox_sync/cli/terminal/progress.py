"""Says how far an apply has come: in the last line of a terminal, else with one line per result."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from revox_sync.output.text.apply import outcome_line, outcome_word, progress_line
from revox_sync.output.text.style import Paint
from revox_sync.remote.http.request_loop import RequestSeen
from revox_sync.sync.model.outcome import Outcome

WORTH_SAYING: Final = 1.0
"""Seconds of waiting; less is over before it is read."""
PER_SECOND: Final = 5


class Progress:
    """Takes note of what happens, and passes lines on that stay. Outcomes come one by one, the rest from any thread.

    Args:
        total: assistants there is something to do for.
        paint: colours lines that stay.
        tell: shows a line that stays.
        aside: shows a line about waiting where there is no last line for it.
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
        if seen.again_in is None or seen.again_in < WORTH_SAYING:
            return
        why = "the API asked to" if seen.status == 429 else f"{seen.method} got {seen.status or 'no answer'}"
        self._wait = (self._clock() + seen.again_in, why)
        if self._aside is not None:
            self._aside(f"waiting {seen.again_in:.0f} s: {why}")

    @property
    def line(self) -> str:
        """The last line of the terminal now."""
        now = self._clock()
        return progress_line(self._done, self._total, now - self._started, self._waiting(now) or self._notice)

    def _waiting(self, now: float) -> str | None:
        if self._wait is None or self._wait[0] <= now:
            return None
        return f"waiting {self._wait[0] - now:.0f} s: {self._wait[1]}"


@contextmanager
def on_terminal(total: int, paint: Paint, stream: TextIO) -> Iterator[Progress]:
    """Progress in the last line of a terminal, which is gone after the block; lines that stay scroll above it."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    terminal = Console(file=stream, highlight=False, markup=False, emoji=False, force_terminal=True)

    def tell(line: str) -> None:
        terminal.print(Text.from_ansi(line), soft_wrap=True)

    progress = Progress(total, paint, tell)

    def last_line() -> Text:
        return Text(progress.line, no_wrap=True, overflow="ellipsis")

    with Live(
        get_renderable=last_line,
        console=terminal,
        refresh_per_second=PER_SECOND,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield progress


def in_lines(total: int, paint: Paint, stream: TextIO) -> Progress:
    """One line per result, and one on stderr for what takes its time."""
    return Progress(total, paint, _writer(stream), aside=_writer(sys.stderr))


def _writer(stream: TextIO) -> Callable[[str], None]:
    def write(line: str) -> None:
        stream.write(line + "\n")
        stream.flush()

    return write
