"""Names that stand in two places and should be one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

NEARLY: Final = 0.91
"""Two letters in twenty. `customer_id` and `customer_name` are two names, `contract_numbr` is a slip."""

DIGITS: Final = r"\d+"


@lru_cache(maxsize=1000)  # a project has few names, again and again
def name_shape(name: str) -> str:
    """What stays of a name when case, accents and separators do not count."""
    if not name.isascii():
        import unicodedata

        name = unicodedata.normalize("NFKD", name)
    return "".join([each for each in name.casefold() if each.isalnum()])


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """The known name of which `name` is most likely a slip of the pen; None when they are just similar."""
    own = name_shape(name[:100])
    for each in known:
        if re.findall(DIGITS, each) == re.findall(DIGITS, name) and _is_near(own, name_shape(each)):
            return each
    return None


def _is_near(one: str, other: str) -> bool:
    if one == other or abs(len(one) - len(other)) > 2:
        return one == other
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= NEARLY
