"""Formats of the assistant schema: what each one is called, looks like, and, where a pattern is not enough, accepts.

Sources: api/README, "Constraints beyond type" (E.164, clock times, IANA names, e-mail lists, Calendly event types);
that URLs start with http:// or https:// is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


def _anything(_: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Format:
    """A named text format.

    Attributes:
        title: what a value should be, after "expected".
        example: a value that fits.
        accepts: decides where the schema has no `pattern`; a value that is no string is not its business.
    """

    title: str
    example: str
    accepts: Callable[[object], bool] = _anything


HTTP_URL = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\{[^{}\n]*\}\}")
MACHINE_ZONES = ("localtime", "posix", "right/")
"""Names some systems add to the IANA database."""


def is_http_url(value: object) -> bool:
    """An absolute http or https URL without white space."""
    return not isinstance(value, str) or HTTP_URL.fullmatch(value) is not None


def is_tool_url(value: object) -> bool:
    """An http or https URL that may hold placeholders anywhere, also as its start."""
    if not isinstance(value, str):
        return True
    whole = f"https://{value}" if PLACEHOLDER.match(value) else value
    return is_http_url(PLACEHOLDER.sub("x", whole))


def is_time_zone(value: object) -> bool:
    """A name of the IANA time zone database."""
    if not isinstance(value, str):
        return True
    from zoneinfo import ZoneInfo

    if value.lower().startswith(MACHINE_ZONES):
        return False
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        return False
    return True


def is_email_list(value: object) -> bool:
    """One e-mail address or several separated by commas; nothing is looked up."""
    return not isinstance(value, str) or _are_addresses(value)


@lru_cache
def _are_addresses(value: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        for address in value.split(","):
            validate_email(address.strip(" "), check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


FORMATS: Final[Mapping[str, Format]] = {
    "e164": Format("a phone number in E.164 form: `+`, country code and number, 2 to 15 digits", "+33612345678"),
    "clock-time": Format("a time of day, 24 h or 12 h", "17:00` or `9:30am"),
    "calendly-event-type": Format(
        "a Calendly event type", "https://api.calendly.com/event_types/b2330295-2a91-4a1d-bb73-99e7707663d5"
    ),
    "lookup-url": Format("an http(s) URL that contains `{{phone}}`", "https://crm.example.com/lookup?phone={{phone}}"),
    "snake-case": Format("a name in lowercase_snake_case", "check_inventory"),
    "http-url": Format("an absolute http(s) URL", "https://hooks.example.com/revox", is_http_url),
    "tool-url": Format("an absolute http(s) URL, placeholders allowed", "https://api.example.com/{{id}}", is_tool_url),
    "iana-time-zone": Format("an IANA time zone", "Europe/Paris", is_time_zone),
    "email-list": Format("e-mail addresses separated by commas", "team@example.com, ops@example.com", is_email_list),
}
