"""Syntax errors in words that authors understand: one cause, the exact place, what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.problem import Problem, ProblemKind, Related
from revox_sync.source.yaml.ruamel_scalars import DEEP_EMPTY_LINE, SHALLOW, TAB
from revox_sync.source.yaml.ruamel_scanner import BAD_DIRECTIVE, INNER_DIRECTIVE, OTHER_VERSION
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ruamel.yaml.error import MarkedYAMLError

QUOTE_TEXT: Final = "put the text in quotes"


class _Error(NamedTuple):
    """What ruamel.yaml's parser reported.

    Attributes:
        problem: what is wrong, in its words.
        context: what it was reading, in its words; may be empty.
        at: offset of the character that it did not expect.
        since: offset where it began to read what `context` names; -1 where it named no place.
    """

    problem: str
    context: str
    at: int
    since: int
    source: SourceText

    @property
    def text(self) -> str:
        return self.source.text

    def line_start(self, offset: int) -> int:
        return offset - self.source.position(offset)[1] + 1

    def line_end(self, offset: int) -> int:
        line, column = self.source.position(offset)
        return offset - column + 1 + len(self.source.line(line))

    def found(self, message: str, label: str, start: int | None = None, end: int | None = None) -> Problem:
        """The problem of the characters [start, end), by default the one that was not expected."""
        start = self.at if start is None else start
        end = start + 1 if end is None else end
        place = Place(self.source.path, start, min(max(end, start), len(self.text)))
        return Problem(ProblemKind.SYNTAX, message, label, place)


def explain_syntax(error: MarkedYAMLError, text: str, path: str) -> Problem:
    """The problem behind an error of ruamel.yaml's parser."""
    at, since = (_offset(mark, text) for mark in (error.problem_mark, error.context_mark))
    at = max(since, 0) if at < 0 else at
    reported = _Error(error.problem or "", error.context or "", at, since, SourceText(path, text))
    return next(problem for cause in _CAUSES if (problem := cause(reported)) is not None)


def explain_failure(text: str, path: str, offset: int) -> Problem:
    """The problem of a text on which the parser failed without an explanation, having read up to `offset`."""
    # It turns escapes into characters without checking their size, and says nothing of the place.
    found = re.compile(r"\\U(?!0010|000[0-9A-Fa-f])[0-9A-Fa-f]{8}").search(text, offset)
    if found is None:
        at = min(offset, len(text))
        return Problem(
            ProblemKind.SYNTAX, "this is not valid YAML", QUOTE_TEXT, Place(path, at, min(at + 1, len(text)))
        )
    message = f"`{found.group()}` is no character"
    return Problem(ProblemKind.SYNTAX, message, "write the character itself", Place(path, found.start(), found.end()))


def _offset(mark: object, text: str) -> int:
    index = getattr(mark, "index", -1)
    return min(index, len(text)) if isinstance(index, int) else -1


# The parser's words are those of ruamel.yaml 0.18 and of our scanner; a message that no cause knows is shown as it is.

_STRUCTURE: Final = (TAB, SHALLOW, "not allowed here", "expected <block end>")
_KEY_OR_ENTRY: Final = re.compile(r"""\s*(?:- |[\w"'.-]+ *:(?:\s|$))""")
_QUOTED_TEXT: Final = r"""(?<![^\s\[{,:])(?:"(?:[^"\\]|\\.)*"|'[^']*')"""


def _tab(error: _Error) -> Problem | None:
    # YAML allows tabs, but not where they would decide what belongs together; editors hide them.
    found = re.compile(r"( *(?:[-?:] *)*)(\t+)[ \t]*").match(error.text, error.line_start(error.at))
    if found is None or not any(problem in error.problem for problem in _STRUCTURE):
        return None
    return error.found("line is indented with a tab", "use spaces", *found.span(2))


def _shallow_line(error: _Error) -> Problem | None:
    """A line inside of quotes or brackets that is not indented; mostly, because they should have been closed above."""
    if error.problem != SHALLOW:
        return None
    start, end = error.line_start(error.at), error.line_end(error.at)
    opener, line = error.text[error.since], error.text[start:end].rstrip()
    if opener in "[{":
        is_closed = _is_closed(error, beyond_keys=True)
    else:
        # Where the line looks like a key, the quote behind it may as well begin its value.
        ends_here = line.endswith(opener) and line.count(opener) % 2 == 1
        is_closed = ends_here or (not _KEY_OR_ENTRY.match(line) and opener in error.text[start:])
    if not is_closed:
        return None
    start += _indent(error.text[start:end])
    label = f"indent it further than the key above, or close the `{opener}` there"
    opening = Related(f"the `{opener}` is here", Place(error.source.path, error.since, error.since + 1))
    return error.found(f"this line of what `{opener}` begins is not indented", label, start, end)._replace(
        related=(opening,)
    )


