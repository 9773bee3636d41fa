"""Replaces secrets, and parts of them, in what a server says, in every spelling that a server may give them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from html.entities import codepoint2name
from itertools import groupby
from typing import Final
from urllib.parse import quote

from revox_sync.values.secret import MASK

# So many characters in a row that a text shares with a secret are covered, wherever they are in it: a server may say
# "the key ending in …", or quote a URL without its host.
_SHORTEST_RUN: Final = 8
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
    """Puts `(sensitive)` in place of secrets: as they are, quoted for JSON, HTML or a URL, on one line, in any case.

    Covered as well are eight characters or more that a text shares with a secret, and its beginning at the text's end.

    Args:
        secrets: texts that nobody may see; empty ones are ignored.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first: one secret may be a part of another.
        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._runs = frozenset(run for secret in self._secrets for form in _forms(secret) for run in _runs(form))

    def __call__(self, text: str) -> str:
        """The text, as it is to be shown, without secrets and parts of them."""
        return MASK.join(map(self._without_runs, self.without_whole(text).split(MASK)))

    def without_whole(self, text: str) -> str:
        """The text without whole secrets, for a text that is not in its last form: a part may be put together later."""
        lowered = _lowered(text)
        for secret in self._secrets:
            # A fast test first: no spelling changes letters and digits, and most texts hold no secret at all.
            if _lowered(max(_ALPHANUMERIC.findall(secret), key=len, default="")) in lowered:
                text = re.sub("".join(_patterns(secret)), MASK, text, flags=re.IGNORECASE)
        return self._without_prefix_at_end(text)

    def _without_runs(self, text: str) -> str:
        """The text without what is as long as a run and part of a secret."""
        lowered, shown = _lowered(text), 0
        parts: list[str] = []
        for start in range(len(text) - _SHORTEST_RUN + 1):
            if lowered[start : start + _SHORTEST_RUN] in self._runs:
                if start > shown or not parts:  # else it goes on where the one before ended
                    parts += [text[shown:start], MASK]
                shown = start + _SHORTEST_RUN
        return "".join(parts) + text[shown:]

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


def _lowered(text: str) -> str:
    """The text in lower case, character by character: none changes its place."""
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def _forms(secret: str) -> Iterator[str]:
    """Spellings of a secret of which a server may quote a part."""
    yield from (secret, " ".join(secret.split()), _json_quoted(secret), _json_quoted(secret, ascii_only=True))
    yield from (quote(secret, safe=""), quote(secret), html.escape(secret))


def _runs(form: str) -> Iterator[str]:
    """Every run of the shortest length in a spelling, in lower case."""
    lowered = _lowered(form)
    return (lowered[start : start + _SHORTEST_RUN] for start in range(len(form) - _SHORTEST_RUN + 1))


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
