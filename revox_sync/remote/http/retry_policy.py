"""When a request is repeated, and how soon; docs/design.md, "Retries". It decides and never waits."""

from __future__ import annotations

import email.utils
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from revox_sync.errors import RejectedError, RemoteError, UnreachableError

Uniform: TypeAlias = Callable[[float, float], float]

# A longer wait cannot be meant for this run; such a header is ignored like any other that makes no sense.
LONGEST_REQUESTED_WAIT: Final = 86_400.0
_NUMBER: Final = re.compile(r"\d{1,12}(\.\d{0,12})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How many requests one call may take, and how fast they follow one another.

    Attributes:
        attempts: requests that end in anything but 429, the first included.
        first_connects: requests without a connection, as long as the client has never had an answer.
        rate_limited: answers 429 after which the call goes on; they set the API's pace and are no failures.
        base: seconds within which the first repeat comes if the API names no time; they double each time.
        longest: seconds that this wait never exceeds.
    """

    attempts: int = 5
    first_connects: int = 2
    rate_limited: int = 50
    base: float = 0.5
    longest: float = 8.0

    def exhausted(self, failed: int, limited: int) -> bool:
        """Whether a call must end after so many failures and so many answers 429."""
        return failed >= self.attempts or limited >= self.rate_limited

    def backoff(self, repeats: int, uniform: Uniform) -> float:
        """Seconds before the next attempt after so many repeats: exponential, full jitter."""
        # The exponent is bounded because a large one would overflow; 2**30 is far above any `longest`.
        return uniform(0.0, min(self.longest, self.base * 2.0 ** min(repeats, 30)))


def is_repeatable(method: str, error: RemoteError) -> bool:
    """Whether a request that failed this way may be sent again and cannot do its work twice."""
    # A redirect leads elsewhere however often one asks.
    redirected = isinstance(error, RejectedError) and error.status < 400
    # POST is not idempotent (docs/api.md, "Errors and repeats"): repeat it only when it provably did nothing.
    return changed_nothing(error) or (method != "POST" and is_unclear(error) and not redirected)


def is_unclear(error: RemoteError) -> bool:
    """Whether the server may have done what it was asked: any end but a refusal (docs/design.md, "Exactly one")."""
    if isinstance(error, UnreachableError):
        return not error.never_sent
    # A 303 says that it was done, and of other redirects nobody knows what stood in the way.
    return isinstance(error, RejectedError) and (error.status == 408 or not 400 <= error.status < 500)


def changed_nothing(error: RemoteError) -> bool:
    """Whether the failure may pass and the request provably changed nothing: a 429, or no connection."""
    return is_rate_limit(error) or is_connect_failure(error)


def is_rate_limit(error: RemoteError) -> bool:
    """Whether the API refused the request because there were too many (429)."""
    return isinstance(error, RejectedError) and error.status == 429


def is_connect_failure(error: RemoteError) -> bool:
    """Whether there was no connection at all."""
    return isinstance(error, UnreachableError) and error.never_sent


def forbids_retry(headers: Mapping[str, str]) -> bool:
    """Whether the API forbids a repeat."""
    # `true` is ignored on purpose: the server does not know whether a create would be done twice.
    return headers.get("x-should-retry", "").strip().lower() == "false"


def requested_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the API asks to wait, above 0; None when it names no time, or none that makes sense.

    `retry-after-ms` has precedence over `Retry-After` (seconds or an HTTP date), as in the official SDK.

    Args:
        headers: of the answer; names in any case.
        now: used where the answer has no `Date` of its own.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    after = headers.get("retry-after", "")
    until = _seconds_until(after, headers.get("date", ""), now)
    for seconds in (milliseconds and milliseconds / 1000, _number(after), until):
        if seconds is not None and 0 < seconds <= LONGEST_REQUESTED_WAIT:
            return seconds
    return None


def jitter(seconds: float, uniform: Uniform) -> float:
    """Seconds to add to a wait that threads share, so that they do not all return at once: a quarter, at most 1."""
    return uniform(0.0, min(1.0, seconds / 4))


def _number(text: str) -> float | None:
    text = text.strip()  # of more than `float` takes off, such as U+001F
    return float(text) if _NUMBER.fullmatch(text) else None


def _seconds_until(text: str, date: str, now: datetime) -> float | None:
    moment = http_date(text)
    if moment is None:
        return None
    # Compared with the answer's own date, because the clocks of two machines differ. HTTP dates are whole seconds, so
    # the difference is rounded up: the next request must not come early.
    return float(math.ceil((moment - (http_date(date) or now)).total_seconds()))


def http_date(text: str) -> datetime | None:
    """The moment that a header names, UTC; None where it names none."""
    try:
        moment = email.utils.parsedate_to_datetime(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    # The latter for a year or an offset of many digits.
    except (ValueError, OverflowError):
        return None
