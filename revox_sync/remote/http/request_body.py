"""Request bodies as bytes: the one place where secrets become text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from revox_sync.errors import BrokenFilesError, ConfigError
from revox_sync.values.secret import Secret


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

    def plain(value: Any) -> Any:
        if isinstance(value, Secret) and value.known:
            secrets.append(value.reveal())
            return secrets[-1]
        if isinstance(value, Mapping):
            return dict(value)
        raise _NoJsonError(type(value).__name__)

    try:
        text = json.dumps(body, allow_nan=False, separators=(",", ":"), default=plain)
    except (_NoJsonError, ValueError):
        problem = next(_problems(body, ""), None)
        if problem is None:
            raise
        raise problem from None
    return Body(text.encode("ascii"), tuple(secrets))


class _NoJsonError(TypeError):
    """A value is none that JSON has."""


def _problems(value: Any, at: str) -> Iterator[BrokenFilesError | ConfigError]:
    """What cannot be sent, with its place."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _problems(child, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from _problems(child, f"{at}[{index}]")
    elif isinstance(value, Secret) and not value.known:
        yield ConfigError(f"`{at}` needs the environment variable {value.variable}, which was not read")
    elif isinstance(value, float) and not math.isfinite(value):
        yield BrokenFilesError(f"`{at}` is {value}, a number that JSON does not have")
