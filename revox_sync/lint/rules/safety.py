"""RVX5: secrets in files, and URLs that are not encrypted or lead nowhere."""

from collections.abc import Iterator
from typing import Any, Final

from revox_sync.lint.checks.todo_markers import todo_markers
from revox_sync.lint.checks.url_host import host, is_example, why_unreachable
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit, with_fields
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.texts import BRACES, Text
from revox_sync.source.model.amendment import SetValue
from revox_sync.values.credential_patterns import (
    Form,
    credential_forms,
    credentials,
    is_secret_value,
    looks_random,
    names_credential,
)
from revox_sync.values.pointer import dotted

_TOOL: Final = (
    "custom_tools:\n  - name: look_up\n    description: Looks up.\n    method: GET\n    url: https://x.example.com\n"
    "    query_params: []\n    body_template: null\n    input_schema: []\n"
)
_MODEL: Final = "llm_model: {type: custom, model_name: m, api_url: 'https://x.example.com/v1', api_key: "
_PLAIN_HTTP: Final = "http:"
_LOCAL_ENVIRONMENT: Final = {
    "revox-sync.yaml": "version: 1\nenvironments:\n"
    "  local: {base_url: 'http://127.0.0.1:8787/api', vars: {hooks: 'http://127.0.0.1:9000'}}\n"
    "  production: {vars: {hooks: 'https://hooks.example.com'}}\n"
}


