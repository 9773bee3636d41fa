"""Words that people leave in a text as a reminder to come back to it."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from revox_sync.values.substring_search import SubstringIndex

# Regular expressions by a text that every match contains. That text is searched first, because it is fast, and few
# files need a pattern compiled. Case matters where the word means something else: "todo" is Spanish for "everything",
# and a date can be TBD.
EXACT: Final = {
    "TODO": r"\bTODO\b(?=\s*[:(\])]|[ \t]*$)|^[^\w\n]*(TODO)\b(?! list)",
    "FIXME": r"\bFIXME\b",
    # The same reminder in other languages; in small letters these words are ordinary ones.
    "PENDIENTE": r"\bPENDIENTE\b(?=\s*[:\])>]|[ \t]*$)",
    "COMPL": r"\b(?:À|A|DA|POR) COMPL[EÉ]T?(?:ER|AR|ARE)\b",
    "ERGÄNZEN": r"\b(?:ZU|NOCH|BITTE) ERGÄNZEN\b",
    "PREENCHER": r"\b(?:A|POR) PREENCHER\b",
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
    "todo]": r"(?i:\[(todo)\])",
    "todo)": r"(?i:\((todo)\))",
    "todo>": r"(?i:<(todo)>)",
    "ter]": r"(?i:\[à compléter\])",
    "tar]": r"(?i:\[(?:a|por) completar\])",
    "tare]": r"(?i:\[da completare\])",
    "pendiente]": r"(?i:\[pendiente\])",
}


def marker_forms(text: str) -> tuple[str, ...]:
    """The expressions that may match in a text; fast."""
    return tuple(form for index in _indexes() for form in index.found_in(text))


@cache
def _indexes() -> tuple[SubstringIndex[str], SubstringIndex[str]]:
    return SubstringIndex(EXACT.items()), SubstringIndex(CASELESS.items(), caseless=True)


def todo_markers(text: str, forms: Iterable[str] | None = None) -> list[tuple[int, int]]:
    """Spans of everything in a text that still has to be replaced, in order, none inside another.

    Args:
        forms: what `marker_forms` returns for the text or for a longer one; None: they are looked up.
    """
    forms = marker_forms(text) if forms is None else forms
    # Where an expression has a group, only the group is the marker: what stands before it decides, but is fine.
    matches = [match for form in forms for match in re.finditer(form, text, re.MULTILINE)]
    spans = sorted(match.span(match.lastindex or 0) for match in matches)
    return [span for span, before in zip(spans, [(0, 0), *spans], strict=False) if span[0] >= before[1]]
