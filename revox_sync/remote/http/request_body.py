"""Request bodies as bytes: the one place where secrets become text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from revox_sync.errors import BrokenFilesError, ConfigError
from revox_sync.values.pointer import dotted
from revox_sync.values.secret import Secret
from revox_sync.values.walk import parts


@dataclass(frozen=True, slots=True)
class Body:
    """A request body ready to be sent.

    Attributes:
        content: JSON, ASCII only; None for a request without a body.
        secrets: the texts of the secrets in it; an error must not quote them when the API does.
    """

    content: bytes | None = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


NO_BODY: Final = Body(None, ())


def encode(body: Mapping[str, Any]) -> Body:
    """The JSON of a body, secrets revealed.

    Raises:
        BrokenFilesError: it holds a number that JSON does not have (NaN, infinity).
        ConfigError: it holds a secret that was never read.
    """
    secrets: list[str] = []

    def reveal(value: Any) -> Any:
        if isinstance(value, Secret) and value.known:
            secrets.append(value.reveal())
            return secrets[-1]
        raise TypeError(type(value).__name__)

    try:
        text = json.dumps(dict(body), allow_nan=False, separators=(",", ":"), default=reveal)
    except (TypeError, ValueError):
        _require_sendable(body)
        raise
    return Body(text.encode("ascii"), tuple(secrets))


def _require_sendable(body: Mapping[str, Any]) -> None:
    """Raise an error that says what cannot be sent and where; json tells neither."""
    for pointer, part, _ in parts(dict(body)):
        if isinstance(part, Secret) and not part.known:
            raise ConfigError(
                f"`{dotted(pointer)}` needs the environment variable {part.variable}, which was not read"
            ) from None
        if isinstance(part, float) and not math.isfinite(part):
            raise BrokenFilesError(f"`{dotted(pointer)}` is {part}, a number that JSON does not have") from None
