"""Bytes to text: encodings, and characters that nobody can see."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Final

from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.problem import Problem, ProblemKind

# YAML 1.2 §5.1 (c-printable) forbids these; each is read as U+FFFD, so that the rest of the file can be checked.
_FORBIDDEN: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
# Allowed, but invisible, or able to change the order in which text is shown (Unicode: Bidi_Control, default-ignorable,
# line separators): what a reviewer reads is not what the model gets.
_INVISIBLE: Final = "\x85\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
# What looks like a space, and is an ordinary character to YAML.
_OTHER_SPACES: Final = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Joiners belong in emoji and some scripts, tag characters in flags; elsewhere they are hidden text.
_STRAY_JOINER: Final = r"(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
_STRAY_TAG: Final = r"(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]+"
# Patterns are compiled when they are first used: that takes longer than to read a file, and few files need them.
SUSPECT: Final = f"[{_FORBIDDEN}{_INVISIBLE}\u200c\u200d\U000e0000-\U000e007f]"
_HIDDEN: Final = f"[{_FORBIDDEN}{_INVISIBLE}]+|{_STRAY_JOINER}|{_STRAY_TAG}"
_PLAIN_ASCII: Final = bytes((*b"\t\n\r", *range(0x20, 0x7F)))
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


def has_suspects(text: str) -> bool:
    """Whether `control_problems` may find something; False for nearly every file."""
    # To remove plain ASCII first is four times faster than to search all; what is left is mostly letters.
    rest = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN_ASCII).decode("utf-8", "surrogatepass")
    return not rest.isprintable() and re.search(SUSPECT, rest) is not None


def control_problems(text: str, path: str) -> list[Problem]:
    """One problem per run of invisible, reordering or forbidden characters."""
    return [
        Problem(
            ProblemKind.CONTROL_CHARACTER,
            f"text contains the invisible character {_name(found.group()[0])}",
            "remove it, or write it as an escape in double quotes",
            Place(path, found.start(), found.end()),
        )
        for found in re.finditer(_HIDDEN, text)
    ]


def space_indents(text: str, path: str) -> dict[int, Problem]:
    """Problems of lines that begin with spaces which are none to YAML, by the offset of the first such space.

    Whether one of them is meant as indentation, or is the start of a text, only their line tells.
    """
    return {
        found.start(1): Problem(
            ProblemKind.SYNTAX,
            f"line is indented with the invisible character {_name(found[1][0])}",
            "use spaces",
            Place(path, *found.span(1)),
        )
        for found in re.finditer(rf"(?:\A|[\r\n])[ \t]*([{_OTHER_SPACES}][{_OTHER_SPACES} ]*)", text)
    }


def without_forbidden(text: str) -> str:
    """The text with U+FFFD in place of each character that YAML forbids; offsets stay."""
    return re.sub(f"[{_FORBIDDEN}]", "\ufffd", text)


def _name(character: str) -> str:
    import unicodedata  # large, and only needed to describe a problem

    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name.lower()})" if name else "")
