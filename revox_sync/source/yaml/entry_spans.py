"""Where the entries of a collection begin and end in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from revox_sync.source.yaml.emit_scalars import UneditableError
from revox_sync.source.yaml.nodes import end_behind, span
from revox_sync.source.yaml.pyyaml import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from revox_sync.source.yaml.scalar_offsets import BREAK, content_start, stretch
from revox_sync.values.named_tuple import NamedTuple

_GAP: Final = re.compile(r"(?:\s+|#[^\r\n]*)*")
_COLON: Final = re.compile(r"\s*:")


class EntrySpan(NamedTuple):
    """One key with its value, or one entry of a list.

    Attributes:
        key: the key's node; None in a list.
        child: the value's node as written: it may have a tag, and for an alias it is that of the anchor.
        start: offset of the key or the dash; in a flow list, of the value.
        slot: offset behind the colon or dash, where the value may begin.
        end: offset behind the value, before comments and the line break.
    """

    key: Node | None
    child: Node
    start: int
    slot: int
    end: int


def is_flow(node: Node | None) -> bool:
    """Whether a node is a collection in brackets."""
    return isinstance(node, CollectionNode) and bool(node.flow_style)


def entry_spans(node: Node, text: str) -> list[EntrySpan]:
    """Entries of a collection in the order of the text, with merge keys.

    Raises UneditableError for rare ways to write one: `? key`, or a pair without braces in a list in brackets.
    """
    # A pair without braces is a mapping in flow style that begins with its key.
    if is_flow(node) and text[content_start(node, text)] not in "[{":
        raise UneditableError
    if isinstance(node, MappingNode):
        return [_pair(key, child, text) for key, child in node.value]
    if isinstance(node, SequenceNode):
        return list(_flow_list(node, text) if is_flow(node) else _block_list(node, text))
    raise UneditableError


def _pair(key: Node, child: Node, text: str) -> EntrySpan:
    start, key_end = key.start_mark.index, span(key, text, "").end
    colon = _COLON.match(text, key_end)
    if (
        text[line_start(text, start) : start].rstrip(" ").endswith("?")
        or colon is None
        or not isinstance(key, ScalarNode)
    ):
        raise UneditableError
    return EntrySpan(key, child, start, colon.end(), value_end(colon.end(), child, text))


def _block_list(node: SequenceNode, text: str) -> Iterator[EntrySpan]:
    offset = content_start(node, text)
    for child in node.value:
        dash = _behind_gap(text, offset)
        if text[dash : dash + 1] != "-":
            raise UneditableError
        offset = value_end(dash + 1, child, text)
        yield EntrySpan(None, child, dash, dash + 1, offset)


def _flow_list(node: SequenceNode, text: str) -> Iterator[EntrySpan]:
    offset = content_start(node, text) + 1
    for child in node.value:
        start = _behind_gap(text, offset)
        if text[start : start + 1] == ",":
            start = _behind_gap(text, start + 1)
        offset = value_end(start, child, text)
        yield EntrySpan(None, child, start, start, offset)


def _behind_gap(text: str, offset: int) -> int:
    gap = _GAP.match(text, offset)
    return gap.end() if gap else offset


def value_end(offset: int, node: Node, text: str) -> int:
    """End of a value written behind `offset`, with empty lines that a block scalar keeps, without the last break."""
    end = end_behind(offset, node, text)
    leaf = last_leaf(node)
    if not isinstance(leaf, ScalarNode) or leaf.style not in ("|", ">") or leaf.start_mark.index < offset:
        return end
    size = len(leaf.value)
    last = stretch(leaf, text, size - 1, size) if size else None
    return max(end, last[0] if leaf.value.endswith("\n") else last[1]) if last else end


def last_leaf(node: Node) -> Node:
    """The last scalar, or empty collection, in a value; the value itself if it is one."""
    while isinstance(node, CollectionNode) and node.value:
        node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
    return node


def line_start(text: str, offset: int) -> int:
    """Offset of the first character of a line."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def line_end(text: str, offset: int) -> int:
    """Offset behind the last character of a line, before its break."""
    found = BREAK.search(text, offset)
    return found.start() if found else len(text)


def next_line(text: str, offset: int) -> int:
    """Offset of the next line; in the last line, the end of the text."""
    found = BREAK.search(text, offset)
    return found.end() if found else len(text)


def column(text: str, offset: int) -> int:
    """Characters before an offset on its line."""
    return offset - line_start(text, offset)
