"""RVX416 to RVX424: transfers, messages, outcomes and questions."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, ClassVar, Final

from revox_sync.lint.checks.dependent_fields import DependenceRule, is_set, names_over_time
from revox_sync.lint.checks.duplicate_entries import duplicate_hit, duplicates, entry_hit, plain_words
from revox_sync.lint.checks.promised_transfers import promised_transfers
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit, with_fields
from revox_sync.lint.subject.field_paths import FieldPlace, annotated, mappings_at, places, top_level_fields, values_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Add, SetValue
from revox_sync.source.model.problem import Related
from revox_sync.values.pointer import Pointer

_DESTINATIONS: Final = "transfer_destinations"
_ONE_DESK: Final = "transfer_destinations:\n  - {label: Desk, phone_number: '+33199001201'}"
_TWO_DESKS: Final = (
    "transfer_destinations:\n  - {label: Sales, phone_number: '+33199001201'}\n"
    "  - {label: Après-vente, phone_number: '+33199001202'}"
)
_FAQ: Final = "faq_items:\n  - {question: Is it open?, answer: A}\n"
_REPEATED: Final = "\n  - {question: Où ?, answer: A}"
_SMS: Final = "after_call_sms_prompt: Say thanks.\nafter_call_sms_outcomes: "
_SLACK: Final = "slack: {connection_id: c, channels: [{id: C1}], outcomes: "
_MARKUP: Final = r"[*_`]+"


class TransferWithoutDestination(DependenceRule):
    """Transfer options without a destination.

    What it finds: `human_transfer_mode` or `warm_transfer_summary_instructions` without `transfer_destinations`.

    Why it matters: without a destination the agent cannot transfer a call, although it may still promise to.

    Instead: declare `transfer_destinations`, or remove the options.
    """

    code, name, needed = "RVX416", "transfer-without-destination", (_DESTINATIONS,)
    VALID = (
        with_fields(f"human_transfer_mode: warm\n{_ONE_DESK}"),
        with_fields("human_transfer_mode: null\nwarm_transfer_summary_instructions: null"),
    )
    INVALID = (
        with_fields("human_transfer_mode: cold", "3:1", "`transfer_destinations`"),
        with_fields("human_transfer_mode: warm\nwarm_transfer_summary_instructions: Be brief.", "3:1", "has no effect"),
        with_fields("transfer_destinations: []\nhuman_transfer_mode: warm", "4:1", "has no effect"),
    )


class DuplicateTextRule(FileRule):
    """Reports entries of a list that have the same words under one key."""

    severity = Severity.WARNING
    noun: ClassVar[str]

    def check(self, subject: Subject) -> Iterator[Hit]:
        for at, entries in values_at(subject.value, self.looks_at):
            texts = {
                pointer: text
                for pointer, text in values_at(entries, (None, self.noun), at)
                if isinstance(text, str) and subject.is_known(pointer)
            }
            # A text of signs only has no words; it still equals itself.
            for duplicate in duplicates((pointer, plain_words(text) or text) for pointer, text in texts.items()):
                yield entry_hit(subject, entries, duplicate._replace(text=texts[duplicate.pointer]), self.noun)


class DuplicateLabel(DuplicateTextRule):
    """Two transfer destinations have the same label.

    What it finds: labels in `transfer_destinations` that differ only in case, accents and punctuation, or not at all.

    Why it matters: the prompt chooses a destination by its label, so one of the two is never called.

    Instead: give each destination its own label.
    """

    code, name, noun, looks_at = "RVX418", "duplicate-label", "label", (_DESTINATIONS,)
    VALID = (Example(f"name: A\nprompt: To Sales or Après-vente.\n{_TWO_DESKS}\n"),)
    INVALID = (
        Example("name: A\nprompt: To sales.\n" + _TWO_DESKS.replace("Après-vente", "sales") + "\n", "5:13", "`sales`"),
    )


class DuplicateQuestion(DuplicateTextRule):
    """A question appears twice.

    What it finds: questions in `faq_items` that differ only in case, accents and punctuation, or not at all.

    Why it matters: when the answers differ, nobody knows which one the caller gets, and usually only one of them is
    kept up to date.

    Instead: keep one of them. `--fix` removes a repeat that also has the same answer.
    """

    code, name, noun, looks_at = "RVX424", "duplicate-question", "question", ("faq_items",)
    VALID = (with_fields(_FAQ + "  - {question: Is it free?, answer: A}"),)
    INVALID = (
        with_fields(_FAQ + "  - {question: is it open ?, answer: B}", "5:16", "rename or remove"),
        with_fields("faq_items:" + _REPEATED * 2, "5:6", "remove the repeat", fix=(_REPEATED * 2, _REPEATED)),
    )


class LabelNeverMentioned(FileRule):
    """A transfer destination that the prompt never mentions.

    What it finds: where there are several `transfer_destinations`, a label with a word that the prompt does not
    contain. Case, accents and markup make no difference. This is a guess: the prompt may describe the destination in
    other words.

    Why it matters: the prompt chooses the destination by its label. A label that it does not mention is hardly ever
    chosen, or for the wrong callers.

    Instead: say in the prompt when to transfer to it, with the label as it is written here.
    """

    code, name, severity, looks_at = "RVX419", "label-never-mentioned", Severity.WARNING, (_DESTINATIONS,)
    VALID = (
        Example(f"name: A\nprompt: Transfer to **sales**, or to apres vente.\n{_TWO_DESKS}\n"),
        with_fields(_ONE_DESK),
    )
    INVALID = (
        Example(f"name: A\nprompt: Transfer buyers to sales.\n{_TWO_DESKS}\n", "5:13", "`Après-vente`"),
        with_fields(_TWO_DESKS, "4:13", "none of the labels"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        entries = mappings_at(subject.value, (_DESTINATIONS, None))
        labels = [((*at, "label"), entry.get("label")) for at, entry in entries]
        prompt = subject.value.get("prompt") if labels else None
        # With one destination there is nothing to choose, so the prompt need not name it.
        if len(labels) > 1 and isinstance(prompt, str) and is_set(prompt) and subject.is_known(("prompt",)):
            yield from self._hits(subject, prompt, labels)

    def _hits(self, subject: Subject, prompt: str, labels: list[tuple[Pointer, Any]]) -> Iterator[Hit]:
        absent = [
            (at, label)
            for at, label in labels
            if isinstance(label, str) and is_set(label) and label not in prompt and subject.is_known(at)
        ]
        prompt_words = plain_words(re.sub(_MARKUP, " ", prompt)) if absent else ""
        unmentioned = [
            (subject.locate(at), label)
            for at, label in absent
            if not all(word in prompt_words for word in plain_words(label).split())
        ]
        # When the prompt knows none of them, that is one cause and not one per label.
        if len(unmentioned) == len(labels):
            (first, _), *others = unmentioned
            related = tuple(Related("nor this one", location.place) for location, _ in others)
            yield Hit("the prompt mentions none of the labels", "say when to transfer to which", first, related)
            return
        for location, label in unmentioned:
            yield Hit(f"the prompt never mentions `{label}`", "say when to transfer to it", location)


class PromisedTransfer(FileRule):
    """A transfer that the prompt orders and the assistant cannot make.

    What it finds: in an assistant without `transfer_destinations`, plain orders such as "transfer the call" and
    "verbinde den Anrufer". Sentences with a "not" or "never" in them are left out. It is a hint: the dashboard may hold
    the destination.

    Why it matters: the agent says that it puts the caller through, and nothing happens.

    Instead: declare `transfer_destinations`, or say what the agent does instead.
    """

    code, name, severity = "RVX432", "promised-transfer", Severity.INFO
    VALID = (
        Example("name: A\nprompt: Never transfer the caller. If they say 'transfer me', take a message.\n"),
        Example("name: A\nprompt: Non trasferire mai la chiamata. Vous ne transférez pas l'appel.\n"),
        with_fields("faq_items: [{question: Can you transfer the call?, answer: Yes.}]"),
    )
    INVALID = (
        Example(
            "name: A\nprompt: If it is urgent, transfer the caller to the doctor.\n", "2:26", "`transfer the caller`"
        ),
        Example("name: A\nprompt: Transférez l'appel au service comptable.\n", "2:9", "`transfer_destinations`"),
        Example("name: A\nprompt: Bitte verbinden Sie den Anrufer mit Frau Ott.\n", "2:15"),
        Example("name: A\nprompt: Dile «le paso» y transfiere la llamada.\n", "2:26"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        # A file that is no mapping has no texts.
        texts = subject.texts.known
        if not texts or any(is_set(subject.value.get(name)) for name in names_over_time((), _DESTINATIONS)):
            return
        orders = [
            (text.text[start:end], subject.locate_text(text.pointer, start, end))
            for text in texts
            if text.node.variables is not None and text.node.impact == "speech"
            for start, end in promised_transfers(text.text)
        ]
        # That nobody is there to transfer to is one cause, however often the prompt speaks of it.
        for order, location in orders[:1]:
            related = tuple(Related("so does this", other.place) for _, other in orders[1:])
            message = f"`{order}` needs a destination, and the file declares none"
            yield Hit(message, f"declare `{_DESTINATIONS}`", location, related)


class OutcomesWithoutTarget(FileRule):
    """Outcomes without what they trigger, or the other way round.

    What it finds: outcomes without the e-mail address, message instructions or channels that they are for, and these
    without outcomes. What is set in the dashboard only is not considered.

    Why it matters: one without the other does nothing: the message is never sent.

    Instead: declare both, or neither.
    """

    code, name, severity = "RVX420", "outcomes-without-target", Severity.WARNING
    VALID = (
        with_fields(_SMS + "[completed]"),
        with_fields("email_notification_address: null\nemail_notification_outcomes: []"),
        with_fields(_SLACK + "[none]}"),
    )
    INVALID = (
        with_fields("after_call_sms_outcomes: [completed]", "3:1", "without `after_call_sms_prompt`"),
        with_fields("email_notification_address: a@example.com", "3:1", "`email_notification_outcomes`"),
        with_fields(_SLACK + "[]}", "3:59", "empty"),
    )

    def traits(self) -> Iterable[str]:
        """What triggers, what is triggered, and the mappings they are in."""
        return {
            str((*path[:-1], name)[0]) for path, node in annotated("x-triggers") for name in (path[-1], node.triggers)
        }

    def check(self, subject: Subject) -> Iterator[Hit]:
        for path, node in annotated("x-triggers"):
            outcomes, target = str(path[-1]), str(node.triggers)
            for at, fields in mappings_at(subject.value, path[:-1]):
                has_target = any(is_set(fields.get(name)) for name in names_over_time(path[:-1], target))
                has_outcomes = is_set(fields.get(outcomes))
                present, lacking = (outcomes, target) if has_outcomes else (target, outcomes)
                # Both or neither is fine; a value that is refused or unknown says nothing about what was meant, and
                # RVX102 reports a required field that is missing.
                if (
                    has_target is not has_outcomes
                    and subject.fits((*at, outcomes))
                    and subject.fits((*at, target))
                    and not subject.lacks(at, lacking)
                ):
                    yield self._hit(subject, at, present, lacking, is_empty=bool(at) and lacking in fields)

    def _hit(self, subject: Subject, at: Pointer, present: str, lacking: str, *, is_empty: bool) -> Hit:
        if is_empty:
            message = f"`{lacking}` is empty, so `{present}` is never used"
            return Hit(message, f"fill `{lacking}`", subject.locate((*at, lacking)))
        message = f"`{present}` has no effect without `{lacking}`"
        return Hit(message, f"also declare `{lacking}`", subject.locate((*at, present), key=True))


@cache
def _choices_in_any_order() -> tuple[FieldPlace, ...]:
    return places(lambda node: node.order_free and node.element is not None and "enum" in node.element.schema)


class RepeatedChoice(FileRule):
    """A day or an outcome appears twice.

    What it finds: repeated entries of lists such as `allowed_days` and `outcomes`.

    Why it matters: the repeat has no effect. Often another day or outcome was meant.

    Instead: remove the repeat, which `--fix` does, or write the one that was meant.
    """

    code, name, severity = "RVX421", "repeated-choice", Severity.WARNING
    VALID = (with_fields(_SMS + "[completed, interested]"),)
    INVALID = (
        with_fields(_SMS + "[none, completed, none]", "4:44", "`none`", fix=(", none]", "]")),
        with_fields(
            "call_retry_config:\n  allowed_days:\n    - monday\n    - monday\n"
            "  call_twice_in_a_row: false\n  max_retry_attempts: 1\n  calling_windows: []",
            "6:7",
            "twice",
            fix=("    - monday\n    - monday\n", "    - monday\n"),
        ),
    )

    def traits(self) -> Iterable[str]:
        """The fields with such lists."""
        return top_level_fields(_choices_in_any_order())

    def check(self, subject: Subject) -> Iterator[Hit]:
        for path, _ in _choices_in_any_order():
            for at, entries in values_at(subject.value, path):
                for duplicate in duplicates(values_at(entries, (None,), at)):
                    if subject.fits(duplicate.pointer):
                        yield duplicate_hit(subject, duplicate, "entry")


class TemplateWithoutSms(DependenceRule):
    """A text message that is never sent.

    What it finds: `sms_template` without `sms_enabled: true`.

    Why it matters: the template is for messages during calls, which are off by default. The other messages, after a
    call and to voicemails, do not depend on it.

    Instead: set `sms_enabled: true`, or remove the template.
    """

    code, name, needed = "RVX422", "template-without-sms", ("sms_enabled",)
    VALID = (
        with_fields("sms_enabled: true\nsms_template: Thank you!"),
        with_fields("sms_enabled: false\nsms_template: null\nvoicemail_sms_prompt: Call us."),
    )
    INVALID = (
        with_fields("sms_template: Hi!", "3:1", "unless `sms_enabled`", fix=("Hi!\n", "Hi!\nsms_enabled: true\n")),
        with_fields("sms_template: Hi!\nsms_enabled: false", "3:1", "remove this", fix=("false", "true")),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for hit in super().check(subject):
            amendment = (SetValue if "sms_enabled" in subject.value else Add)(("sms_enabled",), value=True)
            # Unsafe, because it makes the agent send messages, which cost money.
            yield hit._replace(fix=Fix("set `sms_enabled: true`", (amendment,), safe=False))
