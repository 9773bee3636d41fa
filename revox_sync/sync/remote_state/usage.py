"""Asks which assistants are in use: two requests, made only when somebody has to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from revox_sync.errors import RemoteError
from revox_sync.sync.model.usage import Usage, Use

Found = tuple[str, Use]


class UsageReader(Protocol):
    """What tells who uses which assistant."""

    def phone_numbers(self) -> list[dict[str, Any]]:
        """The phone numbers of the organisation."""
        ...

    def campaigns(self) -> list[dict[str, Any]]:
        """The campaigns of the organisation."""
        ...


def fetch_usage(client: UsageReader, *, campaigns: bool = True) -> Usage:
    """Who uses which assistant. What the API does not tell is in `unknown`, and never taken for "nobody".

    Args:
        campaigns: whether they are asked about, too.
    """
    found: dict[str, list[Use]] = defaultdict(list)
    unknown: list[str] = []
    questions: list[tuple[Callable[[], list[dict[str, Any]]], Callable[[Mapping[str, Any]], Iterator[Found | str]]]] = [
        (client.phone_numbers, _of_number)
    ]
    if campaigns:
        questions.append((client.campaigns, _of_campaign))
    for ask, read in questions:
        try:
            answer = ask()
        except RemoteError as error:
            unknown.append(error.message)
            continue
        for item in (item for entry in answer for item in read(entry)):
            if isinstance(item, str):
                unknown.append(item)
            else:
                found[item[0]].append(item[1])
    return Usage({assistant_id: tuple(uses) for assistant_id, uses in found.items()}, tuple(unknown))


def _of_number(entry: Mapping[str, Any]) -> Iterator[Found | str]:
    bound = entry.get("inbound_assistant")
    if bound is None:
        return
    number, label = str(entry["phone_number"]), entry.get("label")
    text = f"{number} ({label})" if isinstance(label, str) and label else number
    if isinstance(bound, Mapping) and isinstance(bound.get("id"), str):
        yield bound["id"], Use(number, text)
    else:
        yield f"the API does not say which assistant answers {text}"


def _of_campaign(entry: Mapping[str, Any]) -> Iterator[Found | str]:
    # Whatever is neither over nor cancelled may dial: a paused campaign goes on when somebody resumes it.
    if entry.get("status") == "completed" or entry.get("is_cancelled") is True:
        return
    text = f'campaign "{entry.get("name") or entry["id"]}"'
    if isinstance(entry.get("assistant_id"), str):
        yield entry["assistant_id"], Use(None, text)
    else:
        yield f"the API does not say which assistant {text} dials with"
