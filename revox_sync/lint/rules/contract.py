"""RVX1: fields that do not fit the API's contract. `contract.explain` finds the causes; a rule adds page and fix."""

from collections.abc import Iterator
from typing import ClassVar, Final

from revox_sync.contract.violation import Violation, ViolationKind
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import MINIMAL, Example, FileRule, Hit, with_fields
from revox_sync.lint.subject.subject import FileTrait, Subject

# Text formats whose violations are so particular that a rule of their own explains them.
_FORMS_WITH_A_RULE: Final = frozenset({"snake-case", "lookup-url"})
_MOVED_TIMES: Final = (
    "  calling_window_start_time: '09:00'\n  calling_window_end_time: '18:00'\n  retry_delay_seconds: 60\n"
)
_WINDOW_ENTRY: Final = (
    '  calling_windows:\n    - calling_window_start_time: "09:00"\n      calling_window_end_time: "18:00"\n'
    "      retry_delay_seconds: 60\n"
)


class ViolationRule(FileRule):
    """Reports the violations of one kind, or of one kind and text format."""

    kind: ClassVar[ViolationKind]
    form: ClassVar[str] = ""
    looks_at = (FileTrait.VIOLATION,)

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every violation of this rule's kind, except those of scalars that RVX007 explains better."""
        return (hit for hit, _ in self.found(subject))

    def found(self, subject: Subject) -> Iterator[tuple[Hit, Violation]]:
        """The same, each with its violation."""
        # A good file needs no fixes, and they cost an import: see tests/lint/test_imports.py.
        from revox_sync.lint.fixes.contract_fixes import contract_fix

        ambiguous = {scalar.pointer for scalar, violation in subject.ambiguous if violation}
        for violation in subject.violations:
            if self._covers(violation) and violation.pointer not in ambiguous:
                at, key = violation.pointer, violation.key
                # An unknown key is marked itself; a missing one marks the key of the mapping that lacks it.
                is_key = key is not None or bool(violation.missing)
                location = subject.locate(at if key is None else (*at, key), key=is_key)
                severity, fix = self.level(subject), contract_fix(subject, violation)
                yield Hit(violation.message, violation.label, location, severity=severity, fix=fix), violation

    def _covers(self, violation: Violation) -> bool:
        form = violation.form if violation.form in _FORMS_WITH_A_RULE else ""
        return violation.kind is self.kind and form == self.form

    def level(self, subject: Subject) -> Severity | None:  # noqa: ARG002 - two rules depend on the subject
        """Severity where it differs from the rule's."""
        return None


