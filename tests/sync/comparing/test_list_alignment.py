"""Which entries of two lists belong together."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.sync.comparing.list_alignment import Place, aligned


def window(start: int, end: int, delay: int) -> dict[str, int]:
    return {"start": start, "end": end, "delay": delay}


A, B, C = window(8, 9, 60), window(10, 12, 120), window(14, 18, 180)
EDITED = window(14, 19, 180)


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        ([A, B], [A, B], []),
        ([A, C], [A, EDITED], [(1, 1)]),
        # An entry in front of an edited one, and one less in front of it: the edit is where it was made.
        ([A, C], [A, B, EDITED], [(None, 1), (1, 2)]),
        ([C], [A, B, EDITED], [(None, 0), (None, 1), (0, 2)]),
        ([A, B, C], [EDITED], [(0, None), (1, None), (2, 0)]),
        ([A, B, C], [B, EDITED], [(0, None), (2, 1)]),
        (["monday", "friday"], ["sunday", "mondays", "friday"], [(None, 0), (0, 1)]),
        ([1, True], [True, 1], [(None, 0), (1, None)]),
        ([1], [True], [(0, 0)]),
        ([], [A], [(None, 0)]),
        ([A], [], [(0, None)]),
        ([{}], [[]], [(0, 0)]),
        (list(range(30)), list(range(100, 131)), [*((place, place) for place in range(30)), (None, 30)]),
    ],
)
def test_the_entry_that_was_edited_is_found(before: list[Any], after: list[Any], places: list[Place]) -> None:
    assert list(aligned(before, after)) == places


ENTRIES = st.lists(st.one_of(st.integers(0, 3), st.sampled_from([A, B, C, EDITED, "a", "ab"])), max_size=7)


@given(ENTRIES, ENTRIES)
def test_every_entry_that_differs_has_one_place_and_the_others_none(before: list[Any], after: list[Any]) -> None:
    places = list(aligned(before, after))
    gone, come = ([place for pair in places if (place := pair[side]) is not None] for side in (0, 1))
    assert gone == sorted(set(gone))
    assert come == sorted(set(come))
    left, right = (
        [repr(entry) for number, entry in enumerate(entries) if number not in named]
        for entries, named in ((before, gone), (after, come))
    )
    assert left == right


def test_a_single_edited_entry_needs_no_comparison_library() -> None:
    """Deepdiff takes longer to import than a small plan takes: it is loaded where there is something to choose from."""
    code = f"""
import sys
from revox_sync.sync.comparing.list_alignment import aligned
print(list(aligned({[A, C]}, {[A, EDITED]})), "deepdiff" in sys.modules, "pydantic" in sys.modules)
print(list(aligned({[A, C]}, {[B, EDITED]})), "deepdiff" in sys.modules)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "[(1, 1)] False False\n[(0, 0), (1, 1)] True\n"
