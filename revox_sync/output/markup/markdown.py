"""Foreign text in Markdown (GitHub, GitLab), always inside code, where nothing is interpreted.

Inside code, neither Markdown, HTML, links, mentions (`@name`) nor references (`#1`, commit names) work.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Final

from revox_sync.output.text.visible import visible

_BACKTICKS: Final = re.compile("`+")


def fence(lines: Iterable[str], language: str) -> list[str]:
    """Lines of `visible` text as a code block; its fences are longer than any run of backticks in the lines."""
    content = list(lines)
    mark = "`" * max(3, 1 + _longest_run(content))
    return [f"{mark}{language}", *content, mark]


def code_span(text: str) -> str:
    """A text as code within a line; empty for an empty one."""
    shown = visible(text)
    if not shown.strip():
        return ""
    mark = "`" * (1 + _longest_run([shown]))
    # Parsers take one space off on each side; it keeps backticks of the text apart from those of the span.
    return f"{mark} {shown} {mark}" if "`" in shown or shown[0] == shown[-1] == " " else f"{mark}{shown}{mark}"


def table_cell(text: str) -> str:
    """A text as code within a cell of a table, where only `|` has a meaning."""
    # Parsers disagree about a backslash in front of an escaped pipe, so a space keeps them apart.
    return code_span(text).replace("\\|", "\\ |").replace("|", "\\|")


def table_row(cells: Sequence[str]) -> str:
    """A row of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def code_element(text: str) -> str:
    """A text as code within a line of HTML, where backticks mean nothing."""
    return f"<code>{html.escape(visible(text))}</code>"


def clipped(text: str, most: int) -> str:
    """A text made `visible`, cut to that many characters."""
    shown = visible(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def _longest_run(texts: Iterable[str]) -> int:
    """The length of the longest run of backticks."""
    return max((len(run) for text in texts for run in _BACKTICKS.findall(text)), default=0)
