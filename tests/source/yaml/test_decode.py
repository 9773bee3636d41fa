from __future__ import annotations

import re
import sys

import pytest

from revox_sync.source.yaml.decode import SUSPECT, has_suspects

EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))


def test_no_suspect_passes_for_printable() -> None:
    suspects = re.findall(SUSPECT, EVERYTHING)
    assert len(suspects) > 2048  # the surrogates alone
    assert [each for each in suspects if not has_suspects(f"é {each}")] == []


@pytest.mark.parametrize(
    "text", ["", "a: b\r\n\tc", "où ? 10\xa0h, «\u202fœuf\u202f» – 20 €", "日本 👍\U0001f3fd", "\ue000"]
)
def test_other_characters_are_none(text: str) -> None:
    assert not has_suspects(text)
