"""Single steps as changes of text: which file, which collection, which stretch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.source.documents.document import Document
from revox_sync.source.documents.locate import Spot, file_offset
from revox_sync.source.edits.collection_edits import TextChange, block_changes, flow_changes, layout_of
from revox_sync.source.edits.scalar_edits import comment_of, common_start, respell
from revox_sync.source.edits.value_diff import EditStep, Insert, Rewrite
from revox_sync.source.model.amendment import Remove, RenameKey, SetValue
from revox_sync.source.model.value import Deferred, Value
from revox_sync.source.yaml.emit_scalars import (
    Layout,
    UneditableError,
    behind_dash,
    behind_key,
    is_literal,
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
    SequenceNode,
    is_merge,
    key_text,
    span,
)
from revox_sync.source.yaml.scalar_offsets import BREAK, content_start
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

_COMMENT: Final = re.compile(r"\s#")
WIDEST_ROW: Final = 120
"""Columns up to which a new list entry is written in brackets where its neighbours are."""


class Splicer:
    """Finds the changes of text that amount to steps in one document.

    Args:
        document: as loaded, without the defaults of another file.
    """

    def __init__(self, document: Document) -> None:
        self._nodes = document.nodes
        self._shared = self._nodes.shared()
        self._shared_names = {spot.name for spot in self._shared}

    def changes(self, pointer: Pointer, steps: Sequence[EditStep]) -> Iterator[tuple[str, TextChange]]:
        """Changes, each with its file, for all steps that concern the entries of one collection.

        Raises UneditableError where they cannot be made in place.
        """
        spot = self._own(pointer)[1]
        text = self._text(spot)
        parts = entry_spans(spot.node, text) if isinstance(spot.node, CollectionNode) else []
        steps = [_as_insert(step, spot.node) for step in steps]
        drops = {_position(spot.node, step.pointer[-1]) for step in steps if isinstance(step, Remove)}
        inserts = [step for step in steps if isinstance(step, Insert)]
        others = [step for step in steps if isinstance(step, (SetValue, RenameKey, Rewrite))]
        if len(drops) == len(parts) and bool(drops) is not bool(inserts):
            yield from self._rewritten(pointer, spot, inserts)
            return
        for change in self._entry_changes(spot, parts, drops, inserts) if drops or inserts else ():
            self._require_free(spot.path, change)
            yield spot.path, change
        for step in others:
            part = parts[_position(spot.node, step.pointer[-1])]
            if isinstance(step, SetValue):
                yield from self._replaced(step.pointer, step.value, part, flow=is_flow(spot.node))
            elif isinstance(step, Rewrite):
                yield spot.path, self._rewrite(spot, part, step.value)
            else:
                yield spot.path, _renamed(part, text, step.key, flow=is_flow(spot.node))

    # --- collections

    def _rewritten(self, pointer: Pointer, spot: Spot, inserts: Sequence[Insert]) -> Iterator[tuple[str, TextChange]]:
        """Changes of a collection of which no entry stays."""
        value: Value = [step.value for step in inserts]
        if isinstance(spot.node, MappingNode):
            value = {step.key: step.value for step in inserts if step.key is not None}
        if not pointer:
            yield from self._at_root(value)
            return
        holder = self._own(pointer[:-1])[1]
        part = (
            entry_spans(holder.node, self._text(holder))[_position(holder.node, pointer[-1])] if holder.node else None
        )
        if part is None:
            raise UneditableError
        yield from self._replaced(pointer, value, part, flow=is_flow(holder.node))

    def _at_root(self, value: Value) -> Iterator[tuple[str, TextChange]]:
        spot = self._own(())[1]
        text = self._text(spot)
        if not isinstance(value, dict) or not isinstance(spot.node, MappingNode):
            raise UneditableError
        place = span(spot.node, text, spot.path)
        new = write_entries(value, column(text, place.start), self._layout(spot)) if value else "{}"
        change = TextChange(place.start, line_end(text, place.end), new)
        self._require_free(spot.path, change)
        yield spot.path, change

    def _entry_changes(
        self, spot: Spot, parts: Sequence[EntrySpan], drops: set[int], inserts: Sequence[Insert]
    ) -> Iterator[TextChange]:
        layout = self._layout(spot)
        start = column(self._text(spot), parts[0].start)
        in_rows = not is_flow(spot.node) and all(is_flow(part.child) for part in parts)
        added: dict[int, list[str]] = {}
        for step in inserts:
            if step.key is not None and _has_key(spot.node, step.key):
                raise UneditableError
            behind = (len(parts) if step.before is None else step.before) - 1
            text = _spelling(step, start, layout, flow=is_flow(spot.node))
            added.setdefault(behind, []).append((in_rows and _row(step, start)) or text)
        if is_flow(spot.node):
            return flow_changes(parts, drops, added)
        changes = block_changes(parts, drops, added, self._text(spot), layout)
        return (self._closed(spot, change, inserts[-1].value if inserts else None) for change in changes)

    # --- values

    def _replaced(
        self, pointer: Pointer, value: Value, part: EntrySpan, *, flow: bool
    ) -> Iterator[tuple[str, TextChange]]:
        written, spot = self._own(pointer)
        text = self._text(spot)
        if spot.node is None:
            yield spot.path, _in_file(text, value)
            return
        is_scalar = isinstance(spot.node, ScalarNode) and not isinstance(value, (dict, list))
        if is_scalar and (flow or written is not spot or not _wants_lines(spot.node, text, value)):
            change = _respelled(spot.node, text, value, flow=flow or written is not spot)
        elif written is not spot:
            raise UneditableError
        else:
            change = _inline(part, text, value) if flow else self._in_block(spot, part, value)
        self._require_free(spot.path, change)
        yield spot.path, change

    def _in_block(self, spot: Spot, part: EntrySpan, value: Value) -> TextChange:
        """The change of an entry's value to another kind of value; comments behind key and value stay."""
        text, node = self._text(spot), part.child
        layout, start = self._layout(spot), column(text, part.start)
        new = behind_key(value, start, layout) if part.key is not None else behind_dash(value, start, layout)
        head, line_break, rest = _halves(new)
        gap, tail = text[part.slot : content_start(node, text)], text[part.end : line_end(text, part.end)]
        if isinstance(node, CollectionNode) and not is_flow(node):
            # What stands behind its last entry goes with that entry.
            comment = gap.rstrip() if _COMMENT.search(gap) else ""
        elif _COMMENT.search(gap):
            raise UneditableError
        else:
            comment = comment_of(node, text) + tail
        is_literal_below = head.startswith(" |") and BREAK.search(comment)
        if is_literal_below or (comment.strip() and text[node.start_mark.index] in "&!"):
            raise UneditableError
        new = head + comment.rstrip(" ") + line_break + rest
        return self._closed(spot, TextChange(part.slot, line_end(text, part.end), new), value)

    def _rewrite(self, spot: Spot, part: EntrySpan, value: Value) -> TextChange:
        """The change of a tag or an alias to the value itself; comments behind it stay."""
        text, node = self._text(spot), part.child
        if is_flow(spot.node):
            change = _inline(part, text, value)
        else:
            layout, start = self._layout(spot), column(text, part.start)
            new = behind_key(value, start, layout) if part.key is not None else behind_dash(value, start, layout)
            head, line_break, rest = _halves(new)
            comment = comment_of(node, text) + text[part.end : line_end(text, part.end)]
            is_literal_below = head.startswith(" |") and BREAK.search(comment)
            if is_literal_below or _COMMENT.search(text[part.slot : node.start_mark.index]):
                raise UneditableError
            new = head + comment.rstrip(" ") + line_break + rest
            change = self._closed(spot, TextChange(part.slot, line_end(text, part.end), new), value)
        self._require_free(spot.path, change)
        return change

    def _closed(self, spot: Spot, change: TextChange, value: Value) -> TextChange:
        """A change with a final line break where the file has none and the value ends with one."""
        if change.text and change.end == len(self._text(spot)) and needs_break(value):
            return change._replace(text=change.text + self._layout(spot).line_break)
        return change

    # --- what may be changed

    def _own(self, pointer: Pointer) -> tuple[Spot, Spot]:
        """Spots of a value as written and behind its tags. Raises UneditableError where it is used elsewhere too."""
        trail = self._nodes.trail(pointer)
        if not trail:
            raise UneditableError
        if any(spot.name in self._shared_names for spots in trail for spot in spots):
            raise UneditableError
        return trail[-1]

    def _require_free(self, path: str, change: TextChange) -> None:
        """Raises UneditableError when something in a stretch is used elsewhere too."""
        for spot in self._shared:
            if spot.path == path and spot.node and change.start <= spot.node.start_mark.index < change.end:
                raise UneditableError

    def _text(self, spot: Spot) -> str:
        return self._nodes.sources[spot.path].text

    def _layout(self, spot: Spot) -> Layout:
        root = self._nodes.root if spot.path == self._nodes.path else None
        return layout_of(self._text(spot), spot.node, root)


