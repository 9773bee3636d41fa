"""Text to tokens by YAML 1.2.2, for ruamel.yaml's parser.

Its own scanner takes tabs, keys over several lines and line separators as YAML 1.1 did, and lets some indentation pass
that YAML forbids. What it does not decide right is decided here, a piece of text at a time instead of a character at a
time. Structure (indentation, simple keys) stays the base class's. The YAML Test Suite says what is right.
"""

# Most methods here are the base class's, with its names, parameters and meaning:
# ruff: noqa: D102, N803

from __future__ import annotations

import re
from collections import deque
from typing import Any, Final

from ruamel.yaml import tokens

from revox_sync.source.yaml.nodes import MAX_DEPTH, TooDeepError
from revox_sync.source.yaml.ruamel_scalars import BLANKS, OPTIONAL_BREAK, SHALLOW, TAB, ScalarScanner

_END: Final = "\0 \t\r\n"
_FLOW_END: Final = _END + ",[]{}"
_COMMENT: Final = re.compile(r"(?:#(?<![^ \t\r\n]#)[^\r\n\0]*+)?")
_ANCHOR: Final = re.compile(r"[&*]([^\0 \t\r\n,\[\]{}]+)")
_TAG_CHARACTERS: Final = r"(?:[\w\-;/?:@&=+$.~*'()#]|%[0-9a-fA-F]{2})+"
_TAG: Final = re.compile(
    rf"!<(?P<verbatim>(?:{_TAG_CHARACTERS}|[!,\[\]])+)>|(?P<handle>!(?:[\w-]*!)?)(?P<suffix>{_TAG_CHARACTERS})|!",
    re.ASCII,
)
_DIRECTIVE: Final = re.compile(
    r"%(?:YAML[ \t]+(?P<major>\d+)\.(?P<minor>\d+)"
    r"|TAG[ \t]+(?P<handle>!(?:[\w-]*!)?)[ \t]+(?P<prefix>[^\0 \t\r\n]+)"
    r"|(?!(?:YAML|TAG)[\0 \t\r\n])(?P<reserved>[^\0 \t\r\n#][^\0\r\n]*))"
    r"(?:[ \t]+#[^\r\n\0]*|[ \t]*)(?=[\r\n\0])",
    re.ASCII,
)
_MINOR_VERSIONS: Final = ("1", "2")


# What this scanner reports beside its base class; `syntax_errors` has the words for users.
BAD_DIRECTIVE: Final = "found a directive that is not valid"
INNER_DIRECTIVE: Final = "found a directive inside of a document"
OTHER_VERSION: Final = "found another major version"


