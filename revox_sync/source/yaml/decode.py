"""Bytes to text: encodings, and characters that nobody can see."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Final

from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.problem import Problem, ProblemKind
from revox_sync.values.invisible import FORBIDDEN, code_point, has_invisible, invisible_runs

# What looks like a space, and is an ordinary character to YAML.
_OTHER_SPACES: Final = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
# YAML 1.2.2 §5.2: how a file begins in other encodings, with a mark or with an ASCII character. The longer come first.
_OTHER_ENCODINGS: Final = (
    (rb"\x00\x00(?:\xfe\xff|\x00[^\x00])", "utf-32-be"),
    (rb"\xff\xfe\x00\x00|[^\x00]\x00\x00\x00", "utf-32-le"),
    (rb"\xfe\xff|\x00[^\x00]", "utf-16-be"),
    (rb"\xff\xfe|[^\x00]\x00", "utf-16-le"),
)


def source_of(content: bytes, path: str) -> tuple[SourceText, tuple[Problem, ...]]:
    """A file as `decode_text` reads it."""
    text, problems = decode_text(content, path)
    return SourceText(path, text, has_mark=content.startswith(BOM_UTF8)), problems


def decode_text(content: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """Text of a file without its byte order mark, and what is wrong with its encoding.

    In a file that is not UTF-8, each wrong byte becomes U+FFFD.
    """
    at_start = Place(path, 0, 0)
    if content.startswith(BOM_UTF8):
        text, problems = decode_text(content[len(BOM_UTF8) :], path)
        label = "save the file as UTF-8 without BOM"
        return text, (Problem(ProblemKind.ENCODING, "file starts with a byte order mark", label, at_start), *problems)
    if b"\0" in content[:4] or content[:1] in (b"\xff", b"\xfe"):
        other = next((name for start, name in _OTHER_ENCODINGS if re.match(start, content, re.DOTALL)), None)
        if other:
            message = f"file is {other[:6].upper()}, not UTF-8"
            problem = Problem(ProblemKind.ENCODING, message, "save the file as UTF-8", at_start)
            return content.decode(other, errors="replace").removeprefix("\ufeff"), (problem,)
    try:
        return content.decode(), ()
    except UnicodeDecodeError as error:
        start = len(content[: error.start].decode())
        message = f"file is not UTF-8: byte 0x{content[error.start]:02x} is no character"
        problem = Problem(ProblemKind.ENCODING, message, "save the file as UTF-8", Place(path, start, start + 1))
        return content.decode(errors="replace"), (problem,)


def control_problems(text: str, path: str) -> list[Problem]:
    """One problem per run of invisible, reordering or forbidden characters."""
    if not has_invisible(text):
        return []
    return [
        Problem(
            ProblemKind.CONTROL_CHARACTER,
            f"text contains the invisible character {character_name(text[start])}",
            "remove it",
            Place(path, start, end),
        )
        for start, end in invisible_runs(text)
    ]


def space_indents(text: str, path: str) -> dict[int, Problem]:
    """Problems of lines that begin with spaces which are none to YAML, by the offset of the first such space.

    Whether one of them is meant as indentation, or is the start of a text, only their line tells.
    """
    # One kind of line end, and one before the text: a pattern that begins with a single character is found much faster.
    lines = "\n" + text.replace("\r", "\n")
    return {
        found.start(1) - 1: Problem(
            ProblemKind.SYNTAX,
            f"line is indented with the invisible character {character_name(found[1][0])}",
            "use spaces",
            Place(path, found.start(1) - 1, found.end(1) - 1),
        )
        for found in re.finditer(rf"\n[ \t]*([{_OTHER_SPACES}][{_OTHER_SPACES} ]*)", lines)
    }


def without_forbidden(text: str) -> str:
    """The text with U+FFFD in place of each character that YAML forbids; offsets stay."""
    return re.sub(f"[{FORBIDDEN}]", "\ufffd", text)


def character_name(character: str) -> str:
    """What a character is called: `U+200B (zero width space)`."""
    import unicodedata  # large, and only needed to describe a problem

    name = unicodedata.name(character, "")
    return code_point(character) + (f" ({name.lower()})" if name else "")
