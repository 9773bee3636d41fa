"""Looks at one leaf, and what may be remembered of it.

A row names the values that the server and the file may have: `old` was there before something was sent, `new` is what
was sent, `edit` is what somebody else wrote.
"""

from __future__ import annotations

from dataclasses import dataclass

from revox_sync.sync.comparing.leaf_rules import ABSENT, LeafLook, LeafState
from revox_sync.sync.model.lock import Confirmed, Sent

S = LeafState
THEN, NOW = "yesterday", "today"
"""Two version tokens: of the last look, and another one."""


@dataclass(frozen=True)
class Seen:
    """What a look shows: the server's value, null where it is None, and the token."""

    value: str | None
    token: str | None = THEN


def look(server: Seen, file: str | None = "file", *, default: str | None = None) -> LeafLook:
    """The file's value beside the server's; the last look had the token THEN."""
    value = server.value
    return LeafLook(
        equal=value == file,
        alike=value == file,
        declared=f"={file}" if file is not None else ABSENT,
        value=f"={value}",
        remembered=frozenset({f"={value}"}),
        form=form(value),
        unset=value is None or value == default,
        token=server.token,
        moved=server.token is None or server.token != THEN,
    )


def form(value: str | None) -> str:
    return ABSENT if value is None else f"~{value}"


def confirmed(declared: str | None, server: str | None, previous: str | None = None) -> Confirmed:
    """What is remembered after `declared` was applied, and the server had `server`."""
    return Confirmed(None if declared is None else f"={declared}", f"={server}", previous)


def unseen(*sent: str | None, before: str = "~old", token: str | None = THEN, answered: bool = False) -> Sent:
    return Sent(tuple(map(form, sent)), before, token, answered)
