"""Which entries of two lists belong together where nothing but their position names them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from revox_sync.values.pointer import Value

Place = tuple[int | None, int | None]
"""Position in the old and in the new list; None where an entry has no counterpart."""
_MOST_PAIRS: Final = 400
"""Pairs of entries up to which the most similar ones are looked for; of more, each belongs to the next one."""
_PREFERENCE: Final = 0.01
"""What a pair counts beside its similarity: of two entries without any, one most likely took the other's place."""


def aligned(before: Sequence[Value], after: Sequence[Value]) -> Iterator[Place]:
    """Places of the entries that differ, in the order of the lists.

    What lies between entries that stayed is paired so that the most similar entries belong together, without crossing:
    an entry in front of an edited one must not look as if the edit were there.
    """
    # As texts, because True is 1 in Python.
    old, new = ([json.dumps(entry, sort_keys=True) for entry in side] for side in (before, after))
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            for left, right in _paired(before[old_start:old_end], after[new_start:new_end]):
                yield None if left is None else old_start + left, None if right is None else new_start + right


def _paired(before: Sequence[Value], after: Sequence[Value]) -> Iterator[Place]:
    """The pairs, in order, whose similarities add up to the most."""
    if len(before) * len(after) > _MOST_PAIRS:
        common = min(len(before), len(after))
        yield from ((place, place) for place in range(common))
        yield from ((place, None) for place in range(common, len(before)))
        yield from ((None, place) for place in range(common, len(after)))
        return
    if len(before) == len(after) == 1:
        yield 0, 0  # whatever they are: to find out how alike they are takes longer than the rest of a small plan
        return
    likeness = [[_similarity(old, new) + _PREFERENCE for new in after] for old in before]
    # best[i][j]: what the entries from i and j on add up to, as for a longest common subsequence.
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + likeness[i][j])
    i = j = 0
    while i < len(before) or j < len(after):
        if i < len(before) and j < len(after) and best[i][j] == best[i + 1][j + 1] + likeness[i][j]:
            yield i, j
            i, j = i + 1, j + 1
        elif i < len(before) and (j == len(after) or best[i][j] == best[i + 1][j]):
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1


def _similarity(old: Value, new: Value) -> float:
    """From 0 to 1: of texts the share of common characters, of everything else how little one would have to change."""
    if isinstance(old, str) and isinstance(new, str):
        return SequenceMatcher(None, old[:_MOST_PAIRS], new[:_MOST_PAIRS]).quick_ratio()
    from deepdiff import DeepDiff  # imported here because most plans need no list compared by position

    distance: float = DeepDiff(old, new, get_deep_distance=True, ignore_order=True).get("deep_distance", 0)
    return 1 - distance
