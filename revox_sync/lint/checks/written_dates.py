"""Sentences of a prompt that say which day it is."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from revox_sync.values.substring_search import SubstringIndex

# "Today is", by a text that each form contains, in lower case.
_TODAY: Final = {
    "today": r"today(?:['’]s date)?(?: is|:)|today['’]s date",
    "current": r"(?:the )?current (?:date|day|year)(?: is|:)",
    "aujourd": r"aujourd['’]hui,? (?:c['’]est|nous sommes|on est)|(?:la )?date d['’]aujourd['’]hui(?: est| :|:)",
    "nous sommes le": r"nous sommes le",
    "date du jour": r"(?:la )?date du jour(?: est| ?:)",
    "heut": r"heute ist|(?:das )?heutige[sn]? datum(?: ist| lautet|:)",
    "aktuelle": r"(?:das )?aktuelle datum(?: ist| lautet|:)",
    "hoy": r"hoy es|(?:la )?fecha de hoy(?: es|:)",
    "fecha actual": r"(?:la )?fecha actual(?: es|:)",
    "hoje": r"hoje é|(?:a )?data de hoje(?: é|:)",
    "data atual": r"(?:a )?data atual(?: é|:)",
    "oggi": r"oggi è|(?:la )?data di oggi(?: è|:)|(?:la )?data odierna(?: è|:)",
    "vandaag": r"vandaag is(?: het)?|(?:de )?datum van vandaag(?: is|:)",
    "dzi": r"(?:dzisiaj|dziś) jest|dzisiejsza data(?: to| jest|:)",
}
_WORD: Final = r"[^\W\d_]+(?:-[^\W\d_]+)?,? "
_DAY: Final = (
    r"[0-3]?\d[./-][01]?\d[./-](?:20)?\d\d|20\d\d-[01]\d-[0-3]\d"
    rf"|(?:{_WORD}){{0,4}}\d{{1,2}}(?:\.|º|er|st|nd|rd|th)?,? (?:{_WORD}){{0,3}}20\d\d"
)
_REST: Final = rf"[ :*]{{1,4}}(?:{_WORD}){{0,3}}?(?:{_DAY})\b"


def written_dates(text: str) -> Iterator[tuple[int, int]]:
    """Spans of "today is" with a day of the calendar behind it."""
    # A day is written with digits, and most prompts have no year in them.
    forms = _index().found_in(text)
    if forms:
        # The form that begins first counts: "aujourd'hui, nous sommes le" is one sentence.
        yield from (
            found.span() for found in re.finditer(rf"\b(?:{'|'.join(forms)})(?=[ :]){_REST}", text, re.IGNORECASE)
        )


@cache
def _index() -> SubstringIndex[str]:
    return SubstringIndex(_TODAY.items(), caseless=True)
