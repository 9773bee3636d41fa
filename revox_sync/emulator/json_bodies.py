"""Request bodies, which are JSON, and the JSON answers that refuse a request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from revox_sync.emulator.contract import BodyViolation

_BODY_LIMIT_BYTES: Final = 5 * 1024 * 1024
# JavaScript's numbers are exact below it.
_SAFE_INTEGER: Final = 2**53


class ViolationError(HTTPException):
    """A body that does not fit the contract."""

    def __init__(self, violations: Sequence[BodyViolation]) -> None:
        super().__init__(422, "the body does not match the contract")
        self.violations = violations


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


async def refusal(_: Request, error: Exception) -> JSONResponse:
    """The answer to a refused request: `{"error": "..."}`, with `details` of path and message for violations."""
    if not isinstance(error, HTTPException):
        return JSONResponse({"error": "the emulator failed"}, 500)
    body: dict[str, Any] = {"error": error.detail}
    if isinstance(error, ViolationError):
        body["details"] = [asdict(violation) for violation in error.violations]
    return JSONResponse(body, error.status_code, error.headers)
