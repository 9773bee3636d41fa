"""Text and nodes to a layout tree: every comment finds what it belongs to."""

from __future__ import annotations

import re
from typing import Final

from revox_sync.source.edits.scalar_edits import comment_of
from revox_sync.source.formatting.layout_tree import Block, Entry, Inline, LayoutTree, UnformattableError
from revox_sync.source.yaml.emit_scalars import (
    UneditableError,
    is_block,
    write_key,
    write_quoted,
    write_scalar,
)
from revox_sync.source.yaml.entry_spans import EntrySpan, column, entry_spans, is_flow
from revox_sync.source.yaml.nodes import (
    ENV,
    FILE,
    INCLUDE,
    QUOTED,
    SUB,
    VAR,
    CollectionNode,
    Node,
    ScalarNode,
    key_text,
    span,
    walk_nodes,
)
from revox_sync.source.yaml.scalar_offsets import content_start, stretch
from revox_sync.values.invisible import has_invisible

_COMMENT_BEHIND: Final = re.compile(r"[ \t]+(#[^\n]*)")
_COMMENT: Final = re.compile(r"#[^\n]*")
_EXPLICIT_KEY: Final = re.compile(r"^ *(?:- +)*(\?)(?=\s)", re.MULTILINE)
_START_LINE: Final = re.compile(r"^---[ \t]*$", re.MULTILINE)
# What other programs expect at the top of a file, beside our own.
_ABOUT_THE_FILE: Final = re.compile(r"#\s*(?:revox:\s*ignore-file|yaml-language-server:|yamllint |-\*-|vim:|!)")
_QUOTES: Final = ("'", '"')
_BLOCKS: Final = ("|", ">")
_TEXT_TAGS: Final = frozenset({QUOTED, FILE, INCLUDE, ENV, VAR, SUB})
"""Tags of scalars whose quotes say nothing beside where the text ends."""
_RARE: Final = {
    "?": "has a key behind `?`",
    "%": "begins with a directive",
    "...": "ends with `...`",
    "---": "has content on the line of `---`",
}
_OTHERWISE: Final = "is written in a way that the formatter does not know"
_ANCHORED: Final = "has an anchor or a tag before its first key, or around the whole file"


def read_layout(root: CollectionNode, text: str) -> LayoutTree:
    """The layout of a file whose root is a block. Raises UnformattableError.

    Args:
        text: the whole file, with LF.
    """
    reader = _Reader(text)
    first = content_start(root, text)
    if root.start_mark.index != first:
        raise UnformattableError(root.start_mark.index, _ANCHORED)
    start = _START_LINE.search(text, 0, first)
    header = [*reader.lead(start.start()), "---"] if start else []
    reader.at = start.end() if start else 0
    tree = LayoutTree(header, reader.block(root, -1, len(text)))
    _raise_header(tree)
    reader.finish()
    return tree


def _raise_header(tree: LayoutTree) -> None:
    """Moves comments about the whole file from its first entry to its header."""
    lead = tree.root.entries[0].lead
    above = max((number + 1 for number, line in enumerate(lead) if not line or _ABOUT_THE_FILE.match(line)), default=0)
    tree.header += lead[:above]
    del lead[:above]


