"""Which assistants an assistant names by id: the only way to find sub-assistants, which the API lists nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from revox_sync.contract.fields import Node, assistant_node
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
    assistant: Mapping[str, Value], known: Iterable[str], shapes: frozenset[Shape]
) -> Iterator[tuple[str, Pointer]]:
    """Texts in an assistant that look like ids of assistants, each once, with the place of the first.

    Fields that no contract knows count, too. What the server sets itself does not: its ids are those of other things.

    Args:
        assistant: as the API has it.
        known: ids that nobody has to ask for.
        shapes: of ids of assistants.
    """
    seen, node = set(known), assistant_node()
    marks = [f"{prefix}_" if prefix else "" for prefix, _ in shapes]
    fields = {key: value for key, value in assistant.items() if not _is_set_by_server(node.properties.get(key))}
    for pointer, part, place in parts(fields, node):
        # Texts are long and many, and most hold no id.
        if isinstance(part, str) and not _is_set_by_server(place) and any(mark in part for mark in marks):
            for token in (part, *_TOKEN.findall(part)):
                if token not in seen and _is_id(token) and id_shape(token) in shapes:
                    seen.add(token)
                    yield token, pointer


def _is_set_by_server(place: Node | None) -> bool:
    return place is not None and place.read_only


def _is_id(token: str) -> bool:
    return len(token) >= _LEAST and _TOKEN.fullmatch(token) is not None and any(map(str.isdigit, token))
