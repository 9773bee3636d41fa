"""Scalars of a text by YAML 1.2.2, below our scanner for ruamel.yaml's parser."""

# The public methods here are the base class's, with its names, parameters and meaning:
# ruff: noqa: D102, FBT001, FBT002, FBT003, ARG002

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NoReturn

from ruamel.yaml import tokens
from ruamel.yaml.scanner import Scanner, ScannerError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The text ends with a NUL, which is nowhere inside of it.
_BREAK: Final = r"(?:\r\n?|\n)"
_BREAKS: Final = re.compile(_BREAK)
_EMPTY_LINES: Final = re.compile(rf"[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*")
_MARKER: Final = re.compile(r"(?:---|\.\.\.)(?=[\0 \t\r\n])")
OPTIONAL_BREAK: Final = re.compile(rf"{_BREAK}?")
_SPACES: Final = re.compile(r" *+")
BLANKS: Final = re.compile(r"[ \t]*+")
_LINE: Final = re.compile(r"[^\r\n\0]*+")
# Words of an unquoted text on one line, outside and inside of brackets (YAML 1.2.2 §7.3.3).
_PLAIN: Final = tuple(
    re.compile(rf"{word}(?:[ \t]+(?!#){word})*+")
    for word in (r"(?:[^\0 \t\r\n:]|:(?![\0 \t\r\n]))++", r"(?:[^\0 \t\r\n:,\[\]{}]|:(?![\0 \t\r\n,\[\]{}]))++")
)
_BODIES: Final = {"'": re.compile(r"'(?:[^']|'')*+'"), '"': re.compile(r'"(?:[^"\\]|\\[^\0])*+"')}
_FOLD: Final = rf"[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*"
_SPECIAL: Final = {
    "'": re.compile(rf"''|(?P<fold>{_FOLD})"),
    '"': re.compile(
        rf"\\(?P<joined>{_BREAK}(?:[ \t]*{_BREAK})*)[ \t]*"
        r"|\\[xuU](?P<code>(?<=x)[0-9a-fA-F]{2}|(?<=u)[0-9a-fA-F]{4}|(?<=U)[0-9a-fA-F]{8})"
        rf"|\\(?P<escape>[^\r\n])|(?P<fold>{_FOLD})"
    ),
}
_HEADER: Final = re.compile(
    r"[|>](?:(?P<chomp>[-+])?(?P<indent>[1-9])?|(?P<indent2>[1-9])(?P<chomp2>[-+]))(?:[ \t]+#[^\r\n\0]*|[ \t]*)"
    r"(?=[\r\n\0])"
)

# What our scanner reports beside its base class; `syntax_errors` has the words for users.
SHALLOW: Final = "found a line that is not indented"
TAB: Final = "found a tab as indentation"
DEEP_EMPTY_LINE: Final = "found an empty line that is indented further than the text"


