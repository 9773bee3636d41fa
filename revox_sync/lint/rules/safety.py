"""RVX5: secrets in files, and URLs that leak or lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from revox_sync.lint.checks.todo_markers import todo_markers
from revox_sync.lint.checks.url_host import host, why_unreachable
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
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

BASE: Final = "name: A\nprompt: Hi\n"
TOOL: Final = (
    BASE
    + "custom_tools:\n  - name: look_up\n    description: Looks up.\n    method: GET\n    url: https://x.example.com\n"
    "    query_params: []\n    body_template: null\n    input_schema: []\n"
)
MODEL: Final = BASE + "llm_model: {type: custom, model_name: m, api_url: 'https://x.example.com/v1', api_key: "
PLAIN_HTTP: Final = "http:"
LOCAL: Final = {
    "revox-sync.yaml": "version: 1\nenvironments:\n"
    "  local: {base_url: 'http://127.0.0.1:8787/api', vars: {hooks: 'http://127.0.0.1:9000'}}\n"
    "  production: {vars: {hooks: 'https://hooks.example.com'}}\n"
}


class SecretInPlainText(FileRule):
    """A secret is written into a file.

    What it finds: an API key that is no `!env`; a literal in a header or parameter whose name says that it carries a
    credential, or, as a warning, that looks made by chance; and in every text, prompts and URLs included, the forms of
    well-known keys, tokens, private keys and passwords. Placeholders, and headers such as `Content-Type`, are none.
    No finding shows the secret.

    Why it matters: everyone who can read the repository, now or later, can use it. A secret in a prompt can also be
    asked out of the model.

    Instead: revoke it, make a new one, and write `!env NAME` where the API needs it.
    """

    code, name = "RVX501", "secret-in-plain-text"
    VALID = (
        Example(MODEL + "!env MODEL_KEY}\n"),
        Example(TOOL + "    headers:\n      - {key: Content-Type, value: application/json}\n"),
        Example(TOOL + "    headers:\n      - {key: Authorization, value: 'Bearer {{token}}'}\n"),
        Example(
            BASE + "faq_items: [{question: 'What is a sk-number?', answer: It is on your task-list-2024-overview.}]\n"
        ),
    )
    INVALID = (
        Example(MODEL + "hunter2hunter2}\n", at="3:88", says="`llm_model.api_key`"),
        Example(
            TOOL + "    headers:\n      - {key: X-Api-Key, value: correct-horse}\n", at="12:33", says="`X-Api-Key`"
        ),
        Example("name: A\nprompt: Use sk-proj-4f9aK2LmQ8xZt1VbN7cR3w now.\n", at="2:13", says="an API key"),
        Example("name: A\nprompt: Hi\nwebhook_url: https://me:s3cret@x.example.com\n", at="3:25", says="a password"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every secret; where the schema expects one the whole value, else the stretch of text."""
        forms = credential_forms(subject.texts.joined)
        texts = subject.texts.anywhere
        likely = {id(each) for form in forms for each in texts if form.mark in each.text}
        for each in texts:
            if each.node.secret or id(each) in likely:
                hit = _declared_secret(subject, each) if each.node.secret else None
                yield from _known_forms(subject, each, forms) if hit is None else (hit,)


def _declared_secret(subject: Subject, text: Text) -> Hit | None:
    literal = BRACES.sub("", text.text).strip()
    if not literal or todo_markers(text.text):
        return None
    name, place = _carrier(subject.value, text), subject.document.locate(text.pointer)
    if name is None:
        message = f"`{dotted(text.pointer)}` is a secret in plain text"
    elif names_credential(name) and is_secret_value(literal):
        message = f"the value of `{name}` is a secret in plain text"
    elif looks_random(literal):
        message = f"the value of `{name}` looks like a secret in plain text"
        return Hit(message, "if it is one, use `!env NAME`", place, severity=Severity.WARNING, secret=True)
    else:
        return None
    return Hit(message, "use `!env NAME`, and revoke this one", place, secret=True)


