"""RVX7: what only the account can tell; runs with `--online`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from revox_sync.lint.model.account import Account, KeyRefusedError, RecordedAccount
from revox_sync.lint.model.rule import Example, Hit, OnlineRule
from revox_sync.lint.subject.subject import Subject
from revox_sync.values.did_you_mean import did_you_mean

BASE = "name: A\nprompt: Hi\n"
KNOWN = RecordedAccount({"v1": "cartesia"}, frozenset({"+33199001200"}))


def _voice(subject: Subject) -> tuple[str, Any] | None:
    """Id and provider of the declared voice; the id is a string that is known."""
    voice = subject.value.get("voice") if isinstance(subject.value, dict) else None
    if not isinstance(voice, dict) or not isinstance(voice.get("id"), str) or not subject.is_known(("voice", "id")):
        return None
    return voice["id"], voice.get("provider")


def _number(subject: Subject) -> str | None:
    number = subject.value.get("from_phone_number") if isinstance(subject.value, dict) else None
    return number if isinstance(number, str) and subject.is_known(("from_phone_number",)) else None


class VoiceNotFound(OnlineRule):
    """A voice the account does not have.

    What it finds: a `voice.id` that `GET /voices` does not list, or lists for another provider.

    Why it matters: the call fails or speaks with another voice.

    Instead: use an id of the list; the nearest one is suggested.
    """

    code, name = "RVX701", "voice-not-found"
    VALID = (Example(BASE + "voice: {id: v1, provider: cartesia}\n", account=KNOWN),)
    INVALID = (
        Example(BASE + "voice: {id: v2, provider: cartesia}\n", at="3:13", says="`v2`", account=KNOWN),
        Example(BASE + "voice: {id: v1, provider: gradium}\n", at="3:13", says="cartesia", account=KNOWN),
    )

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        """The declared voice, when the account lacks it."""
        declared = _voice(subject)
        if declared is None:
            return
        voice, provider = declared
        known = account.voices()
        location = subject.document.locate(("voice", "id"))
        if voice not in known:
            yield Hit(f"the account has no voice `{voice}`", did_you_mean(voice, known), location)
        elif known[voice] != provider:
            yield Hit(f"`{voice}` is a voice of {known[voice]}", f"write `provider: {known[voice]}`", location)


class PhoneNumberNotOwned(OnlineRule):
    """A phone number the organisation does not own.

    What it finds: a `from_phone_number` that `GET /phone-numbers` does not list.

    Why it matters: calls cannot be placed from it.

    Instead: use a number of the list.
    """

    code, name = "RVX702", "phone-number-not-owned"
    VALID = (Example(BASE + 'from_phone_number: "+33199001200"\n', account=KNOWN),)
    INVALID = (Example(BASE + 'from_phone_number: "+33199001299"\n', at="3:20", says="+33199001200", account=KNOWN),)

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        """The declared number, when the organisation does not own it."""
        number = _number(subject)
        if number is None:
            return
        owned = account.phone_numbers()
        if number not in owned:
            label = f"owned: {', '.join(sorted(owned)[:5])}" if owned else "the organisation owns no number"
            message = f"the organisation does not own `{number}`"
            yield Hit(message, label, subject.document.locate(("from_phone_number",)))


class KeyRefused(OnlineRule):
    """The API refuses the key.

    What it finds: a 401 or 403 to the first list that is needed; the marked value could not be checked.

    Why it matters: voices and phone numbers stay unchecked.

    Instead: correct `api_key` of the environment, or REVOX_API_KEY.
    """

    code, name = "RVX703", "key-refused"
    VALID = (Example(BASE + "voice: {id: v1, provider: cartesia}\n", account=KNOWN),)
    INVALID = (
        Example(BASE + "voice: {id: v1, provider: cartesia}\n", at="3:13", says="key", account=RecordedAccount()),
    )

    def __init__(self) -> None:
        self._told = False

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        """The first value of the run that cannot be checked."""
        for declared, pointer, ask in (
            (_voice(subject), ("voice", "id"), account.voices),
            (_number(subject), ("from_phone_number",), account.phone_numbers),
        ):
            if declared is not None and not self._told and _is_refused(ask):
                self._told = True
                label = "check `api_key` or REVOX_API_KEY"
                yield Hit("the API refused the key", label, subject.document.locate(pointer))


def _is_refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except KeyRefusedError:
        return True
    return False
