"""Covers secrets in what a server says, however it spells them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html.entities import codepoint2name
from itertools import groupby
from typing import Final

from revox_sync.values.secret import MASK

LEAST: Final = 6
"""Characters that tell the beginning of a secret, at the end of a text that was cut off, from chance."""
PLAIN: Final = re.compile(r"[A-Za-z0-9]+")
BACKSLASH: Final = r"(?:\\|%5[cC])"
BLANK: Final = rf"(?:[^!-~\w]|\+|{BACKSLASH}{{1,8}}(?:[bfnrt]|u00[0-9a-fA-F]{{2}})|%[0-9a-fA-F]{{2}}|&nbsp;)"
"""White space and what nobody sees: servers put it on one line."""
CUT: Final = "….\"'}]> "


class Redactor:
    """Puts `(sensitive)` in place of secrets: as they are, quoted for JSON, HTML or a URL, on one line, and cut off.

    Args:
        secrets: texts that nobody may see; empty ones count as none.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({each for each in secrets if each}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            # No spelling changes letters and digits: most texts hold nothing of most secrets.
            if max(PLAIN.findall(secret), key=len, default="") in text:
                text = re.sub("".join(_spellings(secret)), MASK, text)
        return self._without_beginning(text)

    def _without_beginning(self, text: str) -> str:
        """The text without the beginning of a secret at its end."""
        kept = text.rstrip(CUT)
        forms = {form for each in self._secrets for form in (each, _quoted(each, ascii_only=True), _quoted(each))}
        length = max((_common(kept, form) for form in forms), default=0)
        return kept[:-length] + MASK if length else text


def _common(text: str, form: str) -> int:
    """How many characters at the end of a text a form begins with; 0 for so few that it may be chance."""
    lengths = range(min(len(form), len(text)), LEAST - 1, -1)
    return next((each for each in lengths if text.endswith(form[:each])), 0)


def _quoted(text: str, *, ascii_only: bool = False) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _spellings(secret: str) -> Iterator[str]:
    """A pattern for each character of a secret."""
    # Every repetition has an end: a hostile answer must not be tried in too many ways.
    for kind, characters in groupby(secret, _kind):
        if kind is None:
            yield from map(_spelling, characters)
        else:
            yield f"{kind}{{1,{4 * len([*characters])}}}"


def _kind(character: str) -> str | None:
    """The pattern for a run of such characters; None: each has its own."""
    if character == " " or not character.isprintable():
        return BLANK
    return BACKSLASH if character == "\\" else None


def _spelling(character: str) -> str:
    """A pattern for a character that can be seen, as it is or quoted."""
    if character.isascii() and character.isalnum():
        return character
    number = ord(character)
    name = codepoint2name.get(number, "apos" if character == "'" else "")
    units = _quoted(character, ascii_only=True).split("\\u")[1:] or [f"{number:04x}"]
    escaped = "".join(f"{BACKSLASH}{{1,8}}u{each}" for each in units)
    percent = "".join(f"%{each:02x}" for each in character.encode("utf-8", "replace"))
    entity = "|".join(each for each in (name, f"#0*{number}", f"#x0*{number:x}") if each)
    return rf"(?:{BACKSLASH}{{0,8}}(?:{re.escape(character)}|(?i:{percent}))|(?i:{escaped}|&(?:{entity});))"
