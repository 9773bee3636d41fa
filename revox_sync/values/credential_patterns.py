"""Texts that look like secrets, by the forms their issuers give them."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

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
    """

    title: str
    mark: str
    pattern: str

    def find(self, text: str) -> Iterator[Credential]:
        """Every secret of this form in a text."""
        # Only where a word begins: from inside a long word, each of its characters would start a search of the rest.
        for found in re.finditer(rf"(?<![\w-])(?:{self.pattern})", text):
            yield Credential(self.title, *found.span("secret" if "secret" in found.re.groupindex else 0))


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
    Form(
        "a key",
        "=",
        r"(?:api_?key|access_token|auth_token|client_secret|token|key|secret|password)="
        r"(?P<secret>(?=\w{0,40}[0-9])(?=\w{0,40}[A-Za-z])(?:[A-Za-z0-9_]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))",
    ),
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
    found = [credential for form in forms if form.mark in text for credential in form.find(text)]
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
    """The forms whose mark occurs in a text: a fast first look, which for most texts is the last one."""
    return tuple(_marks().found_in(text))


@cache
def _marks() -> SubstringIndex[Form]:
    return SubstringIndex((form.mark, form) for form in FORMS)


def names_credential(name: str) -> bool:
    """Whether a header or parameter of that name carries a credential: `X-Api-Key`, `accessToken`."""
    return re.fullmatch(_CREDENTIAL, "-".join(re.findall(_WORD, name)).lower()) is not None


def is_secret_value(text: str) -> bool:
    """Whether the value of such a header or parameter is a secret: six characters or more behind the scheme."""
    return len(re.sub(_SCHEMES, "", text, count=1).strip()) >= 6


def looks_random(text: str) -> bool:
    """Whether a text looks random: long, with digits and letters mixed. A UUID does not: it is an id, not a secret."""
    return len(text) >= _LEAST_RANDOM and re.fullmatch(_RANDOM, text) is not None
