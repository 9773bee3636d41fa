"""Answers of the API: their documented shapes (docs/api.md, "Endpoints"), and the error when one has another."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Never
from urllib.parse import urlsplit

from revox_sync.errors import NotAuthorisedError, RejectedError, RemoteError, UnreachableError
from revox_sync.remote.http.endpoint import DEFAULT_BASE_URL
from revox_sync.remote.redaction.error_text import server_words, tidy
from revox_sync.values.depth import DEEPEST, is_deeper


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer.

    Attributes:
        status: HTTP status code.
        headers: names in any case.
        body: as sent, content encoding undone.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def accepted(self) -> bool:
        """Whether the API did what it was asked."""
        return 200 <= self.status < 300


def refusal(call: str, answer: Answer, secrets: Iterable[str]) -> RemoteError:
    """The error for an answer that is not accepted.

    Args:
        call: method and path, such as `GET /assistants`.
        answer: status below 200 or from 300 on.
        secrets: texts that the error must not quote.
    """
    words = server_words(answer.body, secrets)
    said = f": {words}" if words else ""
    if answer.status == 401:
        return NotAuthorisedError(f"the API does not accept the key (401){said}", hint=KEY_HINT)
    if answer.status == 403:
        return NotAuthorisedError(f"the key has no right to {call} (403){said}", hint=KEY_HINT)
    if 300 <= answer.status < 400:
        return _redirected(call, answer, words)
    # An account without assistants has an empty list; only another path has none.
    hint = PATH_HINT if answer.status == 404 and call == "GET /assistants" else None
    message = f"the API refused {call} ({answer.status}){said}"
    return RejectedError(message, status=answer.status, words=words, hint=hint)


KEY_HINT = (
    "check REVOX_API_KEY (or `api_key` of the environment): a current key, of the right organisation, for this base URL"
)
BASE_HINT = "check REVOX_BASE_URL (or `base_url` of the environment)"
PATH_HINT = f"is this the base URL? It ends in /api, such as {DEFAULT_BASE_URL}"


def _redirected(call: str, answer: Answer, words: str) -> RejectedError:
    host = _host(answer.headers.get("location", ""))
    target = f"to {host}" if host else "to another path"
    return RejectedError(
        f"{call} was redirected {target} ({answer.status}); redirects are not followed, the key stays here",
        status=answer.status,
        words=words,
        hint=BASE_HINT,
    )


def _host(location: str) -> str:
    try:
        return tidy(urlsplit(location).hostname or "")[:253]
    except ValueError:
        return ""


def document(call: str, answer: Answer) -> Any:
    """The JSON of an accepted answer. Raises UnreachableError when it is none, or one that nobody can mean.

    Half a surrogate pair, such as a text cut in the middle of an emoji leaves, becomes U+FFFD: no file can hold it.
    """
    try:
        text = answer.body.decode("utf-8-sig")
        found = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
        if HALF_A_PAIR.search(text):
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-16", "surrogatepass").decode(*MENDING))
    except (ValueError, RecursionError):
        kind = tidy(answer.headers.get("content-type", "")).partition(";")[0][:80]
    else:
        if is_deeper(found, DEEPEST):
            raise unreadable(call, f"as documented: it is nested more than {DEEPEST} levels deep")
        return found
    # Raised here and not above, for the decoder's error carries the answer, and with it what is secret in it.
    raise unreadable(call, f"JSON ({kind or 'no content type'}, {len(answer.body)} bytes)")


HALF_A_PAIR: Final = re.compile(r"\\u[dD][89a-fA-F]")
MENDING: Final = ("utf-16", "replace")


def _no_constant(name: str) -> Never:
    raise ValueError(name)


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def unreadable(call: str, expected: str) -> UnreachableError:
    """The error for an accepted answer that is not what the API documents: what the server did is unknown."""
    return UnreachableError(f"the answer to {call} is not {expected}", end="unreadable", hint=BASE_HINT)


def numbered_list(call: str, answer: Any, key: str, texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """The list in `{key: [...]}`, each element a mapping in which `texts` are strings that are not empty."""
    entries = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        raise unreadable(call, f"a mapping with a list `{key}`")
    return [mapping(call, each, texts, f"`{key}[{index}]`") for index, each in enumerate(entries)]


def assistants(call: str, answer: Any) -> list[dict[str, Any]]:
    """The assistants in `{"assistants": [...]}`, each with an id of its own and a name."""
    found = numbered_list(call, answer, "assistants", NAMED)
    first: dict[str, int] = {}
    for index, each in enumerate(found):
        _require_id(call, each, f"`assistants[{index}]`")
        if first.setdefault(each["id"], index) != index:
            raise unreadable(
                call, f"as documented: `assistants[{index}]` has the id of `assistants[{first[each['id']]}]`"
            )
    return found


def assistant(call: str, answer: Any, place: str, assistant_id: str | None = None) -> dict[str, Any]:
    """An assistant with an id, the one asked for where one was, and a name."""
    found = mapping(call, answer, NAMED, place)
    _require_id(call, found, place)
    if assistant_id is not None and found["id"] != assistant_id:
        raise unreadable(call, f"as documented: {place} has not the id that was asked for")
    return found


NAMED: Final = ("id", "name")
LONGEST_ID: Final = 500


def is_assistant_id(text: str) -> bool:
    """Whether a request can name it: a server resolves dots even when quoted, and an empty one would be the list."""
    return text.isprintable() and "\ufffd" not in text and len(text) <= LONGEST_ID and text not in {"", ".", ".."}


def _require_id(call: str, found: dict[str, Any], place: str) -> None:
    if not is_assistant_id(found["id"]):
        raise unreadable(call, f"as documented: `id` of {place} cannot be an id")


def mapping(call: str, answer: Any, texts: tuple[str, ...], place: str) -> dict[str, Any]:
    """The mapping itself, in which `texts` are strings that are not empty."""
    if not isinstance(answer, dict):
        raise unreadable(call, f"as documented: {place} is no mapping")
    for key in texts:
        if not isinstance(answer.get(key), str) or not answer[key]:
            raise unreadable(call, f"as documented: `{key}` of {place} is no text")
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
