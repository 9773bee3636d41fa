"""How long a text is for those who get it, in the units of `x-budget` (docs/schema.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

# 3GPP TS 23.038: the default alphabet of text messages, and the characters that take two places in it.
GSM: Final = frozenset(
    "@£$¥èéùìòÇ\n\rØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE: Final = frozenset("\f^{}\\[~]|€")
CHARACTERS_PER_SECOND: Final = 15
PLACEHOLDER: Final = r"\{\{[^{}\n]*\}\}"
FILLED_IN: Final = "x" * 10


def filled_in(text: str) -> str:
    """The text as somebody gets it: ten letters in the place of each placeholder, because nobody knows better."""
    return re.sub(PLACEHOLDER, FILLED_IN, text)


def beyond_gsm(text: str) -> str:
    """The first character that the alphabet of text messages lacks; empty without one."""
    return next((each for each in text if each not in GSM and each not in GSM_DOUBLE), "")


def message_count(text: str) -> int:
    """How many text messages carry a text: 160 characters in one and 153 in each of several, else 70 and 67."""
    if beyond_gsm(text):
        length, single, joined = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    else:
        length, single, joined = len(text) + sum(each in GSM_DOUBLE for each in text), 160, 153
    return 1 if length <= single else -(-length // joined)


def speaking_seconds(text: str) -> int:
    """About how long a voice of normal speed needs, in seconds."""
    return round(len(text) / CHARACTERS_PER_SECOND)


UNITS: Final[Mapping[str, Callable[[str], int]]] = {
    "characters": len,
    "messages": message_count,
    "seconds": speaking_seconds,
}
"""Measures by unit; each takes a text as `filled_in` gives it."""
