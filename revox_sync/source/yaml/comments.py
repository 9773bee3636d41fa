"""Comments that are addressed to us, and the lines that they apply to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from revox_sync.source.model.place import COMMENT_MARKER, Place, SourceText, may_have_comments
from revox_sync.source.yaml.nodes import span, walk_nodes
from revox_sync.source.yaml.parse import compose
from revox_sync.source.yaml.pyyaml import MappingNode, Node, ScalarNode
from revox_sync.values.named_tuple import NamedTuple

_START: Final = r"(?<![^ \t\r\n])"
_END: Final = r"[ \t]*(?=[\r\n]|\Z)"
_COMMENT: Final = rf"{_START}#[ \t]*{COMMENT_MARKER}[ \t]*(?P<text>[^\r\n]*?){_END}"
# What authors write who mean us: another case, another sign, the name of the program.
_NEAR_MISS: Final = (
    rf"{_START}#[# \t]*(?i:revox(?:[-_ ]?sync)?)[ \t]*[:=]?[ \t]*(?P<near>(?i:ignore|disable)(?![a-z])[^\r\n]*?){_END}"
)
_NO_CONTENT: Final = r"[ \t]*(#.*)?"
_HEADER: Final = rf"{_NO_CONTENT}|%.*|---[ \t]*(#.*)?"
_BLOCK_STYLES: Final = ("|", ">")


class Comment(NamedTuple):
    """A `# revox: …` comment.

    Attributes:
        text: what follows `revox:`.
        place: the whole comment, from its `#`.
        text_start: offset of `text`.
        first_line: the first line it applies to, from 1: its own or, if it stands alone there, the next with content;
            behind the last line of a text, the line on which that begins.
        last_line: the last line of the text that starts on that line or belongs to its key, else the same line.
        at_top: whether there are only comments, empty lines and a document's header above it.
        is_exact: whether it begins with `# revox:`, and not only with what was probably meant so.
    """

    text: str
    place: Place
    text_start: int
    first_line: int
    last_line: int
    at_top: bool
    is_exact: bool = True


class _Scalar(NamedTuple):
    """A text.

    Attributes:
        start: offset of its first character.
        end: offset behind its last one.
        style: its quote or block sign; None for a plain text.
        owner_line: the line of the key whose value it is, else `first_line`.
        first_line: the line on which it begins.
        last_line: the line on which it ends.
    """

    start: int
    end: int
    style: str | None
    owner_line: int
    first_line: int
    last_line: int


def comments(source: SourceText) -> list[Comment]:
    """The comments of a YAML file that are addressed to us, in order; none where the YAML is not valid."""
    if not may_have_comments(source.text):
        return []
    root = compose(source.text, source.path).root
    # The parsers drop comments, so they are searched in the text; a `#` in a quoted or block scalar begins none.
    scalars = sorted(_scalars(root, source), key=lambda scalar: scalar.start)
    closed = [scalar for scalar in scalars if scalar.style]
    starts = [scalar.start for scalar in closed]
    lines = _Lines(source, scalars)
    found = []
    for match in re.finditer(f"{_COMMENT}|{_NEAR_MISS}", source.text):
        position = bisect_right(starts, match.start()) - 1
        if position < 0 or not _holds(closed[position], match.start(), source):
            found.append(_comment(match, source, lines))
    return found


def _holds(scalar: _Scalar, offset: int, source: SourceText) -> bool:
    """Whether an offset behind a scalar's start is part of its text; the line with `|` or `>` is not."""
    is_block = scalar.style in _BLOCK_STYLES
    return offset < scalar.end and not (is_block and scalar.first_line == source.position(offset)[0])


class _Lines:
    """What the lines of a file hold. A file may have thousands of comments, so each line is looked at once."""

    def __init__(self, source: SourceText, scalars: Iterable[_Scalar]) -> None:
        self.ending: defaultdict[int, list[_Scalar]] = defaultdict(list)
        """Scalars by the line on which they end."""
        self.last: dict[int, int] = {}
        """The last line of what begins on a line, or is the value of a key there."""
        for scalar in scalars:
            self.ending[scalar.last_line].append(scalar)
            for line in (scalar.owner_line, scalar.first_line):
                self.last[line] = max(scalar.last_line, self.last.get(line, 0))
        numbers = range(1, source.position(len(source.text))[0] + 1)
        self._contents = [number for number in numbers if not re.fullmatch(_NO_CONTENT, source.line(number))]
        self._first = next((number for number in numbers if not re.fullmatch(_HEADER, source.line(number))), None)

    def next_content(self, line: int) -> int | None:
        """The next line below one that is no comment and not empty."""
        position = bisect_right(self._contents, line)
        return self._contents[position] if position < len(self._contents) else None

    def is_header(self, line: int) -> bool:
        """Whether there is nothing above a line but what may stand above the first key."""
        return self._first is None or self._first >= line


def _comment(match: re.Match[str], source: SourceText, lines: _Lines) -> Comment:
    line, column = source.position(match.start())
    before = source.line(line)[: column - 1]
    if not before.strip():
        first = lines.next_content(line) or line
    else:
        # There is no other place for a comment about a text in quotes: it stands behind the last line.
        ended = [scalar for scalar in lines.ending[line] if scalar.end <= match.start()]
        first = min((min(scalar.owner_line, scalar.first_line) for scalar in ended), default=line)
    group = "near" if match["text"] is None else "text"
    return Comment(
        text=match[group],
        place=Place(source.path, match.start(), match.end()),
        text_start=match.start(group),
        first_line=first,
        last_line=max(first, lines.last.get(first, first)),
        at_top=lines.is_header(line) and re.fullmatch(_HEADER, before) is not None,
        is_exact=group == "text",
    )


def _scalars(root: Node | None, source: SourceText) -> Iterator[_Scalar]:
    owners: dict[int, int] = {}
    for node in walk_nodes(root):
        for key, value in node.value if isinstance(node, MappingNode) else ():
            # An alias has the node of its anchor, which begins before the key.
            if value.start_mark.index >= key.end_mark.index:
                owners[id(value)] = source.position(key.start_mark.index)[0]
        if isinstance(node, ScalarNode):
            place = span(node, source.text, source.path)
            first, last = source.position(place.start)[0], source.position(place.end)[0]
            yield _Scalar(place.start, place.end, node.style, owners.get(id(node), first), first, last)
