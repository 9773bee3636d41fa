"""Bytes in, JSON out: reads request bodies and writes every answer, refusals included."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from revox_sync.emulator.contract import BodyViolation

BODY_LIMIT_BYTES: Final = 5 * 1024 * 1024
SAFE_INTEGER: Final = 2**53  # JavaScript's numbers are exact below it


class ViolationError(Exception):
    """A body that does not fit the contract."""

    def __init__(self, violations: Sequence[BodyViolation]) -> None:
        super().__init__()
        self.violations = violations


async def read_mapping(request: Request) -> dict[str, Any]:
    """The JSON mapping a request carries.

    Raises:
        HTTPException: 413 for a body over the limit, 400 for one that is no JSON mapping.
    """
    body = parse_body(await _read(request))
    if not isinstance(body, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return body


async def _read(request: Request) -> bytes:
    # Read to the end even when it is too much: a client that is still sending might miss the refusal.
    size, chunks = 0, []
    async for chunk in request.stream():
        size += len(chunk)
        if size <= BODY_LIMIT_BYTES:
            chunks.append(chunk)
    if size > BODY_LIMIT_BYTES:
        raise HTTPException(413, f"the body is larger than {BODY_LIMIT_BYTES} bytes")
    return b"".join(chunks)


def parse_body(text: bytes) -> Any:
    """The value of a JSON text, numbers as JavaScript would answer them (`400.0` becomes `400`).

    Raises:
        HTTPException: 400 when it is not JSON; `NaN`, `Infinity`, numbers too large for a double and unpaired
            surrogates are not.
    """
    try:
        value = json.loads(text.decode("utf-8"), parse_float=_number)
        # What Python reads but JSON cannot say: NaN, infinities, unpaired surrogates.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except RecursionError:
        raise HTTPException(400, "the body is nested too deeply") from None
    except ValueError as error:
        raise HTTPException(400, f"the body is not valid JSON: {error}") from error
    return value


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if abs(number) < SAFE_INTEGER and number.is_integer() else number


async def refusal(_: Request, error: Exception) -> JSONResponse:
    """The answer to a request that the emulator refuses: `{"error": "..."}` with the exception's status."""
    if not isinstance(error, HTTPException):
        return JSONResponse({"error": "the emulator failed"}, 500)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


async def violation_report(_: Request, error: Exception) -> JSONResponse:
    """The 422 answer: `{"error": "...", "details": [{"path": "...", "message": "..."}]}`."""
    violations = error.violations if isinstance(error, ViolationError) else ()
    details = [{"path": each.path, "message": each.message} for each in violations]
    return JSONResponse({"error": "the body does not match the contract", "details": details}, 422)
