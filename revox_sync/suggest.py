"""Did-you-mean."""

from __future__ import annotations

from collections.abc import Iterable


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
