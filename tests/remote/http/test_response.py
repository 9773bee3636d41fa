"""Answers that are strange on the wire."""

from __future__ import annotations

import pytest

from tests.remote.calls import client_of, failure
from tests.remote.server import Reply, serving


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "compress\u00ff"])
def test_encodings_nobody_asked_for(encoding: str) -> None:
    """Some of them make gigabytes of the first 64 kilobytes."""
    replies = Reply(body={"assistants": []}, headers={"Content-Encoding": encoding})
    error = failure("GET /assistants", replies)
    assert error.message.startswith("the answer to GET /assistants is not in an encoding that was asked for (")
    assert failure("POST /assistants", Reply(422, {"error": "x"}, {"Content-Encoding": encoding})).message.endswith(
        "(422)"
    )


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (rb"caf\ud83d", "caf\ufffd"),
        (rb"\ude00\ud83d\ude00\ud83d!", "\ufffd\U0001f600\ufffd!"),
        (rb"\\ud83d", r"\ud83d"),
        (b"a\\u0000b\xe2\x80\xae", "a\0b\u202e"),
    ],
)
def test_texts_no_file_can_hold(sent: bytes, read: str) -> None:
    """A dashboard that cuts a text in the middle of an emoji must not keep the whole account from being read."""
    body = b'\xef\xbb\xbf{"assistants": [{"id": "a", "name": "' + sent + b'", "deep": ' + b"[" * 60 + b"]" * 60 + b"}]}"
    with serving(Reply(body=body)) as server, client_of(server) as client:
        (found,) = client.list_assistants()
    assert found["name"] == read
