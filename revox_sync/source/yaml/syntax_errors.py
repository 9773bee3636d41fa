"""Syntax errors in our words: one cause, the exact place, what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.problem import Problem, ProblemKind, Related

if TYPE_CHECKING:
    from collections.abc import Callable

    from ruamel.yaml.error import MarkedYAMLError

QUOTE_TEXT: Final = "put the text in quotes"
_CLOSERS: Final = {"[": "]", "{": "}"}


class _Finding(NamedTuple):
    message: str
    label: str
    start: int
    end: int
    related: tuple[tuple[str, int], ...] = ()


class _Error(NamedTuple):
    """What the parser reported; offsets are -1 where it named no place."""

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

    def line(self, offset: int) -> str:
        return self.source.line(self.source.position(offset)[0])


def explain_syntax(error: MarkedYAMLError, text: str, path: str) -> Problem:
    """The problem behind an error of ruamel.yaml's parser."""
    at = _offset(error.problem_mark, text)
    since = _offset(error.context_mark, text)
    reported = _Error(
        error.problem or "", error.context or "", max(at, since, 0) if at < 0 else at, since, SourceText(path, text)
    )
    finding = next(found for cause in _CAUSES if (found := cause(reported)) is not None)
    related = tuple(Related(message, Place(path, offset, offset + 1)) for message, offset in finding.related)
    place = Place(path, finding.start, min(max(finding.end, finding.start), len(text)))
    return Problem(ProblemKind.SYNTAX, finding.message, finding.label, place, related)


def explain_escape(text: str, path: str) -> Problem:
    """The problem of a text that the parser gave up on without saying where: an escape beyond Unicode."""
    found = re.search(r"\\U(?!0010|000[0-9A-Fa-f])[0-9A-Fa-f]{8}", text)
    if found is None:
        return Problem(ProblemKind.SYNTAX, "file is not valid YAML", "", Place(path, 0, 0))
    message = f"`{found.group()}` is no character"
    return Problem(ProblemKind.SYNTAX, message, "write the character itself", Place(path, found.start(), found.end()))


def _offset(mark: object, text: str) -> int:
    index = getattr(mark, "index", -1)
    return min(index, len(text)) if isinstance(index, int) else -1


def _tab(error: _Error) -> _Finding | None:
    start = error.line_start(error.at)
    found = re.compile(r"( *)(\t+)[ \t]*").match(error.text, start)
    if found is None or error.context == "while scanning a quoted scalar":
        return None
    return _Finding("line is indented with a tab", "use spaces", found.start(2), found.end(2))


def _open_quote(error: _Error) -> _Finding | None:
    if error.context != "while scanning a quoted scalar":
        return None
    quote = error.text[error.since]
    end = error.line_start(error.since) + len(error.line(error.since))
    return _Finding(f"the quote `{quote}` is never closed", f"close it with `{quote}`", error.since, end)


def _open_bracket(error: _Error) -> _Finding | None:
    if error.context not in ("while parsing a flow sequence", "while parsing a flow mapping"):
        return None
    bracket = error.text[error.since]
    closer = _CLOSERS.get(bracket, "]")
    same_line = error.line_start(error.at) == error.line_start(error.since)
    if same_line and error.at < len(error.text):
        message = f"`{error.text[error.at]}` is not expected inside `{bracket}{closer}`"
        label = f"separate entries with commas, close with `{closer}`, or put a text in quotes"
        return _Finding(message, label, error.at, error.at + 1, ((f"the `{bracket}` is here", error.since),))
    return _Finding(
        f"the bracket `{bracket}` is never closed",
        f"close it with `{closer}`, or put a text in quotes",
        error.since,
        error.since + 1,
    )


def _stray_start(error: _Error) -> _Finding | None:
    if "cannot start any token" not in error.problem:
        return None
    character = error.text[error.at]
    if character == "\t":
        return _Finding("a tab stands between values", "use spaces", error.at, error.at + 1)
    return _Finding(f"an unquoted text cannot start with `{character}`", QUOTE_TEXT, error.at, error.at + 1)


def _stray_bracket(error: _Error) -> _Finding | None:
    if not error.problem.startswith("expected the node content"):
        return None
    found = error.text[error.at : error.at + 1]
    if found in ("]", "}", ","):
        return _Finding(
            f"`{found}` stands where a value is expected", "remove it, or " + QUOTE_TEXT, error.at, error.at + 1
        )
    return _Finding("a value is expected here", QUOTE_TEXT, error.at, error.at + 1)


def _colon_in_text(error: _Error) -> _Finding | None:
    if error.problem != "mapping values are not allowed here":
        return None
    before = error.text[error.line_start(error.at) : error.at]
    if re.search(r":\s", before):
        return _Finding("an unquoted text contains `: `", QUOTE_TEXT, error.at, error.at + 1)
    return _key_behind_text(error, before)


