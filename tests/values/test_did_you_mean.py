from __future__ import annotations

import pytest

from revox_sync.values.did_you_mean import is_obvious, nearest

# A word, what is near, and whether nothing else can be meant among name, names, prompt, voice, first_sentence, id.
WORDS = {
    "one letter missing": ("promt", "prompt", True),
    "one letter too many": ("vooice", "voice", True),
    "one letter wrong": ("prompf", "prompt", True),
    "two letters swapped": ("vocie", "voice", True),
    "last letter missing": ("promp", "prompt", True),
    "case and dashes": ("First-Sentence", "first_sentence", True),
    "an underscore too many": ("promp_", "prompt", True),
    "two slips": ("porpt", "prompt", False),
    "two candidates": ("namee", "name", False),
    "a short word in another case": ("ID", "id", True),
    "a short word": ("idd", "id", False),
}
CANDIDATES = ["name", "names", "prompt", "voice", "first_sentence", "id"]


@pytest.mark.parametrize(("word", "meant", "obvious"), WORDS.values(), ids=WORDS)
def test_a_single_slip_is_obvious(word: str, meant: str, *, obvious: bool) -> None:
    assert nearest(word, CANDIDATES) == meant
    assert is_obvious(word, meant, CANDIDATES) is obvious
