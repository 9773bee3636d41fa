"""RVX7: what only the account can tell; runs with `--online`."""

from collections.abc import Iterator
from typing import Final

from revox_sync.lint.checks.calling_codes import calling_code
from revox_sync.lint.checks.spoken_language import spoken_language
from revox_sync.lint.model.account import Account, KeyRefusedError, RecordedAccount, Voice
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, Hit, OnlineRule, with_fields
from revox_sync.lint.subject.field_paths import values_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.values.did_you_mean import did_you_mean

_ACCOUNT: Final = RecordedAccount(
    {"v1": Voice("cartesia"), "claire": Voice("cartesia", "fr", "sonic-3")}, frozenset({"+33199001200"})
)
_TWO_COUNTRIES: Final = RecordedAccount({}, frozenset({"+33199001200", "+4930123456"}))
_VOICE: Final = ("voice", "id")
_MODEL: Final = ("voice", "model")
_FRENCH: Final = "Merci de votre appel, nous vous souhaitons une bonne journée."
_GERMAN: Final = "Vielen Dank für Ihren Anruf, und auf Wiederhören. Wir sind für Sie da."
_ENGLISH: Final = "Hello, this is the clinic. Please call us back, and have your card with you."
_DESTINATION: Final = "transfer_destinations: [{label: Desk, phone_number: '"
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
        provider, voices = subject.value["voice"].get("provider"), account.voices()
        if voice not in voices:
            yield Hit(f"the account has no voice `{voice}`", did_you_mean(voice, voices), subject.locate(_VOICE))
        elif voices[voice].provider != provider:
            label = f"write `provider: {voices[voice].provider}`"
            yield Hit(f"`{voice}` is a voice of {voices[voice].provider}", label, subject.locate(_VOICE))


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


class VoiceOfAnotherLanguage(OnlineRule):
    """A voice of another language than the assistant's texts.

    What it finds: a `voice.id` whose language in `GET /voices` differs from that of the texts which are read word for
    word: first sentence, farewell, voicemail. Short texts and mixed ones are not judged.

    Why it matters: a French voice reads English with a French accent, and numbers wrong.

    Instead: use a voice of the language that callers hear.
    """

    code, name, severity = "RVX704", "voice-of-another-language", Severity.WARNING
    VALID = (
        _example(f"voice: {{id: claire, provider: cartesia}}\nend_of_call_sentence: {_FRENCH}"),
        _example("voice: {id: claire, provider: cartesia}\nend_of_call_sentence: Ciao!"),
        _example(f"voice: {{id: v1, provider: cartesia}}\nend_of_call_sentence: {_FRENCH}"),
    )
    INVALID = (
        _example(f"voice: {{id: claire, provider: cartesia}}\nend_of_call_sentence: {_GERMAN}", "3:13", "`de`"),
        _example(f"voice: {{id: claire, provider: cartesia}}\nvoicemail_message: {_ENGLISH}", "3:13", "`en`"),
    )

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        said = " ".join(text.text for text in subject.texts.known if subject.is_said(text))
        voice, language = _known_text(subject, _VOICE), spoken_language(said)
        known = account.voices().get(voice) if voice and language else None
        if known is not None and known.language not in ("", language):
            message = f"`{voice}` speaks `{known.language}`, and the texts that it reads are in `{language}`"
            yield Hit(message, f"use a voice of `{language}`", subject.locate(_VOICE))


class VoiceOfAnotherModel(OnlineRule):
    """A voice that the model cannot speak.

    What it finds: a `voice.model` other than the one that `GET /voices` names for the voice (`modelCompat`).

    Why it matters: the call fails, or another voice speaks.

    Instead: write the model that the finding names, or choose another voice.
    """

    code, name = "RVX705", "voice-of-another-model"
    VALID = (
        _example("voice: {id: claire, provider: cartesia, model: sonic-3}"),
        _example("voice: {id: v1, provider: cartesia, model: sonic-3.5}"),
    )
    INVALID = (_example("voice: {id: claire, provider: cartesia, model: sonic-3.5}", "3:48", "`sonic-3`"),)

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        voice, model = _known_text(subject, _VOICE), _known_text(subject, _MODEL)
        known = account.voices().get(voice) if voice and model else None
        if known is not None and known.model not in ("", model):
            message = f"only `{known.model}` speaks the voice `{voice}`"
            yield Hit(message, f"write `model: {known.model}`", subject.locate(_MODEL))


class TransferAbroad(OnlineRule):
    """A transfer to a country in which the organisation has no number.

    What it finds: a number in `transfer_destinations` whose calling code is that of no number in `GET /phone-numbers`,
    nor of `from_phone_number`.

    Why it matters: every transfer is a call abroad, and often the code is simply wrong.

    Instead: correct the number, or keep it and suppress the finding.
    """

    code, name, severity = "RVX706", "transfer-abroad", Severity.INFO
    VALID = (
        _example(f"{_DESTINATION}+33144000000'}}]"),
        _example(f"from_phone_number: '+4930123456'\n{_DESTINATION}+4989123456'}}]")._replace(account=_TWO_COUNTRIES),
    )
    INVALID = (_example(f"{_DESTINATION}+3144000000'}}]", "3:53", "`+31`"),)

    def check(self, subject: Subject, account: Account) -> Iterator[Hit]:
        for pointer, number in values_at(subject.value, ("transfer_destinations", None, "phone_number")):
            if isinstance(number, str) and subject.fits(pointer):
                numbers = {*account.phone_numbers(), _known_text(subject, _NUMBER) or number}
                codes = {calling_code(own) for own in numbers - {number}}
                if codes and calling_code(number) not in codes:
                    message = f"`{number}` is in another country (`{calling_code(number)}`) than all of your numbers"
                    yield Hit(message, "check the number", subject.locate(pointer))
