"""Orders to put a caller through, in their plainest forms."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from revox_sync.values.substring_search import SubstringIndex

_WHOM: Final = r"(?:call(?:er)?|conversation|client|customer|guest|patient|person|tenant|user)s?"
# By a text that each form contains, in lower case.
_ORDERS: Final = {
    "transfer": (
        rf"transfer (?:(?:the|this|your|their) {_WHOM}|them|him|her|you)\b"
        r"|transferir (?:la llamada|a (?:ligação|chamada))"
    ),
    " through": rf"put (?:the {_WHOM}|them|him|her|you) through",
    "transf": (
        r"transf(?:ère|érez?) (?:l['’]appel(?:ante?)?|la communication|la personne|le client|la cliente)\b"
        r"|transférez-l[ea]\b"
    ),
    "en relation": r"mets?(?:tez)? (?:l['’]appelante?|la personne|le client|la cliente) en relation",
    "weiter": r"leiten? (?:Sie )?(?:den Anruf|das Gespräch|den Anrufer|die Anruferin)\b[^.!?\n]*\bweiter\b",
    "verbind": (
        r"verbinde[nt]? (?:Sie )?(?:den Anrufer|die Anruferin|den Kunden|die Kundin|den Patienten|ihn|sie)\b"
        r"|verbind (?:het gesprek|de beller|de klant)\b[^.!?\n]*\bdoor\b"
    ),
    "durch": r"stellen? (?:Sie )?(?:den Anruf|das Gespräch|den Anrufer|die Anruferin|ihn|sie)\b[^.!?\n]*\bdurch\b",
    "transfier": r"transfier[ae] (?:la llamada|al cliente|a la persona)",
    "la llamada": r"(?:transferir|pase|pasa|deriva|derive) la llamada",
    "transfira": r"transfira (?:a (?:ligação|chamada)|o cliente)",
    "inoltra": r"inoltra (?:la chiamata|il cliente)",
    "la chiamata": r"(?:trasferisci|trasferisca|passa) la chiamata",
    "doorverb": r"doorverbind (?:de beller|de klant|het gesprek)",
    "rozmow": r"(?:przekieruj|połącz|przełącz) rozmow[ęy]\w*",
}
# In a sentence with one of these nobody is put through, or only in somebody's imagination.
_DENIED: Final = (
    r"\b(?:not|never|nobody|no(?= (?:one|person|way|se|le|lo|la|transf\w*|pas\w+|deriv\w+)\b)"
    r"|don['’]t|can['’]t|cannot|won['’]t|without|pas|jamais|sans|aucune?|ni|nicht|nie|niemals|kein\w*"
    r"|ohne|nunca|sin|não|nunca|nem|sem|non|mai|senza|niet|nooit|geen|zonder|nigdy|bez)\b|n['’]"
)


def promised_transfers(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the orders in a text."""
    for form in _index().found_in(text):
        for found in re.finditer(rf"\b(?:{form})", text, re.IGNORECASE):
            if re.search(_DENIED, _sentence(text, *found.span()), re.IGNORECASE) is None:
                yield found.span()


def _sentence(text: str, start: int, end: int) -> str:
    before = re.split(r"[.!?\n]", text[:start])[-1]
    return before + text[start:end] + re.split(r"[.!?\n]", text[end:], maxsplit=1)[0]


@cache
def _index() -> SubstringIndex[str]:
    return SubstringIndex(_ORDERS.items(), caseless=True)
