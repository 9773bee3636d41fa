"""Request bodies as bytes: the one place where secrets become text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from revox_sync.errors import BrokenFilesError, ConfigError
from revox_sync.secret import Secret


@dataclass(frozen=True, slots=True)
class Body:
    """A request body ready to be sent.

    Attributes:
        content: JSON, ASCII only.
        secrets: the texts of the secrets in it, so that an answer that quotes them can be cleaned.
    """

    content: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def encode(body: Mapping[str, Any]) -> Body:
    """The JSON of a body, secrets revealed.

    Raises:
        BrokenFilesError: it holds a number that JSON does not have (NaN, infinity).
        ConfigError: it holds a secret that was never read.
    """
    secrets: list[str] = []
    plain = _plain(body, "", secrets)
    return Body(json.dumps(plain, allow_nan=False, separators=(",", ":")).encode("ascii"), tuple(secrets))


def _plain(value: Any, at: str, secrets: list[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(child, f"{at}.{key}" if at else str(key), secrets) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(child, f"{at}[{index}]", secrets) for index, child in enumerate(value)]
    if isinstance(value, Secret):
        secrets.append(_revealed(value, at))
        return secrets[-1]
    if isinstance(value, float) and not math.isfinite(value):
        raise BrokenFilesError(f"`{at}` is {value}, a number that JSON does not have")
    return value


def _revealed(secret: Secret, at: str) -> str:
    if not secret.known:
        raise ConfigError(f"`{at}` needs the environment variable {secret.variable}, which was not read")
    return secret.reveal()