class _Reader:
    """Reads a text from its start to its end; what lies between values is read once, in order.

    Attributes:
        at: up to where the text is read.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def block(self, node: CollectionNode, around: int, limit: int) -> Block:
        """A collection with an entry per line.

        Args:
            around: the column of what it belongs to.
            limit: where the next content begins.
        """
        text = self._text
        try:
            parts = entry_spans(node, text)
        except UneditableError:
            mark = _EXPLICIT_KEY.search(text, node.start_mark.index, limit)
            raise self._unknown(mark.start(1) if mark else node.start_mark.index) from None
        indent = column(text, parts[0].start)
        entries = []
        for number, part in enumerate(parts):
            lead = self.lead(part.start)
            following = parts[number + 1].start if number + 1 < len(parts) else limit
            entries.append(self._entry(part, lead, indent, following))
        return Block(entries, self._tail(limit, max(indent, around + 1)), node)

    def lead(self, limit: int) -> list[str]:
        """Comments and empty lines up to a place."""
        lines = self._tail(limit, 0)
        gap = self._text[self.at : limit]
        if gap.strip():
            raise self._unknown(self.at + len(gap) - len(gap.lstrip()))
        if gap.count("\n") + (self.at == 0) > 1:
            lines.append("")
        self.at = limit
        return lines

    def finish(self) -> None:
        """Raises UnformattableError where something is left."""
        rest = self._text[self.at :]
        if rest.strip():
            raise self._unknown(self.at + len(rest) - len(rest.lstrip()))

    def _unknown(self, offset: int) -> UnformattableError:
        what = next((reason for sign, reason in _RARE.items() if self._text.startswith(sign, offset)), _OTHERWISE)
        return UnformattableError(offset, what)

    def _tail(self, limit: int, least: int) -> list[str]:
        """Comments on lines of their own up to a place, as long as they are indented by some columns."""
        lines: list[str] = []
        while found := _COMMENT.search(self._text, self.at, limit):
            gap = self._text[self.at : found.start()]
            if gap.strip():
                raise self._unknown(self.at + len(gap) - len(gap.lstrip()))
            if column(self._text, found.start()) < least:
                break
            if gap.count("\n") + (self.at == 0) > 1:
                lines.append("")
            lines.append(found.group().rstrip())
            self.at = found.end()
        return lines

    def _behind(self, limit: int) -> str:
        """The comment on the rest of the line."""
        found = _COMMENT_BEHIND.match(self._text, self.at, limit)
        if found is None:
            return ""
        self.at = found.end()
        return found[1].rstrip()

    def _entry(self, part: EntrySpan, lead: list[str], indent: int, limit: int) -> Entry:
        text, node = self._text, part.child
        self.at = part.slot
        is_alias = node.start_mark.index < part.slot
        start = self._alias_start(part) if is_alias else node.start_mark.index
        content = start if is_alias else content_start(node, text)
        if "#" in text[start:content]:
            raise UnformattableError(start, "has a comment between an anchor or tag and its value")
        entry = Entry(
            lead=lead,
            key=None if part.key is None else _spelt_key(part.key, text),
            name=None if part.key is None else key_text(part.key),
            properties=" ".join(text[start:content].split()),
            value=None,
            comment=self._behind(start),
            node=node,
        )
        if isinstance(node, CollectionNode) and node.value and not is_flow(node) and not is_alias:
            self._fill_with_block(entry, node, start, content, indent, limit)
            return entry
        entry.lead += [line for line in self.lead(start) if line]
        if is_alias:
            entry.value = Inline([text[start : part.end]])
        elif isinstance(node, CollectionNode):
            entry.value = _in_brackets(node, text, content, part.end, indent)
            entry.value.below = part.key is not None and not entry.properties and "\n" in text[part.slot : content]
        elif isinstance(node, ScalarNode) and (content < part.end or node.value):
            entry.value = _scalar(node, text, content, part.end)
            entry.comment = entry.comment or comment_of(node, text).strip()
        self._add_last_comment(entry, part.end, limit)
        return entry

    def _fill_with_block(  # noqa: PLR0913, PLR0917 - the places of an entry
        self, entry: Entry, node: CollectionNode, start: int, content: int, indent: int, limit: int
    ) -> None:
        if entry.properties:
            entry.lead += self.lead(start)
            self.at = content
        entry.value = self.block(node, indent, limit)
        if entry.key is None and entry.comment and not entry.properties:
            # Behind a dash it stands above the first key.
            entry.value.entries[0].lead.insert(0, entry.comment)
            entry.comment = ""

    def _add_last_comment(self, entry: Entry, end: int, limit: int) -> None:
        self.at = max(self.at, end)
        behind = self._behind(limit)
        if entry.comment and behind:
            raise UnformattableError(end, "has a comment before its value and one behind it")
        entry.comment = entry.comment or behind

    def _alias_start(self, part: EntrySpan) -> int:
        start = self._text.rfind("*", part.slot, part.end)
        if start < 0:
            raise self._unknown(part.start)
        return start


def _scalar(node: ScalarNode, text: str, content: int, end: int) -> Inline:
    if node.style in _BLOCKS:
        return _block_scalar(node, text, content, end)
    lines = text[content:end].split("\n")
    as_written = Inline(_continued(lines), [2] * (len(lines) - 1))
    if node.style not in _QUOTES or node.tag not in _TEXT_TAGS:
        return as_written
    value: str = node.value
    # An escape of a character that nobody sees stays one.
    if node.tag == QUOTED and not has_invisible(value):
        if is_block(value):
            sign = "|" + ("" if value.endswith("\n") else "-")
            return _of_block(sign, value.rstrip("\n").split("\n"))
        if len(lines) > 1 and "\n" not in value:
            as_written.foldable = value
    return as_written if len(lines) > 1 else Inline([write_scalar(value, flow=False)])


def _continued(lines: list[str]) -> list[str]:
    """Lines of a text that YAML joins; white space before them says nothing."""
    return [lines[0], *(line.lstrip(" \t") for line in lines[1:])]


def _spelt_key(key: Node, text: str) -> str:
    end = span(key, text, "").end
    if isinstance(key, ScalarNode) and key.tag == QUOTED and content_start(key, text) == key.start_mark.index:
        try:
            return write_key(key.value, flow=False)
        except UneditableError:
            raise UnformattableError(key.start_mark.index, "has a key that is too long") from None
    return text[key.start_mark.index : end]


def _block_scalar(node: ScalarNode, text: str, content: int, end: int) -> Inline:
    value: str = node.value
    lead = len(value) - len(value.lstrip("\n"))
    place = stretch(node, text, lead, lead + 1) if lead < len(value) else None
    if place is None:
        if value.strip("\n"):
            raise UnformattableError(content, "has a block whose text cannot be told from its indentation")
        return Inline([write_quoted(value)])
    indent = column(text, place[0])
    first = text.find("\n", content) + 1
    lines = [line[indent:] for line in text[first:end].split("\n")]
    endings = len(value) - len(value.rstrip("\n"))
    while endings < 2 and lines and not lines[-1]:
        lines.pop()
    return _of_block(text[content] + {0: "-", 1: ""}.get(endings, "+"), lines)


def _of_block(sign: str, lines: list[str]) -> Inline:
    begins_blank = next((line for line in lines if line), "")[:1] in (" ", "\t")
    return Inline([sign[0] + ("2" if begins_blank else "") + sign[1:], *lines], [2] * len(lines), block=True)


def _in_brackets(node: CollectionNode, text: str, content: int, end: int, indent: int) -> Inline:
    """A collection in brackets as it is written, without quotes and blanks that nobody needs."""
    raw = text[content:end]
    if not node.value and "#" not in raw:
        return Inline([raw[0] + raw[-1]])
    inside = (part for part in walk_nodes(node) if content <= part.start_mark.index < end)
    scalars = sorted((part for part in inside if isinstance(part, ScalarNode)), key=lambda part: part.start_mark.index)
    one_line = "\n" not in raw
    pieces, at = [], content
    for part in scalars:
        start, stop = content_start(part, text), part.end_mark.index
        between = text[at:start]
        pieces += [_tightened(between) if one_line else between, _in_bracket_quotes(part, text, start, stop)]
        at = stop
    pieces.append(_tightened(text[at:end]) if one_line else text[at:end])
    lines = "".join(pieces).split("\n")
    indents = [len(line) - len(line.lstrip(" \t")) - indent for line in lines[1:]]
    return Inline([line.strip(" \t") if number else line.rstrip() for number, line in enumerate(lines)], indents)


def _tightened(between: str) -> str:
    """What stands between two texts in brackets, with one blank behind commas and colons and none inside brackets."""
    if "*" in between:  # the name of an alias ends at a blank
        return between
    between = re.sub(r" ?, ?", ", ", re.sub(r"[ \t]+", " ", between))
    return re.sub(r" (?=[\]}])", "", re.sub(r"(?<=[\[{]) ", "", between))


def _in_bracket_quotes(part: ScalarNode, text: str, start: int, stop: int) -> str:
    written = text[start:stop]
    # Signs that stick to a quote would become part of the text.
    sticks = text[start - 1] in ":&!" or (text[stop : stop + 1] == ":" and text[stop + 1 : stop + 2].strip() != "")
    if part.style not in _QUOTES or part.tag != QUOTED or "\n" in written or sticks or start != part.start_mark.index:
        return written
    return write_scalar(part.value, flow=True)
