"""The outline of a text: its symbols, and what can be folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from lsprotocol.types import DocumentSymbol, FoldingRange, FoldingRangeKind, SymbolKind

from revox_sync.server.texts.node_at import NodeSpot, entries
from revox_sync.server.texts.open_text import OpenText
from revox_sync.source.model.place import Place
from revox_sync.source.yaml.nodes import (
    MAX_DEPTH,
    CollectionNode,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    span,
    walk_nodes,
)
from revox_sync.values.pointer import Pointer

_HEADING: Final = re.compile(r"^(#{1,6})[ \t]+(\S.*?)[ \t]*#*$", re.MULTILINE)
_COMMENT: Final = re.compile(r"[ \t]*#")
_MOST_SYMBOLS: Final = 5_000
"""Symbols of one text: an editor needs long to show more, and nobody reads them."""


def symbols(text: OpenText) -> list[DocumentSymbol]:
    """Fields and list entries of YAML, headings of a prompt."""
    if not text.is_yaml:
        return [symbol for symbol, _ in _headings(text)]
    document = text.loaded
    root = document.nodes.root if document else None
    return _Symbols(text).inside(root, (), 0) if root is not None else []


class _Symbols:
    def __init__(self, text: OpenText) -> None:
        self._text = text
        self._left = _MOST_SYMBOLS

    def inside(self, node: Node, pointer: Pointer, depth: int) -> list[DocumentSymbol]:
        """Symbols of what is written in a collection."""
        found: list[DocumentSymbol] = []
        key: NodeSpot | None = None
        for spot in entries(node, pointer, self._text.text, self._text.path) if depth < MAX_DEPTH else ():
            if spot.is_key:
                key = spot
                continue
            self._left -= 1
            if self._left < 0:
                break
            shown = key if key is not None and key.pointer == spot.pointer else None
            whole = Place(spot.place.path, (shown or spot).place.start, max(spot.place.end, (shown or spot).place.end))
            children = [] if spot.is_alias else self.inside(spot.node, spot.pointer, depth + 1)
            name = str(spot.pointer[-1]) if shown else self._entry_name(spot)
            selected = self._text.range((shown or spot).place)
            found.append(DocumentSymbol(name, _kind(spot.node), self._text.range(whole), selected, children=children))
        return found

    def _entry_name(self, spot: NodeSpot) -> str:
        """What tells an entry from the others of its list, where the schema says so; else its position."""
        number = f"[{spot.pointer[-1]}]"
        field = self._text.field(spot.pointer[:-1])
        if field is None or field.key is None or not isinstance(spot.node, MappingNode):
            return number
        named = (value for key, value in spot.node.value if isinstance(key, ScalarNode) and key.value == field.key)
        value = next(named, None)
        return f"{number} {value.value[:60]}" if isinstance(value, ScalarNode) and value.value.strip() else number


def _kind(node: Node) -> SymbolKind:
    if isinstance(node, MappingNode):
        return SymbolKind.Object
    return SymbolKind.Array if isinstance(node, SequenceNode) else SymbolKind.Field


def _headings(text: OpenText) -> Iterator[tuple[DocumentSymbol, int]]:
    """Headings of a prompt, each with its level, as far as the next of the same or a higher level."""
    found = list(_HEADING.finditer(text.text))
    for index, heading in enumerate(found):
        level = len(heading[1])
        behind = (each.start() for each in found[index + 1 :] if len(each[1]) <= level)
        end = len(text.text[: next(behind, len(text.text))].rstrip())
        whole = text.positions.range(heading.start(), max(end, heading.end()))
        shown = text.positions.range(heading.start(), heading.end())
        yield DocumentSymbol(heading[2], SymbolKind.String, whole, shown), level


def folding_ranges(text: OpenText) -> list[FoldingRange]:
    """Fields, entries and texts of more than a line, groups of comments, chapters of a prompt."""
    if not text.is_yaml:
        ranges = [symbol.range for symbol, _ in _headings(text)]
        return [FoldingRange(each.start.line, each.end.line) for each in ranges if each.start.line < each.end.line]
    document = text.loaded
    found = dict.fromkeys(_node_lines(text, document.nodes.root if document else None), FoldingRangeKind.Region)
    comments = dict.fromkeys(_comment_lines(text), FoldingRangeKind.Comment)
    return [FoldingRange(first, last, kind=kind) for (first, last), kind in sorted((found | comments).items())]


def _node_lines(text: OpenText, root: Node | None) -> Iterator[tuple[int, int]]:
    for node in walk_nodes(root):
        parts = node.value if isinstance(node, CollectionNode) else ()
        for part in parts:
            key, value = part if isinstance(part, tuple) else (part, part)
            first = text.source.position(key.start_mark.index)[0] - 1
            last = text.source.position(span(value, text.text, text.path).end)[0] - 1
            if first < last:
                yield first, last


def _comment_lines(text: OpenText) -> Iterator[tuple[int, int]]:
    last, _ = text.source.position(len(text.text))
    lines = range(1, last + 1)
    for is_comment, group in groupby(lines, key=lambda line: _COMMENT.match(text.source.line(line)) is not None):
        numbers = list(group)
        if is_comment and len(numbers) > 1:
            yield numbers[0] - 1, numbers[-1] - 1
