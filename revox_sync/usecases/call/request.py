"""What one call of `revox-sync call` asks for, and whether it makes sense before anything is read from the API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from revox_sync.config import CONFIG_NAME
from revox_sync.errors import RefusedError, UsageError

E164: Final = re.compile(r"\+[1-9][0-9]{1,14}")
_DRAWN: Final = re.compile(r"[\s().\-/]+")
"""What people write between the digits of a number."""


@dataclass(frozen=True, slots=True)
class CallRequest:
    """The options of call.

    Attributes:
        number: that is to be called, as it was typed; None where none was.
        variables: prompt variables by name.
        expected: values by what they are of, `outcome` or `output.NAME`.
        approved: whether it is placed without a question.
        patience: seconds to follow it.
    """

    address: str
    number: str | None
    variables: Mapping[str, str]
    expected: Mapping[str, str]
    approved: bool = False
    patience: float = 900.0


def pairs(option: str, written: Iterable[str], example: str) -> dict[str, str]:
    """The values of a repeatable option `NAME=VALUE` by name.

    Raises UsageError for a value without a name or `=`, and for a name that is given twice.
    """
    found: dict[str, str] = {}
    for text in written:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            # Not the text itself: it may hold a value.
            raise UsageError(f"{option} takes NAME=VALUE, and `{name[:80]}` is no such pair", hint=example)
        if name in found:
            raise UsageError(f"{option} names `{name}` twice", hint="give it once")
        found[name] = value
    return found


def require_test_number(number: str | None, allowed: Iterable[str]) -> str:
    """The number, which the project lists as one of its own.

    Raises:
        UsageError: there is none, or it is not in E.164 form.
        RefusedError: it is not in `safety.test_numbers`.
    """
    known = tuple(allowed)
    if number is None:
        raise UsageError("which number is to be called?", hint=f"--to {known[0] if known else '+33…'}")
    if not E164.fullmatch(number):
        bare = _DRAWN.sub("", number)
        hint = f"did you mean --to {bare}?" if E164.fullmatch(bare) else "write it like --to +33199001234"
        raise UsageError(f"`{number[:40]}` is no phone number with + and country code (E.164)", hint=hint)
    if number not in known:
        listed = ", ".join(known) if known else "none"
        raise RefusedError(
            f"{number} is not in `safety.test_numbers` of {CONFIG_NAME} (there: {listed}); nothing was dialled",
            hint=f"add it there if it is your own: safety: {{test_numbers: {json.dumps([*known, number])}}}",
        )
    return number
