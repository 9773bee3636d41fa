"""How long a text is for those who receive it, in the units of `x-budget` (docs/schema.md)."""

from collections.abc import Callable, Mapping
from typing import Final

from revox_sync.lint.subject.texts import DOUBLE_BRACES

# 3GPP TS 23.038: the default alphabet of text messages, and the characters that take two places in it.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\n\rØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE: Final = frozenset("\f^{}\\[~]|€")
# A rough average: it only has to tell a sentence from a monologue.
_CHARACTERS_PER_SECOND: Final = 15


def filled_in(text: str) -> str:
    """The text as somebody receives it. A placeholder becomes ten letters: nobody knows how long its value will be."""
    return DOUBLE_BRACES.sub("x" * 10, text)


def first_outside_gsm(text: str) -> str:
    """The first character that the alphabet of text messages lacks; empty without one."""
    return next((char for char in text if char not in _GSM and char not in _GSM_DOUBLE), "")


def message_count(text: str) -> int:
    """How many text messages carry a text: 160 characters in one and 153 in each of several, else 70 and 67."""
    if first_outside_gsm(text):
        # One such character makes the phone network send the whole text as UTF-16.
        length, single, joined = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    else:
        length, single, joined = len(text) + sum(char in _GSM_DOUBLE for char in text), 160, 153
    return 1 if length <= single else -(-length // joined)


def speaking_seconds(text: str) -> int:
    """About how long a voice of normal speed needs, in seconds."""
    return round(len(text) / _CHARACTERS_PER_SECOND)


UNITS: Final[Mapping[str, Callable[[str], int]]] = {
    "characters": len,
    "messages": message_count,
    "seconds": speaking_seconds,
}
"""Measures by unit; each takes a text as `filled_in` returns it."""
