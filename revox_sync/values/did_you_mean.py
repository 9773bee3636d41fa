"""Did-you-mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LEAST_FOR_A_SLIP: Final = 4
"""Letters of the shortest word in which one wrong letter leaves no doubt."""


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate somebody most likely meant, or None when nothing is near.

    Case, dashes and underscores do not count: `firstSentence` is near `first_sentence`.
    """
    import difflib

    by_shape = {_shape(each): each for each in sorted(candidates, reverse=True)}
    found = difflib.get_close_matches(_shape(word[:100]), by_shape, n=1, cutoff=0.7)
    return by_shape[found[0]] if found else None


def _shape(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """`did you mean x?`, or an empty string."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else ""


def is_obvious(word: str, meant: str, candidates: Iterable[str]) -> bool:
    """Whether `meant` is the only candidate that one slip turns into the word.

    A slip is a letter that is missing, too many, wrong or swapped with its neighbour; case, dashes and underscores do
    not count. In very short words a single letter says nothing.
    """
    near = [each for each in candidates if _is_slip(_shape(word), _shape(each))]
    return near == [meant] and (len(word) >= LEAST_FOR_A_SLIP or _shape(word) == _shape(meant))


def _is_slip(word: str, meant: str) -> bool:
    same = next((n for n, (one, other) in enumerate(zip(word, meant, strict=False)) if one != other), None)
    start = min(len(word), len(meant)) if same is None else same
    written, right = word[start:], meant[start:]
    swapped = right[1:2] + right[:1] + right[2:]
    return written[1:] in {right, right[1:]} or written in {right[1:], swapped}
