"""Names in two places that are probably meant to be the same."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

# Two letters in twenty. `customer_id` and `customer_name` are two names, `contract_numbr` is a slip.
_LEAST_SIMILARITY: Final = 0.91
_DIGITS: Final = r"\d+"


@lru_cache(maxsize=1000)  # the same few names occur all over a project
def name_shape(name: str) -> str:
    """What is left of a name without case, accents and separators."""
    if not name.isascii():
        import unicodedata

        name = unicodedata.normalize("NFKD", name)
    return "".join([char for char in name.casefold() if char.isalnum()])


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` most likely misspells; None where they are just similar."""
    shape = name_shape(name[:100])
    for candidate in known:
        # `address_1` and `address_2` differ in one letter and are two names.
        same_digits = re.findall(_DIGITS, candidate) == re.findall(_DIGITS, name)
        if same_digits and _is_near(shape, name_shape(candidate)):
            return candidate
    return None


def _is_near(shape: str, known: str) -> bool:
    if shape == known or abs(len(shape) - len(known)) > 2:
        return shape == known
    from difflib import SequenceMatcher

    return SequenceMatcher(None, shape, known, autojunk=False).ratio() >= _LEAST_SIMILARITY