class SecretInPlainText(FileRule):
    """A secret is written in a file.

    What it finds: an API key that does not come from `!env`; a literal value of a header or parameter whose name says
    that it carries a credential, or, as a warning, a value that looks random; and in every text, prompts and URLs
    included, the forms of well-known keys, tokens, private keys and passwords. Placeholders, and headers such as
    `Content-Type`, are not reported. No finding shows the secret.

    Why it matters: everyone who can read the repository, now or later, can use it. A caller can make the model tell
    a secret that is in its prompt.

    Instead: revoke it, create a new one, and write `!env NAME` where the API needs it.
    """

    code, name = "RVX501", "secret-in-plain-text"
    VALID = (
        with_fields(_MODEL + "!env MODEL_KEY}"),
        with_fields(_TOOL + "    headers:\n      - {key: Content-Type, value: application/json}"),
        with_fields(_TOOL + "    headers:\n      - {key: Authorization, value: 'Bearer {{token}}'}"),
        with_fields("faq_items: [{question: 'What is a sk-number?', answer: It is on your task-list-2024-overview.}]"),
    )
    INVALID = (
        with_fields(_MODEL + "hunter2hunter2}", "3:88", "`llm_model.api_key`"),
        with_fields(_TOOL + "    headers:\n      - {key: X-Api-Key, value: correct-horse}", "12:33", "`X-Api-Key`"),
        Example("name: A\nprompt: Use sk-proj-4f9aK2LmQ8xZt1VbN7cR3w now.\n", "2:13", "an API key"),
        with_fields("webhook_url: https://me:s3cret@x.example.com", "3:25", "a password"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        # Looking for a form's mark is fast, matching its pattern is not, and hardly any file has a mark.
        forms = credential_forms(subject.texts.joined)
        for text in subject.texts.anywhere:
            hit = _declared_secret(subject, text) if text.node.secret else None
            if hit is not None:
                yield hit
            elif forms and any(form.may_be_in(text.text) for form in forms):
                yield from _known_forms(subject, text, forms)


def _declared_secret(subject: Subject, text: Text) -> Hit | None:
    """The hit of a text whose place in the schema says that it may be a secret; None where it is none."""
    # `Bearer {{token}}` has no secret in it, and `YOUR_KEY` is RVX209's finding.
    literal = BRACES.sub("", text.text).strip()
    if not literal or todo_markers(text.text):
        return None
    name, location = _header_name(subject.value, text), subject.locate(text.pointer)
    if name is None:
        message = f"`{dotted(text.pointer)}` is a secret in plain text"
    elif names_credential(name) and is_secret_value(literal):
        message = f"the value of `{name}` is a secret in plain text"
    elif looks_random(literal):
        message = f"the value of `{name}` looks like a secret in plain text"
        return Hit(message, "if it is one, use `!env NAME`", location, severity=Severity.WARNING, secret=True)
    else:
        return None
    return Hit(message, "use `!env NAME`, and revoke this one", location, secret=True)


def _header_name(value: Any, text: Text) -> str | None:
    """The name of the header or parameter that a text is the value of; None where it is neither's."""
    for key in text.pointer[:-1]:
        value = value[key]
    name = value.get("key") if isinstance(text.pointer[-2], int) else None
    return name if isinstance(name, str) else None


def _known_forms(subject: Subject, text: Text, forms: tuple[Form, ...]) -> Iterator[Hit]:
    for found in credentials(text.text, forms):
        location = subject.locate_text(text.pointer, found.start, found.end)
        message = f"`{dotted(text.pointer)}` contains what looks like {found.title}"
        yield Hit(message, "remove and revoke it; where the API needs one, use `!env NAME`", location, secret=True)


class UnencryptedUrl(FileRule):
    """A URL without encryption.

    What it finds: `http://` in fields that Revox calls or shows. RVX503 finds hosts that only a local network knows.

    Why it matters: everyone on the way can read the names, phone numbers and transcripts.

    Instead: use `https://`. The fix is unsafe, because the host may not offer it.
    """

    code, name = "RVX502", "unencrypted-url"
    VALID = (Example("name: A\nprompt: Send them to http://x.example.com\nwebhook_url: https://x.example.com\n"),)
    INVALID = (
        with_fields("webhook_url: http://hooks.example.com/x", "3:14", "`webhook_url`", fix=("http:", "https:")),
        with_fields(
            "precall_lookup_url: 'http://x.example.com/{{phone}}'", "3:22", "https://", fix=("http:", "https:")
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text, name in _urls(subject):
            rest = text.text[len(_PLAIN_HTTP) :]
            # A host that only a local network knows is RVX503's finding, and encryption would not help there.
            if text.text.lower().startswith(_PLAIN_HTTP) and why_unreachable(name) is None:
                fix = Fix("use `https://`", (SetValue(text.pointer, f"https:{rest}"),), safe=False)
                location = subject.locate_text(text.pointer, 0, len(_PLAIN_HTTP) + 2)
                yield Hit(f"`{dotted(text.pointer)}` is not encrypted", "use `https://`", location, fix=fix)


class PrivateUrl(FileRule):
    """A URL that Revox cannot reach.

    What it finds: `localhost`, and addresses and names of private networks, in fields that Revox calls or shows. The
    values of `!var` and `!sub` are not reported for an environment whose API is local itself.

    Why it matters: Revox's servers make the request, so it reaches another machine or none.

    Instead: use a public host. Where environments differ, write `!sub "${hooks}/path"` and define `hooks` in each.
    """

    code, name = "RVX503", "private-url"
    VALID = (
        with_fields("webhook_url: https://10.example.com/192.168.0.1"),
        with_fields('webhook_url: !sub "${hooks}/revox"', files=_LOCAL_ENVIRONMENT),
    )
    INVALID = (
        with_fields("webhook_url: http://localhost:9000/hook", "3:21", "`localhost`"),
        with_fields("webhook_url: https://192.168.1.20/hook", "3:22", "private network"),
        with_fields("webhook_url: https://crm.lan/hook", "3:22", "`crm.lan`"),
        with_fields("webhook_url: http://[::1]/x", "3:21", files=_LOCAL_ENVIRONMENT),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        # A local API, such as the emulator, does reach hosts of this machine.
        if subject.is_local and subject.document.uses_variables:
            return
        for text, name in _urls(subject):
            reason = why_unreachable(name)
            if reason is not None:
                start = text.text.lower().index(name)
                location = subject.locate_text(text.pointer, start, start + len(name))
                yield Hit(f"Revox cannot reach `{name}`, which {reason}", "use a public host", location)


class ExampleUrl(FileRule):
    """A URL of an example.

    What it finds: hosts such as `example.com`, `your-api.com` and `votre-domaine.fr` in fields that Revox calls.
    Sub-domains of example.com, as in `api.example.com`, are not reported.

    Why it matters: the request reaches nobody, or somebody else, in the middle of a call.

    Instead: write the address of your own server.
    """

    code, name, severity = "RVX504", "example-url", Severity.WARNING
    VALID = (
        with_fields("webhook_url: https://hooks.example.com/x"),
        with_fields("webhook_url: https://api.yourney.fr/your-api\nlogo_url: https://example.com/logo.png"),
    )
    INVALID = (
        with_fields("webhook_url: https://your-api.com/calls", "3:22", "`your-api.com`"),
        with_fields("webhook_url: https://example.org/x", "3:22", "`example.org`"),
        with_fields("webhook_url: https://api.votre-domaine.fr/x", "3:22", "`api.votre-domaine.fr`"),
        with_fields("webhook_url: https://ihre-firma.de/x", "3:22", "`ihre-firma.de`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text, name in _urls(subject):
            if is_example(name) and text.node.impact != "cosmetic" and not todo_markers(text.text):
                start = text.text.lower().index(name)
                location = subject.locate_text(text.pointer, start, start + len(name))
                yield Hit(f"`{name}` is the host of an example", "write the address of your server", location)


def _urls(subject: Subject) -> Iterator[tuple[Text, str]]:
    """Texts that are URLs, each with its host."""
    return ((text, host(text.text)) for text in subject.texts.urls)