def _as_insert(step: EditStep, node: Node | None) -> EditStep:
    """A value that a merge key or a default brings in so far gets a key of its own."""
    if isinstance(step, Rewrite) and isinstance(node, MappingNode) and not _has_key(node, str(step.pointer[-1])):
        return Insert(step.pointer[:-1], str(step.pointer[-1]), step.value)
    return step


def _position(node: Node | None, step: str | int) -> int:
    """Position of an entry in its collection. Raises UneditableError when another one brings it in."""
    if isinstance(node, SequenceNode) and isinstance(step, int):
        return step
    if isinstance(node, MappingNode):
        for position, (key, _) in enumerate(node.value):
            if not is_merge(key) and key_text(key) == step:
                return position
    raise UneditableError


def _has_key(node: Node | None, name: str) -> bool:
    return isinstance(node, MappingNode) and any(key_text(key) == name for key, _ in node.value if not is_merge(key))


def _spelling(step: Insert, start: int, layout: Layout, *, flow: bool) -> str:
    if flow:
        return (
            write_flow(step.value)
            if step.key is None
            else f"{write_key(step.key, flow=True)}: {write_flow(step.value)}"
        )
    if step.key is None:
        return "-" + behind_dash(step.value, start, layout)
    return write_key(step.key, flow=False) + ":" + behind_key(step.value, start, layout)


