"""The form that all spellings of an assistant's name share."""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

# Typographic quotes and blanks, which a server or an editor may put in the place of plain ones.
_PLAIN: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


def loose_name(name: str) -> str:
    """The name in Unicode form NFC, without case, with single blanks and plain quotes.

    Two assistants whose names differ only in this cannot be told apart safely: a server may store either for the other.
    """
    return " ".join(normalize("NFC", name).casefold().translate(_PLAIN).split())
