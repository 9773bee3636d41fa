"""The line at the end of a terminal that says what is waited for, once a wait takes longer than a second."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TextIO

from revox_sync.output.text.visible import columns, visible
from revox_sync.remote.http.client_settings import RequestSeen

PATIENCE: Final = 1.0
"""Seconds of a wait that nobody needs to be told about."""
_INTERVAL: Final = 0.2
_ERASE: Final = "\r\x1b[2K"


def is_watched(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether somebody looks at a stream that can draw its last line anew: a terminal, and no log of CI."""
    return stream.isatty() and environ.get("TERM", "dumb") != "dumb" and not environ.get("CI")


class TerminalActivity:
    """Says what a command is waiting for; all methods may be called by any thread.

    Args:
        stream: the terminal.
        width: its columns, asked for at each drawing.
        clock: seconds, monotonic.
        interval: seconds between two drawings; a test that draws by itself gives a long one.
    """

    def __init__(
        self,
        stream: TextIO,
        width: Callable[[], int],
        *,
        clock: Callable[[], float] = time.monotonic,
        interval: float = _INTERVAL,
    ) -> None:
        self._stream = stream
        self._width = width
        self._clock = clock
        self._interval = interval
        self._mutex = threading.RLock()
        self._texts: list[str] = []
        self._since = 0.0
        self._total = 0
        self._read = 0
        self._wait: tuple[float, str] | None = None
        self._drawn = False

    @contextmanager
    def during(self, text: str) -> Iterator[None]:
        """While the block runs, `text` says what it does. Blocks may be nested; the inner text is shown."""
        with self._mutex:
            self._texts.append(text)
            outermost = len(self._texts) == 1
            self._since = self._clock() if outermost else self._since
        try:
            if outermost:
                with self._drawing():
                    yield
            else:
                yield
        finally:
            with self._mutex:
                self._texts.pop()
                self._total = self._read = 0

    def expect(self, number: int) -> None:
        """So many assistants are about to be read one by one."""
        with self._mutex:
            self._total, self._read = number, 0

    def request(self, seen: RequestSeen) -> None:
        """A request has ended, and another attempt may have to wait."""
        with self._mutex:
            if seen.again_in is not None:
                why = "the API asked to" if seen.status == 429 else f"{seen.method} got {seen.status or 'no answer'}"
                self._wait = (self._clock() + seen.again_in, why)
            elif self._read < self._total:
                self._read += 1

    def waiting(self, wait: Callable[[float], bool], why: str) -> Callable[[float], bool]:
        """A `wait` that says how long it still takes, and why."""

        def call(seconds: float) -> bool:
            with self._mutex:
                self._wait = (self._clock() + seconds, why)
            return wait(seconds)

        return call

    @property
    def line(self) -> str:
        """What is to be shown now; empty while nobody has waited for long."""
        with self._mutex:
            now = self._clock()
            if not self._texts or now - self._since < PATIENCE:
                return ""
            if self._wait is not None and self._wait[0] > now:
                return f"waiting {self._wait[0] - now:.0f} s: {self._wait[1]}"
            count = f", {self._read} of {self._total}" if self._total > 1 else ""
            return f"{self._texts[-1]}{count} ({now - self._since:.0f} s)"

    def draw(self) -> None:
        """Draw the line anew."""
        with self._mutex:
            text = visible(self.line)
            if text:
                self._stream.write(_ERASE + _fitted(text, self._width() - 1))
                self._stream.flush()
                self._drawn = True

    def erase(self) -> None:
        """Take the line away, so that something else can be written."""
        with self._mutex:
            if self._drawn:
                self._stream.write(_ERASE)
                self._stream.flush()
                self._drawn = False

    @contextmanager
    def _drawing(self) -> Iterator[None]:
        done, before = threading.Event(), sys.stderr

        def run() -> None:
            while not done.wait(self._interval):
                self.draw()

        thread = threading.Thread(target=run, name="activity", daemon=True)
        # What others say meanwhile must not stand behind the line, or be drawn over.
        sys.stderr = _Interrupting(before, self)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            self.erase()
            sys.stderr = before


class _Interrupting:
    """A stream that takes the line away before anything is written to it."""

    def __init__(self, stream: Any, activity: TerminalActivity) -> None:
        self._stream = stream
        self._activity = activity

    def write(self, text: str) -> int:
        self._activity.erase()
        return int(self._stream.write(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _fitted(text: str, room: int) -> str:
    while columns(text) > max(room, 0):
        text = text[:-1]
    return text
