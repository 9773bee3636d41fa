"""Removes and adds entries of one collection, with the line breaks, commas and spaces that belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from revox_sync.source.model.place import COMMENT_MARKER
from revox_sync.source.yaml.emit_scalars import Layout
from revox_sync.source.yaml.entry_spans import EntrySpan, column, is_flow, last_leaf, line_end, line_start, next_line
from revox_sync.source.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode, walk_nodes
from revox_sync.source.yaml.scalar_offsets import BREAK, content_start

_COMMENT: Final = re.compile(rf"[ \t]+(?=#(?![ \t]*{COMMENT_MARKER}))")
_SIGN: Final = re.compile(r"[|>][-+0-9]*")


class TextChange(NamedTuple):
    """A replacement of the stretch [start, end) of one text."""

    start: int
    end: int
    text: str


def flow_changes(
    parts: Sequence[EntrySpan], drops: AbstractSet[int], added: Mapping[int, Sequence[str]]
) -> Iterator[TextChange]:
    """Changes of a collection in brackets, of which at least one entry stays or is added.

    Args:
        parts: its entries, at least one.
        drops: positions of those to remove.
        added: texts of new entries by the position of the entry that they follow; -1 for the front.
    """
    for at, spellings in added.items():
        new = ", ".join(spellings)
        if at in drops:
            yield TextChange(parts[at].start, parts[at].end, new)
        elif at < 0:
            yield TextChange(parts[0].start, parts[0].start, new + ", ")
        else:
            yield TextChange(parts[at].end, parts[at].end, ", " + new)
    gone = drops - added.keys()
    last_kept = max(set(range(len(parts))) - gone)
    yield from (TextChange(parts[index].start, parts[index + 1].start, "") for index in gone if index < last_kept)
    if last_kept + 1 < len(parts):
        yield TextChange(parts[last_kept].end, parts[-1].end, "")


def block_changes(
    parts: Sequence[EntrySpan], drops: AbstractSet[int], added: Mapping[int, Sequence[str]], text: str, layout: Layout
) -> Iterator[TextChange]:
    """Changes of a block collection; see `flow_changes`.

    An entry is removed with its lines. Comments above it and behind it stay: they may be about more.
    """
    line_break = layout.new_line(column(text, parts[0].start))
    for at, spellings in added.items():
        new = line_break.join(spellings)
        if at in drops:
            yield TextChange(parts[at].start, line_end(text, parts[at].end), new)
        elif at < 0:
            yield TextChange(parts[0].start, parts[0].start, new + line_break)
        else:
            end = _behind_comments(parts[at], text)
            yield TextChange(end, end, line_break + new)
    if len(parts) - 1 in added.keys() - drops:
        yield from _stripped(parts[-1], text)
    yield from _removals(parts, drops - added.keys(), text)


def _behind_comments(entry: EntrySpan, text: str) -> int:
    """End of an entry's lines, and of deeper comments below them, which mostly are entries that are commented out."""
    end = at = line_end(text, entry.end)
    while found := BREAK.match(text, at):
        start, at = found.end(), line_end(text, found.end())
        line = text[start:at].lstrip(" ")
        if line and (line[0] != "#" or at - len(line) - start <= column(text, entry.start)):
            break
        end = at if line else end
    return end


def _stripped(entry: EntrySpan, text: str) -> Iterator[TextChange]:
    """The change that keeps the value of a block scalar at the end of a file when its last line gets a line break."""
    leaf = last_leaf(entry.child)
    if entry.end == len(text) and isinstance(leaf, ScalarNode) and leaf.start_mark.index >= entry.slot:
        sign = _SIGN.match(text, content_start(leaf, text))
        if sign and not leaf.value.endswith("\n"):
            yield TextChange(sign.start(), sign.end(), sign.group().strip("+-") + "-")


def _removals(parts: Sequence[EntrySpan], gone: AbstractSet[int], text: str) -> Iterator[TextChange]:
    first_kept = min(set(range(len(parts))) - gone)
    # Behind `- ` the first key shares its line with the dash: the next one moves up there.
    shares_line = text[line_start(text, parts[0].start) : parts[0].start].strip(" ") != ""
    if shares_line and first_kept:
        end = parts[first_kept - 1].end
        comment = _comment_behind(text, end)
        end = comment if comment is not None else line_end(text, end)
        has_comment = "#" in text[end : parts[first_kept].start]
        yield TextChange(parts[0].start, end if has_comment else parts[first_kept].start, "")
    for index in gone:
        if not shares_line or index > first_kept:
            start, end = parts[index].start, parts[index].end
            comment = _comment_behind(text, end)
            if comment is None:
                yield TextChange(line_start(text, start), next_line(text, end), "")
            else:
                yield TextChange(start, comment, "")


def _comment_behind(text: str, offset: int) -> int | None:
    """Where the comment behind a value begins; None where there is none, or it is to us and goes with its line."""
    blanks = _COMMENT.match(text, offset)
    return blanks.end() if blanks else None


def layout_of(text: str, *roots: Node | None) -> Layout:
    """How the blocks of a file are indented; the first root that shows it decides."""
    found = BREAK.search(text)
    offsets: dict[type[Node], list[int]] = {MappingNode: [], SequenceNode: []}
    for node in (node for root in roots for node in walk_nodes(root)):
        for key, child in node.value if isinstance(node, MappingNode) and not is_flow(node) else ():
            # An alias has the place of its anchor, which lies before the key.
            is_below = child.start_mark.index > key.start_mark.index
            if isinstance(child, CollectionNode) and child.value and is_below and not is_flow(child):
                offset = column(text, content_start(child, text)) - column(text, key.start_mark.index)
                offsets[type(child)].append(offset)
    width = next((offset for offset in offsets[MappingNode] if offset > 0), 2)
    return Layout(width, next(iter(offsets[SequenceNode]), width), found.group() if found else "\n")
