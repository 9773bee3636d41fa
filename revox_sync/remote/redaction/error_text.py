"""What a server says about a refusal, as one short line that is safe to print."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

from revox_sync.remote.redaction.redact import Redactor

LONGEST: Final = 500
READ: Final = 16_384
# The shape of an error body is not documented (docs/api.md); these are the keys that servers of its kind use.
SPEAKING_KEYS: Final = ("error", "message", "msg", "detail", "details", "errors", "issues", "title")
PLACE_KEYS: Final = ("path", "loc", "field")

MARKUP: Final = re.compile(r"<(!doctype|html|head|body|title|center|h1|p|div|pre)\b", re.IGNORECASE)
TITLE: Final = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
UNSPOKEN: Final = re.compile(r"<(script|style)\b.*?(</\1>|\Z)", re.IGNORECASE | re.DOTALL)
TAG: Final = re.compile(r"<[^<>]*>")


def server_words(body: bytes, secrets: Iterable[str] = ()) -> str:
    """The words of an answer's body: from JSON, HTML or text, at most 500 characters, empty when it says nothing.

    Args:
        body: the answer as it came.
        secrets: texts that must not appear, such as the key.
    """
    cover = Redactor(secrets)
    words = cover(tidy(cover(_spoken(body.decode("utf-8", "replace"), cover))))
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def tidy(text: str) -> str:
    """The text on one line, without control, formatting or private characters."""
    visible = "".join(" " if unicodedata.category(each)[0] == "C" else each for each in text)
    return " ".join(visible.split())


def _spoken(text: str, cover: Redactor) -> str:
    try:
        pieces = list(dict.fromkeys(_pieces(json.loads(text))))
    except (ValueError, RecursionError):
        pieces = [text]
    # Covered before anything is cut off: what is left of a secret would not be known for one.
    return "; ".join(_without_markup(cover(each)[:READ]) for each in pieces)


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _pieces(each)
    elif isinstance(value, dict):
        place = next((_place(value[key]) for key in PLACE_KEYS if value.get(key)), "")
        for key in SPEAKING_KEYS:
            for piece in _pieces(value.get(key)):
                yield f"{place}: {piece}" if place else piece


def _place(value: Any) -> str:
    return ".".join(str(step) for step in value) if isinstance(value, list) else str(value)


def _without_markup(text: str) -> str:
    if not MARKUP.search(text):
        return text
    title = TITLE.search(text)
    return html.unescape(title.group(1) if title else TAG.sub(" ", UNSPOKEN.sub(" ", text)))
