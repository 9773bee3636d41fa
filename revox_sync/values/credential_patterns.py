"""Texts that look like secrets, by the forms their issuers give them, or by the name that stands before them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from math import log2
from typing import Final

from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.substring_search import SubstringIndex


class Credential(NamedTuple):
    """A stretch of a text that looks like a secret."""

    title: str
    start: int
    end: int


class Form(NamedTuple):
    """How an issuer's secrets look.

    Attributes:
        title: what it is, with an article.
        mark: a text that every secret of this form contains; searched first, because that is fast.
        pattern: regular expression. The secret is its group `secret`, or all of it where there is no such group.
        before: what stands before the mark in a name such as `api_key`. Then the pattern is what follows the mark in
            the name, and the secret is what is assigned to it. None: the pattern describes the secret itself.
    """

    title: str
    mark: str
    pattern: str
    before: str | None = None

    def may_be_in(self, text: str) -> bool:
        """Whether a secret of this form may be in a text: fast, and nearly always no."""
        return self.before is not None or self.mark in text

    def find(self, text: str) -> Iterator[Credential]:
        """Every secret of this form in a text."""
        if self.before is not None:
            yield from self._find_named(text, self.before)
            return
        # Only where a word begins: from inside a long word, each of its characters would start a search of the rest.
        for found in re.finditer(rf"(?<![\w-])(?:{self.pattern})", text):
            yield Credential(self.title, *found.span("secret" if "secret" in found.re.groupindex else 0))

    def _find_named(self, text: str, before: str) -> Iterator[Credential]:
        # From the mark on, because many prompts speak of tokens and hardly any tells one.
        # Lower-case letters of ASCII alone, as the index of marks has it; other capitals may become two characters.
        lower, start = text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass"), -1
        while (start := lower.find(self.mark, start + 1)) >= 0:
            end = start + len(self.mark)
            if _has_no_long_word(text, end):
                continue
            found = re.compile(rf"(?i:{self.pattern}){_ASSIGNED}").match(text, end)
            if found and re.search(rf"{before}$", text[max(0, start - _LONGEST_BEFORE) : start], re.IGNORECASE):
                value = found["secret"].rstrip(".!?:")
                if _is_unguessable(value):
                    yield Credential(self.title, found.start("secret"), found.start("secret") + len(value))


def _has_no_long_word(text: str, start: int) -> bool:
    """Whether no secret can be assigned to the name that ends at `start`; fast, and nearly always yes."""
    words = text[start : start + _WINDOW].split(maxsplit=_MOST_WORDS)
    is_all = len(words) > _MOST_WORDS or start + _WINDOW >= len(text)
    return is_all and all(len(word) < _LEAST_LENGTH for word in words[:_MOST_WORDS])


_WINDOW: Final = 200
"""Characters behind a name that are looked at before its pattern is: enough for so many words, unless they are long."""
_MOST_WORDS: Final = 10
"""More than there can be from a name to its value: its own rest, three words, a sign, `Bearer`, quotes, the value."""
_LEAST_LENGTH: Final = 16
"""Characters of the shortest secret that is known by its name."""
# What stands between a name and its value: up to three words ("password of the portal"), and a sign or "is". The value
# has no blank, no quote, and no brace: `{{token}}` is filled in by whoever places the call.
_ASSIGNED: Final = (
    r"""(?:[ \t]+[^\s:="'{}]{1,20}){0,3}["'*`]{0,3}"""
    r"""(?:[ \t]*[:=]|[ \t]+(?:is|est|es|ist|lautet|to|é|è)(?=[ \t]))[ \t]*"""
    r"""(?:[Bb]earer |[Tt]oken )?[\\"'*`]{0,3}(?P<secret>(?:(?!&\w+=)[^\s"'`,;<>{}()\[\]|\\]){16,200})"""
)
# What people write where a secret could stand: words, dates, numbers, addresses and URLs. None of their parts has
# letters between digits, or digits between letters.
_PLAIN_PARTS: Final = r"\d*[^\W\d_]*\d*(?:[-_./:@+?=&%~]+\d*[^\W\d_]*\d*)*"
_LEAST_BITS: Final = 3.3
"""Shannon entropy of a secret, in bits for each character: 16 hexadecimal digits have about as many."""
# Names of credentials in the languages of prompts: what stands before the mark, the mark, and what follows it. `key`
# counts only behind a word that makes it a credential. Case makes no difference.
_KEY_BEFORE: Final = r"(?:api|access|admin|app|auth|client|private|secret|service|subscription)[ _-]?"
_NO_LETTER: Final = r"(?:^|\W)"
_NAMES: Final = (
    ("an API key", _KEY_BEFORE, "key", ""),
    ("a token", "", "token", ""),
    ("a secret", "", "secret", ""),
    ("a password", "", "passw", "or[dt]|d"),
    ("a password", "", "mot de passe", ""),
    ("a password", "", "kennwort", ""),
    ("a password", "", "contrase", "ña"),
    ("a password", _NO_LETTER, "senha", ""),
    ("a password", "", "wachtwoord", ""),
    ("a password", _NO_LETTER, "hasło", ""),
    ("an API key", rf"{_NO_LETTER}cl", "é d", "['’](?:API|accès)"),
    ("an API key", "", "api-schl", "üssel"),
)
_LONGEST_BEFORE: Final = 16

_KEY: Final = (
    r"(?P<secret>(?=\w{0,40}[0-9])(?=\w{0,40}[A-Za-z])"
    r"(?:[A-Za-z0-9_]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))"
)

# Forms as their issuers document them; where one documents none, the length is more than that of any word.
FORMS: Final = (
    Form("an API key", "sk-", r"sk-(?:[\w-]{0,40}?[_-])?(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,}[\w-]*"),
    Form("a Stripe key", "k_live_", r"[rs]k_live_[A-Za-z0-9]{16,}"),
    Form("a Stripe key", "k_test_", r"[rs]k_test_[A-Za-z0-9]{16,}"),
    Form("an AWS access key", "AKIA", r"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Form("an AWS access key", "ASIA", r"ASIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    *(Form("a GitHub token", f"gh{kind}_", rf"gh{kind}_[A-Za-z0-9]{{36,}}") for kind in "oprsu"),
    Form("a GitHub token", "github_pat_", r"github_pat_\w{22,}"),
    Form("a GitLab token", "glpat-", r"glpat-[\w-]{20,}"),
    Form("a Slack token", "xox", r"xox[a-z]-[A-Za-z0-9-]{10,}"),
    Form("a Slack webhook", "hooks.slack.com/", r"hooks\.slack\.com/services/(?P<secret>\w+/\w+/\w{16,})"),
    Form("a Discord webhook", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/(?P<secret>[0-9]{15,}/[\w-]{40,})"),
    Form("a Teams webhook", ".webhook.office.com/", r"[\w-]+\.webhook\.office\.com/webhookb2/(?P<secret>\S{40,})"),
    Form("a Zapier webhook", "hooks.zapier.com/", r"hooks\.zapier\.com/hooks/catch/(?P<secret>[0-9]+/\w{6,})"),
    Form("a Google API key", "AIza", r"AIza[\w-]{35}"),
    Form("a SendGrid key", "SG.", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    # After Stripe's, which begins alike: ElevenLabs, Cartesia and others.
    Form("an API key", "sk_", r"sk_(?:[a-z]{2,10}_)?(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}"),
    Form("a Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{24,}"),
    Form("a Groq key", "gsk_", r"gsk_[A-Za-z0-9]{40,}"),
    Form("an xAI key", "xai-", r"xai-[A-Za-z0-9]{40,}"),
    Form("a Hugging Face token", "hf_", r"hf_[A-Za-z]{30,}"),
    Form("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    Form("a Google client secret", "GOCSPX-", r"GOCSPX-[\w-]{28}"),
    Form("a Google access token", "ya29.", r"ya29\.[\w-]{20,}"),
    Form("a Twilio key", "SK", r"SK[0-9a-f]{32}(?!\w)"),
    Form("a HubSpot token", "pat-", r"pat-[a-z]{2}[0-9]-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    Form("a Slack app token", "xapp-", r"xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    Form("a Telegram bot token", ":AA", r"(?:bot)?(?P<secret>[0-9]{8,10}:AA[\w-]{33})"),
    Form("an Azure storage key", "AccountKey=", r"AccountKey=(?P<secret>[A-Za-z0-9+/]{86}==)"),
    Form("an Azure signature", "sig=", r"sig=(?P<secret>(?:[A-Za-z0-9]|%2[bBfF]){40,}(?:=|%3[dD]))"),
    Form("a password", "asic ", r"[Bb]asic +(?P<secret>(?=[A-Za-z+/]*[0-9=])[A-Za-z0-9+/]{12,}={0,2})(?![\w-])"),
    Form("a JSON web token", "eyJ", r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    Form("a bearer token", "earer ", r"[Bb]earer +(?P<secret>(?=[^\s{]*[0-9])[A-Za-z0-9._~+/=-]{16,})"),
    Form("a private key", "PRIVATE KEY-----", r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]*-----END [A-Z ]*-----)?"),
    Form("a password", "@", r"https?://[^/\s:@{}]+:(?P<secret>[^/\s@{}]+)@"),
    *(
        Form("a key", f"{mark}=", rf"(?:{before}){mark}={_KEY}")
        for before, mark in (("api_?|", "key"), ("access_|auth_|", "token"), ("client_|", "secret"), ("", "password"))
    ),
    *(Form(title, mark, after, before) for title, before, mark, after in _NAMES),
)

# Patterns are texts here and compiled when a file first needs them: few files do, and compiling takes longer than
# looking for the marks.
_WORD: Final = r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+"
# For the words of a name, joined by dashes. `key` counts behind some words only: sort-key, Idempotency-Key are none.
_CREDENTIAL: Final = (
    r"(?:.*-)?(?:apikey|auth|authorization|bearer|credentials?|jwt|passwd|password|pwd|secret|signature|token"
    r"|(?:access|api|app|auth|client|functions|private|secret|subscription)-key)(?:-.*)?|key"
)
_SCHEMES: Final = r"(?i:\s*(?:basic|bearer|token|apikey|key)\b\s*)"
_LEAST_RANDOM: Final = 24
_RANDOM: Final = rf"(?=.*[0-9])(?=.*[a-z])(?:[0-9a-f]{{40,}}|(?=.*[A-Z])[A-Za-z0-9_+=]{{{_LEAST_RANDOM},}})"


def credentials(text: str, forms: Iterable[Form] = FORMS) -> Iterator[Credential]:
    """The secrets of the given forms in a text, in its order. Of two that overlap, the one that starts first."""
    found = [credential for form in forms if form.may_be_in(text) for credential in form.find(text)]
    end = 0
    for credential in sorted(found, key=lambda credential: (credential.start, -credential.end)):
        if credential.start >= end:
            end = credential.end
            yield credential


def without_credentials(text: str, stands_for: Callable[[str], str]) -> str:
    """The text with every secret in it replaced by what `stands_for` returns for it."""
    shown, end = "", 0
    for _, start, stop in credentials(text):
        shown += text[end:start] + stands_for(text[start:stop])
        end = stop
    return shown + text[end:]


def credential_forms(text: str) -> tuple[Form, ...]:
    """The forms that may occur in a text: a fast first look, which for most texts is the last one.

    The text may be several ones, joined by line breaks.
    """
    # Prompts speak of keys and tokens, so there the mark alone says little; nothing assigned goes over a line break.
    known, named = _marks()
    return (*known.found_in(text), *(form for form in named.found_in(text) if any(form.find(text))))


@cache
def _marks() -> tuple[SubstringIndex[Form], SubstringIndex[Form]]:
    """Of the forms that say it themselves, and of those that a name before them tells."""
    known = SubstringIndex((form.mark, form) for form in FORMS if form.before is None)
    return known, SubstringIndex(((form.mark, form) for form in FORMS if form.before is not None), caseless=True)


def _is_unguessable(value: str) -> bool:
    """Whether a value behind the name of a credential is one: digits and letters mixed as nobody writes words."""
    if len(value) < 16 or not any(map(str.isdigit, value)) or re.fullmatch(_PLAIN_PARTS, value):
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * log2(share) for share in shares) >= _LEAST_BITS


def names_credential(name: str) -> bool:
    """Whether a header or parameter of that name carries a credential: `X-Api-Key`, `accessToken`."""
    return re.fullmatch(_CREDENTIAL, "-".join(re.findall(_WORD, name)).lower()) is not None


def is_secret_value(text: str) -> bool:
    """Whether the value of such a header or parameter is a secret: six characters or more behind the scheme."""
    return len(re.sub(_SCHEMES, "", text, count=1).strip()) >= 6


def looks_random(text: str) -> bool:
    """Whether a text looks random: long, with digits and letters mixed. A UUID does not: it is an id, not a secret."""
    return len(text) >= _LEAST_RANDOM and re.fullmatch(_RANDOM, text) is not None


# For texts of requests, which nobody reads: there a credential may be short, and it is better to take one too many.
_PLACEHOLDER: Final = r"\{\{[^{}\n]*\}\}"
_USER_INFO: Final = r"(?i:https?://)[^/\s?#@]+@"
_PAIR: Final = r"""["']?([A-Za-z][\w.-]{0,60})["']?\s*[=:](?!//)\s*["']?([^\s"'&,;{}<>]+)"""
_SEGMENT: Final = r"[/=]([^/\s?#&=]+)"
_PLAIN_HEADERS: Final = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "content-language",
        "content-type",
        "user-agent",
    }
)
"""Headers of RFC 9110 that say how a message is written, not who sends it."""


def carries_credential(text: str) -> bool:
    """Whether a URL, or a part of a request, holds a credential: a known form, a user, a named value, a random part."""
    literal = re.sub(_PLACEHOLDER, "", text)
    if any(credentials(literal)) or re.search(_USER_INFO, literal):
        return True
    pairs = re.findall(_PAIR, literal)
    return any(_is_named_secret(name, value) for name, value in pairs) or any(
        map(looks_random, re.findall(_SEGMENT, literal))
    )


def _is_named_secret(name: str, value: str) -> bool:
    if not names_credential(name) or not is_secret_value(value):
        return False
    # In the body of a request, `key` is more often the name of something.
    return name.lower() != "key" or any(map(str.isdigit, value))


def is_harmless_header(name: str, value: str) -> bool:
    """Whether a header or parameter says nothing that must be kept: how a message is written, or placeholders alone."""
    literal = re.sub(_SCHEMES, "", re.sub(_PLACEHOLDER, "", value), count=1).strip()
    if not literal:
        return bool(value)
    return name.lower() in _PLAIN_HEADERS and not carries_credential(value) and not looks_random(literal)
