"""What would change in a file, as a unified diff."""

from __future__ import annotations

import re
from difflib import unified_diff
from typing import Final

from revox_sync.output.text.style import Paint, Style
from revox_sync.output.text.visible import visible

_LINE_BREAK: Final = re.compile(r"\r\n?|\n")
_SIGN_STYLES: Final = {"-": Style.REMOVED, "+": Style.ADDED, "@": Style.DIM}
_NO_FINAL_BREAK: Final = "\\ No newline at end of file"


def text_diff(path: str, before: str, after: str, paint: Paint) -> str:
    """The changed lines of one file with three lines around them; empty where no line differs.

    The line break is not part of a line, so a file with CRLF looks like any other.
    """
    # difflib yields two lines with empty file names first; ours, which are `visible`, take their place.
    head, *lines = [*unified_diff(_lines(before), _lines(after), lineterm=""), ""]
    if not head:
        return ""
    named = [paint(f"--- {visible(path)}", Style.BOLD), paint(f"+++ {visible(path)}", Style.BOLD)]
    return "".join(f"{line}\n" for line in [*named, *(_painted(line, paint) for line in lines[1:-1])])


def _lines(text: str) -> list[str]:
    """The lines; a last one without line break is marked, so that it differs from one with it."""
    *lines, last = _LINE_BREAK.split(text)
    return [*lines, f"{last}\n{_NO_FINAL_BREAK}"] if last else lines


def _painted(line: str, paint: Paint) -> str:
    content, *mark = line.split("\n")
    style = _SIGN_STYLES.get(content[:1])
    shown = visible(content)
    return "\n".join([paint(shown, style) if style else shown, *mark])
