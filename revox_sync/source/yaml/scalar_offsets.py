"""Where each character of a scalar's value is written.

The parsers know only where a scalar begins and ends. This is a second, small reader of YAML's scalar styles (YAML 1.2
§7.3, §8.1) that keeps the places. What it reads is compared with the parser's value, so that no place is ever wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from revox_sync.source.yaml.pyyaml import Node, ScalarNode

_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s*(?:#[^\r\n]*\s*)*)*")
"""Anchor and tag before a node, with the white space and comments behind them."""
BREAK: Final = re.compile(r"\r\n?|\n")

_HEADER: Final = re.compile(r"[|>][-+0-9]*[^\r\n]*(?:\r\n?|\n|$)")
_BLANKS: Final = " \t"
_TOKENS: Final = {
    '"': re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|[^\\]+|\\"),
    "'": re.compile(r"''|[^']+"),
    "": re.compile(r".+"),
}
# YAML 1.2 §5.7; every other character behind a backslash stands for itself.
_ESCAPES: Final = dict(zip("0abt\tnvfreN_LP", "\0\a\b\t\t\n\v\f\r\x1b\x85\xa0\u2028\u2029", strict=True))


class _Run(NamedTuple):
    """Characters of a value and where they are written, either as they are or one character as an escape."""

    characters: str
    start: int
    end: int

    @property
    def is_literal(self) -> bool:
        """Whether the characters are written as they are."""
        return len(self.characters) == self.end - self.start

    def place(self, index: int) -> tuple[int, int]:
        """Offsets of one of its characters."""
        return (self.start + index, self.start + index + 1) if self.is_literal else (self.start, self.end)


class _Runs(NamedTuple):
    """The runs of a value, and for each the offset in the value behind its last character."""

    runs: list[_Run]
    ends: list[int]


class _Line(NamedTuple):
    """Offsets of a line's text, and where its line break ends (at `end` when there is none)."""

    start: int
    end: int
    next: int


