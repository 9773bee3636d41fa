"""What every endpoint of the emulator shares: where its path lies, and how it reads a body."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ROOT: Final = "/api"
_BODY_LIMIT_BYTES: Final = 5 * 1024 * 1024
# JavaScript's numbers are exact below it.
_SAFE_INTEGER: Final = 2**53
Handler = Callable[[Request], Awaitable[Response]]


def route(path: str, **by_method: Handler) -> Route:
    """A path below the base URL, with what answers each method."""

    async def endpoint(request: Request) -> Response:
        # Starlette adds HEAD to every route that knows GET, and the server leaves the body out.
        method = "GET" if request.method == "HEAD" else request.method
        return await by_method[method](request)

    return Route(ROOT + path, endpoint, methods=list(by_method))


async def read_mapping(request: Request) -> dict[str, Any]:
    """The JSON mapping a request carries.

    Raises:
        HTTPException: 413 for a body over the limit, 400 for one that is not a JSON mapping.
    """
    body = _parsed(await _read(request))
    if not isinstance(body, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return body


async def _read(request: Request) -> bytes:
    # Read to the end even when it is too large: a client that is still sending might miss the refusal.
    size, chunks = 0, []
    async for chunk in request.stream():
        size += len(chunk)
        if size <= _BODY_LIMIT_BYTES:
            chunks.append(chunk)
    if size > _BODY_LIMIT_BYTES:
        raise HTTPException(413, f"the body is larger than {_BODY_LIMIT_BYTES} bytes")
    return b"".join(chunks)


def _parsed(text: bytes) -> Any:
    """The value of a JSON text, numbers as JavaScript would answer them: `400.0` becomes `400`."""
    try:
        value = json.loads(text.decode("utf-8"), parse_float=_number)
        # Python reads more than JSON can say: NaN, infinities (also as 1e999) and unpaired surrogates.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except RecursionError:
        raise HTTPException(400, "the body is nested too deeply") from None
    except ValueError as error:
        raise HTTPException(400, f"the body is not valid JSON: {error}") from error
    return value


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if abs(number) < _SAFE_INTEGER and number.is_integer() else number