def _row(step: Insert, start: int) -> str | None:
    """A list entry in brackets, like its neighbours; None for another value, and for one too wide to read so."""
    if step.key is not None or not isinstance(step.value, (dict, list)):
        return None
    text = "- " + write_flow(step.value)
    return text if start + len(text) <= WIDEST_ROW else None


def _renamed(part: EntrySpan, text: str, name: str, *, flow: bool) -> TextChange:
    if not isinstance(part.key, ScalarNode) or BREAK.search(name):
        raise UneditableError
    write_key(name, flow=flow)
    return TextChange(*respell(part.key, text, name, flow=flow))


def _respelled(node: Node, text: str, value: Value, *, flow: bool) -> TextChange:
    if not isinstance(node, ScalarNode) or isinstance(value, (dict, list, Secret, Deferred)):
        raise UneditableError
    start, end, new = respell(node, text, value, flow=flow)
    return TextChange(start, end, _apart(text, start, new))


def _inline(part: EntrySpan, text: str, value: Value) -> TextChange:
    start = max(part.slot, part.child.start_mark.index)
    return TextChange(start, part.end, _apart(text, start, write_flow(value)))


def _apart(text: str, start: int, new: str) -> str:
    """A value with a space before it where it would stick to the colon or dash."""
    return " " + new if start and text[start - 1] in ":-" else new


def _wants_lines(node: Node, text: str, value: Value) -> bool:
    """Whether a text that stood on one line is better written as a literal block now."""
    if not isinstance(value, str) or "\n" not in value or not is_literal(value) or value.endswith("\n\n"):
        return False
    is_plain = isinstance(node, ScalarNode) and node.style in (None, "")
    return is_plain and not BREAK.search(text[node.start_mark.index : node.end_mark.index])


def _halves(new: str) -> tuple[str, str, str]:
    """First line, line break, and rest."""
    found = BREAK.search(new)
    return (new[: found.start()], found.group(), new[found.end() :]) if found else (new, "", "")


def _in_file(text: str, value: Value) -> TextChange:
    """The change of a text file, in its line breaks."""
    if not isinstance(value, str):
        raise UneditableError
    old = text.replace("\r\n", "\n")
    start = common_start(old, value)
    tail = common_start(old[start:][::-1], value[start:][::-1])
    found = BREAK.search(text)
    new = value[start : len(value) - tail].replace("\n", found.group() if found else "\n")
    return TextChange(file_offset(text, start), file_offset(text, len(old) - tail), new)
