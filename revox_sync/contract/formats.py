"""Text formats of the assistant schema: the name, an example and, where a pattern is not enough, the decision.

Sources: docs/api.md, "Constraints beyond type" (E.164, clock times, IANA names, e-mail lists, Calendly event types).
That URLs start with http:// or https:// is inferred, not documented.
"""

# os.path, not pathlib: one lint in a hook is too short to import it.
# ruff: noqa: PTH118, PTH120, PTH123

import os
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Final

from revox_sync.values.named_tuple import NamedTuple


class Format(NamedTuple):
    """A named text format.

    Attributes:
        title: what a value should be, to stand behind "not".
        example: a value that fits.
        accepts: whether a value fits, where the schema has no `pattern`; True for a value that is no string.
    """

    title: str
    example: str
    accepts: Callable[[object], bool] = lambda _: True


PLACEHOLDER: Final = re.compile(r"\{\{[^{}\n]*\}\}")
# Names that some systems add to the IANA database: they mean something else, or nothing, on the API's machines.
_MACHINE_ZONES: Final = ("localtime", "posix", "right/")


def is_http_url(value: object) -> bool:
    """Whether this is an absolute http or https URL without white space."""
    if not isinstance(value, str):
        return True
    scheme, _, rest = value.partition("://")
    # `split` without arguments cuts at any white space; a text without any stays one part.
    return scheme.lower() in {"http", "https"} and rest[:1] not in {"", "/", "?", "#"} and value.split() == [value]


def is_tool_url(value: object) -> bool:
    """Whether this is an http or https URL, with placeholders anywhere."""
    if not isinstance(value, str) or "{{" not in value:
        return is_http_url(value)
    # A placeholder at the beginning may bring the scheme with it.
    whole = f"https://{value}" if PLACEHOLDER.match(value) else value
    return is_http_url(PLACEHOLDER.sub("x", whole))


def is_time_zone(value: object) -> bool:
    """Whether this is a name of the IANA time zone database."""
    if not isinstance(value, str):
        return True
    if value.lower().startswith(_MACHINE_ZONES):
        return False
    return value in _packaged_zones() or _is_loadable(value)


@cache
def _packaged_zones() -> frozenset[str]:
    # ZoneInfo finds these names for certain. Reading the list is much faster than importing zoneinfo.
    import tzdata  # type: ignore[import-untyped]  # only its folder is asked for

    try:
        with open(os.path.join(os.path.dirname(tzdata.__file__), "zones"), encoding="utf-8") as stream:
            return frozenset(stream.read().split())
    except OSError:  # the package lies in an archive; zoneinfo then looks up every name
        return frozenset()


def time_zones() -> list[str]:
    """Names of the IANA time zone database, sorted."""
    return sorted(_packaged_zones())


def present_time_zone(name: str) -> str:
    """The present name of a time zone: `Europe/Kyiv` for `Europe/Kiev`; case does not count, unknown names stay."""
    return _links().get(name.casefold(), name)


@cache
def _links() -> Mapping[str, str]:
    import tzdata

    found: dict[str, str] = {}
    try:
        # The compact form of the database; `L TARGET ALIAS` says that ALIAS is an older name of TARGET.
        path = os.path.join(os.path.dirname(tzdata.__file__), "zoneinfo", "tzdata.zi")
        with open(path, encoding="utf-8") as stream:
            for line in stream:
                kind, *words = line.split()
                if kind == "L":
                    found[words[1].casefold()] = words[0]
    except OSError:  # the package lies in an archive
        return {}
    # Names without an alias of their own count without case, too.
    return {**{zone.casefold(): zone for zone in _packaged_zones() if zone.casefold() not in found}, **found}


def _is_loadable(zone: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def is_email_list(value: object) -> bool:
    """Whether this is an e-mail address, or several separated by commas; no domain is looked up."""
    return not isinstance(value, str) or all(_is_address(address.strip(" ")) for address in value.split(","))


@lru_cache
def _is_address(text: str) -> bool:
    if is_plain_address(text):
        return True
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def is_plain_address(text: str) -> bool:
    """Whether email-validator accepts the address for certain; it decides about all others, but is slow to import."""
    # Plain letters and digits, single separators, short labels, and a top-level domain that is no special-use name.
    word = "[A-Za-z0-9]{1,30}"
    domain = f"(?:{word}(?:-{word})?\\.){{1,3}}(?:[A-Za-z]{{2}}|com|org|net|edu|gov|dev|app)"
    return len(text) <= 100 and re.fullmatch(f"{word}(?:[._%+-]{word})*@{domain}", text) is not None


TEXT_FORMATS: Final[Mapping[str, Format]] = {
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
