"""The account that answers `lint --online`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

from revox_sync.errors import NotAuthorisedError
from revox_sync.lint.model.account import Account, KeyRefusedError, Voice
from revox_sync.remote.client import Client
from revox_sync.source.workspace import Workspace
from revox_sync.usecases.apply.api_client import open_client, open_endpoint
from revox_sync.usecases.project.settings import Settings

_Answer = TypeVar("_Answer")


class ClientAccount:
    """Asks the API for each list when it is first needed, and only once, also if it refuses the key.

    Other errors of the API pass through: without an answer nothing can be said about the files.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def voices(self) -> Mapping[str, Voice]:
        """Voices by id. Raises KeyRefusedError."""
        return _granted(self._voices)

    def phone_numbers(self) -> frozenset[str]:
        """Numbers the organisation owns, E.164. Raises KeyRefusedError."""
        return _granted(self._phone_numbers)

    @cached_property
    def _voices(self) -> Mapping[str, Voice] | None:
        listed = _listed(self._client.voices)
        return None if listed is None else {voice["id"]: _voice(voice) for voice in listed}

    @cached_property
    def _phone_numbers(self) -> frozenset[str] | None:
        listed = _listed(self._client.phone_numbers)
        return None if listed is None else frozenset(number["phone_number"] for number in listed)


def _voice(listed: Mapping[str, Any]) -> Voice:
    # Without `modelCompat` every model speaks a voice, says the SDK's `VoiceListResponse`.
    model = listed.get("modelCompat") or ""
    return Voice(listed["provider"], listed.get("language") or "", "" if model == "universal" else model)


def _listed(ask: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]] | None:
    """A list of the API; None if it refuses the key."""
    try:
        return ask()
    except NotAuthorisedError:
        return None


def _granted(answer: _Answer | None) -> _Answer:
    if answer is None:
        raise KeyRefusedError
    return answer


@contextmanager
def online_account(workspace: Workspace, settings: Settings) -> Iterator[Account]:
    """The account of the environment that is named or the default; nothing is asked before a rule needs it.

    Environment variables are read for URL and key only, never for the assistants.

    Raises:
        ConfigError: no environment is meant, or it has no key.
    """
    environment = workspace.config.environment(settings.environment)
    with open_client(open_endpoint(environment, settings, os.environ), settings, connections=1) as client:
        yield ClientAccount(client)
