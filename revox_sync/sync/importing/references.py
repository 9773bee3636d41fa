"""Which assistants an assistant names by id: the only way to find sub-assistants, which the API lists nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.walk import parts

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+")
_RUN: Final = re.compile(r"[A-Za-z0-9]+")
_LEAST: Final = 8
"""Characters of an id that is looked for inside a text: shorter ones would be words."""
Shape: TypeAlias = tuple[str, tuple[int | str, ...]]
"""What ids of one kind share: what stands before the last `_`, and the lengths of runs of letters and digits."""


def id_shape(assistant_id: str) -> Shape:
    """The shape of an id. How Revox makes ids is not documented, so those that are known say what others look like."""
    prefix, _, rest = assistant_id.rpartition("_")
    runs: list[int | str] = []
    end = 0
    for found in _RUN.finditer(rest):
        runs += [rest[end : found.start()], len(found[0])]
        end = found.end()
    return prefix, (*runs, rest[end:])


def named_ids(
    fields: Mapping[str, Value], known: Iterable[str], shapes: frozenset[Shape]
) -> Iterator[tuple[str, Pointer]]:
    """Texts in some fields that look like ids of assistants, each once, with the place of the first.

    Args:
        fields: without what the server sets itself, whose ids are those of other things.
        known: ids that nobody has to ask for.
        shapes: of ids of assistants.
    """
    seen = set(known)
    for pointer, part, _ in parts(dict(fields)):
        if isinstance(part, str):
            for token in (part, *_TOKEN.findall(part)):
                if token not in seen and _is_id(token) and id_shape(token) in shapes:
                    seen.add(token)
                    yield token, pointer


def _is_id(token: str) -> bool:
    return len(token) >= _LEAST and _TOKEN.fullmatch(token) is not None and any(map(str.isdigit, token))
