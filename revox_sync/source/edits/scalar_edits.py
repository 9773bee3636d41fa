"""A new value for a scalar, in the style of the old one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from revox_sync.source.model.value import Value
from revox_sync.source.yaml.emit_scalars import (
    Layout,
    UneditableError,
    indicator,
    is_literal,
    is_plain,
    literal_lines,
    write_quoted,
    write_scalar,
    write_single_quoted,
)
from revox_sync.source.yaml.entry_spans import column
from revox_sync.source.yaml.nodes import CORE, PLAIN, QUOTED, STRING, Node, ScalarNode, span
from revox_sync.source.yaml.scalar_offsets import BREAK, content_start, stretch
from revox_sync.values.invisible import has_invisible

_HEADER: Final = re.compile(r"[|>]([-+0-9]*)([^\r\n]*)")
_DASHES: Final = re.compile(r" *(?:- +)*")


def respell(node: ScalarNode, text: str, value: Value, *, flow: bool) -> tuple[int, int, str]:
    """Start and end of the text to replace so that a scalar has another value, and the text that replaces it.

    Raises UneditableError for a scalar with a tag of the project, which decides about the value.
    """
    start, end = content_start(node, text), span(node, text, "").end
    if node.tag not in (PLAIN, QUOTED):
        if not node.tag.startswith(CORE):
            raise UneditableError
        if node.tag != STRING or not isinstance(value, str):
            return node.start_mark.index, end, write_scalar(value, flow=flow)
    if not isinstance(value, str):
        return start, *_on_one_line(node, text, write_scalar(value, flow=flow))
    if node.style in ("|", ">"):
        return _respell_block(node, text, value, start)
    return _respell_words(node, text, value, flow=flow) or (start, end, _requoted(node, value, flow=flow))


def _requoted(node: ScalarNode, value: str, *, flow: bool) -> str:
    if node.style == "'":
        return write_single_quoted(value) or write_quoted(value)
    return write_quoted(value) if node.style == '"' else write_scalar(value, flow=flow)


# --- block scalars


def _respell_block(node: ScalarNode, text: str, value: str, start: int) -> tuple[int, int, str]:
    header = _HEADER.match(text, start)
    if header is None:
        raise UneditableError
    words = _respell_words(node, text, value, flow=False) if node.style == ">" else None
    if words:
        return words
    indent, chomping = _indent(node, text), _chomping(header[1].strip("123456789"), node.value, value)
    width = None if indent is None else indent - _column_around(text, start)
    if indent is None or width is None or chomping is None or not is_literal(value) or not 0 < width < 10:
        return start, *_on_one_line(node, text, write_quoted(value))
    line_break = BREAK.search(text, start)
    layout = Layout(line_break=line_break.group() if line_break else "\n")
    sign = "|" + indicator(value, width) + chomping
    return start, _text_end(node, text), sign + header[2] + literal_lines(value, indent, layout)


def _column_around(text: str, start: int) -> int:
    """Column of the key, or of the dash, whose value a block scalar is."""
    first = start - column(text, start)
    dashes = _DASHES.match(text, first, start)
    # Between the last dash and the sign there may be a key, or nothing.
    return dashes.end() - first if dashes and dashes.end() < start else text.rfind("-", first, start) - first


def _chomping(sign: str, old: str, new: str) -> str | None:
    """The sign that gives a text its final line breaks; None where that would need other blank lines below the text."""
    before, after = (len(text) - len(text.rstrip("\n")) for text in (old, new))
    if before == after:
        return sign
    return None if after > 1 else "" if after else "-"


def _indent(node: ScalarNode, text: str) -> int | None:
    """Column of a block scalar's text; None for an empty one."""
    lead = len(node.value) - len(node.value.lstrip("\n"))
    place = stretch(node, text, lead, lead + 1) if lead < len(node.value) else None
    return column(text, place[0]) if place else None


def _text_end(node: ScalarNode, text: str) -> int:
    """End of a block scalar before the line breaks it ends with."""
    size = len(node.value.rstrip("\n"))
    place = stretch(node, text, max(size - 1, 0), size)
    return place[1] if place else span(node, text, "").end


def _on_one_line(node: ScalarNode, text: str, spelling: str) -> tuple[int, str]:
    """End of the text that a spelling on one line replaces, and that spelling, with the comment of a block scalar."""
    if node.style not in ("|", ">"):
        return span(node, text, "").end, spelling
    return max(_text_end(node, text), span(node, text, "").end), spelling + comment_of(node, text)


def comment_of(node: Node, text: str) -> str:
    """The comment behind the `|` or `>` of a block scalar, with the space before it; empty for other nodes."""
    is_block = isinstance(node, ScalarNode) and node.style in ("|", ">")
    header = _HEADER.match(text, content_start(node, text)) if is_block else None
    return header[2].rstrip() if header else ""


# --- words inside a scalar


def _respell_words(node: ScalarNode, text: str, value: str, *, flow: bool) -> tuple[int, int, str] | None:
    """A change of the changed words alone, so that the line breaks which the author chose stay; None where it fails."""
    source = text[content_start(node, text) : node.end_mark.index]
    if not BREAK.search(source):
        return None
    start, tail = _changed_words(node.value, value)
    old, new = node.value[start : len(node.value) - tail], value[start : len(value) - tail]
    place = stretch(node, text, start, len(node.value) - tail)
    if place is None or not _is_one_line(old) or not _is_one_line(new):
        return None
    if not node.style and not is_plain(value.replace("\n", " "), flow=flow):
        return None
    return (*place, _WRITTEN[node.style or ""](new))


def _changed_words(old: str, new: str) -> tuple[int, int]:
    """Lengths of what two texts have in common before and behind the words that differ."""
    start = common_edges(old, new)[0]
    while start and not old[start - 1].isspace():
        start -= 1
    tail = common_edges(old[start:], new[start:])[1]
    while tail and not old[len(old) - tail].isspace():
        tail -= 1
    return start, tail


def common_edges(one: str, other: str) -> tuple[int, int]:
    """Lengths of the longest common beginning of two texts, and of the longest common end of what remains."""
    start = _common_start(one, other)
    return start, _common_start(one[start:][::-1], other[start:][::-1])


def _common_start(one: str, other: str) -> int:
    size = min(len(one), len(other))
    return next((index for index in range(size) if one[index] != other[index]), size)


def _is_one_line(words: str) -> bool:
    return words != "" and words == words.strip() and not BREAK.search(words) and not has_invisible(words)


_WRITTEN: Final[dict[str, Callable[[str], str]]] = {
    "": str,
    ">": str,
    "'": lambda words: words.replace("'", "''"),
    '"': lambda words: write_quoted(words)[1:-1],
}
