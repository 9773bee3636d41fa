"""RVX1: fields that do not fit the API's contract. `explanation` finds the causes; a rule is its page and examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from revox_sync.contract.violation import Violation, ViolationKind
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.traits import VIOLATION
from revox_sync.source.documents.locate import Location

BASE = "name: Support\nprompt: Help the caller.\n"


FORMS_WITH_A_RULE: Final = frozenset({"snake-case", "lookup-url"})
"""Text formats whose violations are so particular that a rule of their own explains them."""


class ViolationRule(FileRule):
    """Reports the violations of one kind, or of one kind and text format."""

    kind: ClassVar[ViolationKind]
    form: ClassVar[str] = ""
    looks_at = (VIOLATION,)

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every violation of this rule's kind, but for scalars that RVX007 explains better."""
        ambiguous = {scalar.pointer for scalar, mistyped in subject.ambiguous if mistyped}
        for each in subject.violations:
            if self._takes(each) and each.pointer not in ambiguous:
                place, fix = _location(subject, each), _fix(subject, each)
                yield Hit(each.message, each.label, place, severity=self.level(subject), fix=fix)

    def _takes(self, violation: Violation) -> bool:
        form = violation.form if violation.form in FORMS_WITH_A_RULE else ""
        return violation.kind is self.kind and form == self.form

    def level(self, subject: Subject) -> Severity | None:  # noqa: ARG002 - two rules depend on the subject
        """Severity where it differs from the rule's."""
        return None


def _location(subject: Subject, violation: Violation) -> Location:
    """Unknown keys are marked themselves; a missing one marks the key of the mapping that lacks it."""
    if violation.key is not None:
        return subject.document.locate((*violation.pointer, violation.key), key=True)
    return subject.document.locate(violation.pointer, key=bool(violation.missing))


def _fix(subject: Subject, violation: Violation) -> Fix | None:
    from revox_sync.lint.fixes.contract_fixes import contract_fix

    return contract_fix(subject, violation)


class UnknownField(ViolationRule):
    """A field the API does not know.

    What it finds: keys that no contract has at this place, among them those of older pages that have moved.

    Why it matters: the API refuses the whole assistant, or, worse, ignores the field and callers never notice.

    Instead: use the name the finding suggests.
    """

    code, name, kind = "RVX101", "unknown-field", ViolationKind.UNKNOWN_FIELD
    VALID = (Example(BASE),)
    INVALID = (
        Example(
            "name: A\npromt: Hi\n",
            at="2:1",
            says="did you mean `prompt`? (`prompt` is required and missing)",
            fixed="name: A\nprompt: Hi\n",
        ),
        Example(
            BASE + "voice: {id: x, provider: cartesia, speeed: 1}\n",
            at="3:36",
            says="`speed`",
            fixed=BASE + "voice: {id: x, provider: cartesia, speed: 1}\n",
        ),
        Example(
            BASE + "call_retry_config:\n  max_retry_attempts: 3\n  calling_window_start_time: '09:00'\n"
            "  calling_window_end_time: '18:00'\n  retry_delay_seconds: 60\n"
            "  allowed_days: [monday]\n  call_twice_in_a_row: false\n",
            at="5:3",
            says="have moved into the entries of `calling_windows`",
            fixed=BASE + "call_retry_config:\n  max_retry_attempts: 3\n  calling_windows:\n"
            '    - calling_window_start_time: "09:00"\n      calling_window_end_time: "18:00"\n'
            "      retry_delay_seconds: 60\n  allowed_days: [monday]\n"
            "  call_twice_in_a_row: false\n",
        ),
    )


class MissingField(ViolationRule):
    """A field is missing.

    What it finds: required fields that are not there; all that one mapping lacks are one finding.

    Why it matters: the API refuses the assistant.

    Instead: add the field.
    """

    code, name, kind = "RVX102", "missing-field", ViolationKind.MISSING_FIELD
    VALID = (Example(BASE),)
    INVALID = (
        Example("name: A\n", at="1:1", says="`prompt`"),
        Example(BASE + "transfer_destinations:\n  - label: Sales\n", at="4:5", says="`phone_number`"),
        Example(BASE + "voice: {}\n", at="3:1", says="`id`, `provider`"),
        Example(BASE + "llm_model: {name: gpt-4.1}\n", at="3:1", says="dedicated-instance"),
    )


