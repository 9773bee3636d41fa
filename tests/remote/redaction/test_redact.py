from __future__ import annotations

import html
import json
import time
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


@pytest.mark.parametrize("text", ["", "s3c", "nothing of it s3cr end", "s3 cr"])
def test_nothing_else_is_covered(text: str) -> None:
    assert Redactor(["", HIDDEN])(text) == text
    assert Redactor([])(text) == text


def test_hostile_texts_take_no_time() -> None:
    cover, started = Redactor(["\\" * 9 + '"' * 9, " \t" * 9, "a" * 8_000]), time.monotonic()
    for text in ("\\" * 8_000, " " * 8_000, "%5c" * 3_000, "&" * 8_000, "a" * 7_999 + "b"):
        cover(text)
    assert time.monotonic() - started < 5
