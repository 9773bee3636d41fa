"""Values to YAML text, in the few spellings that every reader of YAML 1.1 and 1.2 understands alike."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from revox_sync.source.model.value import Deferred, Value
from revox_sync.source.yaml.scalars import SPECIAL_STARTS, NoJsonValueError, ambiguity, plain_value
from revox_sync.values.invisible import has_invisible, invisible_runs, is_widthless
from revox_sync.values.secret import Secret

_MAX_KEY: Final = 1000
"""Longest key that is written; YAML 1.2 §7.4 allows 1024 characters before the colon."""

_INDICATORS: Final = tuple("-?:,[]{}#&*!|>'\"%@`<=")
_NOT_PLAIN: Final = re.compile(r"[\t\r\n]|:(?:\s|$)|\s#|^\s|\s$|^\.\.\.")
_NOT_PLAIN_IN_FLOW: Final = re.compile(r"[,\[\]{}:#?]")
_ESCAPED: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class UneditableError(Exception):
    """A value cannot be written, or a change not be made in place."""


class Layout(NamedTuple):
    """How block collections of a file are indented.

    Attributes:
        width: columns from a key to the keys below it.
        dash: columns from a key to the dashes below it.
        line_break: LF or CRLF.
        line_length: columns beyond which a text is broken into lines; 0 breaks none.
        blocks: whether a text of several lines is written as a block.
    """

    width: int = 2
    dash: int = 2
    line_break: str = "\n"
    line_length: int = 0
    blocks: bool = True

    def new_line(self, column: int) -> str:
        """A line break and the indentation behind it."""
        return self.line_break + " " * column


class Tagged(NamedTuple):
    """A tag of ours with its text: the file, or the variable, that holds a value."""

    tag: str
    text: str


def write_key(key: str, *, flow: bool) -> str:
    """A key without its colon. Raises UneditableError for one that is too long."""
    if len(key) > _MAX_KEY:
        raise UneditableError
    return write_scalar(key, flow=flow)


def write_scalar(value: Value, *, flow: bool) -> str:
    """A scalar on one line: unquoted where all readers agree on its meaning, else in quotes.

    Raises UneditableError for secrets, deferred values and collections.
    """
    if isinstance(value, str):
        return value if is_plain(value, flow=flow) else write_text_in_quotes(value)
    if isinstance(value, (Secret, Deferred, dict, list)):
        raise UneditableError
    text = json.dumps(value)
    # YAML 1.1 reads `1e5` as a string: with an exponent, a number needs a point.
    return text.replace("e", ".0e") if isinstance(value, float) and "." not in text else text


def is_plain(text: str, *, flow: bool) -> bool:
    """Whether a string can be written without quotes and every reader still reads a string."""
    if text.startswith(_INDICATORS) or _NOT_PLAIN.search(text) or has_invisible(text):
        return False
    if flow and _NOT_PLAIN_IN_FLOW.search(text):
        return False
    return text != "" and (text[0] not in SPECIAL_STARTS or _is_undisputed(text))


def _is_undisputed(text: str) -> bool:
    try:
        value = plain_value(text)
    except NoJsonValueError:
        return False
    return isinstance(value, str) and ambiguity(text, value) is None


def write_quoted(text: str) -> str:
    """A string in double quotes, with invisible characters as escapes."""
    hidden = {offset for start, end in invisible_runs(text) for offset in range(start, end)}
    written = (
        _escape(character) if offset in hidden else _ESCAPED.get(character, character)
        for offset, character in enumerate(text)
    )
    return '"' + "".join(written) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def write_single_quoted(text: str) -> str | None:
    """A string in single quotes; None for one that needs escapes."""
    return None if re.search(r"[\t\r\n]", text) or has_invisible(text) else "'" + text.replace("'", "''") + "'"


def write_text_in_quotes(text: str) -> str:
    """A string in the quotes that need fewer escapes: double ones, unless it holds some and nothing else to escape."""
    single = write_single_quoted(text) if '"' in text and "\\" not in text else None
    return single or write_quoted(text)


def is_literal(text: str) -> bool:
    """Whether a literal block scalar can hold a string, so that every reader reads it back and nothing is hidden."""
    return text.strip() != "" and "\r" not in text and is_widthless(text)


def is_block(text: str) -> bool:
    """Whether a string is written as a literal block, and not on one line."""
    return "\n" in text and is_literal(text) and not text.endswith("\n\n")


def indicator(text: str, width: int) -> str:
    """The number behind a block's sign: that of columns before its text, where this begins with white space."""
    # Without it, readers take the spaces of the first line for indentation.
    return str(width) if text.strip("\n")[:1] in (" ", "\t") else ""


