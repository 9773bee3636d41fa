"""Which language a text is in, told from its most frequent words; only for the languages that voices have."""

import re
from typing import Final

# Words that are frequent in one language and rare in the others.
_WORDS: Final = {
    "de": "der die das und ist nicht sie ich wir ihnen guten haben für mit bitte danke auf wie kann vielen unser",
    "en": "the and you is this we our for your are thank please hello have can with call how help goodbye",
    "es": "el los y usted gracias hola buenos buenas días por favor puedo ayudarle llamar soy esta le nuestro muy",
    "fr": "le les et vous nous est je merci bonjour pour votre puis revoir journée appel bonne des ici suis notre",
    "it": "il gli e buongiorno grazie lei sono per come posso aiutarla chiamare della questo nostro buona arrivederci",
    "pt": "o os e você obrigado obrigada olá bom dia por favor posso ajudar ligar sou esta nosso não até muito",
}
_SETS: Final = {language: frozenset(words.split()) for language, words in _WORDS.items()}
# Where a script is that of one of the languages.
_SCRIPTS: Final = {"ru": r"[Ѐ-ӿ]", "zh": r"[一-鿿]"}
_LEAST_WORDS: Final = 4
_LEAST_LEAD: Final = 2


def spoken_language(text: str) -> str:
    """ISO 639-1 code of the language of a text; empty where it is too short or could be two."""
    for language, script in _SCRIPTS.items():
        if len(re.findall(script, text)) * 3 > len(text):
            return language
    words = re.findall(r"[^\W\d_]+", re.sub(r"\{\{.*?\}\}", " ", text).casefold())
    counts = sorted((sum(word in known for word in words), language) for language, known in _SETS.items())
    (second, _), (most, language) = counts[-2:]
    return language if most >= _LEAST_WORDS and most >= _LEAST_LEAD * second else ""
