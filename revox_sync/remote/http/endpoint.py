"""Where the API is and which key opens it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final
from urllib.parse import urlsplit

from revox_sync.errors import ConfigError
from revox_sync.values.secret import Secret

DEFAULT_BASE_URL: Final = "https://www.getrevox.com/api"
# The official SDK reads the same variables.
BASE_URL_VARIABLE: Final = "REVOX_BASE_URL"
KEY_VARIABLE: Final = "REVOX_API_KEY"

_FROM_VARIABLE: Final = "!env "
_THIS_MACHINE: Final = "this machine, "
_BEHIND_ADDRESS: Final = re.compile(r"\][^:]")
_URL_HINT: Final = f"write it like {DEFAULT_BASE_URL}"
_KEY_HINT: Final = f"set {KEY_VARIABLE}, or `api_key: !env NAME` for the environment in revox-sync.yaml"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One API and its key.

    Attributes:
        base_url: scheme, host and path, without a slash at the end; to be sent to, and never printed or kept.
        key: sent as bearer token; printable ASCII without white space.
        variable: the environment variable that the configuration takes the URL from (`!env`); None for any other URL.
    """

    base_url: str
    key: Secret
    variable: str | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether the API runs on this machine: 127.0.0.0/8, ::1 or localhost."""
        return _is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def shown(self) -> str:
        """What reports, questions, locks and plans say for the URL: of one from `!env` the variable and a short digest.

        Equal for equal URLs of one variable.
        """
        if self.variable is None:
            return self.base_url
        here = _THIS_MACHINE if self.is_loopback else ""
        return f"{_FROM_VARIABLE}{self.variable} ({here}{_short_digest(self.base_url)})"

    def is_called(self, text: str) -> bool:
        """Whether a text that `shown` gave, here or in another environment, stands for this API.

        So does the URL itself: older versions wrote it down.
        """
        from_variable = text.startswith(_FROM_VARIABLE) and text.endswith(f"{_short_digest(self.base_url)})")
        return text.rstrip("/") == self.base_url or from_variable

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may quote: the key, and the host of a URL from `!env`."""
        host = urlsplit(self.base_url).hostname if self.variable is not None else None
        return (self.key.reveal(), *([host] if host is not None else []))


def names_this_machine(shown: str) -> bool:
    """Whether a text that `Endpoint.shown` gave stands for an API on this machine."""
    if shown.startswith(_FROM_VARIABLE):
        return f"({_THIS_MACHINE}" in shown
    return _is_loopback(urlsplit(shown).hostname or "")


def _short_digest(url: str) -> str:
    # Enough to compare with, and too short to prove a guess.
    return blake2b(url.encode(), digest_size=4).hexdigest()


def resolve_endpoint(
    base_url: str | None, api_key: Secret | str | None, environ: Mapping[str, str], *, insecure_http: bool = False
) -> Endpoint:
    """The endpoint of an environment: what the configuration says, else REVOX_BASE_URL and REVOX_API_KEY.

    An empty variable counts as not set.

    Raises:
        ConfigError: there is no key, or the URL or the key cannot be used. It never quotes the key or the user part of
            the URL.
    """
    place = BASE_URL_VARIABLE if base_url is None else "`base_url`"
    url = base_url if base_url is not None else environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL
    return Endpoint(_checked_url(url, place, insecure_http=insecure_http), _checked_key(api_key, environ))


def _checked_url(url: str, place: str, *, insecure_http: bool) -> str:
    try:
        parts = urlsplit(url)
        # urlsplit silently drops line breaks, reads a port only when asked, and does not check host names.
        usable = url.isprintable() and " " not in url and parts.scheme in {"http", "https"} and parts.port != 0
        usable = usable and bool((parts.hostname or "").encode("idna"))
        # It would take `[::1].example.com` for ::1.
        usable = usable and not _BEHIND_ADDRESS.search(parts.netloc)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{place} is not an http:// or https:// URL with a host", hint=_URL_HINT)
    if "@" in parts.netloc:
        raise ConfigError(f"{place} holds a user name or password", hint=f"remove it and put the key in {KEY_VARIABLE}")
    if "?" in url or "#" in url:
        raise ConfigError(f"{place} holds a query or fragment", hint=_URL_HINT)
    if parts.scheme == "http" and not insecure_http and not _is_loopback(parts.hostname or ""):
        raise ConfigError(
            f"{place} is http:// to another machine: the key and every prompt would travel unencrypted",
            hint="use https://, or --insecure-http if you mean it",
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # Other names are not resolved: a name server could answer 127.0.0.1 now and another address later.
        return host == "localhost"


def _checked_key(api_key: Secret | str | None, environ: Mapping[str, str]) -> Secret:
    if api_key is None:
        api_key = Secret(environ.get(KEY_VARIABLE) or None, KEY_VARIABLE)
        if not api_key.known:
            raise ConfigError("there is no API key", hint=_KEY_HINT)
    key = api_key if isinstance(api_key, Secret) else Secret(api_key)
    if not key.known:
        raise ConfigError(
            f"the environment variable {key.variable} is not set", hint=f"set it to the API key, or {_KEY_HINT}"
        )
    text = key.reveal()
    if not text:
        raise ConfigError("the API key is empty", hint=_KEY_HINT)
    # Anything else could not be sent in a header, or would end the header and begin another one.
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ConfigError(
            "the API key holds white space, a control character or a letter that no key has", hint=_KEY_HINT
        )
    return key
