"""Lists of the API: whether they are all there is, and which entries of the list of assistants can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from revox_sync.errors import UnreachableError
from revox_sync.remote.http.response import Answer, document, is_assistant_id, mapping, unreadable
from revox_sync.remote.redaction.error_text import printable_line

_PARTIAL_CONTENT: Final = 206
_LONGEST_QUOTE: Final = 60
_DEEPEST_ENVELOPE: Final = 4
_NEXT_LINK: Final = re.compile(r";\s*rel\s*=\s*(?:\"[^\"]*\bnext\b[^\"]*\"|next\b)", re.IGNORECASE)
_PAGING: Final = frozenset({"pagination", "paging", "pageinfo"})
_Says: TypeAlias = Callable[[Any, int], bool]


def _is_set(value: Any, _: int) -> bool:
    return value not in (None, False, "", 0, [], {})


def _exceeds(value: Any, length: int) -> bool:
    number = _number(value)
    return number is not None and number > length


# Nothing says that the API has pages (docs/api.md, "Endpoints"). If it gets some one day, these are the ways in which
# servers say that there is more: keys without case and punctuation, and what their value must be, given the length of
# the list.
_HINTS: Final[tuple[tuple[re.Pattern[str], _Says], ...]] = (
    (re.compile(r"(is|has)?(more|truncated|partial)|hasnext.*|next.*|.*cursor|continuation.*|offset|skip"), _is_set),
    (re.compile(r"count|total(count|items|results|assistants)?"), _exceeds),
    (re.compile(r"page|currentpage|pages|totalpages|pagecount|lastpage"), lambda value, _: _exceeds(value, 1)),
)
_LIMIT: Final = re.compile(r"limit|perpage|pagesize")
# Keys with which a server says that this is all of it.
_ENDS: Final = re.compile(r"(is|has)?(more|next|truncated).*|.*cursor|total.*|count|pages|pagecount|lastpage")
# Not every `X-Next…`: some belong to Next.js, which many sites are served by.
_COUNTS: Final = frozenset({"x-total", "x-total-count", "x-next-page", "x-has-more"})


@dataclass(frozen=True, slots=True)
class UnreadableEntry:
    """An entry of the list that is not as documented.

    Attributes:
        problem: what is wrong with it, and where.
        id: None where it has none that can be read.
        name: None where it has none that can be read.
    """

    problem: str
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AssistantList:
    """What the API lists: every assistant but sub-assistants.

    Attributes:
        assistants: each with a name and with an id that no other one has.
        unreadable: entries that may be an assistant all the same.
        more: why the list may not be all of it; None where nothing says so.
    """

    assistants: list[dict[str, Any]]
    unreadable: tuple[UnreadableEntry, ...] = ()
    more: str | None = None

    def require_all(self, call: str) -> None:
        """Raises UnreachableError if there may be more: whoever went on would take what is not shown for gone."""
        _require_all(call, self.more)

    def require_readable(self, call: str) -> None:
        """Raises UnreachableError if some entry cannot be read."""
        for entry in self.unreadable:
            raise unreadable(call, f"as documented: {entry.problem}", hint=None)


def assistant_list(call: str, answer: Answer) -> AssistantList:
    """The list in `{"assistants": [...]}`. Raises UnreachableError for an answer that is no such mapping."""
    entries, more = _entries(call, answer, "assistants")
    return AssistantList(*_sorted_out(entries), more)


def numbered_list(call: str, answer: Answer, key: str, texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """The list in `{key: [...]}`, each element a mapping in which `texts` are strings that are not empty.

    Raises UnreachableError for any other answer, and for one that may not be all there is.
    """
    entries, more = _entries(call, answer, key)
    _require_all(call, more)
    return [mapping(call, entry, texts, f"`{key}[{index}]`") for index, entry in enumerate(entries)]


def _entries(call: str, answer: Answer, key: str) -> tuple[list[Any], str | None]:
    """The list under a key of an answer, and why it may not be all there is."""
    envelope = document(call, answer)
    entries = envelope.get(key) if isinstance(envelope, dict) else None
    if not isinstance(entries, list):
        raise unreadable(call, f"a mapping with a list `{key}`")
    beside = {name: value for name, value in envelope.items() if name != key}
    return entries, more_than_listed(beside, len(entries), answer)


def _require_all(call: str, more: str | None) -> None:
    if more is not None:
        raise UnreachableError(
            f"the answer to {call} may not be the whole list: {more}",
            end="unreadable",
            hint="this revox-sync reads a list in one piece; look for a newer one, or report this",
        )


def more_than_listed(envelope: Mapping[str, Any], length: int, answer: Answer) -> str | None:
    """What hints that there is more than an answer lists; None where nothing does.

    Args:
        envelope: what the answer's mapping has beside the list.
        length: of the list.
    """
    if answer.status == _PARTIAL_CONTENT:
        return "its status is 206, partial content"
    if _NEXT_LINK.search(answer.headers.get("link", "")):
        return "its header `Link` names a next page"
    counts = {name[2:]: value for name, value in answer.headers.items() if name.lower() in _COUNTS}
    hints = [*_hints(counts, length, "header `X-"), *_hints(envelope, length, "`")]
    return f"its {hints[0]} says that there may be more" if hints else None


def _hints(mapping: Mapping[str, Any], length: int, before: str, depth: int = 1) -> Iterator[str]:
    """The places in a mapping that hint at more."""
    has_end = any(_ENDS.fullmatch(_plain(name)) for name in mapping)
    for name, value in mapping.items():
        key, quoted = _plain(name), f"{before}{printable_line(name)[:_LONGEST_QUOTE]}"
        # A page that is full, or a mapping about pages, is a hint where nothing says that this is the last page.
        is_full = _LIMIT.fullmatch(key) is not None and not has_end and not _exceeds(value, length)
        if is_full or any(pattern.fullmatch(key) and says(value, length) for pattern, says in _HINTS):
            yield f"{quoted}`"
        elif isinstance(value, dict) and depth < _DEEPEST_ENVELOPE:
            yield from _hints(value, length, f"{quoted}.", depth + 1)
            has_end_below = any(_ENDS.fullmatch(_plain(below)) for below in value)
            if key in _PAGING and value and not has_end_below:
                yield f"{quoted}`"
        elif key in _PAGING and _is_set(value, length):
            yield f"{quoted}`"


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _sorted_out(entries: list[Any]) -> tuple[list[dict[str, Any]], tuple[UnreadableEntry, ...]]:
    """The entries that can be read, and what is wrong with the others."""
    readable: dict[str, tuple[int, dict[str, Any]]] = {}
    broken: list[UnreadableEntry] = []
    for index, entry in enumerate(entries):
        found = _problem(entry, f"`assistants[{index}]`")
        if found is not None:
            broken.append(found)
            continue
        first, same = readable.get(entry["id"], (index, entry))
        if same == entry:
            readable[entry["id"]] = first, entry
        else:
            problem = f"`assistants[{index}]` has the id of `assistants[{first}]`"
            broken.append(UnreadableEntry(problem, entry["id"], entry["name"]))
    # Of two that claim one id nobody can tell which one is right.
    disputed = {entry.id for entry in broken}
    return [entry for key, (_, entry) in readable.items() if key not in disputed], tuple(broken)


def _problem(entry: Any, place: str) -> UnreadableEntry | None:
    if not isinstance(entry, dict):
        return UnreadableEntry(f"{place} is not a mapping")
    texts = {key: entry[key] for key in ("id", "name") if isinstance(entry.get(key), str) and entry[key]}
    key, name = texts.get("id"), texts.get("name")
    if key is None:
        return UnreadableEntry(f"`id` of {place} is not a text", None, name)
    if not is_assistant_id(key):
        return UnreadableEntry(f"`id` of {place} cannot be an id", None, name)
    return None if name is not None else UnreadableEntry(f"`name` of {place} is not a text", key)
