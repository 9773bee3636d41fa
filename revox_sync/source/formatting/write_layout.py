"""A layout tree to text: two columns per level, one space behind colons and before comments, one empty line at most."""

from __future__ import annotations

from typing import Final

from revox_sync.source.formatting.layout_tree import Block, Entry, Inline, LayoutTree
from revox_sync.source.yaml.emit_scalars import Layout, folded

_WIDTH: Final = 2
_LINE_LENGTH: Final = 80


def write_layout(tree: LayoutTree) -> str:
    """The text of a file, with LF."""
    lines = _without_doubles(_indented(tree.header, 0))
    body = _block(tree.root, 0)
    if not lines or not lines[-1]:
        body = _without_first_empty(body)
    text = "\n".join([*lines, *body]) + "\n"
    return text.lstrip("\n")


def _block(block: Block, column: int) -> list[str]:
    lines: list[str] = []
    for number, entry in enumerate(block.entries):
        lead = _indented(entry.lead, column)
        if number and _keeps_breaks(block.entries[number - 1]):
            # Empty lines behind a block with `+` are part of its text, and are there already.
            lead = _without_first_empty(lead)
        lines += _without_doubles(lead)
        lines += _entry(entry, column)
    tail = _indented(block.tail, column)
    return lines + _without_doubles(_without_first_empty(tail) if _keeps_breaks(block.entries[-1]) else tail)


def _entry(entry: Entry, column: int) -> list[str]:
    head = " " * column + (f"{entry.key}:" if entry.key is not None else "-")
    head += f" {entry.properties}" if entry.properties else ""
    comment = f" {entry.comment}" if entry.comment else ""
    if entry.value is None:
        return [head + comment]
    if isinstance(entry.value, Inline):
        return _inline(entry.value, head, comment, column)
    inner = _without_first_empty(_block(entry.value, column + _WIDTH))
    if entry.key is None and not entry.properties and not comment:
        return [f"{head} {inner[0].lstrip()}", *inner[1:]]
    return [head + comment, *inner]


def _inline(value: Inline, head: str, comment: str, column: int) -> list[str]:
    if value.foldable:
        inner = column + _WIDTH
        text = folded(value.foldable, inner, _LINE_LENGTH - inner, Layout())
        if text is not None:
            first, *rest = text.split("\n")
            return [f"{head} {first}{comment}", *rest]
    indents = [max(column + indent, 0) for indent in value.indents]
    rest = [" " * indent + line if line else "" for indent, line in zip(indents, value.lines[1:], strict=True)]
    if value.below:
        lines = [" " * (column + _WIDTH) + value.lines[0], *rest]
        return [head, *lines[:-1], lines[-1] + comment]
    if value.block or not rest:
        return [f"{head} {value.lines[0]}{comment}", *rest]
    return [f"{head} {value.lines[0]}", *rest[:-1], rest[-1] + comment]


def _keeps_breaks(entry: Entry) -> bool:
    """Whether the last value in an entry is a block with `+`."""
    value = entry.value
    while isinstance(value, Block):
        value = None if value.tail else value.entries[-1].value
    return isinstance(value, Inline) and value.block and "+" in value.lines[0]


def _indented(lines: list[str], column: int) -> list[str]:
    return [" " * column + line if line else "" for line in lines]


def _without_doubles(lines: list[str]) -> list[str]:
    return [line for number, line in enumerate(lines) if line or number == 0 or lines[number - 1]]


def _without_first_empty(lines: list[str]) -> list[str]:
    start = next((number for number, line in enumerate(lines) if line), len(lines))
    return lines[start:]
