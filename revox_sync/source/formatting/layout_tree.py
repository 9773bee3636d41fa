"""A YAML file as its formatter sees it: what is written, in which order, and which comments belong to what."""

from __future__ import annotations

from collections.abc import Sequence

from revox_sync.source.yaml.nodes import CollectionNode, Node


class UnformattableError(Exception):
    """A file is written in a way that the formatter does not know.

    Attributes:
        offset: where, in the text with LF.
        reason: what is there, as a clause.
    """

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason


class Inline:
    """A value that begins behind its key or dash: a scalar, an alias, or a collection in brackets.

    Attributes:
        lines: the first stands behind the key, the others below it.
        indents: columns before each of the other lines, counted from the column of the key or dash; they keep what a
            text in brackets had, and are 2 elsewhere.
        block: whether the others are the lines of a block scalar, and the first is its sign.
        below: whether the first line stands below the key, too, as prettier puts brackets that are too long.
        foldable: a text that was quoted over several lines without a line break in it; empty for everything else.
    """

    __slots__ = ("below", "block", "foldable", "indents", "lines")

    def __init__(
        self, lines: list[str], indents: Sequence[int] = (), *, block: bool = False, foldable: str = ""
    ) -> None:
        self.lines = lines
        self.indents = indents
        self.block = block
        self.foldable = foldable
        self.below = False


class Entry:
    """A key with its value, or an entry of a list.

    Attributes:
        lead: comments above it, as they are written from their `#`; an empty line is an empty text.
        key: the key as it is to be written; None in a list.
        name: the key as a text; None in a list, and for a key that is no text.
        properties: anchor and tag.
        value: None where nothing is written.
        comment: what stands behind it on its line: behind the key of a block, or behind the sign of a block scalar.
        node: the value's node.
    """

    __slots__ = ("comment", "key", "lead", "name", "node", "properties", "value")

    def __init__(  # noqa: PLR0913 - what an entry consists of
        self,
        *,
        lead: list[str],
        key: str | None,
        name: str | None,
        properties: str,
        value: Inline | Block | None,
        comment: str,
        node: Node,
    ) -> None:
        self.lead = lead
        self.key = key
        self.name = name
        self.properties = properties
        self.value = value
        self.comment = comment
        self.node = node


class Block:
    """A collection with an entry per line.

    Attributes:
        entries: at least one.
        tail: comments behind the last entry that are indented like it.
        node: its node.
    """

    __slots__ = ("entries", "node", "tail")

    def __init__(self, entries: list[Entry], tail: list[str], node: CollectionNode) -> None:
        self.entries = entries
        self.tail = tail
        self.node = node


class LayoutTree:
    """A whole file.

    Attributes:
        header: comments that stay at the top, and the line `---` where there is one.
        root: what follows.
    """

    __slots__ = ("header", "root")

    def __init__(self, header: list[str], root: Block) -> None:
        self.header = header
        self.root = root
