"""Brackets of a template that nobody has filled in: `[Name]`, `<Company Name>`."""

import re
from collections.abc import Iterator
from typing import Final

_LONGEST: Final = 60
_CLOSING: Final = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›"}
# What stands for something: it begins with a capital, or it is a field of a form in one of the languages of prompts.
_FIELD: Final = (
    r"(?:[^\W\d_]+['’ -]){0,3}"
    r"(?:name|nom|prénom|nombre|nome|cognome|nachname|vorname|naam|imię|nazwa|nazwisko|company|business|agent|entreprise"
    r"|société|firma|unternehmen|empresa|azienda|bedrijf|clinic|practice|city|ville|stadt|ciudad|cidade|città|date|datum)"
    r"(?:['’ -][^\W\d_]+){0,3}"
)
_CONTENT: Final = rf"(?=[^\W\d_])(?:(?=[^\W_a-z])(?![A-Z]\w*[-_]?\d)[^\[\]<>\n=/:]{{1,{_LONGEST}}}|{_FIELD})"
# Followed by `(` it is a link in Markdown, and with a second bracket around it another platform's placeholder.
_BRACKET: Final = rf"\[({_CONTENT})\](?!\()|<({_CONTENT})>(?!\()"
# Elements of SSML and HTML; their names are words, too.
_ELEMENT: Final = (
    r"a|audio|b|body|br|break|code|desc|div|em|emotion|emphasis|h[1-6]|html|i|img|lang|li|lexicon|lookup|mark|meta|ol|p"
    r"|paragraph|phoneme|prosody|s|say-as|span|speak|speed|spell|strong|sub|table|td|token|tr|u|ul|voice|volume|w"
)
# "You are … [X]" at the start of a line or sentence: who the agent is has to be known before the call. Inside quotes
# the agent speaks, and the model fills the bracket.
_ROLES: Final = (
    "You are|You're|Your name is|I am|Tu es|Tu t['’]appelles|Ton nom est|Vous êtes|Votre nom est|Du bist|Du heißt"
    "|Dein Name ist|Sie sind|Ihr Name ist|Eres|Tu nombre es|Te llamas|Usted es|Você é|Seu nome é|Tu és|Sei|Tu sei"
    "|Ti chiami|Il tuo nome è|Lei è|Je bent|Je naam is|U bent|Jesteś|Nazywasz się|Twoje imię to"
)
_ROLE: Final = (
    rf"(?:^|(?<=[.!?:] ))[ \t]*(?:[-*>#]+[ \t]*|\d+[.)][ \t]*)?(?:{_ROLES})\b"
    rf"""[^\n.!?"“”«»„\[<]{{0,160}}?({_BRACKET})"""
)
_ROLE_STARTS: Final = tuple(sorted({role.strip()[:2] for role in _ROLES.split("|")}))


def brackets_heard(text: str) -> Iterator[tuple[int, int]]:
    """Spans of brackets that somebody has to fill, in a text that a voice reads word for word."""
    if "[" in text or "<" in text:
        yield from (found.span() for found in re.finditer(_BRACKET, text) if _is_left_over(found))


def brackets_in_role(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the brackets behind "You are", in any of the languages of prompts."""
    if ("[" in text or "<" in text) and any(start in text for start in _ROLE_STARTS):
        for found in re.finditer(_ROLE, text, re.MULTILINE):
            if _is_left_over(found):
                yield found.span(1)


def is_quoted(text: str, start: int) -> bool:
    """Whether a place stands in quoted speech, which begins and ends on one line."""
    opened = ""
    for char in text[text.rfind("\n", 0, start) + 1 : start]:
        # A German quotation ends with the sign with which an English one begins.
        if opened and char in _CLOSING[opened]:
            opened = ""
        elif not opened and char in _CLOSING:
            opened = char
    return bool(opened)


def _is_left_over(found: re.Match[str]) -> bool:
    content = next(group for group in reversed(found.groups()) if group is not None)
    return re.fullmatch(_ELEMENT, content, re.IGNORECASE) is None
