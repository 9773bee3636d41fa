"""Where a comment of its own can be written so that it speaks about a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from revox_sync.source.model.place import SourceText
from revox_sync.source.yaml.nodes import Node, ScalarNode, span
from revox_sync.source.yaml.parse import compose

_NO_CONTENT: Final = re.compile(r"\s*(#.*)?")
_BLOCK: Final = {"|", ">"}


def comment_lines(source: SourceText) -> Callable[[int], int | None]:
    """A look-up: the line above which a comment speaks about a given line (both from 1).

    That is the line itself, and for a line of a block scalar the one that opens it. None: a quoted or plain text goes
    on there, nothing but a comment stands there, or the file cannot be read.
    """
    root = compose(source.text, source.path).root
    opened: dict[int, int | None] = {}
    for node in _scalars(root) if root is not None else ():
        place = span(node, source.text, source.path)
        first, last = source.position(place.start)[0], source.position(place.end)[0]
        opened.update(dict.fromkeys(range(first + 1, last + 1), first if node.style in _BLOCK else None))

    def look_up(line: int) -> int | None:
        if root is None or line in opened:
            return opened.get(line)
        return None if _NO_CONTENT.fullmatch(source.line(line)) else line

    return look_up


def _scalars(root: Node) -> Iterator[ScalarNode]:
    pending, seen = [root], set()
    while pending:
        node = pending.pop()
        if isinstance(node, ScalarNode):
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            pending.extend(part for entry in node.value for part in (entry if isinstance(entry, tuple) else (entry,)))
