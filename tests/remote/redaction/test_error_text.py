from __future__ import annotations

import json
import time

import pytest

from revox_sync.remote.redaction.error_text import LONGEST_WORDS, server_words

KEY = 'canary "6b1f"'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ""),
        (b"  \n ", ""),
        (b"Bad Gateway", "Bad Gateway"),
        (b'"quota used up"', "quota used up"),
        (b'{"error": "name is missing"}', "name is missing"),
        (b'{"message": "name is missing", "statusCode": 400}', "name is missing"),
        (b'{"error": "Bad Request", "message": "name is missing"}', "Bad Request; name is missing"),
        (b'{"error": "same", "message": "same"}', "same"),
        (b'{"error": {"message": "deep", "code": 7}}', "deep"),
        (b'{"detail": "in detail"}', "in detail"),
        (
            b'{"message": "Invalid", "details": [{"path": ["voice", "speed"], "message": "fast"}, {"path": "name"}]}',
            "Invalid; voice.speed: fast",
        ),
        (b'{"detail": [{"loc": ["body", 0, "id"], "msg": "required"}]}', "body.0.id: required"),
        (b'{"errors": [["one", "two"], "three"]}', "one; two; three"),
        (b'{"unknown": "shape"}', ""),
        (b"[]", ""),
        (b"null", ""),
        (b"17", ""),
        (b'{"error": null, "message": 5}', ""),
        (b'{"message": "expected <string> & got <null>"}', "expected <string> & got <null>"),
        (b"<html><head><title>502 Bad\nGateway</title></head><body>nginx</body></html>", "502 Bad Gateway"),
        (b"<!DOCTYPE html><title>Caf&eacute; &amp; bar</title>", "Café & bar"),
        (b"<html><style>p{}</style><script>x()</script><p>Sorry,<br>closed</p>", "Sorry, closed"),
        (b"<html><script>never closed", ""),
        (b'{"error": "<h1>Not here</h1>"}', "Not here"),
        ("a\x1b[31mb\x00c\u202ed\u200be\r\nf".encode(), "a [31mb c d e f"),
        (b"\xff\xfe broken", "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} broken"),
    ],
)
def test_words(body: bytes, expected: str) -> None:
    assert server_words(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        KEY.encode(),
        f"invalid key {KEY}, sorry".encode(),
        json.dumps({"error": f"got {KEY}"}).encode(),
        json.dumps({"details": [{"path": [KEY], "message": KEY}]}).encode(),
        b'{broken json with "canary \\"6b1f\\""',
        b"canary%20%226b1f%22",
        b"<html><title>canary &quot;6b1f&quot;</title></html>",
        b"<p>canary<br>&quot;6b1f&quot;</p>",
        b'canary\n"6b1f"',
        b'canary\x00"6b1f"',
        b"x" * (LONGEST_WORDS - 8) + KEY.encode() + b"y" * 50,
    ],
)
def test_secrets_are_masked(body: bytes) -> None:
    words = server_words(body, ["other", KEY])
    assert "6b1f" not in words
    assert "canary" not in words


def test_secret_inside_another_secret() -> None:
    assert server_words(b"abcdef abc", ["abc", "abcdef"]) == "(sensitive) (sensitive)"


def test_long_words_are_cut() -> None:
    words = server_words(b"word " * 1000)
    assert len(words) == LONGEST_WORDS
    assert words.endswith("…")


@pytest.mark.parametrize(
    "body",
    [
        b"<" * 65_000,
        b"<script" * 9_000,
        b"<p>" * 20_000,
        b"[" * 65_000,
        b'{"error":' * 7_000,
        b'{"error":' * 900 + b"1" + b"}" * 900,
    ],
    ids=["brackets", "scripts", "paragraphs", "lists", "mappings", "nested"],
)
def test_hostile_bodies_take_no_time(body: bytes) -> None:
    started = time.process_time()
    assert len(server_words(body)) <= LONGEST_WORDS
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "body",
    [
        b"the key ends in 6f5e4d3c",
        b"THE KEY ENDS IN 6F5E4D3C",
        b'{"error": "ends in \\u0036f5e4d3c"}',
        b"<p>6f5e4d3c</p>",
    ],
)
def test_parts_of_secrets_are_masked(body: bytes) -> None:
    words = server_words(body, ["canary-9a8b7c6f5e4d3c"])
    assert "6f5e4d3c" not in words.lower()
    assert "(sensitive)" in words
