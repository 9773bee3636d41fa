"""RVX7: what only the account can tell; runs with `--online`."""

from collections.abc import Iterator
from typing import Final

from revox_sync.lint.model.account import Account, KeyRefusedError, RecordedAccount
from revox_sync.lint.model.rule import Example, Hit, OnlineRule, with_fields
from revox_sync.lint.subject.field_paths import values_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.values.did_you_mean import did_you_mean

_ACCOUNT: Final = RecordedAccount({"v1": "cartesia"}, frozenset({"+33199001200"}))
_VOICE: Final = ("voice", "id")
_NUMBER: Final = ("from_phone_number",)


def _example(fields: str, at: str = "", says: str = "", account: RecordedAccount = _ACCOUNT) -> Example:
    return with_fields(fields, at, says)._replace(account=account)


def _known_text(subject: Subject, at: tuple[str, ...]) -> str | None:
    """The text that the file declares at a pointer; None without one, and where its content is not known."""
    found = next((value for _, value in values_at(subject.value, at)), None)
    return found if isinstance(found, str) and subject.is_known(at) else None


class VoiceNotFound(OnlineRule):
    """A voice the account does not have.

    What it finds: a `voice.id` that `GET /voices` does not list, or lists for another provider.

    Why it matters: the call fails or speaks with another voice.

    Instead: use an id from the list. The finding suggests the nearest one.
    """

    code, name = "RVX701", "voice-not-found"
    VALID = (_example("voice: {id: v1, provider: cartesia}"),)
    INVALID = (
        _example("voice: {id: v2, provider: cartesia}", "3:13", "`v2`"),
        _example("voice: {id: v1, provider: gradium}", "3:13", "cartesia"),
    )

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        voice = _known_text(subject, _VOICE)
        # The account is asked only when a file needs it: every list is a request.
        if voice is None:
            return
        provider, providers = subject.value["voice"].get("provider"), account.voices()
        if voice not in providers:
            yield Hit(f"the account has no voice `{voice}`", did_you_mean(voice, providers), subject.locate(_VOICE))
        elif providers[voice] != provider:
            label = f"write `provider: {providers[voice]}`"
            yield Hit(f"`{voice}` is a voice of {providers[voice]}", label, subject.locate(_VOICE))


class PhoneNumberNotOwned(OnlineRule):
    """A phone number the organisation does not own.

    What it finds: a `from_phone_number` that `GET /phone-numbers` does not list.

    Why it matters: calls cannot be placed from it.

    Instead: use a number from the list.
    """

    code, name = "RVX702", "phone-number-not-owned"
    VALID = (_example('from_phone_number: "+33199001200"'),)
    INVALID = (_example('from_phone_number: "+33199001299"', "3:20", "+33199001200"),)

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        number = _known_text(subject, _NUMBER)
        if number is None:
            return
        owned = account.phone_numbers()
        if number not in owned:
            label = f"owned: {', '.join(sorted(owned)[:5])}" if owned else "the organisation owns no number"
            yield Hit(f"the organisation does not own `{number}`", label, subject.locate(_NUMBER))


class KeyRefused(OnlineRule):
    """The API refuses the key.

    What it finds: a 401 or 403 in answer to the first request; the marked value could not be checked.

    Why it matters: voices and phone numbers stay unchecked.

    Instead: correct `api_key` of the environment, or REVOX_API_KEY.
    """

    code, name = "RVX703", "key-refused"
    VALID = (_example("voice: {id: v1, provider: cartesia}"),)
    INVALID = (_example("voice: {id: v1, provider: cartesia}", "3:13", "key", RecordedAccount()),)

    def __init__(self) -> None:
        # One key serves all files of a run, so that it is refused is one finding, not one per file.
        self._is_reported = False

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        for pointer, ask in ((_VOICE, account.voices), (_NUMBER, account.phone_numbers)):
            if self._is_reported or _known_text(subject, pointer) is None:
                continue
            try:
                ask()
            except KeyRefusedError:
                self._is_reported = True
                yield Hit("the API refused the key", "check `api_key` or REVOX_API_KEY", subject.locate(pointer))