class StrictScanner(ScalarScanner):
    """Tokens of a text.

    Attributes:
        warnings: offset and length of each directive that YAML 1.2 reads with a warning (§6.8).
    """

    def reset_scanner(self) -> None:
        super().reset_scanner()
        # A key of a flow mapping may be long, so that tokens wait for its colon; taking them from a list is slow.
        self.tokens: deque[Any] = deque(self.tokens)  # type: ignore[assignment]
        self.warnings: list[tuple[int, int]] = []
        self._last: Any = None
        self._openers: list[Any] = []

    def get_token(self) -> Any:
        if self.peek_token() is None:
            return None
        self.tokens_taken += 1
        return self.tokens.popleft()

    def fetch_more_tokens(self) -> None:
        super().fetch_more_tokens()
        self._last = self.tokens[-1]
        if self.flow_level > MAX_DEPTH + 1:
            raise TooDeepError(self._at)

    # --- between tokens

    def scan_to_next_token(self) -> None:
        line_start = self._at if self.reader.column == 0 else None
        while True:
            start = self._at
            blanks_end = self._behind(BLANKS, start)
            self._go_to(self._behind(_COMMENT, blanks_end))
            end = self._behind(OPTIONAL_BREAK, self._at)
            if end == self._at:
                break
            self._go_to(end)
            line_start = end
            if not self.flow_level:
                self.allow_simple_key = True
        if self._next(0) == "\0":
            return
        blanks = self._text[start:blanks_end]
        if line_start is not None:
            self._check_line(line_start, blanks)
        elif "\t" in blanks and not self.flow_level:
            # Behind `- ` and its like, only spaces let a collection begin on the same line.
            self.allow_simple_key = False

    def _check_line(self, start: int, blanks: str) -> None:
        spaces = self._indent_at(start)
        if self.flow_level:
            # Strictly, a closing bracket must be indented, too; every editor puts it below its key.
            least = self.indent if self._next(0) in "]}" else self.indent + 1
            if spaces < least:
                self._stop("while scanning a flow collection", SHALLOW, self._at, self._openers[-1])
        elif "\t" in blanks:
            if spaces <= self.indent:
                self._stop("", TAB, self._at)
            self.allow_simple_key = False

    def stale_possible_simple_keys(self) -> None:
        # A key in braces may go on for lines (§7.4.2); the base class asks all keys to end on their line.
        multi_line = {
            level: self.possible_simple_keys.pop(level)
            for level in list(self.possible_simple_keys)
            if level and self.flow_context[level - 1] == "{"
        }
        super().stale_possible_simple_keys()
        self.possible_simple_keys.update(multi_line)

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:
        self._openers.append(self.reader.get_mark())
        super().fetch_flow_collection_start(TokenClass, to_push)

    def fetch_flow_collection_end(self, TokenClass: Any) -> None:
        super().fetch_flow_collection_end(TokenClass)
        del self._openers[self.flow_level :]

    def fetch_value(self) -> None:
        # `[: x]` is a list of one mapping whose key is empty.
        starts_entry = isinstance(self._last, tokens.FlowSequenceStartToken | tokens.FlowEntryToken)
        if starts_entry and self.flow_context[-1:] == ["["]:
            mark = self.reader.get_mark()
            self.tokens.append(tokens.KeyToken(mark, mark))
        super().fetch_value()

    # --- what a token may start with

    @property
    def _ends(self) -> str:
        return _FLOW_END if self.flow_level else _END

    def check_directive(self) -> bool:
        return self.reader.column == 0 and not self.flow_level

    def check_block_entry(self) -> bool:
        return self._next() in _END

    def check_key(self) -> bool:
        return self._next() in self._ends

    def check_value(self) -> bool:
        return self._next() in self._ends or bool(self.flow_level and self._is_behind_json())

    def _is_behind_json(self) -> bool:
        """Whether the last token ends a quoted text or a bracket, which may have a colon right behind it."""
        last = self._last
        closers = tokens.FlowSequenceEndToken | tokens.FlowMappingEndToken
        return isinstance(last, closers) or (isinstance(last, tokens.ScalarToken) and not last.plain)

    def check_plain(self) -> bool:
        first = self._next(0)
        return first not in "-?:,[]{}#&*!|>'\"%@`" or (first in "-?:" and self._next() not in self._ends)

    # --- directives and properties

    def scan_directive(self) -> Any:
        start = self.reader.get_mark()
        found = _DIRECTIVE.match(self._text, self._at)
        if found is None:
            self._stop("while scanning a directive", BAD_DIRECTIVE, self._at, start)
        if found["major"] and found["major"].lstrip("0") != "1":
            self._stop("while scanning a directive", OTHER_VERSION, self._at, start)
        if found["reserved"] or (found["minor"] and found["minor"] not in _MINOR_VERSIONS):
            self.warnings.append((self._at, len(found[0].split("#")[0].rstrip())))
        self._go_to(found.end())
        name = "YAML" if found["major"] else "TAG" if found["handle"] else "reserved"
        # Whatever it says, the text is read as YAML 1.2; the parser would take other versions for an internal error.
        value = {"YAML": (1, 2), "TAG": (found["handle"], found["prefix"])}.get(name)
        return tokens.DirectiveToken(name, value, start, self.reader.get_mark())

    def scan_anchor(self, TokenClass: Any) -> Any:
        start = self.reader.get_mark()
        found = _ANCHOR.match(self._text, self._at)
        if found is None:
            name = "an alias" if self._next(0) == "*" else "an anchor"
            self._stop(f"while scanning {name}", "expected a name", self._at + 1, start)
        self._go_to(found.end())
        return TokenClass(found[1], start, self.reader.get_mark())

    def scan_tag(self) -> Any:
        start = self.reader.get_mark()
        found = _TAG.match(self._text, self._at)
        if found is None or self._text[found.end()] not in self._ends:
            self._stop("while scanning a tag", "found a tag that is not valid", self._at, start)
        self._go_to(found.end())
        written = found["verbatim"] or found["suffix"] or "!"
        from urllib.parse import unquote  # few files have tags with escapes, and the import takes time

        suffix = unquote(written) if "%" in written else written
        return tokens.TagToken((found["handle"], suffix), start, self.reader.get_mark())
