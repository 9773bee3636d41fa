from __future__ import annotations

import html
import json
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import pytest

from revox_sync.remote.redaction.redact import Redactor
from revox_sync.values.secret import MASK

HIDDEN = "s3cr\"é't\\/+%  \n<x>—🙂end"
SPELLINGS = {
    "raw": HIDDEN,
    "JSON": json.dumps(HIDDEN),
    "JSON without escapes": json.dumps(HIDDEN, ensure_ascii=False),
    "JSON twice": json.dumps(json.dumps(HIDDEN)),
    "HTML": html.escape(HIDDEN),
    "URL": quote(HIDDEN, safe=""),
    "small hexadecimal digits": quote(HIDDEN, safe="").lower(),
    "a URL of JSON": quote(json.dumps(HIDDEN, ensure_ascii=False)),
    "one line": " ".join(HIDDEN.split()),
    "cut off": HIDDEN[:9],
    "cut off, with a mark": f'{json.dumps(HIDDEN)[1:11]}…"',
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_is_covered(spelling: str) -> None:
    covered = Redactor(["other", HIDDEN])(f"cannot take {spelling}")
    assert covered.startswith("cannot take ")
    assert MASK in covered
    assert "s3cr" not in covered
    assert "cr%" not in covered


LONG: Final = "sk_live_9f8E7d6C5b4A—https://hooks.example.com/T0/Zz"


@pytest.mark.parametrize("spell", [str, str.upper, str.lower, quote, json.dumps, html.escape, str.swapcase])
def test_any_part_of_a_secret_is_covered(spell: Callable[[str], str]) -> None:
    """A server says which key it means by its end, or quotes a URL without its host."""
    redact = Redactor([LONG])
    for length in (8, 9, 15):
        for start in range(len(LONG) - length + 1):
            part = spell(LONG[start : start + length])
            covered = redact(f"the one with {part} in it")
            assert covered.startswith("the one with ")
            assert covered.endswith(" in it")
            shown = covered.removeprefix("the one with ").removesuffix(" in it").replace(MASK, " ")
            assert not any(part[at : at + 8] in shown for at in range(len(part) - 7)), (part, covered)


def test_two_parts_are_covered_apart() -> None:
    assert Redactor([LONG])("a 9F8E7D6C5B4A b hooks.example c") == f"a {MASK} b {MASK} c"
    assert Redactor(["short"])("a SHORT b") == f"a {MASK} b"
    assert Redactor(["my-sensitive-key"])("a my-sensitive-key b") == f"a {MASK} b"


def test_less_than_eight_characters_may_be_chance() -> None:
    assert Redactor([LONG])("example https:// sk_live hooks") == f"example {MASK} sk_live hooks"
    assert Redactor([LONG])("an example, sk_live, hooks.e!") == "an example, sk_live, hooks.e!"


@pytest.mark.parametrize("text", ["", "s3c", "nothing of it s3cr end", "s3 cr"])
def test_nothing_else_is_covered(text: str) -> None:
    assert Redactor(["", HIDDEN])(text) == text
    assert Redactor([])(text) == text


def test_hostile_texts_take_no_time() -> None:
    cover, started = Redactor(["\\" * 9 + '"' * 9, " \t" * 9, "a" * 8_000]), time.monotonic()
    for text in ("\\" * 8_000, " " * 8_000, "%5c" * 3_000, "&" * 8_000, "a" * 7_999 + "b"):
        cover(text)
    assert time.monotonic() - started < 5
