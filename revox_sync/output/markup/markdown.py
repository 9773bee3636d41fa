"""Text of others in Markdown (GitHub, GitLab) where it cannot do anything: in code, which is never interpreted.

Neither Markdown, HTML, links, mentions (`@name`) nor references (`#1`, commit names) work inside code.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from revox_sync.output.text.visible import visible

BACKTICKS = re.compile("`+")


def fence(lines: Iterable[str], language: str) -> list[str]:
    """Lines of harmless text as a block of code, between fences longer than any run of backticks in it."""
    content = list(lines)
    mark = "`" * max(3, 1 + _longest(content))
    return [f"{mark}{language}", *content, mark]


def code_span(text: str) -> str:
    """A text as code within a line; empty for an empty one."""
    shown = visible(text)
    if not shown.strip():
        return ""
    mark = "`" * (1 + _longest([shown]))
    # One space on each side is taken off again; it keeps backticks of the text from those of the span.
    return f"{mark} {shown} {mark}" if "`" in shown or shown[0] == shown[-1] == " " else f"{mark}{shown}{mark}"


def cell(text: str) -> str:
    """A text as code within a cell of a table, where only `|` has a meaning."""
    # Parsers disagree about a backslash in front of an escaped pipe.
    return code_span(text).replace("\\|", "\\ |").replace("|", "\\|")


def clipped(text: str, most: int) -> str:
    """A text made harmless, and cut where it has more characters than that."""
    shown = visible(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def row(cells: Sequence[str]) -> str:
    """A row of a table; the cells are Markdown."""
    return f"| {' | '.join(cells)} |"


def code_element(text: str) -> str:
    """A text as code within a line of HTML."""
    return f"<code>{html.escape(visible(text))}</code>"


def _longest(texts: Iterable[str]) -> int:
    """The length of the longest run of backticks."""
    return max((len(run) for text in texts for run in BACKTICKS.findall(text)), default=0)