def stretch(node: ScalarNode, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Offsets in the file of the characters [start, end) of a scalar's value; None where they are not known.

    Args:
        node: a scalar whose value is its text as YAML reads it.
        text: the file.
        start: offset in the value; an offset outside of it is moved to its start or end.
        end: offset in the value.
    """
    size = len(node.value)
    runs = _runs(node, text) if size else None
    if not runs:
        return None
    start = min(max(start, 0), size)
    end = min(max(end, start), size)
    first = _place(runs, start)[0] if start < size else _place(runs, size - 1)[1]
    return first, _place(runs, end - 1)[1] if end > start else first


def _place(runs: _Runs, index: int) -> tuple[int, int]:
    number = bisect_right(runs.ends, index)
    run = runs.runs[number]
    return run.place(index - (runs.ends[number] - len(run.characters)))


def content_start(node: Node, text: str) -> int:
    """Where a value starts: behind its anchor and tag, at its quote, block sign or bracket if it has one."""
    start: int = node.start_mark.index
    properties = _PROPERTIES.match(text, start, node.end_mark.index)
    return properties.end() if properties else start


# A text may have thousands of findings: it is read once for those that follow one another.
@lru_cache(maxsize=4)
def _runs(node: ScalarNode, text: str) -> _Runs | None:
    runs = _read_runs(node, text)
    return _Runs(runs, list(accumulate(len(run.characters) for run in runs))) if runs else None


def _read_runs(node: ScalarNode, text: str) -> list[_Run] | None:
    start, end = content_start(node, text), node.end_mark.index
    if node.style in ("|", ">"):
        return _block_runs(node, text, start, end)
    quote = node.style or ""
    lines = _lines(text, start + len(quote), end - len(quote))
    return _verified(_paired(list(_flow(lines, text, quote))), node.value)


def _verified(runs: list[_Run], value: str) -> list[_Run] | None:
    """The runs, if they make up the value; a block may have more line breaks at its end, which its header drops."""
    read = "".join(run.characters for run in runs)
    return runs if read.startswith(value) and not read[len(value) :].strip("\n") else None


def _lines(text: str, start: int, end: int) -> list[_Line]:
    lines = []
    for found in BREAK.finditer(text, start, end):
        lines.append(_Line(start, found.start(), found.end()))
        start = found.end()
    lines.append(_Line(start, end, end))
    return lines


# --- plain and quoted scalars


def _flow(lines: list[_Line], text: str, quote: str) -> Iterator[_Run]:
    breaks: list[_Line] = []
    continued = False
    for number, line in enumerate(lines):
        is_last = number == len(lines) - 1
        start = line.start if number == 0 else line.start + _leading(_BLANKS, line, text)
        if number > 0 and not is_last and start == line.end:
            breaks.append(line)
            continue
        yield from _folded(breaks, continued=continued)
        runs = [_run(found, quote) for found in _TOKENS[quote].finditer(text, start, line.end)]
        continued = quote == '"' and bool(runs) and runs[-1].characters == "\\" and runs[-1].is_literal
        yield from runs[:-1] if continued else runs if is_last else _without_blanks(runs)
        breaks = [line]


def _run(found: re.Match[str], quote: str) -> _Run:
    written = found.group()
    if quote == "'" and written == "''":
        return _Run("'", *found.span())
    if quote != '"' or written[0] != "\\" or written == "\\":
        return _Run(written, *found.span())
    code = written[2:]
    return _Run(chr(int(code, 16)) if code else _ESCAPES.get(written[1], written[1]), *found.span())


def _without_blanks(runs: list[_Run]) -> list[_Run]:
    if not runs or not runs[-1].is_literal:
        return runs
    last = runs[-1]
    characters = last.characters.rstrip(_BLANKS)
    return [*runs[:-1], _Run(characters, last.start, last.start + len(characters))]


def _folded(breaks: list[_Line], *, continued: bool = False) -> Iterator[_Run]:
    """A single line break becomes a space, or nothing if it is escaped; of several, all but the first stay."""
    if len(breaks) == 1 and not continued:
        yield _Run(" ", breaks[0].end, breaks[0].next)
    for line in breaks[1:]:
        yield _Run("\n", line.end, line.next)


def _paired(runs: list[_Run]) -> list[_Run]:
    """Runs with surrogate pairs joined: JSON writes a character beyond U+FFFF as two escapes."""
    paired: list[_Run] = []
    for run in runs:
        if "\udc00" <= run.characters <= "\udfff" and paired and "\ud800" <= paired[-1].characters <= "\udbff":
            high = paired.pop()
            both = (high.characters + run.characters).encode("utf-16", "surrogatepass").decode("utf-16")
            paired.append(_Run(both, high.start, run.end))
        else:
            paired.append(run)
    return paired


# --- block scalars


def _block_runs(node: ScalarNode, text: str, start: int, end: int) -> list[_Run] | None:
    header = _HEADER.match(text, start, end)
    lines = _lines(text, header.end(), end) if header else []
    # The indentation is that of the first line, or less if the header has an indicator. What that counts from is not
    # known here, so less is tried until the value comes out.
    for indent in range(_first_indent(lines, text), -1, -1):
        body = list(_body(lines, text, indent))
        read = _fold_block(body, text) if node.style == ">" else _literal(body, text)
        runs = _verified(list(read), node.value)
        if runs is not None:
            return runs
    return None


def _leading(characters: str, line: _Line, text: str) -> int:
    """How many of these characters a line begins with."""
    written = text[line.start : line.end]
    return len(written) - len(written.lstrip(characters))


def _first_indent(lines: list[_Line], text: str) -> int:
    """Indentation of the first line with text, which is that of the scalar unless its header has an indicator."""
    indents = [(_leading(" ", line, text), line) for line in lines]
    of_text = (indent for indent, line in indents if line.start + indent < line.end)
    return next(of_text, max((indent for indent, _ in indents), default=0))


def _body(lines: list[_Line], text: str, indent: int) -> Iterator[_Line]:
    """The scalar's lines without indentation, up to a line that is less indented: a comment or the next key."""
    for line in lines:
        spaces = _leading(" ", line, text)
        if spaces < indent and line.start + spaces < line.end:
            return
        yield line._replace(start=min(line.start + indent, line.end))


def _literal(lines: list[_Line], text: str) -> Iterator[_Run]:
    for line in lines:
        yield _Run(text[line.start : line.end], line.start, line.end)
        if line.next > line.end:
            yield _Run("\n", line.end, line.next)


def _fold_block(lines: list[_Line], text: str) -> Iterator[_Run]:
    breaks: list[_Line] = []
    foldable = False
    for line in lines:
        if line.start == line.end:
            breaks.append(line)
            continue
        is_text = text[line.start] not in _BLANKS
        yield from _folded(breaks) if foldable and is_text else _kept(breaks)
        yield _Run(text[line.start : line.end], line.start, line.end)
        breaks, foldable = [line], is_text
    yield from _kept(breaks)


def _kept(breaks: list[_Line]) -> Iterator[_Run]:
    return (_Run("\n", line.end, line.next) for line in breaks if line.next > line.end)