def _key_behind_text(error: _Error, before: str) -> _Finding:
    """The text above is not finished: it was meant as `key: value`, or this line is indented too far."""
    number = error.source.position(error.at)[0]
    above = error.source.line(number - 1) if number > 1 else ""
    no_colon = re.fullmatch(r"(\s*(?:- +)*)([^\s:#\"']+)(:?)[ \u00a0]*([^:]*)", above)
    if no_colon and _indent(above) == _indent(before):
        start = error.line_start(error.at) - len(above) - _break_length(error)
        key = above.strip()
        return _missing_colon(key, start + _indent(above))
    start = error.line_start(error.at) + _indent(before)
    return _Finding("key is indented further than the lines above allow", "align it with its siblings", start, error.at)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _break_length(error: _Error) -> int:
    start = error.line_start(error.at)
    return 2 if error.text[start - 2 : start] == "\r\n" else 1


def _missing_colon(line: str, start: int) -> _Finding:
    if ":" in line:
        return _Finding(f"`{line}` has no space behind its `:`", "write `key: value`", start, start + len(line))
    return _Finding(f"`{line}` has no `:`", "write `key: value`", start, start + len(line))


def _no_colon(error: _Error) -> _Finding | None:
    if error.problem != "could not find expected ':'":
        return None
    line = error.text[error.since : error.line_start(error.since) + len(error.line(error.since))].rstrip()
    return _missing_colon(line, error.since)


def _list_here(error: _Error) -> _Finding | None:
    if error.problem == "sequence entries are not allowed here":
        return _Finding(
            "a list cannot start on this line", "start it on a line of its own, or quote", error.at, error.at + 1
        )
    if error.problem == "mapping keys are not allowed here":
        return _Finding("an unquoted text cannot start with `? `", QUOTE_TEXT, error.at, error.at + 1)
    return None


def _block_ends(error: _Error) -> _Finding | None:
    if not error.problem.startswith(("expected <block end>", "expected '<document start>'")):
        return None
    start = error.line_start(error.at)
    before = error.text[start : error.at]
    if before.strip():
        return _text_behind(error, before.rstrip())
    end = start + len(error.line(error.at))
    if error.text[error.at : error.at + 2] in ("-", "- ", "-\n"):
        return _Finding("a list entry stands among keys", "indent the list under its key", error.at, error.at + 1)
    return _Finding("indentation does not match the lines above", "align it with its siblings", error.at, end)


def _text_behind(error: _Error, before: str) -> _Finding:
    end = error.line_start(error.at) + len(error.line(error.at))
    last = before[-1]
    if last in "\"'":
        label = (
            f"double the quote inside the text (`{last}{last}`)"
            if last == "'"
            else 'write the quote inside the text as `\\"`'
        )
        return _Finding("text goes on behind the closing quote", label, error.at, end)
    if last in "}]":
        start = error.line_start(error.at) + (before.find("{") if last == "}" else before.find("["))
        return _Finding("text goes on behind the closing bracket", QUOTE_TEXT, max(start, 0), end)
    return _Finding("this is not expected here", QUOTE_TEXT, error.at, end)


def _escape(error: _Error) -> _Finding | None:
    if error.context != "while scanning a double-quoted scalar":
        return None
    start = error.text.rfind("\\", 0, error.at + 1)
    end = max(error.at + 1, start + 2)
    written = error.text[start:end]
    return _Finding(
        f"`{written}` is no escape sequence", "write `\\\\` for a backslash, or use single quotes", start, end
    )


def _block_header(error: _Error) -> _Finding | None:
    if error.context != "while scanning a block scalar":
        return None
    sign = error.text[error.since]
    end = error.line_start(error.at) + len(error.line(error.at))
    return _Finding(f"text stands on the same line as `{sign}`", "start it on the next line, indented", error.at, end)


def _name_missing(error: _Error) -> _Finding | None:
    if not re.match(r"while scanning an (anchor|alias)", error.context):
        return None
    sign = error.text[error.since]
    return _Finding(f"an unquoted text cannot start with `{sign}`", QUOTE_TEXT, error.since, error.since + 1)


def _bad_tag(error: _Error) -> _Finding | None:
    if not re.match(r"while (scanning|parsing) an? tag", error.context) and "tag handle" not in error.problem:
        return None
    start = max(error.since, 0) if error.since >= 0 else error.at
    written = re.compile(r"\S*").match(error.text, start)
    end = written.end() if written else start + 1
    return _Finding(f"`{error.text[start:end]}` is no valid tag", QUOTE_TEXT, start, end)


def _other(error: _Error) -> _Finding:
    """What the parser said, without the marks of its own language."""
    said = re.sub(r"\(?'<?([^'>]*)>?',?\)?", r"`\1`", error.problem or "file is not valid YAML").replace(
        "hexdecimal", "hexadecimal"
    )
    context = f"{error.context}: " if error.context else ""
    return _Finding(f"{context}{said}", "", error.at, error.at + 1)


_CAUSES: Final[tuple[Callable[[_Error], _Finding | None], ...]] = (
    _tab,
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
