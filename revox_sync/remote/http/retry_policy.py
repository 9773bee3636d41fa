"""When a request is tried again, and after how long; docs/design.md, "Retries". Decides, never waits."""

from __future__ import annotations

import email.utils
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from revox_sync.errors import RejectedError, RemoteError, UnreachableError

Uniform = Callable[[float, float], float]

RATE_LIMITED: Final = 429
# A wish for longer is no wish about this run; it is left out like any other that makes no sense.
LONGEST_WISH: Final = 86_400.0
NUMBER: Final = re.compile(r"\d{1,12}(\.\d{0,12})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How stubborn a client is.

    Attributes:
        attempts: of one call, the first included, that end in anything but 429.
        unmet: the same, without a connection, while nobody has answered yet: a wrong address does not mend by waiting.
        rate_limited: answers 429 to one call that are followed; they are the API's pace and no failure.
        base: seconds within which the first repeat comes when the API names no time; doubles each time.
        longest: seconds that this never exceeds.
    """

    attempts: int = 5
    unmet: int = 2
    rate_limited: int = 50
    base: float = 0.5
    longest: float = 8.0

    def exhausted(self, failed: int, limited: int) -> bool:
        """Whether a call has been tried enough: so many failures, and so many answers 429."""
        return failed >= self.attempts or limited >= self.rate_limited

    def backoff(self, repeats: int, uniform: Uniform) -> float:
        """Seconds before the next attempt after so many repeats: exponential, full jitter."""
        return uniform(0.0, min(self.longest, self.base * 2.0 ** min(repeats, 30)))


def is_repeatable(method: str, error: RemoteError) -> bool:
    """Whether a request that ended so may be sent again without doing anything twice.

    POST is not idempotent (docs/api.md, "Errors and repeats"): only what provably did nothing is repeated.
    """
    if did_nothing(error):
        return True
    may_pass = isinstance(error, UnreachableError) or (
        isinstance(error, RejectedError) and (error.status == 408 or error.status >= 500)
    )
    return method != "POST" and may_pass


def did_nothing(error: RemoteError) -> bool:
    """Whether a request that ended so, though it may be sent again, provably changed nothing."""
    return is_rate_limit(error) or is_refused(error)


def is_rate_limit(error: RemoteError) -> bool:
    """Whether there were too many requests."""
    return isinstance(error, RejectedError) and error.status == RATE_LIMITED


def is_refused(error: RemoteError) -> bool:
    """Whether there was no connection at all."""
    return isinstance(error, UnreachableError) and error.never_sent


def forbids_retry(headers: Mapping[str, str]) -> bool:
    """Whether the API asks not to be asked again; that it may be asked again makes nothing repeatable."""
    return headers.get("x-should-retry", "").strip().lower() == "false"


def wished_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the API asks to wait, more than 0; None when it names no time, or none that makes sense.

    `retry-after-ms` goes before `Retry-After` (seconds or an HTTP date), as in the official SDK. A date is compared
    with the answer's own `Date` where it has one: the clocks of two machines differ.

    Args:
        headers: of the answer; names in any case.
        now: where the answer has no date of its own.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    after = headers.get("retry-after", "")
    for seconds in (milliseconds and milliseconds / 1000, _number(after), _until(after, headers.get("date", ""), now)):
        if seconds is not None and 0 < seconds <= LONGEST_WISH:
            return seconds
    return None


def spread(seconds: float, uniform: Uniform) -> float:
    """Seconds to add to a wait that others share, so that not all come back at once: up to a quarter, at most 1."""
    return uniform(0.0, min(1.0, seconds / 4))


def _number(text: str) -> float | None:
    return float(text) if NUMBER.fullmatch(text.strip()) else None


def _until(text: str, date: str, now: datetime) -> float | None:
    moment = _moment(text)
    if moment is None:
        return None
    # HTTP dates are whole seconds: rounding up is what keeps us from coming early.
    return float(math.ceil((moment - (_moment(date) or now)).total_seconds()))


def _moment(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