class WrongType(ViolationRule):
    """A value of the wrong type.

    What it finds: a text where a number belongs, a mapping where a list belongs, and the like.

    Why it matters: the API refuses the assistant.

    Instead: write a value of the type the finding names.
    """

    code, name, kind = "RVX103", "wrong-type", ViolationKind.WRONG_TYPE
    VALID = (Example(BASE + "first_sentence_delay_ms: 400.0\n"),)
    INVALID = (
        Example(
            BASE + 'first_sentence_delay_ms: "400"\n',
            at="3:26",
            says="an integer",
            fixed=BASE + "first_sentence_delay_ms: 400\n",
        ),
        Example(
            BASE + "faq_items: [{question: Q, answer: 3}]\n",
            at="3:35",
            says="`faq_items[0].answer`",
            fixed=BASE + 'faq_items: [{question: Q, answer: "3"}]\n',
        ),
        Example(BASE + "voice: warm\n", at="3:8", says="a mapping"),
    )


class InvalidChoice(ViolationRule):
    """A value that is not among the choices.

    What it finds: a value outside the list the API accepts, also an unknown `llm_model.type`.

    Why it matters: the API refuses the assistant.

    Instead: use one of the choices.
    """

    code, name, kind = "RVX104", "invalid-choice", ViolationKind.INVALID_CHOICE
    VALID = (Example(BASE + "first_sentence_mode: static\nfirst_sentence: Hello.\n"),)
    INVALID = (
        Example(
            BASE + "first_sentence_mode: statc\n",
            at="3:22",
            says="did you mean `static`?",
            fixed=BASE + "first_sentence_mode: static\n",
        ),
        Example(BASE + "llm_model: {type: dedicated, name: gpt-4.1}\n", at="3:19", says="openrouter"),
    )


class OutOfRange(ViolationRule):
    """A number outside its range.

    What it finds: numbers below or above what the API accepts.

    Why it matters: the API refuses the assistant.

    Instead: stay within the range the finding names.
    """

    code, name, kind = "RVX105", "out-of-range", ViolationKind.OUT_OF_RANGE
    VALID = (Example(BASE + "thinking_sound: hold_music.ogg\nthinking_sound_volume: 1\n"),)
    INVALID = (
        Example(BASE + "voice: {id: x, provider: cartesia, speed: 3}\n", at="3:43", says="0.6 to 1.5"),
        Example(BASE + "background_sound_volume: -0.1\n", at="3:26", says="0 to 1"),
    )


class InvalidFormat(ViolationRule):
    """A text that is not of the form the field needs.

    What it finds: phone numbers that are not E.164, URLs without scheme, unknown time zones, times of day, e-mail
    lists.

    Why it matters: calls would go nowhere, notifications would be lost.

    Instead: write the value in the form of the finding's example.
    """

    code, name, kind = "RVX106", "invalid-format", ViolationKind.INVALID_FORMAT
    VALID = (
        Example(
            BASE + "webhook_url: https://hooks.example.com/x\n"
            "email_notification_address: a@x.com, b@y.com\nemail_notification_outcomes: [completed]\n"
        ),
    )
    INVALID = (
        Example(BASE + 'from_phone_number: "06 12 34 56 78"\n', at="3:20", says="E.164"),
        Example(BASE + "webhook_url: hooks.example.com\n", at="3:14", says="URL"),
        Example(BASE + "email_notification_address: a@x.com; b@y.com\n", at="3:29", says="commas"),
    )


class EmptyValue(ViolationRule):
    """An empty value where there must be one.

    What it finds: empty voice ids and names of structured outputs.

    Why it matters: the API refuses the assistant.

    Instead: give it a value, or remove the key.
    """

    code, name, kind = "RVX107", "empty-value", ViolationKind.EMPTY
    VALID = (Example(BASE + "voice: {id: x, provider: cartesia}\n"),)
    INVALID = (Example(BASE + 'voice: {id: "", provider: cartesia}\n', at="3:13", says="empty"),)


