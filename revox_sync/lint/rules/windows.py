"""RVX401 to RVX405: when calls are made."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit
from revox_sync.lint.subject.field_paths import list_entries, mappings_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.problem import Related
from revox_sync.values.pointer import Pointer

RETRIES: Final = "call_retry_config"
START: Final = "calling_window_start_time"
END: Final = "calling_window_end_time"
CLOCK: Final = r"(\d{1,2})(?::(\d\d))? ?([ap]m)?"
MORNING: Final = 7 * 60
EVENING: Final = 22 * 60
BASE: Final = "name: Support\nprompt: Help the caller.\ncall_retry_config:\n  allowed_days: [monday]\n"
TWICE: Final = BASE + "  max_retry_attempts: 3\n  call_twice_in_a_row: false\n  calling_windows:\n"


def _window(start: str, end: str) -> str:
    return f"    - {START}: '{start}'\n      {END}: '{end}'\n      retry_delay_seconds: 3600\n"


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
    """Minutes since midnight of `17:00`, `9:30am` or `6pm`; None for what is no time of day."""
    return _minutes(text) if isinstance(text, str) else None


@lru_cache(maxsize=1000)  # a project has few times of day, again and again
def _minutes(text: str) -> int | None:
    found = re.fullmatch(CLOCK, text, re.IGNORECASE | re.ASCII)
    if found is None:
        return None
    hours, rest, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if rest > 59 or hours > (12 if half else 23) or (half and hours == 0) or not (half or found[2]):
        return None
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    return hours * 60 + rest


def windows(subject: Subject) -> Iterator[Window]:
    """The calling windows whose times can be read."""
    for at, retry in mappings_at(subject.value, (RETRIES,)):
        for pointer, window in list_entries(retry.get("calling_windows"), (*at, "calling_windows")):
            start, end = minutes(window.get(START)), minutes(window.get(END))
            if start is not None and end is not None and subject.is_known(pointer):
                yield Window(pointer, start, end, window[START], window[END])


class WindowEndsBeforeItStarts(FileRule):
    """A calling window that ends before it starts.

    What it finds: a window whose end is not after its start, such as `18:00` to `09:00`.

    Why it matters: no moment of the day lies in it, so no call is made.

    Instead: swap the times, or write 24-hour times where `am` and `pm` were mixed up. The end of the day is `23:59`.
    """

    code, name = "RVX401", "window-ends-before-it-starts"
    looks_at = (RETRIES,)
    VALID = (Example(TWICE + _window("9am", "12pm") + _window("1:30pm", "17:00")),)
    INVALID = (
        Example(TWICE + _window("18:00", "09:00"), at="9:32", says="`18:00`"),
        Example(TWICE + _window("9:00am", "6:00am"), at="9:32", says="before"),
        Example(TWICE + _window("14:00", "00:00"), at="9:32", says="`23:59`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Windows without a minute in them."""
        for window in windows(subject):
            if window.end <= window.start:
                start = Related("its start", subject.document.locate((*window.at, START)).place)
                message = f"the window ends at `{window.end_text}`, before it starts at `{window.start_text}`"
                if window.end == window.start:
                    message = f"the window ends when it starts, at `{window.end_text}`"
                label = "the end of the day is `23:59`" if window.end == 0 else "swap the times, or mend one"
                yield Hit(message, label, subject.document.locate((*window.at, END)), (start,))


class WindowsOverlap(FileRule):
    """Two calling windows overlap.

    What it finds: windows that share some minutes. One that begins when another ends is fine.

    Why it matters: in the shared minutes two retry delays apply, and nobody can say which.

    Instead: let the windows follow each other, or make one of them.
    """

    code, name, severity = "RVX402", "windows-overlap", Severity.WARNING
    looks_at = (RETRIES,)
    VALID = (Example(TWICE + _window("09:00", "12:00") + _window("12:00", "2pm")),)
    INVALID = (
        Example(TWICE + _window("09:00", "13:00") + _window("12:00", "18:00"), at="11:34", says="`09:00` to `13:00`"),
        Example(TWICE + _window("2pm", "18:00") + _window("9:00", "2:30pm"), at="8:34", says="overlaps"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Windows that begin before an earlier one has ended."""
        ordered = sorted((each for each in windows(subject) if each.start < each.end), key=lambda each: each.start)
        longest: Window | None = None
        for window in ordered:
            if longest is not None and window.start < longest.end:
                other = Related("the other window", subject.document.locate((*longest.at, START)).place)
                message = f"the window {window} overlaps the one from {longest}"
                yield Hit(message, "move one of them", subject.document.locate((*window.at, START)), (other,))
            longest = window if longest is None or window.end > longest.end else longest


class WindowAtNight(FileRule):
    """A calling window at night.

    What it finds: a window that begins before 07:00 or ends after 22:00, in the time zone of the recipient.

    Why it matters: calls wake people, and in most countries commercial calls at such hours are against the law. Often
    `am` and `pm` were mixed up.

    Instead: call by day. If people expect the call at night, ignore the finding with your reason.
    """

    code, name, severity = "RVX403", "window-at-night", Severity.WARNING
    looks_at = (RETRIES,)
    VALID = (Example(TWICE + _window("7am", "10pm")),)
    INVALID = (
        Example(TWICE + _window("5:30", "12:00"), at="8:34", says="`5:30`"),
        Example(TWICE + _window("18:00", "23:30"), at="9:32", says="`23:30`"),
        Example(TWICE + _window("12am", "11:59pm"), at="8:34", says="07:00"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Windows outside the day; those that are no windows at all are another rule's."""
        for window in windows(subject):
            if window.start >= window.end:
                continue
            if window.start < MORNING:
                message = f"calls are made from `{window.start_text}` on, at night"
                yield Hit(message, "start at 07:00 or later", subject.document.locate((*window.at, START)))
            elif window.end > EVENING:
                message = f"calls are made until `{window.end_text}`, at night"
                yield Hit(message, "end at 22:00 or earlier", subject.document.locate((*window.at, END)))


class TwiceWithoutSecondAttempt(FileRule):
    """Two calls in a row, but only one attempt.

    What it finds: `call_twice_in_a_row: true` with `max_retry_attempts: 1`.

    Why it matters: the second call is the second attempt; with one attempt it is never made.

    Instead: allow two attempts, or remove the option.
    """

    code, name, severity = "RVX405", "twice-without-second-attempt", Severity.WARNING
    looks_at = (RETRIES,)
    VALID = (
        Example(BASE + "  max_retry_attempts: 2\n  call_twice_in_a_row: true\n  calling_windows: []\n"),
        Example(BASE + "  max_retry_attempts: 1\n  call_twice_in_a_row: false\n  calling_windows: []\n"),
    )
    INVALID = (
        Example(
            BASE + "  max_retry_attempts: 1\n  call_twice_in_a_row: true\n  calling_windows: []\n",
            at="6:24",
            says="`max_retry_attempts`",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """The option where it cannot apply."""
        for at, retry in mappings_at(subject.value, (RETRIES,)):
            attempts = retry.get("max_retry_attempts")
            if retry.get("call_twice_in_a_row") is True and attempts == 1 and attempts is not True:
                limit = Related("the limit", subject.document.locate((*at, "max_retry_attempts")).place)
                message = "there is no second attempt to make at once: `max_retry_attempts` is 1"
                location = subject.document.locate((*at, "call_twice_in_a_row"))
                yield Hit(message, "allow 2, or set this to false", location, (limit,))