class ScalarScanner(Scanner):
    """Reads scalars, and knows its place in the text."""

    # --- the text

    @property
    def _text(self) -> str:
        buffer: str = self.reader.buffer
        return buffer

    @property
    def _at(self) -> int:
        pointer: int = self.reader.pointer
        return pointer

    def _go_to(self, end: int) -> None:
        """Move on to an offset that is not inside of a CRLF."""
        reader = self.reader
        breaks = [found.end() for found in _BREAKS.finditer(self._text, self._at, end)]
        reader.line += len(breaks)
        reader.column = end - breaks[-1] if breaks else reader.column + end - self._at
        reader.pointer = reader.index = end

    def _stop(self, context: str, problem: str, at: int, since: Any = None) -> NoReturn:
        """Raises the error of what stands at an offset."""
        self._go_to(max(at, self._at))
        raise ScannerError(context, since, problem, self.reader.get_mark())

    def _next(self, offset: int = 1) -> str:
        return self._text[self._at + offset]

    def _indent_at(self, line_start: int) -> int:
        """Number of spaces that a line begins with."""
        return self._behind(_SPACES, line_start) - line_start

    def _behind(self, pattern: re.Pattern[str], start: int) -> int:
        """Offset behind what a pattern, which also matches nothing, finds at an offset."""
        found = pattern.match(self._text, start)
        return found.end() if found else start

    # --- scalars

    def scan_plain(self) -> Any:
        start = self.reader.get_mark()
        pattern = _PLAIN[bool(self.flow_level)]
        chunks: list[str] = []
        at = self._at
        while line := pattern.match(self._text, at):
            chunks.append(line[0])
            end = line.end()
            empty = _EMPTY_LINES.match(self._text, end)
            if empty is None or _MARKER.match(self._text, empty.end()):
                break
            at = self._behind(BLANKS, empty.end())
            if self._indent_at(empty.end()) <= self.indent or self._text[at] == "#":
                break
            chunks.append(_folded(empty[0]))
        self._go_to(end)
        if len(chunks) % 2 == 0:  # what follows the last line break is no part of the text
            chunks.pop()
        return tokens.ScalarToken("".join(chunks), True, start, self.reader.get_mark())

    def scan_flow_scalar(self, style: str) -> Any:
        start = self.reader.get_mark()
        body = _BODIES[style].match(self._text, self._at)
        end = body.end() if body else len(self._text) - 1
        self._check_quoted_lines(style, start, end)
        if body is None:
            self._stop("while scanning a quoted scalar", "found unexpected end of stream", end, start)
        inner, inner_start = body[0][1:-1], self._at + 1

        def read(found: re.Match[str]) -> str:
            return self._quoted_piece(found, inner_start + found.start(), start)

        value = _SPECIAL[style].sub(read, inner)
        self._go_to(end)
        return tokens.ScalarToken(value, False, start, self.reader.get_mark(), style)

    def _check_quoted_lines(self, style: str, start: Any, end: int) -> None:
        for found in _BREAKS.finditer(self._text, self._at, end):
            line = found.end()
            if _MARKER.match(self._text, line):
                self._stop("while scanning a quoted scalar", "found unexpected document separator", line, start)
            text = self._text[line : min(self._behind(_LINE, line), end)].strip(" \t")
            # Like a closing bracket, a quote may close below its key.
            least = self.indent if text == style else self.indent + 1
            if text and self._indent_at(line) < least:
                self._stop("while scanning a quoted scalar", SHALLOW, line, start)

    def _quoted_piece(self, found: re.Match[str], at: int, start: Any) -> str:
        """What a fold or an escape in a quoted text stands for."""
        groups = found.groupdict()
        if groups["fold"] is not None:
            return _folded(found[0])
        if found[0] == "''":
            return "'"
        if groups["joined"]:
            return "\n" * (len(_BREAKS.findall(groups["joined"])) - 1)
        if groups["code"]:
            return chr(int(groups["code"], 16))
        character = self.ESCAPE_REPLACEMENTS.get(groups["escape"])
        if character is None:
            context, behind = "while scanning a double-quoted scalar", at + (2 if groups["escape"] in "xuU" else 1)
            self._stop(context, "found unknown escape character", behind, start)
        return str(character)

    def scan_block_scalar(self, style: str, rt: bool | None = False) -> Any:
        start = self.reader.get_mark()
        header = _HEADER.match(self._text, self._at)
        if header is None:
            sign = re.compile(r"[|>][-+0-9]*[ \t]*").match(self._text, self._at)
            end = sign.end() if sign else self._at
            self._stop("while scanning a block scalar", "expected a comment or a line break", end, start)
        self._go_to(header.end())
        chomp, indicator = header["chomp"] or header["chomp2"], header["indent"] or header["indent2"]
        first = _BREAKS.match(self._text, self._at)
        lines = list(self._block_lines(first.end())) if first else []
        indent = max(self.indent, 0) + int(indicator) if indicator else self._block_indent(lines, start)
        texts: list[str] = []
        content = 0
        for begin, end in lines:
            spaces = self._indent_at(begin)
            if begin + spaces < end and spaces < indent:
                break
            texts.append(self._text[begin + indent : end])
            self._go_to(self._behind(OPTIONAL_BREAK, end))
            content = len(texts) if texts[-1] else content
        self._refuse_tab_line()
        value = _block_value(texts[:content], folded=style == ">")
        # The breaks behind the text: its own and those of empty lines; the last line of a file may have none.
        breaks = len(texts) - content + bool(content) - (bool(texts) and self._text[self._at - 1] not in "\r\n")
        value += "\n" * {"+": breaks, "-": 0}.get(chomp, min(breaks, bool(content)))
        return tokens.ScalarToken(value, False, start, self.reader.get_mark(), style)

    def _block_lines(self, start: int) -> Iterator[tuple[int, int]]:
        """Offsets of the lines that may belong to a block, without their line breaks."""
        self._go_to(start)
        while self._text[start] != "\0":
            end, spaces = self._behind(_LINE, start), self._indent_at(start)
            if (start + spaces < end and spaces <= self.indent) or _MARKER.match(self._text, start):
                return
            yield start, end
            start = self._behind(OPTIONAL_BREAK, end)

    def _block_indent(self, lines: list[tuple[int, int]], start: Any) -> int:
        """Indentation of a block without an indicator: its first line's that is not empty (§8.1.1.1)."""
        deepest = self.indent + 1
        deepest_at = self._at
        for begin, end in lines:
            spaces = self._indent_at(begin)
            if begin + spaces != end:
                if deepest > spaces:
                    self._stop("while scanning a block scalar", DEEP_EMPTY_LINE, deepest_at, start)
                return spaces
            if spaces > deepest:
                deepest, deepest_at = spaces, begin
        return deepest

    def _refuse_tab_line(self) -> None:
        # Behind a block, even an empty line must not be indented with a tab.
        line = self._text[self._at : self._behind(_LINE, self._at)]
        if "\t" in line and not line.strip(" \t"):
            self._stop("", TAB, self._at)


def _folded(breaks: str) -> str:
    """What line breaks become: one a space, several all but the first of them."""
    number = len(_BREAKS.findall(breaks))
    return " " if number == 1 else "\n" * (number - 1)


def _block_value(lines: list[str], *, folded: bool) -> str:
    """Lines of a block scalar put together, without what follows the last."""
    if not folded or not lines:
        return "\n".join(lines)
    value = ""
    texts = [(number, line) for number, line in enumerate(lines) if line]
    value = "\n" * texts[0][0] + texts[0][1]
    for (above, one), (below, other) in pairwise(texts):
        empty = below - above - 1
        if one[0] in " \t" or other[0] in " \t":
            value += "\n" * (empty + 1) + other
        else:
            value += ("\n" * empty or " ") + other
    return value
