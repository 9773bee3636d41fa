"""RVX401 to RVX405: when calls are made."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit, with_fields
from revox_sync.lint.subject.field_paths import mappings_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.problem import Related
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer

_RETRIES: Final = "call_retry_config"
_START: Final = "calling_window_start_time"
_END: Final = "calling_window_end_time"
_TIME_OF_DAY: Final = r"(\d{1,2})(?::(\d\d))? ?([ap]m)?"
_MORNING: Final = 7 * 60
_EVENING: Final = 22 * 60
_NO_WINDOWS: Final = "\n  calling_windows: []"


def _example(*times: str, at: str = "", says: str = "") -> Example:
    """An example with calling windows, written `09:00-12:00`."""
    windows = [
        f"    - {_START}: '{start}'\n      {_END}: '{end}'\n      retry_delay_seconds: 3600"
        for start, end in (window.split("-") for window in times)
    ]
    return with_fields("\n".join((_retries(3, "false"), "  calling_windows:", *windows)), at, says)


def _retries(attempts: int, twice: str) -> str:
    return (
        f"call_retry_config:\n  allowed_days: [monday]\n  max_retry_attempts: {attempts}\n"
        f"  call_twice_in_a_row: {twice}"
    )


class Window(NamedTuple):
    """A calling window; times in minutes since midnight and as written."""

    at: Pointer
    start: int
    end: int
    start_text: str
    end_text: str

    def __str__(self) -> str:
        return f"`{self.start_text}` to `{self.end_text}`"


def minutes(text: Any) -> int | None:
    """Minutes since midnight of `17:00`, `9:30am` or `6pm`; None for anything that is no time of day."""
    return _minutes(text) if isinstance(text, str) else None


@lru_cache(maxsize=1000)  # the same few times of day occur all over a project
def _minutes(text: str) -> int | None:
    found = re.fullmatch(_TIME_OF_DAY, text, re.IGNORECASE | re.ASCII)
    if found is None:
        return None
    hours, rest, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    # `17` alone may be minutes, and `0am` or `13pm` is no time of a 12-hour clock.
    if rest > 59 or hours > (12 if half else 23) or (half and hours == 0) or not (half or found[2]):
        return None
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    return hours * 60 + rest


class WindowRule(FileRule):
    """Looks at calling windows."""

    looks_at = (_RETRIES,)

    def windows(self, subject: Subject) -> Iterator[Window]:
        """The calling windows whose times can be read."""
        for at, window in mappings_at(subject.value, (_RETRIES, "calling_windows", None)):
            start, end = minutes(window.get(_START)), minutes(window.get(_END))
            if start is not None and end is not None and subject.is_known(at):
                yield Window(at, start, end, window[_START], window[_END])


class WindowEndsBeforeItStarts(WindowRule):
    """A calling window that ends before it starts.

    What it finds: a window whose end is not after its start, such as `18:00` to `09:00`.

    Why it matters: the window is never open, so no call is made.

    Instead: swap the times, or write 24-hour times where `am` and `pm` were mixed up. The end of the day is `23:59`.
    """

    code, name = "RVX401", "window-ends-before-it-starts"
    VALID = (_example("9am-12pm", "1:30pm-17:00"),)
    INVALID = (
        _example("18:00-09:00", at="9:32", says="`18:00`"),
        _example("9:00am-6:00am", at="9:32", says="before"),
        _example("14:00-00:00", at="9:32", says="`23:59`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for window in self.windows(subject):
            if window.end <= window.start:
                message = f"the window ends at `{window.end_text}`, before it starts at `{window.start_text}`"
                if window.end == window.start:
                    message = f"the window ends when it starts, at `{window.end_text}`"
                label = "the end of the day is `23:59`" if window.end == 0 else "swap the times, or correct one"
                start = Related("its start", subject.locate((*window.at, _START)).place)
                yield Hit(message, label, subject.locate((*window.at, _END)), (start,))


class WindowsOverlap(WindowRule):
    """Two calling windows overlap.

    What it finds: windows that share some minutes. One may begin when another ends.

    Why it matters: in the shared minutes two retry delays apply, and nobody can say which one is used.

    Instead: let one window begin when the other ends, or merge them.
    """

    code, name, severity = "RVX402", "windows-overlap", Severity.WARNING
    VALID = (_example("09:00-12:00", "12:00-2pm"),)
    INVALID = (
        _example("09:00-13:00", "12:00-18:00", at="11:34", says="`09:00` to `13:00`"),
        _example("2pm-18:00", "9:00-2:30pm", at="8:34", says="overlaps"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        # RVX401 reports windows that are never open.
        windows = [window for window in self.windows(subject) if window.start < window.end]
        last: Window | None = None
        for window in sorted(windows, key=lambda window: window.start):
            if last is not None and window.start < last.end:
                other = Related("the other window", subject.locate((*last.at, _START)).place)
                message = f"the window {window} overlaps the one from {last}"
                yield Hit(message, "move one of them", subject.locate((*window.at, _START)), (other,))
            # A long window may overlap several later ones, so the one that ends last is kept.
            last = window if last is None or window.end > last.end else last


class WindowAtNight(WindowRule):
    """A calling window at night.

    What it finds: a window that begins before 07:00 or ends after 22:00, in the time zone of the recipient.

    Why it matters: calls wake people, and in most countries the law forbids commercial calls at such hours. Often
    `am` and `pm` were mixed up.

    Instead: call by day. If people expect the call at night, suppress the finding and give the reason.
    """

    code, name, severity = "RVX403", "window-at-night", Severity.WARNING
    VALID = (_example("7am-10pm"),)
    INVALID = (
        _example("5:30-12:00", at="8:34", says="`5:30`"),
        _example("18:00-23:30", at="9:32", says="`23:30`"),
        _example("12am-11:59pm", at="8:34", says="07:00"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for window in self.windows(subject):
            if window.start >= window.end:
                continue
            # Both ends at night are one cause, most often `am` and `pm` mixed up, and so one finding.
            if window.start < _MORNING:
                message = f"calls are made from `{window.start_text}` on, at night"
                yield Hit(message, "start at 07:00 or later", subject.locate((*window.at, _START)))
            elif window.end > _EVENING:
                message = f"calls are made until `{window.end_text}`, at night"
                yield Hit(message, "end at 22:00 or earlier", subject.locate((*window.at, _END)))


class TwiceWithoutSecondAttempt(FileRule):
    """Two calls in a row, but only one attempt.

    What it finds: `call_twice_in_a_row: true` with `max_retry_attempts: 1`.

    Why it matters: the second call is the second attempt; with one attempt it is never made.

    Instead: allow two attempts, or remove the option.
    """

    code, name, severity, looks_at = "RVX405", "twice-without-second-attempt", Severity.WARNING, (_RETRIES,)
    VALID = (with_fields(_retries(2, "true") + _NO_WINDOWS), with_fields(_retries(1, "false") + _NO_WINDOWS))
    INVALID = (with_fields(_retries(1, "true") + _NO_WINDOWS, "6:24", "`max_retry_attempts`"),)

    def check(self, subject: Subject) -> Iterator[Hit]:
        for at, retries in mappings_at(subject.value, (_RETRIES,)):
            attempts = retries.get("max_retry_attempts")
            # In Python `True == 1`, and a boolean is RVX103's finding.
            if retries.get("call_twice_in_a_row") is True and attempts == 1 and attempts is not True:
                limit = Related("the limit", subject.locate((*at, "max_retry_attempts")).place)
                message = "there is no second attempt to make at once: `max_retry_attempts` is 1"
                location = subject.locate((*at, "call_twice_in_a_row"))
                yield Hit(message, "allow 2, or set this to false", location, (limit,))