def _carrier(value: Any, text: Text) -> str | None:
    """The name of the header or parameter that a value belongs to; None where it stands for itself."""
    for key in text.pointer[:-1]:
        value = value[key]
    name = value.get("key") if isinstance(text.pointer[-2], int) else None
    return name if isinstance(name, str) else None


def _known_forms(subject: Subject, text: Text, forms: tuple[Form, ...]) -> Iterator[Hit]:
    for found in credentials(text.text, forms):
        place = subject.document.locate_text(text.pointer, found.start, found.end)
        message = f"`{dotted(text.pointer)}` holds what looks like {found.title}"
        yield Hit(message, "remove and revoke it; where the API needs one, use `!env NAME`", place, secret=True)


class UnencryptedUrl(FileRule):
    """A URL without encryption.

    What it finds: `http://` in fields that Revox calls or shows. Hosts that only a local network knows are RVX503.

    Why it matters: names, phone numbers and transcripts travel readable for everyone on the way.

    Instead: use `https://`. The fix is unsafe, because the host may not offer it.
    """

    code, name = "RVX502", "unencrypted-url"
    VALID = (Example("name: A\nprompt: Send them to http://x.example.com\nwebhook_url: https://x.example.com\n"),)
    INVALID = (
        Example(
            BASE + "webhook_url: http://hooks.example.com/x\n",
            at="3:14",
            says="`webhook_url`",
            fixed=BASE + "webhook_url: https://hooks.example.com/x\n",
        ),
        Example(
            BASE + "precall_lookup_url: 'http://x.example.com/{{phone}}'\n",
            at="3:22",
            says="https://",
            fixed=BASE + "precall_lookup_url: 'https://x.example.com/{{phone}}'\n",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every URL field with http."""
        for each, name in _urls(subject):
            if each.text[: len(PLAIN_HTTP)].lower() == PLAIN_HTTP and why_unreachable(name) is None:
                start, end = 0, len(PLAIN_HTTP) + 2
                secure = SetValue(each.pointer, "https:" + each.text[len(PLAIN_HTTP) :])
                message = f"`{dotted(each.pointer)}` is not encrypted"
                place = subject.document.locate_text(each.pointer, start, end)
                yield Hit(message, "use `https://`", place, fix=Fix("use `https://`", (secure,), safe=False))


class PrivateUrl(FileRule):
    """A URL that Revox cannot reach.

    What it finds: `localhost`, addresses and names of private networks in fields that Revox calls or shows; not in
    what `!var` and `!sub` give for an environment whose API is local itself.

    Why it matters: the call comes from Revox's servers, so it reaches another machine or none.

    Instead: use a public host. Where environments differ, write `!sub "${hooks}/path"` and name it in each.
    """

    code, name = "RVX503", "private-url"
    VALID = (
        Example(BASE + "webhook_url: https://10.example.com/192.168.0.1\n"),
        Example(BASE + 'webhook_url: !sub "${hooks}/revox"\n', files=LOCAL),
    )
    INVALID = (
        Example(BASE + "webhook_url: http://localhost:9000/hook\n", at="3:21", says="`localhost`"),
        Example(BASE + "webhook_url: https://192.168.1.20/hook\n", at="3:22", says="private network"),
        Example(BASE + "webhook_url: https://crm.lan/hook\n", at="3:22", says="`crm.lan`"),
        Example(BASE + "webhook_url: http://[::1]/x\n", at="3:21", files=LOCAL),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every URL field with a host that only a private network knows."""
        if subject.local and subject.document.uses_variables:
            return
        for each, name in _urls(subject):
            reason = why_unreachable(name)
            if reason is not None:
                start = each.text.lower().index(name)
                place = subject.document.locate_text(each.pointer, start, start + len(name))
                yield Hit(f"Revox cannot reach `{name}`, which {reason}", "use a public host", place)


def _urls(subject: Subject) -> Iterator[tuple[Text, str]]:
    return ((each, host(each.text)) for each in subject.texts.urls)
