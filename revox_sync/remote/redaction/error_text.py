"""What a server says about a refusal, as one short line that is safe to print."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

from revox_sync.remote.redaction.redact import Redactor
from revox_sync.values.json_text import load_json

LONGEST_WORDS: Final = 500
# Beyond this a message is not even searched for markup, so that a hostile answer costs no time.
_LONGEST_MESSAGE: Final = 16_384
# The shape of an error body is not documented (docs/api.md, "Errors and repeats"); servers of its kind use these keys.
_MESSAGE_KEYS: Final = ("error", "message", "msg", "detail", "details", "errors", "issues", "title")
_PLACE_KEYS: Final = ("path", "loc", "field")

_HTML_PAGE: Final = re.compile(r"<(!doctype|html|head|body|title|center|h1|p|div|pre)\b", re.IGNORECASE)
_HTML_TITLE: Final = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_INVISIBLE_ELEMENT: Final = re.compile(r"<(script|style)\b.*?(</\1>|\Z)", re.IGNORECASE | re.DOTALL)
_HTML_TAG: Final = re.compile(r"<[^<>]*>")


def server_words(body: bytes | bytearray, secrets: Iterable[str] = ()) -> str:
    """The words of an answer's body: from JSON, HTML or text, at most 500 characters, empty when it says nothing.

    Args:
        body: the answer as it came.
        secrets: texts that must not appear, such as the key.
    """
    redact = Redactor(secrets)
    # Redacted again after each step: a step may change how a secret is spelled, or put one together.
    words = redact(printable_line(redact.without_whole(_without_format(body.decode("utf-8", "replace"), redact))))
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"


def printable_line(text: str) -> str:
    """The text on one line, without control, formatting or private characters."""
    visible = "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)
    return " ".join(visible.split())


def _without_format(text: str, redact: Redactor) -> str:
    try:
        messages = list(dict.fromkeys(_messages(load_json(text))))
    except (ValueError, RecursionError):
        messages = [text]
    # Redacted before anything is cut off: half a secret would not be recognised.
    return "; ".join(_without_markup(redact.without_whole(message)[:_LONGEST_MESSAGE]) for message in messages)


def _messages(value: Any) -> Iterator[str]:
    """Every message in the JSON of an error, each with the place it is about."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _messages(entry)
    elif isinstance(value, dict):
        place = next((_joined(value[key]) for key in _PLACE_KEYS if value.get(key)), "")
        for key in _MESSAGE_KEYS:
            for message in _messages(value.get(key)):
                yield f"{place}: {message}" if place else message


def _joined(place: Any) -> str:
    return ".".join(str(step) for step in place) if isinstance(place, list) else str(place)


def _without_markup(text: str) -> str:
    # A message may quote `<string>`: only what looks like a page is taken for HTML.
    if not _HTML_PAGE.search(text):
        return text
    title = _HTML_TITLE.search(text)
    return html.unescape(title.group(1) if title else _HTML_TAG.sub(" ", _INVISIBLE_ELEMENT.sub(" ", text)))