def _open_quote(error: _Error) -> Problem | None:
    if error.context != "while scanning a quoted scalar":
        return None
    # The parser notices at the end of the file; the quote is what to look at.
    quote, end = error.text[error.since], error.line_end(error.since)
    return error.found(f"the quote `{quote}` is never closed", f"close it with `{quote}`", error.since, end)


def _open_bracket(error: _Error) -> Problem | None:
    if not re.match(r"while (parsing|scanning) a flow (sequence|mapping|collection)", error.context):
        return None
    bracket = error.text[error.since]
    closer = "}" if bracket == "{" else "]"
    if error.problem != SHALLOW and error.at < len(error.text) and _is_closed(error):
        message = f"`{error.text[error.at]}` is not expected inside `{bracket}{closer}`"
        label = f"separate entries with commas, close with `{closer}`, or put a text in quotes"
        opening = Related(f"the `{bracket}` is here", Place(error.source.path, error.since, error.since + 1))
        return error.found(message, label)._replace(related=(opening,))
    label = f"close it with `{closer}`, or put a text in quotes"
    return error.found(f"the bracket `{bracket}` is never closed", label, error.since)


def _is_closed(error: _Error, *, beyond_keys: bool = False) -> bool:
    """Whether the bracket is closed behind what was not expected, on its own line or before the next key."""
    if error.line_start(error.at) == error.line_start(error.since):
        return True
    rest = re.sub(_QUOTED_TEXT, "", error.text[error.since :], flags=re.DOTALL)
    depth = 0
    for found in re.finditer(r"[\[{\]}]" if beyond_keys else r"[\[{\]}]|\n(?=[^\s#\]}])", rest):
        depth += {"[": 1, "{": 1, "\n": 0}.get(found[0], -1)
        if found[0] == "\n" or depth == 0:
            return depth == 0
    return False


def _stray_start(error: _Error) -> Problem | None:
    if "cannot start any token" not in error.problem:
        return None
    if error.text[error.at] == "#":
        return error.found("a comment needs a space before its `#`", f"put a space there, or {QUOTE_TEXT}")
    return error.found(f"an unquoted text cannot start with `{error.text[error.at]}`", QUOTE_TEXT)


def _stray_bracket(error: _Error) -> Problem | None:
    if not error.problem.startswith("expected the node content"):
        return None
    found = error.text[error.at : error.at + 1]
    if found in ("]", "}", ","):
        return error.found(f"`{found}` stands where a value is expected", f"remove it, or {QUOTE_TEXT}")
    return error.found("a value is expected here", QUOTE_TEXT)


def _colon_in_text(error: _Error) -> Problem | None:
    if error.problem != "mapping values are not allowed here":
        return None
    start = error.line_start(error.at)
    before = error.text[start : error.at]
    if re.search(r":\s", before):
        return error.found("an unquoted text contains `: `", QUOTE_TEXT)
    # The key of this line was read as the end of the text above, which was meant as `key: value`; or else this line is
    # indented too far.
    number = error.source.position(error.at)[0]
    above = error.source.line(number - 1) if number > 1 else ""
    no_colon = re.fullmatch(r"(\s*(?:- +)*)([^\s:#\"']+)(:?)[ \u00a0]*([^:]*)", above)
    if no_colon and _indent(above) == _indent(before):
        line_break = 2 if error.text[start - 2 : start] == "\r\n" else 1
        return _missing_colon(error, above.strip(), start - line_break - len(above) + _indent(above))
    message = "key is indented further than the lines above allow"
    return error.found(message, "align it with its siblings", start + _indent(before), error.at)


_BLOCK_TEXT: Final = re.compile(r" *([^\s:#\"']+): +[|>][-+0-9]*(?: +#.*| *)")
"""A line that begins a block text: `prompt: |`."""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _no_colon(error: _Error) -> Problem | None:
    if error.problem != "could not find expected ':'":
        return None
    return _missing_colon(error, error.text[error.since : error.line_end(error.since)].rstrip(), error.since)


def _missing_colon(error: _Error, line: str, start: int) -> Problem:
    key = block_text_above(error.text, start)
    if key is not None:
        message = f"`{line}` is not indented, so it does not belong to the text of `{key}`"
        return error.found(message, "indent it", start, start + len(line))
    fault = "has no space behind its `:`" if ":" in line else "has no `:`"
    return error.found(f"`{line}` {fault}", "write `key: value`", start, start + len(line))


def block_text_above(text: str, start: int) -> str | None:
    """The key, such as `prompt`, whose block text (`|` or `>`) ends right above a line; None where there is none."""
    begin = text.rfind("\n", 0, start) + 1
    indent = start - begin
    for line in reversed(text[:begin].splitlines()):
        if line.strip() and _indent(line) <= indent:
            found = _BLOCK_TEXT.fullmatch(line)
            return found[1] if found is not None and _indent(line) == indent else None
    return None


