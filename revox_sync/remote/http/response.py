"""Answers of the API: their documented shapes (docs/api.md, "Endpoints"), and the error for any other shape.

Arguments that many functions share: `call` is method and path, such as `GET /assistants`, for messages; `answer` is the
JSON of an accepted answer; `place` says in a message which part of the answer it is about.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from revox_sync.errors import NotAuthorisedError, RejectedError, RemoteError, UnreachableError
from revox_sync.remote.http.endpoint import DEFAULT_BASE_URL
from revox_sync.remote.redaction.error_text import printable_line, server_words
from revox_sync.values.json_text import load_json
from revox_sync.values.shared_texts import with_texts_shared_inside
from revox_sync.values.walk import DEEPEST, is_deeper

_KEY_HINT: Final = (
    "check REVOX_API_KEY (or `api_key` of the environment): it must be a current key of your organisation for this URL"
)
_BASE_URL_HINT: Final = "check REVOX_BASE_URL (or `base_url` of the environment)"
_PATH_HINT: Final = f"check the base URL: it ends in /api, such as {DEFAULT_BASE_URL}"

_HALF_SURROGATE_PAIR: Final = re.compile(r"\\u[dD][89a-fA-F]")
_LONGEST_ID: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer.

    Attributes:
        status: HTTP status code.
        headers: names in any case.
        body: as sent, content encoding undone; empty once `document` has read it.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytearray = field(repr=False)

    @property
    def accepted(self) -> bool:
        """Whether the API did what it was asked."""
        return 200 <= self.status < 300


def refusal(call: str, answer: Answer, secrets: Collection[str]) -> RemoteError:
    """The error for an answer that is not accepted; it quotes none of the secrets."""
    words = server_words(answer.body, secrets)
    said = f": {words}" if words else ""
    if answer.status == 401:
        return NotAuthorisedError(f"the API does not accept the key (401){said}", hint=_KEY_HINT)
    if answer.status == 403:
        return NotAuthorisedError(f"the key has no right to {call} (403){said}", hint=_KEY_HINT)
    if 300 <= answer.status < 400:
        host = _redirect_host(answer)
        host = "" if host in secrets else host
        message = (
            f"{call} was redirected to {host or 'another path'} ({answer.status}); "
            "redirects are not followed, because the key must not go elsewhere"
        )
        return RejectedError(message, status=answer.status, words=words, hint=_BASE_URL_HINT)
    # An account without assistants answers with an empty list, so a 404 means that the path is wrong.
    hint = _PATH_HINT if answer.status == 404 and call == "GET /assistants" else None
    message = f"the API refused {call} ({answer.status}){said}"
    return RejectedError(message, status=answer.status, words=words, hint=hint)


def _redirect_host(answer: Answer) -> str:
    try:
        host = urlsplit(answer.headers.get("location", "")).hostname or ""
    except ValueError:
        return ""
    return printable_line(host)[:253]


def document(call: str, answer: Answer) -> Any:
    """The JSON of an accepted answer.

    Half of a surrogate pair becomes U+FFFD. A dashboard that cuts a text inside an emoji leaves one, and no file can
    hold it. Equal texts are one object, and the answer lets go of its body: a list of thousands of assistants takes
    tens of megabytes in each of its forms.

    Raises:
        UnreachableError: the answer is not JSON, or not JSON that the API can have meant.
    """
    size = len(answer.body)
    try:
        text = answer.body.decode("utf-8-sig")
        answer.body.clear()
        found = load_json(text, parse_constant=_finite, parse_float=_finite, object_hook=with_texts_shared_inside)
        if _HALF_SURROGATE_PAIR.search(text):
            repaired = json.dumps(found, ensure_ascii=False).encode("utf-16", "surrogatepass")
            found = load_json(repaired.decode("utf-16", "replace"), object_hook=with_texts_shared_inside)
    except (ValueError, RecursionError):
        kind = printable_line(answer.headers.get("content-type", "")).partition(";")[0][:80]
    else:
        if is_deeper(found, DEEPEST):
            raise unreadable(call, f"as documented: it is nested more than {DEEPEST} levels deep")
        return found
    # Raised here and not above: the decoder's error carries the answer, and with it what is secret in it.
    raise unreadable(call, f"JSON ({kind or 'no content type'}, {size} bytes)")


def _finite(number: str) -> float:
    """The number; ValueError for NaN and infinities, which JSON does not have but Python reads, also as 1e999."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def unreadable(call: str, expected: str, *, hint: str | None = _BASE_URL_HINT) -> UnreachableError:
    """The error for an accepted answer that is not as documented: what the server did is unknown.

    Args:
        hint: None where so much of the answer is as documented that it comes from the right place.
    """
    return UnreachableError(f"the answer to {call} is not {expected}", end="unreadable", hint=hint)


def assistant(call: str, answer: Any, assistant_id: str | None = None, place: str = "the assistant") -> dict[str, Any]:
    """An assistant with a name and an id, which must be `assistant_id` unless that is None."""
    found = mapping(call, answer, ("id", "name"), place)
    if assistant_id not in {None, _checked_id(call, found, place)}:
        raise unreadable(call, f"as documented: {place} does not have the id that was asked for", hint=None)
    return found


def wrapped_assistant(call: str, answer: Any, assistant_id: str | None = None) -> dict[str, Any]:
    """The assistant in `{"assistant": {...}}`, which the API answers to every write."""
    return assistant(call, unwrapped(call, answer, "assistant"), assistant_id, "`assistant`")


def call_order(call: str, answer: Any, call_id: str | None = None) -> dict[str, Any]:
    """The call in `{"call": {...}}`, with an id, which must be `call_id` unless that is None, and a status."""
    found = mapping(call, unwrapped(call, answer, "call"), ("id", "status"), "`call`")
    if call_id not in {None, _checked_id(call, found, "`call`")}:
        raise unreadable(call, "as documented: `call` does not have the id that was asked for", hint=None)
    return found


def is_assistant_id(text: str) -> bool:
    """Whether a request can name this id."""
    # Servers resolve dots in a path even when they are quoted, and an empty id would name the list.
    return text.isprintable() and "\ufffd" not in text and len(text) <= _LONGEST_ID and text not in {"", ".", ".."}


def _checked_id(call: str, found: Mapping[str, Any], place: str) -> str:
    assistant_id: str = found["id"]
    if not is_assistant_id(assistant_id):
        raise unreadable(call, f"as documented: `id` of {place} cannot be an id", hint=None)
    return assistant_id


def mapping(call: str, answer: Any, texts: tuple[str, ...], place: str) -> dict[str, Any]:
    """The mapping itself, in which `texts` are strings that are not empty."""
    if not isinstance(answer, dict):
        raise unreadable(call, f"as documented: {place} is not a mapping")
    for key in texts:
        if not isinstance(answer.get(key), str) or not answer[key]:
            raise unreadable(call, f"as documented: `{key}` of {place} is not a text", hint=None)
    return answer


def unwrapped(call: str, answer: Any, key: str) -> Any:
    """What is under `key`. Raises UnreachableError when the answer has no such key."""
    if not isinstance(answer, dict) or key not in answer:
        raise unreadable(call, f"a mapping with `{key}`")
    return answer[key]


def flag(call: str, answer: Any, key: str) -> bool:
    """The boolean under `key`."""
    value = unwrapped(call, answer, key)
    if not isinstance(value, bool):
        raise unreadable(call, f"as documented: `{key}` is neither true nor false")
    return value