class UnknownField(ViolationRule):
    """A field the API does not know.

    What it finds: keys that no contract has at this place, among them old names of fields that have moved.

    Why it matters: the API refuses the whole assistant or, worse, ignores the field, and nobody notices.

    Instead: use the name that the finding suggests.
    """

    code, name, kind = "RVX101", "unknown-field", ViolationKind.UNKNOWN_FIELD
    INVALID = (
        Example(
            "name: A\npromt: Hi\n", "2:1", "mean `prompt`? (`prompt` is required and missing)", ("promt", "prompt")
        ),
        with_fields("voice: {id: x, provider: cartesia, speeed: 1}", "3:36", "`speed`", fix=("speeed", "speed")),
        with_fields(
            "call_retry_config:\n  max_retry_attempts: 3\n"
            f"{_MOVED_TIMES}  allowed_days: [monday]\n  call_twice_in_a_row: false",
            "5:3",
            "have moved into the entries of `calling_windows`",
            fix=(_MOVED_TIMES, _WINDOW_ENTRY),
        ),
        Example(
            "name: A\nprompt: |\n  You help.\nGoal: book\n", "4:1", "indent it: as it is, the text of `prompt` ends"
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        from revox_sync.source.yaml.syntax_errors import block_text_above  # few files have such a key

        for hit, violation in self.found(subject):
            place = hit.location.place
            above = block_text_above(subject.document.sources[place.path].text, place.start)
            # Whatever stands there has no key like it: it is a line of the text above.
            if above is not None and violation.label == "remove it":
                yield hit._replace(label=f"indent it: as it is, the text of `{above}` ends above")
            else:
                yield hit


class MissingField(ViolationRule):
    """A required field is missing.

    What it finds: required fields that a mapping does not have. All that one mapping lacks are one finding.

    Why it matters: the API refuses the assistant.

    Instead: add the field.
    """

    code, name, kind = "RVX102", "missing-field", ViolationKind.MISSING_FIELD
    INVALID = (
        Example("name: A\n", "1:1", "`prompt`"),
        with_fields("transfer_destinations:\n  - label: Sales", "4:5", "`phone_number`"),
        with_fields("voice: {}", "3:1", "`id`, `provider`"),
        with_fields("llm_model: {name: gpt-4.1}", "3:1", "dedicated-instance"),
    )


class WrongType(ViolationRule):
    """A value of the wrong type.

    What it finds: a text where a number belongs, a mapping where a list belongs, and the like.

    Why it matters: the API refuses the assistant.

    Instead: write a value of the type that the finding names.
    """

    code, name, kind = "RVX103", "wrong-type", ViolationKind.WRONG_TYPE
    VALID = (with_fields("first_sentence_delay_ms: 400.0"),)
    INVALID = (
        with_fields('first_sentence_delay_ms: "400"', "3:26", "an integer", fix=('"400"', "400")),
        with_fields("faq_items: [{question: Q, answer: 3}]", "3:35", "`faq_items[0].answer`", fix=("3", '"3"')),
        with_fields("voice: warm", "3:8", "a mapping"),
    )


class InvalidChoice(ViolationRule):
    """A value that is not among the choices.

    What it finds: values outside the list that the API accepts, including unknown values of `llm_model.type`.

    Why it matters: the API refuses the assistant.

    Instead: use one of the choices.
    """

    code, name, kind = "RVX104", "invalid-choice", ViolationKind.INVALID_CHOICE
    VALID = (with_fields("first_sentence_mode: static\nfirst_sentence: Hello."),)
    INVALID = (
        with_fields("first_sentence_mode: statc", "3:22", "did you mean `static`?", fix=("statc", "static")),
        with_fields("llm_model: {type: dedicated, name: gpt-4.1}", "3:19", "openrouter"),
    )


class OutOfRange(ViolationRule):
    """A number outside its range.

    What it finds: numbers below the minimum or above the maximum that the API accepts.

    Why it matters: the API refuses the assistant.

    Instead: stay within the range that the finding names.
    """

    code, name, kind = "RVX105", "out-of-range", ViolationKind.OUT_OF_RANGE
    VALID = (with_fields("thinking_sound: hold_music.ogg\nthinking_sound_volume: 1"),)
    INVALID = (
        with_fields("voice: {id: x, provider: cartesia, speed: 3}", "3:43", "0.6 to 1.5"),
        with_fields("background_sound_volume: -0.1", "3:26", "0 to 1"),
    )


class InvalidFormat(ViolationRule):
    """A text that does not have the format of its field.

    What it finds: phone numbers that are not in E.164 format, URLs without scheme, unknown time zones, and malformed
    times of day and e-mail lists.

    Why it matters: calls go nowhere, and notifications are lost.

    Instead: write the value in the format of the finding's example.
    """

    code, name, kind = "RVX106", "invalid-format", ViolationKind.INVALID_FORMAT
    VALID = (
        with_fields(
            "webhook_url: https://hooks.example.com/x\n"
            "email_notification_address: a@x.com, b@y.com\nemail_notification_outcomes: [completed]"
        ),
    )
    INVALID = (
        with_fields('from_phone_number: "06 12 34 56 78"', "3:20", "E.164"),
        with_fields("webhook_url: hooks.example.com", "3:14", "URL"),
        with_fields("email_notification_address: a@x.com; b@y.com", "3:29", "commas"),
    )


class EmptyValue(ViolationRule):
    """A value that must not be empty.

    What it finds: empty voice ids and empty names of structured outputs.

    Why it matters: the API refuses the assistant.

    Instead: write a value, or remove the key.
    """

    code, name, kind = "RVX107", "empty-value", ViolationKind.EMPTY
    VALID = (with_fields("voice: {id: x, provider: cartesia}"),)
    INVALID = (with_fields('voice: {id: "", provider: cartesia}', "3:13", "empty"),)


class ReadOnlyField(ViolationRule):
    """A field that only the server sets.

    What it finds: `id`, `created_at` and other fields of the API's answers in an assistant file.

    Why it matters: the API refuses them in a request. They usually come from a copied answer.

    Instead: remove the key. The lock file records which remote assistant belongs to a file.
    """

    code, name, kind = "RVX108", "read-only-field", ViolationKind.READ_ONLY
    INVALID = (
        Example("id: asst_1\n" + MINIMAL, "1:1", "`id`", ("id: asst_1\n", "")),
        with_fields("faq_items: [{question: Q, answer: A, source: ai}]", "3:38", "`source`", fix=(", source: ai", "")),
    )


class FieldOfAnotherVariant(ViolationRule):
    """A field that belongs to another variant.

    What it finds: fields of one kind of `llm_model` in a model whose `type` is another.

    Why it matters: the API refuses the assistant.

    Instead: change `type`, or remove the key.
    """

    code, name, kind = "RVX109", "field-of-another-variant", ViolationKind.OTHER_VARIANT
    VALID = (with_fields("llm_model: {type: dedicated-instance, name: gpt-4.1}"),)
    INVALID = (
        with_fields(
            "llm_model: {type: dedicated-instance, name: gpt-4.1, api_url: https://x.example}", "3:54", "`type: custom`"
        ),
    )


class ContractRule(ViolationRule):
    """An error where the contract is pinned, else a warning: some contract accepts the file."""

    severity = Severity.WARNING

    def level(self, subject: Subject) -> Severity | None:
        """Error where the contract is pinned."""
        return Severity.ERROR if subject.contract.pinned else None


class NotInThisContract(ContractRule):
    """Something that only another contract accepts.

    What it finds: fields, choices and shapes that an older or newer contract accepts, but the pinned one does not.
    Where no contract is pinned, the newest one decides.

    Why it matters: it works only with an older or newer API.

    Instead: use what the contract offers, or set `contract:` in revox-sync.yaml to the contract that the API speaks.
    """

    code, name, kind = "RVX110", "not-in-this-contract", ViolationKind.NOT_IN_CONTRACT
    INVALID = (
        with_fields("email_notification_language: fr", "3:1", "contract 0.2 was the last with it"),
        with_fields("after_call_sms_outcomes: [ai_averse]", "3:27", "contract 0.4 does not accept this"),
        with_fields(
            "sms_enabled: true",
            "3:1",
            "it exists since contract 0.2",
            files={"revox-sync.yaml": 'version: 1\ncontract: "0.0"\n'},
        ),
    )


class DeprecatedField(ContractRule):
    """A field that another one has replaced.

    What it finds: `transfer_phone_number` and the single Slack channel, which contract 0.4 has replaced.

    Why it matters: the newest API no longer accepts them.

    Instead: use the field that the finding names.
    """

    code, name, kind = "RVX111", "deprecated-field", ViolationKind.DEPRECATED
    VALID = (with_fields('transfer_destinations: [{label: Desk, phone_number: "+33639980001"}]'),)
    INVALID = (
        with_fields(
            'transfer_phone_number: "+33639980001"',
            "3:1",
            "`transfer_destinations`",
            fix=("transfer_phone_number:", "transfer_destinations:\n  - label: Transfer\n    phone_number:"),
        ),
        with_fields(
            "slack: {connection_id: c, channel_id: C1, channel_name: x, outcomes: [completed]}",
            "3:27",
            "`channels`",
            fix=("channel_id: C1, channel_name: x", "channels: [{id: C1, name: x}]"),
        ),
    )


class NullNotAccepted(ViolationRule):
    """Null where the API accepts none.

    What it finds: `null`, or nothing after the colon, for a field that cannot be cleared.

    Why it matters: a missing key leaves the field alone, null clears it; but this field cannot be cleared once set.

    Instead: write a value, or remove the key.
    """

    code, name, kind = "RVX112", "null-not-accepted", ViolationKind.NULL
    VALID = (with_fields("voicemail_message: null"),)
    INVALID = (
        with_fields("webhook_url: null", "3:14", "does not accept null", fix=("webhook_url: null\n", "")),
        with_fields("voice:", "3:7", fix=("voice:\n", "")),
    )
