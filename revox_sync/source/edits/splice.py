"""Turns single steps into changes of text: in which file, in which collection, from where to where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.source.documents.document import Document
from revox_sync.source.documents.locate import Spot, file_offset
from revox_sync.source.edits.collection_edits import TextChange, block_changes, flow_changes, layout_of
from revox_sync.source.edits.scalar_edits import comment_of, common_edges, respell
from revox_sync.source.edits.value_diff import EditStep, Insert, Rewrite
from revox_sync.source.model.amendment import Remove, SetValue
from revox_sync.source.model.value import Value
from revox_sync.source.yaml.emit_scalars import (
    Layout,
    UneditableError,
    behind_dash,
    behind_key,
    is_block,
    needs_break,
    write_entries,
    write_flow,
    write_key,
)
from revox_sync.source.yaml.entry_spans import EntrySpan, column, entry_spans, is_flow, line_end
from revox_sync.source.yaml.nodes import (
    CollectionNode,
    MappingNode,
    Node,
    ScalarNode,
    entry_position,
    span,
)
from revox_sync.source.yaml.scalar_offsets import BREAK, content_start
from revox_sync.values.pointer import Pointer

_COMMENT: Final = re.compile(r"\s#")
_WIDEST_ROW: Final = 120
"""Columns that a new list entry in brackets may take where all its neighbours are in brackets."""


class Splicer:
    """Finds the changes of text that make steps in one document.

    Args:
        document: as loaded; the values that it inherits are written in another document.
    """

    def __init__(self, document: Document) -> None:
        self._nodes = document.nodes
        self._shared = self._nodes.shared()
        self._shared_names = {spot.name for spot in self._shared}

    def changes(self, pointer: Pointer, steps: Sequence[EditStep]) -> Iterator[tuple[str, TextChange]]:
        """Changes, each with the path of its file, for all steps about entries of one collection.

        Raises UneditableError where they cannot be made in place.
        """
        spot = self._own(pointer)[1]
        text = self._text(spot)
        parts = self._parts(spot)
        # A value that a merge key or a default brings in so far gets a key of its own.
        steps = [
            Insert(pointer, str(step.pointer[-1]), step.value)
            if isinstance(step, Rewrite) and entry_position(spot.node, step.pointer[-1]) is None
            else step
            for step in steps
        ]
        drops = {_position(spot.node, step.pointer[-1]) for step in steps if isinstance(step, Remove)}
        inserts = [step for step in steps if isinstance(step, Insert)]
        if len(drops) == len(parts) and bool(drops) is not bool(inserts):
            yield from self._rewritten(pointer, spot, inserts)
            return
        for change in self._entry_changes(spot, parts, drops, inserts) if drops or inserts else ():
            yield spot.path, self._free(spot.path, change)
        for step in steps:
            if isinstance(step, (Insert, Remove)):
                continue
            part = parts[_position(spot.node, step.pointer[-1])]
            if isinstance(step, SetValue):
                yield self._replaced(step.pointer, step.value, part, flow=is_flow(spot.node))
            elif isinstance(step, Rewrite):
                yield spot.path, self._rewrite(spot, part, step.value)
            else:
                yield spot.path, _renamed(part, text, step.key, flow=is_flow(spot.node))

    # --- collections

    def _rewritten(self, pointer: Pointer, spot: Spot, inserts: Sequence[Insert]) -> Iterator[tuple[str, TextChange]]:
        """Changes of a collection of which no entry stays."""
        value: dict[str, Value] | list[Value] = [step.value for step in inserts]
        if isinstance(spot.node, MappingNode):
            value = {str(step.key): step.value for step in inserts}
        if not pointer:
            yield spot.path, self._root(spot, value)
            return
        holder = self._own(pointer[:-1])[1]
        part = self._parts(holder)[_position(holder.node, pointer[-1])]
        yield self._replaced(pointer, value, part, flow=is_flow(holder.node))

    def _root(self, spot: Spot, value: dict[str, Value] | list[Value]) -> TextChange:
        if not isinstance(spot.node, MappingNode):
            raise UneditableError
        text = self._text(spot)
        place = span(spot.node, text, spot.path)
        new = write_entries(value, column(text, place.start), self._layout(spot)) if value else "{}"
        return self._free(spot.path, TextChange(place.start, line_end(text, place.end), new))

    def _entry_changes(
        self, spot: Spot, parts: Sequence[EntrySpan], drops: set[int], inserts: Sequence[Insert]
    ) -> Iterator[TextChange]:
        layout, flow = self._layout(spot), is_flow(spot.node)
        start = column(self._text(spot), parts[0].start)
        in_rows = not flow and all(is_flow(part.child) for part in parts)
        added: dict[int, list[str]] = {}
        for step in inserts:
            if step.key is not None and entry_position(spot.node, step.key) is not None:
                raise UneditableError
            behind = (len(parts) if step.before is None else step.before) - 1
            text = _spelling(step, start, layout, flow=flow)
            added.setdefault(behind, []).append((in_rows and _row(step, start)) or text)
        if flow:
            return flow_changes(parts, drops, added)
        changes = block_changes(parts, drops, added, self._text(spot), layout)
        return (self._closed(spot, change, inserts[-1].value if inserts else None) for change in changes)

    # --- values

    def _replaced(self, pointer: Pointer, value: Value, part: EntrySpan, *, flow: bool) -> tuple[str, TextChange]:
        """The change of a value in the file in which it is written."""
        written, spot = self._own(pointer)
        text = self._text(spot)
        if spot.node is None:
            return spot.path, _in_file(text, value)
        is_included = written is not spot
        if (
            isinstance(spot.node, ScalarNode)
            and not isinstance(value, (dict, list))
            and (flow or is_included or not _wants_lines(spot.node, text, value))
        ):
            change = _apart(TextChange(*respell(spot.node, text, value, flow=flow or is_included)), text)
        elif is_included:
            raise UneditableError
        else:
            change = _inline(part, text, value) if flow else self._in_block(spot, part, value)
        return spot.path, self._free(spot.path, change)

    def _in_block(self, spot: Spot, part: EntrySpan, value: Value) -> TextChange:
        """The change of an entry's value to another kind of value; comments behind key and value stay."""
        text, node = self._text(spot), part.child
        gap, tail = text[part.slot : content_start(node, text)], text[part.end : line_end(text, part.end)]
        if isinstance(node, CollectionNode) and not is_flow(node):
            # A comment behind the last entry is about that entry, and goes with it.
            comment = gap.rstrip() if _COMMENT.search(gap) else ""
        elif _COMMENT.search(gap):
            raise UneditableError
        else:
            comment = comment_of(node, text) + tail
        if comment.strip() and text[node.start_mark.index] in "&!":
            raise UneditableError
        return self._below(spot, part, value, comment)

    def _rewrite(self, spot: Spot, part: EntrySpan, value: Value) -> TextChange:
        """The change of a tag or an alias to the value itself; comments behind it stay."""
        text, node = self._text(spot), part.child
        if is_flow(spot.node):
            return self._free(spot.path, _inline(part, text, value))
        if _COMMENT.search(text[part.slot : node.start_mark.index]):
            raise UneditableError
        comment = comment_of(node, text) + text[part.end : line_end(text, part.end)]
        return self._free(spot.path, self._below(spot, part, value, comment))

    def _below(self, spot: Spot, part: EntrySpan, value: Value, comment: str) -> TextChange:
        """The change of everything behind an entry's colon or dash to a value, with a comment on its first line."""
        layout, start = self._layout(spot), column(self._text(spot), part.start)
        new = behind_key(value, start, layout) if part.key is not None else behind_dash(value, start, layout)
        head, line_break, rest = new.partition(layout.line_break)
        # A comment of several lines below `|` would be part of the text.
        if head.startswith(" |") and BREAK.search(comment):
            raise UneditableError
        new = head + comment.rstrip(" ") + line_break + rest
        return self._closed(spot, TextChange(part.slot, line_end(self._text(spot), part.end), new), value)

    def _closed(self, spot: Spot, change: TextChange, value: Value) -> TextChange:
        """The change with a final line break where the file ends with it and the value needs one."""
        if change.text and change.end == len(self._text(spot)) and needs_break(value):
            return change._replace(text=change.text + self._layout(spot).line_break)
        return change

    # --- what may be changed

    def _own(self, pointer: Pointer) -> tuple[Spot, Spot]:
        """Spots of a value as written and behind its tags. Raises UneditableError where it is used elsewhere too."""
        trail = self._nodes.trail(pointer)
        if not trail or any(spot.name in self._shared_names for spots in trail for spot in spots):
            raise UneditableError
        return trail[-1]

    def _free(self, path: str, change: TextChange) -> TextChange:
        """The change. Raises UneditableError where it replaces something that is used elsewhere too."""
        for spot in self._shared:
            # Without a node it is the whole file, which is read as a text as well.
            if spot.path == path and (spot.node is None or change.start <= spot.node.start_mark.index < change.end):
                raise UneditableError
        return change

    def _parts(self, spot: Spot) -> list[EntrySpan]:
        return entry_spans(spot.node, self._text(spot)) if isinstance(spot.node, CollectionNode) else []

    def _text(self, spot: Spot) -> str:
        return self._nodes.sources[spot.path].text

    def _layout(self, spot: Spot) -> Layout:
        root = self._nodes.root if spot.path == self._nodes.path else None
        return layout_of(self._text(spot), spot.node, root)