def literal_lines(text: str, column: int, layout: Layout) -> str:
    """The lines of a literal block scalar, each behind a line break, without the breaks at the end of the string."""
    lines = text.rstrip("\n").split("\n")
    return "".join(layout.new_line(column if line else 0) + line for line in lines)


def write_flow(value: Value) -> str:
    """A value on one line, collections in brackets."""
    if isinstance(value, dict):
        parts = [f"{write_key(key, flow=True)}: {write_flow(part)}" for key, part in value.items()]
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(write_flow(part) for part in value) + "]"
    return write_scalar(value, flow=True)


def behind_key(value: Value | Tagged, column: int, layout: Layout, taken: int = 0) -> str:
    """What to write behind the colon of a key at a column, without the line break at its end.

    Args:
        taken: columns of the key and its colon; only a layout that breaks lines needs it.
    """
    if isinstance(value, (dict, list)) and value:
        inner = column + (layout.width if isinstance(value, dict) else layout.dash)
        return layout.new_line(inner) + write_entries(value, inner, layout)
    return " " + _block_scalar(value, column, layout, layout.width, taken + 1)


def behind_dash(value: Value | Tagged, column: int, layout: Layout) -> str:
    """What to write behind a dash at a column, without the line break at its end."""
    if isinstance(value, (dict, list)) and value:
        return " " + write_entries(value, column + 2, layout)
    return " " + _block_scalar(value, column, layout, 2, 2)


def needs_break(value: Value) -> bool:
    """Whether the last line of a value in block style must end with a line break: a literal text that ends with one."""
    while isinstance(value, (dict, list)) and value:
        value = list(value.values())[-1] if isinstance(value, dict) else value[-1]
    return isinstance(value, str) and value.endswith("\n")


def write_entries(value: dict[str, Value] | list[Value], column: int, layout: Layout) -> str:
    """A block collection at a column, without the indentation of its first and the line break of its last line."""
    if isinstance(value, list):
        lines = ["-" + behind_dash(part, column, layout) for part in value]
    else:
        lines = []
        for name, part in value.items():
            key = write_key(name, flow=False) + ":"
            lines.append(key + behind_key(part, column, layout, len(key)))
    return layout.new_line(column).join(lines)


def _block_scalar(value: Value | Tagged, column: int, layout: Layout, width: int, taken: int) -> str:
    if isinstance(value, (dict, list)):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, Tagged):
        return value.tag + " " + _block_scalar(value.text, column, layout, width, taken + len(value.tag) + 1)
    if not isinstance(value, str) or not layout.blocks:
        return write_scalar(value, flow=False)
    inner = column + width
    room = layout.line_length - inner if layout.line_length else 0
    if not is_block(value):
        text = write_scalar(value, flow=False)
        too_long = layout.line_length and column + taken + len(text) > layout.line_length
        return (folded(value, inner, room, layout) if too_long else None) or text
    if room and max(map(len, value.split("\n"))) > room and (lines := folded(value, inner, room, layout)):
        return lines
    sign = "|" + indicator(value, width) + ("" if value.endswith("\n") else "-")
    return sign + literal_lines(value, inner, layout)


def folded(text: str, column: int, room: int, layout: Layout) -> str | None:
    """A string as a folded block scalar, without the line break at its end; None where that cannot hold it.

    Args:
        column: where its lines begin.
        room: characters that a line should have at most; a longer word has a line of its own.
    """
    words = text.removesuffix("\n")
    # A line that begins with white space is not folded, and the breaks around it mean something else.
    if not is_literal(words) or words.endswith("\n") or re.search(r"\A\n|(?:\A|\n)[ \t]|[ \t](?:\n|\Z)", words):
        return None
    lines = [line for part in words.split("\n") for line in ("", *_broken(part, room))][1:]
    return (">" if text.endswith("\n") else ">-") + "".join(
        layout.new_line(column if line else 0) + line for line in lines
    )


def _broken(text: str, room: int) -> list[str]:
    """Lines of a paragraph, broken at single spaces."""
    lines: list[str] = []
    for word in text and re.split(r"(?<=[^ \t]) (?=[^ \t])", text):
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
