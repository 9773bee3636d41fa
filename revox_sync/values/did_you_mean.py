"""Which known word somebody meant who wrote an unknown one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LEAST_FOR_A_SLIP: Final = 4
"""Letters of the shortest word in which one wrong letter leaves no doubt about what was meant."""


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was most likely meant, or None when no candidate is similar.

    Case, dashes, underscores and spaces do not count: `firstSentence` is like `first_sentence`.
    """
    import difflib  # takes a millisecond, and a file without mistakes needs no suggestion

    # Of candidates that are written alike the last one stays in the dictionary: the first of the alphabet.
    by_shape = {_shape(candidate): candidate for candidate in sorted(candidates, reverse=True)}
    # difflib needs time that grows with the square of the length, and users paste whole texts.
    found = difflib.get_close_matches(_shape(word[:100]), by_shape, n=1, cutoff=0.7)
    return by_shape[found[0]] if found else None


def _shape(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The question "did you mean `x`?", or an empty string when no candidate is similar."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else ""


def is_obvious(word: str, meant: str, candidates: Iterable[str]) -> bool:
    """Whether `meant` is the only candidate that one slip turns into the word.

    A slip is a letter that is missing, added, wrong, or swapped with its neighbour. In words of fewer than four letters
    only case, dashes, underscores and spaces may differ.
    """
    near = [candidate for candidate in candidates if _is_slip(_shape(word), _shape(candidate))]
    return near == [meant] and (len(word) >= _LEAST_FOR_A_SLIP or _shape(word) == _shape(meant))


def _is_slip(word: str, meant: str) -> bool:
    start = next(
        (index for index, (written, right) in enumerate(zip(word, meant, strict=False)) if written != right),
        min(len(word), len(meant)),
    )
    written, right = word[start:], meant[start:]
    swapped = right[1:2] + right[:1] + right[2:]
    return written[1:] in {right, right[1:]} or written in {right[1:], swapped}