def _position(node: Node | None, step: str | int) -> int:
    """Position of an entry in its collection. Raises UneditableError where a merge key brings it in."""
    position = entry_position(node, step)
    if position is None:
        raise UneditableError
    return position


def _spelling(step: Insert, start: int, layout: Layout, *, flow: bool) -> str:
    if step.key is None:
        return write_flow(step.value) if flow else "-" + behind_dash(step.value, start, layout)
    if flow:
        return f"{write_key(step.key, flow=True)}: {write_flow(step.value)}"
    return write_key(step.key, flow=False) + ":" + behind_key(step.value, start, layout)


def _row(step: Insert, start: int) -> str | None:
    """A list entry in brackets, like its neighbours; None for a scalar, and for one too wide to be read easily."""
    if step.key is not None or not isinstance(step.value, (dict, list)):
        return None
    text = "- " + write_flow(step.value)
    return text if start + len(text) <= _WIDEST_ROW else None


def _renamed(part: EntrySpan, text: str, name: str, *, flow: bool) -> TextChange:
    if not isinstance(part.key, ScalarNode) or BREAK.search(name):
        raise UneditableError
    write_key(name, flow=flow)
    return TextChange(*respell(part.key, text, name, flow=flow))


def _inline(part: EntrySpan, text: str, value: Value) -> TextChange:
    start = max(part.slot, part.child.start_mark.index)
    return _apart(TextChange(start, part.end, write_flow(value)), text)


def _apart(change: TextChange, text: str) -> TextChange:
    """The change with a space before it where the new value would stick to its colon or dash."""
    return change._replace(text=" " + change.text) if text[change.start - 1 : change.start] in (":", "-") else change


def _wants_lines(node: ScalarNode, text: str, value: Value) -> bool:
    """Whether a text that stood on one line is better written as a literal block now."""
    if not isinstance(value, str) or not is_block(value):
        return False
    return not node.style and not BREAK.search(text[node.start_mark.index : node.end_mark.index])


def _in_file(text: str, value: Value) -> TextChange:
    """The change of a text file, with the line breaks that it has."""
    if not isinstance(value, str):
        raise UneditableError
    old = text.replace("\r\n", "\n")
    start, tail = common_edges(old, value)
    found = BREAK.search(text)
    new = value[start : len(value) - tail].replace("\n", found.group() if found else "\n")
    return TextChange(file_offset(text, start), file_offset(text, len(old) - tail), new)
