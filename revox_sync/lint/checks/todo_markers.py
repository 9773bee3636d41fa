"""Words that people leave in a text in order to come back to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from revox_sync.values.substring_search import SubstringIndex

# By a text that every match holds, which is looked for first because it is fast. Case matters where the word has a
# meaning in prose: "todo" is Spanish, and a date can be TBD. Patterns are compiled when a file needs them: few do.
EXACT: Final = {
    "TODO": r"\bTODO\b(?=\s*[:(\])]|[ \t]*$)|^[^\w\n]*(TODO)\b(?! list)",
    "FIXME": r"\bFIXME\b",
    "TBD": r"[\[(<]TBD[\])>]|: *(TBD)[ \t]*$",
    "REPLACEME": r"\bREPLACEME\b",
    "YOUR_": r"\bYOUR_[A-Z0-9_]+\b",
}
CASELESS: Final = {
    "lorem ipsum": r"(?i:\blorem ipsum\b)",
    "replace_me": r"(?i:\breplace_me\b)",
    "change_me": r"(?i:\bchange_me\b)",
    "changeme": r"(?i:\bchangeme\b)",
    "[your ": r"(?i:\[your (?:company|business|organi[sz]ation|brand)[^\]\n]{0,60}\])",
    "<your": r"(?i:<your[ _-](?:company|business|organi[sz]ation|brand|key|token)[^>\n]{0,60}>)",
    " here]": r"(?i:\[insert [^\]\n]{0,60} here\])",
    "[company": r"(?i:\[company(?: name)?\])",
    "[votre ": r"(?i:\[votre (?:entreprise|société|marque)[^\]\n]{0,60}\])",
    "ter]": r"(?i:\[à compléter\])",
}


def marker_forms(text: str) -> tuple[str, ...]:
    """The forms that parts of a text can have; fast."""
    return tuple(form for marks in _marks() for form in marks.found_in(text))


@cache
def _marks() -> tuple[SubstringIndex[str], SubstringIndex[str]]:
    return SubstringIndex(EXACT.items()), SubstringIndex(CASELESS.items(), caseless=True)


def todo_markers(text: str, forms: Iterable[str] | None = None) -> list[tuple[int, int]]:
    """Spans of everything in a text that was to be replaced before anyone uses it, in order, none inside another.

    Args:
        forms: those it can have; None: nobody knows.
    """
    forms = marker_forms(text) if forms is None else forms
    found = sorted(each.span(each.lastindex or 0) for form in forms for each in re.finditer(form, text, re.MULTILINE))
    return [span for span, before in zip(found, [(0, 0), *found], strict=False) if span[0] >= before[1]]
