"""The proof that a formatted file means what it meant: values, tags, anchors, comments, targets of suppressions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from revox_sync.source.model.place import SourceText
from revox_sync.source.yaml.comments import Comment, comments
from revox_sync.source.yaml.nodes import (
    PLAIN,
    CollectionNode,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    key_text,
    span,
    walk_nodes,
)
from revox_sync.source.yaml.parse import Composition, compose
from revox_sync.source.yaml.scalar_offsets import content_start
from revox_sync.source.yaml.scalars import NoJsonValueError, plain_value
from revox_sync.values.pointer import Pointer

_COMMENT: Final = re.compile(r"(?<![^ \t\n])#[^\n]*")


def difference(before: str, composed: Composition, after: str, path: str) -> str | None:
    """What a new text changes beside its layout, as a clause; None where it changes nothing.

    Args:
        before: the text so far, with LF.
        composed: its nodes.
    """
    new = compose(after, path)
    if _problems(composed) != _problems(new):
        return "would be read with other problems"
    if composed.root is None or new.root is None or not _same(composed.root, new.root, {}):
        return "would have other values"
    if _all_comments(before, composed.root) != _all_comments(after, new.root):
        return "would lose a comment"
    if _suppressed(before, composed.root, path) != _suppressed(after, new.root, path):
        return "has a `# revox:` comment that would be about something else"
    return None


def _problems(composed: Composition) -> Counter[tuple[str, str]]:
    return Counter((problem.kind.value, problem.message) for problem in composed.problems)


def _same(one: Node, other: Node, known: dict[int, int]) -> bool:
    """Whether two nodes have the same kinds, tags and values; what is one node by alias must be one in both."""
    if id(one) in known or id(other) in known.values():
        return known.get(id(one)) == id(other)
    known[id(one)] = id(other)
    if type(one) is not type(other) or _value_of(one) != _value_of(other):
        return False
    if isinstance(one, MappingNode):
        mine, theirs = _entries(one), _entries(other)
        return mine.keys() == theirs.keys() and all(
            _same(key, theirs[name][0], known) and _same(child, theirs[name][1], known)
            for name, (key, child) in mine.items()
        )
    if isinstance(one, SequenceNode):
        pairs = zip(one.value, other.value, strict=False)
        return len(one.value) == len(other.value) and all(_same(mine, theirs, known) for mine, theirs in pairs)
    return True


def _entries(node: Node) -> dict[tuple[object, int], tuple[Node, Node]]:
    """The entries of a mapping by key, and by how many of that key stand before it."""
    times: Counter[object] = Counter()
    found: dict[tuple[object, int], tuple[Node, Node]] = {}
    for key, child in node.value:
        name = repr(_value_of(key))
        found[name, times[name]] = key, child
        times[name] += 1
    return found


def _value_of(node: Node) -> object:
    """Tag and value of a scalar, as YAML reads it; of a collection, its tag."""
    if not isinstance(node, ScalarNode):
        return node.tag
    if node.tag != PLAIN:
        return node.tag, node.value
    try:
        value = plain_value(node.value)
    except NoJsonValueError:
        return node.tag, node.value
    # A text without quotes is the same text with them.
    return ("!", value) if isinstance(value, str) else (node.tag, type(value), value)


def _all_comments(text: str, root: Node) -> list[str]:
    """Every comment, sorted."""
    spans = []
    for node in walk_nodes(root):
        if isinstance(node, ScalarNode) and node.style:
            start = content_start(node, text)
            # The comment behind a block's sign is none of its text.
            first = text.find("\n", start) if node.style in ("|", ">") else start
            spans.append((first if first >= 0 else start, max(span(node, text, "").end, first)))
    spans.sort()
    starts = [start for start, _ in spans]
    found = []
    for match in _COMMENT.finditer(text):
        position = bisect_right(starts, match.start()) - 1
        if position < 0 or match.start() >= spans[position][1]:
            found.append(match.group().rstrip())
    return sorted(found)


def _suppressed(text: str, root: Node, path: str) -> Counter[tuple[str, bool, frozenset[Pointer]]]:
    """Each comment addressed to us, with what it is about."""
    source = SourceText(path, text)
    ours = comments(source)
    if not ours:
        return Counter()
    lines: dict[int, set[Pointer]] = {}
    for pointer, offset in _places(root, text, ()):
        lines.setdefault(source.position(offset)[0], set()).add(pointer)
    return Counter(_target(comment, lines) for comment in ours)


def _target(comment: Comment, lines: Mapping[int, set[Pointer]]) -> tuple[str, bool, frozenset[Pointer]]:
    """What a comment says, whether it is about the file, and the values that it is about."""
    about_file = "ignore-file" in comment.text
    about_line = not re.fullmatch(r"ignore-file\b(?!.*\bignore\b(?!-)).*", comment.text)
    numbers = range(comment.first_line, comment.last_line + 1) if about_line else ()
    pointers = frozenset(pointer for line in numbers for pointer in lines.get(line, ()))
    return comment.text, about_file and comment.at_top, pointers


def _places(node: Node, text: str, at: Pointer) -> Iterator[tuple[Pointer, int]]:
    """Where keys and scalars are written; an alias leads to what it means, whose place does not move."""
    entries: list[tuple[str | int, Node | None, Node]] = []
    if isinstance(node, MappingNode):
        entries = [(key_text(key) or repr(key.value), key, child) for key, child in node.value]
    elif isinstance(node, SequenceNode):
        entries = [(number, None, child) for number, child in enumerate(node.value)]
    for name, key, child in entries:
        below = (*at, name)
        if key is not None:
            yield below, key.start_mark.index
        if not isinstance(child, CollectionNode) or child.flow_style:
            yield below, content_start(child, text)
        if isinstance(child, CollectionNode) and child.start_mark.index >= node.start_mark.index:
            yield from _places(child, text, below)
