"""Unquoted scalars by the YAML 1.2 core schema (§10.3), and those that readers disagree about."""

from __future__ import annotations

import re
from math import isinf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from revox_sync.source.model.value import Scalar

SPECIAL_STARTS: Final = "0123456789+-.~nNtTfFyYoO"
"""An unquoted scalar that is not empty and starts otherwise is a string for every reader."""

_MAX_DIGITS: Final = 308
"""Digits of the longest number that fits in a double, which JSON readers make of numbers."""

WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS: Final = "0123456789+-."
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER: Final = r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
_BASES: Final = {"0o": 8, "0x": 16}


class NoJsonValueError(ValueError):
    """A scalar has a value that JSON cannot hold; its text is the reason."""


def plain_value(text: str) -> Scalar:
    """Value of an unquoted scalar. Raises NoJsonValueError for `.inf`, `.nan` and numbers beyond a double."""
    if text in WORDS:
        return WORDS[text]
    if text[0] in _NUMBER_STARTS:
        if _INT.fullmatch(text):
            if len(text) > _MAX_DIGITS:
                raise NoJsonValueError(f"the number has more than {_MAX_DIGITS} digits")
            return int(text, _BASES.get(text[:2], 10))
        if _FLOAT.fullmatch(text):
            number = float(text)
            if isinf(number):
                raise NoJsonValueError("the number is too large")
            return number
        if re.fullmatch(_NO_NUMBER, text):
            raise NoJsonValueError("JSON has no infinity and no not-a-number")
    return text


_LONGEST_AMBIGUOUS: Final = 40
_BOOLEANS_1_1: Final = frozenset(
    spelling for word in ("y", "n", "yes", "no", "on", "off") for spelling in (word, word.capitalize(), word.upper())
)
_DISPUTED: Final = (
    (r"\+[0-9]{6,}", "a phone number is a string; YAML reads the number {value}"),
    (r"[-+]?0[0-9]*[89][0-9]*", "a code with leading zeros is a string; YAML 1.2 reads the number {value}"),
    (r"[-+]?0[0-7]+", "YAML 1.1 reads an octal number, YAML 1.2 the number {value}"),
    (r"0o[0-7]+", "YAML 1.1 reads the string, YAML 1.2 the number {value}"),
    (r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?", "YAML 1.1 reads a number in base 60, YAML 1.2 the string"),
    (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?", "YAML 1.1 reads a date, YAML 1.2 the string"),
    (
        r"[-+]?(0x[0-9a-fA-F_]*_[0-9a-fA-F_]*|0b[01_]+|[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?)",
        "YAML 1.1 reads a number, YAML 1.2 the string",
    ),
    (
        r"[-+]?([0-9]+[eE][-+]?[0-9]+|[0-9]*\.[0-9]*[eE][0-9]+)",
        "YAML 1.1 reads the string, YAML 1.2 the number {value}",
    ),
)


def ambiguity(text: str, value: Scalar) -> str | None:
    """Who reads an unquoted scalar how, as one clause; None when all readers agree.

    The types of YAML 1.1 are those of yaml.org/type (bool, int, float, timestamp).

    Args:
        text: a scalar whose first character is one of SPECIAL_STARTS.
        value: what `plain_value` makes of it.
    """
    if len(text) >= _LONGEST_AMBIGUOUS:
        return None
    if text in _BOOLEANS_1_1:
        return "YAML 1.1 reads a boolean, YAML 1.2 the string"
    if text[:1] not in _NUMBER_STARTS or _is_simple(text):
        return None
    return next((reason.format(value=value) for pattern, reason in _DISPUTED if re.fullmatch(pattern, text)), None)


def _is_simple(text: str) -> bool:
    # Digits with at most one point among them are read alike by all, unless a leading zero makes them octal for some.
    return text.replace(".", "", 1).isdecimal() and (text[0] != "0" or len(text) == 1 or "." in text)
