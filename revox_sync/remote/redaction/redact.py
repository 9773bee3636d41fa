"""Replaces secrets in what a server says, in every spelling that a server may give them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html.entities import codepoint2name
from itertools import groupby
from typing import Final

from revox_sync.values.secret import MASK

# Fewer characters at the end of a text may begin like a secret by chance.
_SHORTEST_PREFIX: Final = 6
_ALPHANUMERIC: Final = re.compile(r"[A-Za-z0-9]+")
# Patterns. JSON within JSON doubles backslashes again and again, and a URL writes them as %5C.
_BACKSLASH: Final = r"(?:\\|%5[cC])"
# White space and invisible characters, in any number, because servers put them on one line.
_BLANK: Final = rf"(?:[^!-~\w]|\+|{_BACKSLASH}{{1,8}}(?:[bfnrt]|u00[0-9a-fA-F]{{2}})|%[0-9a-fA-F]{{2}}|&nbsp;)"
# What servers put after a text that they cut off.
_AFTER_CUT: Final = "….\"'}]> "


class Redactor:
    """Puts `(sensitive)` in place of secrets: as they are, quoted for JSON, HTML or a URL, on one line, and cut off.

    Args:
        secrets: texts that nobody may see; empty ones are ignored.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first: one secret may be a part of another.
        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            # A fast test first: no spelling changes letters and digits, and most texts hold no secret at all.
            if max(_ALPHANUMERIC.findall(secret), key=len, default="") in text:
                text = re.sub("".join(_patterns(secret)), MASK, text)
        return self._without_prefix_at_end(text)

    def _without_prefix_at_end(self, text: str) -> str:
        """The text without the beginning of a secret at its end, which is what remains when a text is cut off."""
        kept = text.rstrip(_AFTER_CUT)
        forms = {
            form
            for secret in self._secrets
            for form in (secret, _json_quoted(secret, ascii_only=True), _json_quoted(secret))
        }
        length = max((_shared_length(kept, form) for form in forms), default=0)
        return kept[:-length] + MASK if length else text


def _shared_length(text: str, form: str) -> int:
    """How many characters at the end of a text are the beginning of `form`; 0 for so few that it may be chance."""
    lengths = range(min(len(form), len(text)), _SHORTEST_PREFIX - 1, -1)
    return next((length for length in lengths if text.endswith(form[:length])), 0)


def _json_quoted(text: str, *, ascii_only: bool = False) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _patterns(secret: str) -> Iterator[str]:
    """Patterns that together match every spelling of a secret."""
    for run_pattern, characters in groupby(secret, _run_pattern):
        if run_pattern is None:
            yield from map(_character_pattern, characters)
        else:
            # Every repetition is bounded: otherwise a hostile answer could be tried in exponentially many ways.
            yield f"{run_pattern}{{1,{4 * len([*characters])}}}"


def _run_pattern(character: str) -> str | None:
    """The pattern for a whole run of such characters; None for a character that has a pattern of its own."""
    if character == " " or not character.isprintable():
        return _BLANK
    return _BACKSLASH if character == "\\" else None


def _character_pattern(character: str) -> str:
    """The pattern for a visible character, as it is, escaped for JSON, quoted for a URL, or as an HTML entity."""
    if character.isascii() and character.isalnum():
        return character
    number = ord(character)
    name = codepoint2name.get(number, "apos" if character == "'" else "")
    # JSON writes a character beyond U+FFFF as two units.
    units = _json_quoted(character, ascii_only=True).split("\\u")[1:] or [f"{number:04x}"]
    escaped = "".join(f"{_BACKSLASH}{{1,8}}u{unit}" for unit in units)
    percent = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "replace"))
    entity = "|".join(form for form in (name, f"#0*{number}", f"#x0*{number:x}") if form)
    return rf"(?:{_BACKSLASH}{{0,8}}(?:{re.escape(character)}|(?i:{percent}))|(?i:{escaped}|&(?:{entity});))"