def _list_here(error: _Error) -> Problem | None:
    if error.problem == "sequence entries are not allowed here":
        return error.found("a list cannot start on this line", "start it on a line of its own, or quote")
    if error.problem == "mapping keys are not allowed here":
        return error.found("an unquoted text cannot start with `? `", QUOTE_TEXT)
    return None


def _block_ends(error: _Error) -> Problem | None:
    if not error.problem.startswith(("expected <block end>", "expected '<document start>'")):
        return None
    before = error.text[error.line_start(error.at) : error.at]
    if before.strip():
        return _text_behind(error, before.rstrip())
    if error.text[error.at : error.at + 2] in ("-", "- ", "-\n"):
        return error.found("a list entry stands among keys", "indent the list under its key")
    message = "indentation does not match the lines above"
    return error.found(message, "align it with its siblings", end=error.line_end(error.at))


def _text_behind(error: _Error, before: str) -> Problem:
    """The problem of text behind a value that has ended: behind its closing quote or bracket, mostly."""
    end, last = error.line_end(error.at), before[-1]
    if last in "\"'":
        written = (
            "double the quote inside the text (`''`)" if last == "'" else 'write the quote inside the text as `\\"`'
        )
        return error.found("text goes on behind the closing quote", written, end=end)
    if last in "}]":
        opening = before.find("{" if last == "}" else "[")
        start = max(error.line_start(error.at) + opening, 0)
        return error.found("text goes on behind the closing bracket", QUOTE_TEXT, start, end)
    return error.found("this is not expected here", QUOTE_TEXT, end=end)


def _escape(error: _Error) -> Problem | None:
    if error.context != "while scanning a double-quoted scalar":
        return None
    # The parser stops at the first character that does not belong to the escape, which may be its second or its ninth.
    start = error.text.rfind("\\", 0, error.at + 1)
    end = max(error.at + 1, start + 2)
    label = "write `\\\\` for a backslash, or use single quotes"
    return error.found(f"`{error.text[start:end]}` is no escape sequence", label, start, end)


def _block_header(error: _Error) -> Problem | None:
    if error.context != "while scanning a block scalar":
        return None
    if error.problem == DEEP_EMPTY_LINE:
        message = "an empty line is indented further than the text below it"
        return error.found(message, "remove its spaces", end=error.line_end(error.at))
    message = f"text stands on the same line as `{error.text[error.since]}`"
    return error.found(message, "start it on the next line, indented", end=error.line_end(error.at))


def _name_missing(error: _Error) -> Problem | None:
    if not re.match(r"while scanning an (anchor|alias)", error.context):
        return None
    # `*bold*` and `&c` are texts for whoever writes them.
    return error.found(f"an unquoted text cannot start with `{error.text[error.since]}`", QUOTE_TEXT, error.since)


def _bad_tag(error: _Error) -> Problem | None:
    if not re.match(r"while (scanning|parsing) an? tag", error.context) and "tag handle" not in error.problem:
        return None
    start = error.since if error.since >= 0 else error.at
    written = re.split(r"\s", error.text[start:], maxsplit=1)[0]
    return error.found(f"`{written}` is no valid tag", QUOTE_TEXT, start, start + len(written))


def _directive(error: _Error) -> Problem | None:
    line = error.text[error.at : error.line_end(error.at)].rstrip()
    end = error.at + len(line)
    if error.problem == OTHER_VERSION:
        return error.found(f"`{line}` names another YAML than 1.2", "remove the line", end=end)
    if error.problem == BAD_DIRECTIVE:
        return error.found(f"`{line}` is no valid directive", f"remove the line, or {QUOTE_TEXT}", end=end)
    if error.problem == INNER_DIRECTIVE:
        return error.found("an unquoted text cannot start with `%`", QUOTE_TEXT)
    directive = re.match(r"(?:[ \t]*(?:#.*)?\r?\n)*(%.*)", error.text)
    if error.problem.startswith("expected '<document start>'") and directive and error.at > directive.start(1):
        message = f"`{directive[1].rstrip()}` is a directive, and needs a line `---` below it"
        return error.found(message, f"remove it, or {QUOTE_TEXT}", *directive.span(1))
    return None


def _other(error: _Error) -> Problem:
    # Without Python's quotes and tuples, which the parser puts around its tokens.
    said = re.sub(r"\(?'<?([^'>]*)>?',?\)?", r"`\1`", error.problem or "file is not valid YAML")
    context = f"{error.context}: " if error.context else ""
    return error.found(context + said.replace("hexdecimal", "hexadecimal"), "")


_CAUSES: Final[tuple[Callable[[_Error], Problem | None], ...]] = (
    _tab,
    _directive,
    _shallow_line,
    _open_quote,
    _open_bracket,
    _stray_start,
    _stray_bracket,
    _colon_in_text,
    _no_colon,
    _list_here,
    _block_ends,
    _escape,
    _block_header,
    _name_missing,
    _bad_tag,
    _other,
)
