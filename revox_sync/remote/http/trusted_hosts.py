"""Which hosts the API key may be sent to.

revox-sync.yaml can be changed by whoever can open a pull request, so it cannot name such a host by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from revox_sync.errors import ConfigError, RefusedError
from revox_sync.remote.http.endpoint import BASE_URL_VARIABLE, DEFAULT_BASE_URL, Endpoint

HOSTS_VARIABLE: Final = "REVOX_SYNC_ALLOW_HOSTS"
"""Environment variable: further hosts, separated by commas."""

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^\s\[\]/?#@\\:*,]+)(?::(\d{1,5}))?")
"""A name or an address, the latter in brackets if it has colons, and perhaps a port."""


class Host(NamedTuple):
    """A host, in lower case, as written otherwise; without a port it stands for every port."""

    name: str
    port: int | None = None


def require_trusted_host(endpoint: Endpoint, allowed: Iterable[str], environ: Mapping[str, str], place: str) -> None:
    """Raises RefusedError if nobody but the configuration says that the key may go to the endpoint's host.

    Names are compared as they are written: a parent domain allows none of its children.

    Args:
        allowed: hosts of --allow-host.
        place: where the URL is written, for the message.

    Raises:
        ConfigError: a host is not written as one.
    """
    parts = urlsplit(endpoint.base_url)
    host = Host(parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme])
    hosts = {*_hosts(allowed, "--allow-host"), *_hosts(environ.get(HOSTS_VARIABLE, "").split(","), HOSTS_VARIABLE)}
    named = {_host_of(DEFAULT_BASE_URL), _host_of(environ.get(BASE_URL_VARIABLE, ""))}
    if endpoint.is_loopback or host.name in named or host in hosts or Host(host.name) in hosts:
        return
    # What `!env` holds is never printed, so the reader has to look it up.
    name = f"[{host.name}]" if ":" in host.name else host.name
    shown, described = (name, f"`{name}`, a host") if endpoint.variable is None else ("HOST", "a host")
    raise RefusedError(
        f"{place} would send the API key to {described} that only revox-sync.yaml names",
        hint=f"if you trust it: --allow-host {shown}, or {HOSTS_VARIABLE}={shown}",
    )


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _hosts(written: Iterable[str], place: str) -> set[Host]:
    hosts = set()
    for text in filter(None, (host.strip() for host in written)):
        found = _HOST.fullmatch(text.lower())
        if found is None:
            raise ConfigError(
                f"{place}: `{text}` is no host", hint="write a name such as api.example.com, without https:// or path"
            )
        name, port = found.groups()
        hosts.add(Host(name.strip("[]"), int(port) if port else None))
    return hosts
