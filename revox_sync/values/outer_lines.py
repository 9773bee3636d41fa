"""Texts without what makes no difference: the kind of their line ends, and empty lines around them."""

from __future__ import annotations

import re
from typing import Final

_EMPTY_LINES: Final = r"\A(?:[ \t]*\n)+"
_SHORT: Final = 60
"""Characters of a text that has room on a line of YAML, in quotes if it needs some."""


def with_line_feeds(text: str) -> str:
    """The text with LF for CRLF and CR."""
    # Most texts hold no CR, and looking for one is faster than replacing none.
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def without_outer_lines(text: str) -> str:
    """The text with LF, without empty lines before it and without white space behind it.

    Blanks before the first word stay: in Markdown they can mean something.
    """
    text = with_line_feeds(text.rstrip())
    return re.sub(_EMPTY_LINES, "", text) if text[:1].isspace() else text


def as_written(text: str) -> str:
    """The text as a new file holds it: with LF, without empty lines before it, and behind it with one break at most.

    A text on one short line stays, and so does one of nothing but white space: somebody may have needed one that is not
    empty.
    """
    whole = with_line_feeds(text)
    words = whole.rstrip(" \t\n")
    if not words.strip() or ("\n" not in whole and len(whole) <= _SHORT):
        return whole
    return re.sub(_EMPTY_LINES, "", words) + ("\n" if "\n" in whole[len(words) :] else "")
