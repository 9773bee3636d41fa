"""Texts that look like secrets, by the forms their issuers give them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple


class Credential(NamedTuple):
    """A stretch of a text that looks like a secret."""

    title: str
    start: int
    end: int


class Form(NamedTuple):
    """How an issuer's secrets look.

    Attributes:
        title: what it is, with article.
        mark: text that every one of them holds; looked for first, because it is fast.
        group: the secret itself inside a match of `pattern`; 0 is all of it.
    """

    title: str
    mark: str
    pattern: re.Pattern[str]
    group: int | str


def _form(title: str, mark: str, pattern: str) -> Form:
    # Not inside a word, so that no repetition of a beginning is looked through again and again.
    compiled = re.compile(rf"(?<![\w-])(?:{pattern})")
    return Form(title, mark, compiled, "secret" if "secret" in compiled.groupindex else 0)


# Forms as their issuers document them; where one documents none, a length that no word of a language has.
FORMS: Final = (
    _form("an API key", "sk-", r"sk-(?:[\w-]{0,40}?[_-])?(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,}[\w-]*"),
    _form("a Stripe key", "k_live_", r"[rs]k_live_[A-Za-z0-9]{16,}"),
    _form("a Stripe key", "k_test_", r"[rs]k_test_[A-Za-z0-9]{16,}"),
    _form("an AWS access key", "AKIA", r"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _form("an AWS access key", "ASIA", r"ASIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    *(_form("a GitHub token", f"gh{kind}_", rf"gh{kind}_[A-Za-z0-9]{{36,}}") for kind in "oprsu"),
    _form("a GitHub token", "github_pat_", r"github_pat_\w{22,}"),
    _form("a GitLab token", "glpat-", r"glpat-[\w-]{20,}"),
    _form("a Slack token", "xox", r"xox[a-z]-[A-Za-z0-9-]{10,}"),
    _form("a Slack webhook", "hooks.slack.com/", r"hooks\.slack\.com/services/(?P<secret>\w+/\w+/\w{16,})"),
    _form("a Google API key", "AIza", r"AIza[\w-]{35}"),
    _form("a SendGrid key", "SG.", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    # After Stripe's, which begins alike: ElevenLabs, Cartesia and others.
    _form("an API key", "sk_", r"sk_(?:[a-z]{2,10}_)?(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}"),
    _form("a Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{24,}"),
    _form("a Groq key", "gsk_", r"gsk_[A-Za-z0-9]{40,}"),
    _form("an xAI key", "xai-", r"xai-[A-Za-z0-9]{40,}"),
    _form("a Hugging Face token", "hf_", r"hf_[A-Za-z]{30,}"),
    _form("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _form("a Google client secret", "GOCSPX-", r"GOCSPX-[\w-]{28}"),
    _form("a Google access token", "ya29.", r"ya29\.[\w-]{20,}"),
    _form("a Twilio key", "SK", r"SK[0-9a-f]{32}(?!\w)"),
    _form("a HubSpot token", "pat-", r"pat-[a-z]{2}[0-9]-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    _form("a Slack app token", "xapp-", r"xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    _form("a Telegram bot token", ":AA", r"(?:bot)?(?P<secret>[0-9]{8,10}:AA[\w-]{33})"),
    _form("an Azure storage key", "AccountKey=", r"AccountKey=(?P<secret>[A-Za-z0-9+/]{86}==)"),
    _form("an Azure signature", "sig=", r"sig=(?P<secret>(?:[A-Za-z0-9]|%2[bBfF]){40,}(?:=|%3[dD]))"),
    _form("a password", "asic ", r"[Bb]asic +(?P<secret>(?=[A-Za-z+/]*[0-9=])[A-Za-z0-9+/]{12,}={0,2})(?![\w-])"),
    _form("a JSON web token", "eyJ", r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    _form("a bearer token", "earer ", r"[Bb]earer +(?P<secret>(?=[^\s{]*[0-9])[A-Za-z0-9._~+/=-]{16,})"),
    _form("a private key", "PRIVATE KEY-----", r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]*-----END [A-Z ]*-----)?"),
    _form("a password", "://", r"https?://[^/\s:@{}]+:(?P<secret>[^/\s@{}]+)@"),
    _form(
        "a key",
        "=",
        r"(?:api_?key|access_token|auth_token|client_secret|token|key|secret|password)="
        r"(?P<secret>(?=\w{0,40}[0-9])(?=\w{0,40}[A-Za-z])(?:[A-Za-z0-9_]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))",
    ),
)

WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
# Of a name's words, joined by dashes. Many keys are none of a door: sort-key, Idempotency-Key.
CREDENTIAL: Final = re.compile(
    r"(?:.*-)?(?:apikey|auth|authorization|bearer|credentials?|jwt|passwd|password|pwd|secret|signature|token"
    r"|(?:access|api|app|auth|client|functions|private|secret|subscription)-key)(?:-.*)?|key"
)
SCHEMES: Final = re.compile(r"\s*(?:basic|bearer|token|apikey|key)\b\s*", re.IGNORECASE)
RANDOM: Final = re.compile(r"(?=.*[0-9])(?=.*[a-z])(?:[0-9a-f]{40,}|(?=.*[A-Z])[A-Za-z0-9_+=]{24,})")


def credentials(text: str, forms: Iterable[Form] = FORMS) -> Iterator[Credential]:
    """The secrets of the given forms in a text, none inside another."""
    met = [
        Credential(form.title, *found.span(form.group))
        for form in forms
        if form.mark in text
        for found in form.pattern.finditer(text)
    ]
    end = -1
    for each in sorted(met, key=lambda each: (each.start, -each.end)) if met else ():
        if each.start >= end:
            end = each.end
            yield each


def without_credentials(text: str, stands_for: Callable[[str], str]) -> str:
    """The text with every secret in it replaced by what stands for it."""
    shown, at = [], 0
    for each in credentials(text):
        shown += [text[at : each.start], stands_for(text[each.start : each.end])]
        at = each.end
    return "".join([*shown, text[at:]]) if shown else text


def forms_in(text: str) -> tuple[Form, ...]:
    """The forms that parts of a text can have; fast."""
    return tuple(form for form in FORMS if form.mark in text)


def names_credential(name: str) -> bool:
    """Whether a header or parameter of that name carries a credential: `X-Api-Key`, `accessToken`."""
    return CREDENTIAL.fullmatch("-".join(WORD.findall(name)).lower()) is not None


def is_secret_value(text: str) -> bool:
    """Whether what a credential's header or parameter holds is one: six characters or more beside the scheme."""
    return len(SCHEMES.sub("", text, count=1).strip()) >= 6


def looks_random(text: str) -> bool:
    """Whether a text looks made by chance: long, digits and letters mixed; UUIDs and their like are mere ids."""
    return RANDOM.fullmatch(text) is not None
