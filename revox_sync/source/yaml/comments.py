"""Comments that are addressed to us, and the lines that they apply to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from yaml.nodes import Node, ScalarNode

from revox_sync.source.model.place import COMMENT_MARKER, Place, SourceText
from revox_sync.source.yaml.nodes import span, walk_nodes
from revox_sync.source.yaml.parse import compose

_COMMENT: Final = r"(?<![^ \t\r\n])#[ \t]*revox:[ \t]*([^\r\n]*?)[ \t]*(?=[\r\n]|\Z)"
_NO_CONTENT: Final = r"[ \t]*(#.*)?"


class Comment(NamedTuple):
    """A `# revox: …` comment.

    Attributes:
        text: what follows `revox:`.
        place: the whole comment, from its `#`.
        text_start: offset of `text`.
        first_line: the line it applies to, from 1: its own or, if it stands alone there, the next with content.
        last_line: the last line of the block scalar that starts on that line, else the same line.
        at_top: whether there are only comments and empty lines above it.
    """

    text: str
    place: Place
    text_start: int
    first_line: int
    last_line: int
    at_top: bool


def comments(source: SourceText) -> list[Comment]:
    """The comments of a YAML file that are addressed to us, in order; none where the YAML is not valid."""
    if COMMENT_MARKER not in source.text:
        return []
    root = compose(source.text, source.path).root
    # The parsers drop comments, so they are searched in the text; a `#` in a quoted or block scalar begins none.
    scalars = sorted(_scalars(root, source)) if root is not None else []
    starts = [start for start, _, _ in scalars]
    found = []
    for match in re.finditer(_COMMENT, source.text):
        position = bisect_right(starts, match.start()) - 1
        if position < 0 or not _holds(scalars[position], match.start(), source):
            found.append(_comment(match, source, scalars))
    return found


def _holds(scalar: tuple[int, int, bool], offset: int, source: SourceText) -> bool:
    """Whether an offset behind a scalar's start is part of its text; the line with `|` or `>` is not."""
    start, end, is_block = scalar
    return offset < end and not (is_block and source.position(start)[0] == source.position(offset)[0])


def _comment(match: re.Match[str], source: SourceText, scalars: list[tuple[int, int, bool]]) -> Comment:
    line, column = source.position(match.start())
    if not source.line(line)[: column - 1].strip():
        below = range(line + 1, source.position(len(source.text))[0] + 1)
        line = next((number for number in below if not re.fullmatch(_NO_CONTENT, source.line(number))), line)
    last = max(
        (source.position(end)[0] for start, end, is_block in scalars if is_block and source.position(start)[0] == line),
        default=line,
    )
    return Comment(
        text=match[1],
        place=Place(source.path, match.start(), match.end()),
        text_start=match.start(1),
        first_line=line,
        last_line=last,
        at_top=all(re.fullmatch(_NO_CONTENT, above) for above in source.text[: match.start()].splitlines()),
    )


def _scalars(root: Node, source: SourceText) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is a block, of every quoted or block scalar."""
    for node in walk_nodes(root):
        if isinstance(node, ScalarNode) and node.style in {"'", '"', "|", ">"}:
            place = span(node, source.text, source.path)
            yield place.start, place.end, node.style in {"|", ">"}