class ReadOnlyField(ViolationRule):
    """A field that only the server sets.

    What it finds: `id`, `created_at` and other fields of answers in an assistant file.

    Why it matters: the API refuses them; they come from a copied answer.

    Instead: remove the key. Which remote assistant belongs to a file is kept in the lock.
    """

    code, name, kind = "RVX108", "read-only-field", ViolationKind.READ_ONLY
    VALID = (Example(BASE),)
    INVALID = (
        Example("id: asst_1\n" + BASE, at="1:1", says="`id`", fixed=BASE),
        Example(
            BASE + "faq_items: [{question: Q, answer: A, source: ai}]\n",
            at="3:38",
            says="`source`",
            fixed=BASE + "faq_items: [{question: Q, answer: A}]\n",
        ),
    )


class FieldOfAnotherVariant(ViolationRule):
    """A field that belongs to another variant.

    What it finds: keys of one kind of `llm_model` beside the `type` of another.

    Why it matters: the API refuses the assistant.

    Instead: change `type`, or remove the key.
    """

    code, name, kind = "RVX109", "field-of-another-variant", ViolationKind.OTHER_VARIANT
    VALID = (Example(BASE + "llm_model: {type: dedicated-instance, name: gpt-4.1}\n"),)
    INVALID = (
        Example(
            BASE + "llm_model: {type: dedicated-instance, name: gpt-4.1, api_url: https://x.example}\n",
            at="3:54",
            says="`type: custom`",
        ),
    )


class ContractRule(ViolationRule):
    """An error where the contract is pinned, else a warning: some contract accepts the file."""

    severity = Severity.WARNING

    def level(self, subject: Subject) -> Severity | None:
        """Error where the contract is pinned."""
        return Severity.ERROR if subject.contract.pinned else None


class NotInThisContract(ContractRule):
    """Something only another contract accepts.

    What it finds: fields, choices and shapes that an older or newer contract accepts, but not the pinned one; without
    a pinned contract, not the newest one.

    Why it matters: it works with the API of another day only.

    Instead: use what the contract offers, or pin the contract the API speaks with `contract:` in revox-sync.yaml.
    """

    code, name, kind = "RVX110", "not-in-this-contract", ViolationKind.NOT_IN_CONTRACT
    VALID = (Example(BASE),)
    INVALID = (
        Example(BASE + "email_notification_language: fr\n", at="3:1", says="contract 0.2 was the last with it"),
        Example(BASE + "after_call_sms_outcomes: [ai_averse]\n", at="3:27", says="contract 0.4 does not accept this"),
        Example(
            BASE + "sms_enabled: true\n",
            at="3:1",
            says="it exists since contract 0.2",
            files={"revox-sync.yaml": 'version: 1\ncontract: "0.0"\n'},
        ),
    )


class DeprecatedField(ContractRule):
    """A field that has a successor.

    What it finds: `transfer_phone_number` and the single Slack channel, which contract 0.4 has replaced.

    Why it matters: the newest API no longer accepts them.

    Instead: use the successor the finding names.
    """

    code, name, kind = "RVX111", "deprecated-field", ViolationKind.DEPRECATED
    VALID = (Example(BASE + 'transfer_destinations: [{label: Desk, phone_number: "+33639980001"}]\n'),)
    INVALID = (
        Example(
            BASE + 'transfer_phone_number: "+33639980001"\n',
            at="3:1",
            says="`transfer_destinations`",
            fixed=BASE + 'transfer_destinations:\n  - label: Transfer\n    phone_number: "+33639980001"\n',
        ),
        Example(
            BASE + "slack: {connection_id: c, channel_id: C1, channel_name: x, outcomes: [completed]}\n",
            at="3:27",
            says="`channels`",
            fixed=BASE + "slack: {connection_id: c, channels: [{id: C1, name: x}], outcomes: [completed]}\n",
        ),
    )


class NullNotAccepted(ViolationRule):
    """Null where the API accepts none.

    What it finds: `null` (also an empty value after the colon) for a field that cannot be cleared.

    Why it matters: absent means unmanaged, null means cleared; this field cannot be cleared once it is set.

    Instead: write a value, or remove the key.
    """

    code, name, kind = "RVX112", "null-not-accepted", ViolationKind.NULL
    VALID = (Example(BASE + "voicemail_message: null\n"),)
    INVALID = (
        Example(BASE + "webhook_url: null\n", at="3:14", says="does not accept null", fixed=BASE),
        Example(BASE + "voice:\n", at="3:7", fixed=BASE),
    )
