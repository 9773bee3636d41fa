"""Words in which letters of one script stand among those of another that look the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from revox_sync.values.named_tuple import NamedTuple

# Letters of other scripts that can hardly be told from a Latin one (Unicode, UTS 39, confusables.txt).
_LOOK_LATIN: Final = {
    "Cyrillic": "АВЕЅІЈКМНОРСТУХԌԚԜаеорсухіјѕһԁԛԝѵӏү",
    "Greek": "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχι",
    "Armenian": "ՍՕԼօոսցհ",
}
_SCRIPTS: Final = {"Cyrillic": "\u0400-\u052f", "Greek": "\u0370-\u03ff", "Armenian": "\u0531-\u0587"}
_LATIN: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
# The other way round: in a word of another script the Latin letters are those that look like it.
_LATIN_ALIKE: Final = "ABCEHIJKMOPSTXYaceijopsuvxyhn"
_OTHERS: Final = "".join(_SCRIPTS.values())
_WORD: Final = re.compile(rf"[{_LATIN}{_OTHERS}]+")


class MixedWord(NamedTuple):
    """A word of two scripts.

    Attributes:
        start: offset of the word.
        odd: the first of the letters that look like those around them.
        script: whose letter that is.
    """

    start: int
    word: str
    odd: str
    script: str


def mixed_words(text: str) -> Iterator[MixedWord]:
    """The words of a text that a reader takes for words of one script, and that are not."""
    if text.isascii() or re.search(f"[{_OTHERS}]", text) is None:
        return
    for found in _WORD.finditer(text):
        word = found[0]
        if word.isascii():
            continue
        latin = [letter for letter in word if re.match(f"[{_LATIN}]", letter)]
        for script, letters in _SCRIPTS.items():
            others = [letter for letter in word if re.match(f"[{letters}]", letter)]
            if not latin or not others or len(latin) + len(others) < len(word):
                continue
            if all(letter in _LOOK_LATIN[script] for letter in others):
                yield MixedWord(found.start(), word, others[0], script)
            elif len(latin) < len(others) and all(letter in _LATIN_ALIKE for letter in latin):
                yield MixedWord(found.start(), word, latin[0], "Latin")
