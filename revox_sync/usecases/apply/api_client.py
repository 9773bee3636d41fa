"""An environment's API: its endpoint, and a client for it as the common options want it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Event
from typing import Final, TypeAlias

from revox_sync.config import Environment
from revox_sync.errors import ConfigError
from revox_sync.remote.client import Client
from revox_sync.remote.http.adaptive_limit import MOST_AT_ONCE
from revox_sync.remote.http.client_settings import ClientSettings, RequestSeen
from revox_sync.remote.http.endpoint import Endpoint, resolve_endpoint
from revox_sync.remote.http.trusted_hosts import require_trusted_host
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.usecases.project.settings import Settings, say
from revox_sync.values.secret import Secret
from revox_sync.version import __version__

_Observer: TypeAlias = Callable[[RequestSeen], None]
NO_KEY: Final = "offline"
"""Stands for the API key where no request is made; every API refuses it."""
_FIRST_READERS: Final = 8


def open_endpoint(
    environment: Environment, settings: Settings, environ: Mapping[str, str], *, offline: bool = False
) -> Endpoint:
    """URL and key of an environment, read from environment variables where the configuration says so.

    Args:
        offline: no request will be made, so any host will do, and no key is read.

    Raises:
        ConfigError: a variable is not set, or there is no URL or key that can be used.
        RefusedError: only the configuration says that the key may go to that host.
    """
    base_url, key = environment.base_url, NO_KEY if offline else environment.api_key
    place = f"`base_url` of environment `{environment.name}`"
    variable = None
    if isinstance(base_url, Secret):
        variable, base_url = base_url.variable, _read(base_url, environ, place).reveal()
    if isinstance(key, Secret):
        key = _read(key, environ, f"`api_key` of environment `{environment.name}`")
    endpoint = resolve_endpoint(base_url, key, environ, insecure_http=settings.insecure_http)
    endpoint = replace(endpoint, variable=variable)
    if not offline:
        require_trusted_host(endpoint, settings.allow_hosts, environ, place)
    return endpoint


def open_client(  # noqa: PLR0913 - what a command wants of its client
    endpoint: Endpoint,
    settings: Settings,
    connections: int | None = None,
    stop: Event | None = None,
    watch: Callable[[RequestSeen], None] | None = None,
    *,
    versions: bool = True,
) -> Client:
    """A client for an endpoint.

    Args:
        connections: requests at once; None: some at first, and more while the API keeps up.
        stop: once it is set, the client waits for no other attempt.
        watch: told about each request, unless `-v` shows them all.
        versions: as in `ClientSettings`.
    """
    activity = settings.activity
    client_settings = ClientSettings(
        timeout=settings.timeout,
        connections=connections or _FIRST_READERS,
        most_connections=connections or MOST_AT_ONCE,
        observe=_log if settings.verbosity > 0 else _both(watch, activity.request if activity is not None else None),
        expect=activity.expect if activity is not None else None,
        agent=f"revox-sync/{__version__}",
        stop=stop or Event(),
        versions=versions,
    )
    adapt = settings.world.client
    return Client(endpoint, client_settings if adapt is None else adapt(client_settings))


def sealer_of(endpoint: Endpoint) -> Sealer | None:
    """Seals secrets with the API key; None where no key was read."""
    return None if endpoint.key.reveal() == NO_KEY else Sealer(endpoint.key)


def _both(first: _Observer | None, second: _Observer | None) -> _Observer | None:
    if first is None or second is None:
        return first or second

    def observe(seen: RequestSeen) -> None:
        first(seen)
        second(seen)

    return observe


def _read(secret: Secret, environ: Mapping[str, str], needed_by: str) -> Secret:
    value = secret.reveal() if secret.known else environ.get(secret.variable or "")
    if not value:
        raise ConfigError(f"environment variable `{secret.variable}` is not set, or empty; {needed_by} needs it")
    return Secret(value, secret.variable)


def _log(seen: RequestSeen) -> None:
    again = "" if seen.again_in is None else f", again in {seen.again_in:.2f} s"
    say(f"{seen.method} {seen.path} {seen.status or 'no answer'} {seen.seconds:.3f} s{again}")
