"""Words that people leave in a text in order to come back to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# By a lower-case word that every match holds, which is looked for first because it is fast. Case matters where the
# word has a meaning in prose: "todo" is Spanish, and a date can be TBD.
FORMS: Final = {
    mark: re.compile(pattern, re.MULTILINE)
    for mark, pattern in {
        "todo": r"\bTODO\b(?=\s*[:(\])]|[ \t]*$)|^[^\w\n]*(TODO)\b(?! list)",
        "fixme": r"\bFIXME\b",
        "tbd": r"[\[(<]TBD[\])>]|: *(TBD)[ \t]*$",
        "lorem ipsum": r"(?i:\blorem ipsum\b)",
        "replace_me": r"(?i:\breplace_me\b)",
        "replaceme": r"\bREPLACEME\b",
        "change_me": r"(?i:\bchange_me\b)",
        "changeme": r"(?i:\bchangeme\b)",
        "your_": r"\bYOUR_[A-Z0-9_]+\b",
        "[your ": r"(?i:\[your (?:company|business|organi[sz]ation|brand)[^\]\n]{0,60}\])",
        "<your": r"(?i:<your[ _-](?:company|business|organi[sz]ation|brand|key|token)[^>\n]{0,60}>)",
        " here]": r"(?i:\[insert [^\]\n]{0,60} here\])",
        "[company": r"(?i:\[company(?: name)?\])",
        "[votre ": r"(?i:\[votre (?:entreprise|société|marque)[^\]\n]{0,60}\])",
        "compléter]": r"(?i:\[à compléter\])",
    }.items()
}


def forms_in(text: str) -> tuple[re.Pattern[str], ...]:
    """The forms that parts of a text can have; fast."""
    lower = text.lower()
    return tuple(form for mark, form in FORMS.items() if mark in lower)


def left_overs(text: str, forms: Iterable[re.Pattern[str]] = tuple(FORMS.values())) -> list[tuple[int, int]]:
    """Spans of everything in a text that was to be replaced before anyone uses it, in order, none inside another."""
    found = sorted(each.span(each.lastindex or 0) for form in forms for each in form.finditer(text))
    return [span for span, before in zip(found, [(0, 0), *found], strict=False) if span[0] >= before[1]]
