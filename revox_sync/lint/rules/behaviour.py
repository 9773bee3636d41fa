"""RVX416 to RVX424: transfers, messages, outcomes and questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

from revox_sync.lint.checks.dependent_fields import DependenceRule, is_set, predecessors
from revox_sync.lint.checks.duplicate_entries import DuplicateRule, duplicates, indexed, plain_words
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
from revox_sync.lint.subject.field_paths import FieldPlace, fields_of, list_entries, mappings_at, places, values_at
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Add, SetValue
from revox_sync.source.model.problem import Related
from revox_sync.values.pointer import Pointer

BASE = "name: Support\nprompt: Help the caller.\n"
DESTINATIONS: Final = "transfer_destinations"
DESK: Final = "  - {{label: {}, phone_number: '{}'}}\n"
TWO_DESKS: Final = DESK.format("Sales", "+33199001201") + DESK.format("Après-vente", "+33199001202")
SLACK: Final = "slack: {connection_id: c, channels: [{id: C1}], outcomes: "
MARKUP: Final = r"[*_`]+"


class TransferWithoutDestination(DependenceRule):
    """How to transfer, but not where to.

    What it finds: `human_transfer_mode` or `warm_transfer_summary_instructions` without `transfer_destinations`.

    Why it matters: without a destination the agent cannot put anybody through; it may still promise to.

    Instead: declare `transfer_destinations`, or remove the rest.
    """

    code, name = "RVX416", "transfer-without-destination"
    needed = (DESTINATIONS,)
    VALID = (
        Example(BASE + "human_transfer_mode: warm\ntransfer_destinations:\n" + DESK.format("Desk", "+33199001201")),
        Example(BASE + "human_transfer_mode: null\nwarm_transfer_summary_instructions: null\n"),
    )
    INVALID = (
        Example(BASE + "human_transfer_mode: cold\n", at="3:1", says="`transfer_destinations`"),
        Example(
            BASE + "transfer_destinations: []\nwarm_transfer_summary_instructions: Be brief.\n"
            "human_transfer_mode: warm\n",
            at="5:1",
            says="has no effect",
        ),
    )


class DuplicateLabel(DuplicateRule):
    """Two transfer destinations have one label.

    What it finds: labels in `transfer_destinations` that are equal but for case, accents and punctuation.

    Why it matters: the prompt chooses a destination by its label, so one of the two is never called.

    Instead: give each destination a label of its own.
    """

    code, name, severity, looks_at = "RVX418", "duplicate-label", Severity.WARNING, (DESTINATIONS,)
    VALID = (Example("name: A\nprompt: To Sales or Après-vente.\ntransfer_destinations:\n" + TWO_DESKS),)
    INVALID = (
        Example(
            "name: A\nprompt: To sales.\ntransfer_destinations:\n"
            + DESK.format("Sales", "+33199001201")
            + DESK.format("sales", "+33199001202"),
            at="5:13",
            says="`sales`",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Labels a listener cannot tell apart."""
        yield from _twins(self, subject, DESTINATIONS, "label")


class DuplicateQuestion(DuplicateRule):
    """A question is there twice.

    What it finds: questions in `faq_items` that are equal but for case, accents and punctuation.

    Why it matters: when the answers differ nobody knows which one the caller gets, and only one of them is kept up to
    date.

    Instead: keep one of them. One with the same answer is removed by `--fix`.
    """

    code, name, severity, looks_at = "RVX424", "duplicate-question", Severity.WARNING, ("faq_items",)
    VALID = (
        Example(BASE + "faq_items:\n  - {question: Is it open?, answer: A}\n  - {question: Is it free?, answer: A}\n"),
    )
    INVALID = (
        Example(
            BASE + "faq_items:\n  - {question: Is it open?, answer: A}\n  - {question: is it open ?, answer: B}\n",
            at="5:16",
            says="rename or remove",
        ),
        Example(
            BASE + "faq_items:\n  - {question: Où ?, answer: A}\n  - {question: Où ?, answer: A}\n",
            at="5:6",
            says="remove the repeat",
            fixed=BASE + "faq_items:\n  - {question: Où ?, answer: A}\n",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Questions a caller would not tell apart."""
        yield from _twins(self, subject, "faq_items", "question")


def _twins(rule: DuplicateRule, subject: Subject, field: str, key: str) -> Iterator[Hit]:
    """Entries of a list whose texts at `key` are the same words."""
    for at, found in values_at(subject.value, (field,)):
        pairs = (((*each, key), entry.get(key)) for each, entry in list_entries(found, at))
        written = {place: text for place, text in pairs if isinstance(text, str) and subject.is_known(place)}
        for twin in duplicates((place, plain_words(text) or text) for place, text in written.items()):
            yield rule.in_list(subject, found, twin._replace(text=written[twin.pointer]), key)


class LabelNeverMentioned(FileRule):
    """A transfer destination the prompt does not know.

    What it finds: with several `transfer_destinations`, a label of which the prompt does not even hold all the words.
    Case, accents and markup do not count. It is a guess: the prompt may describe the destination in other words.

    Why it matters: the prompt's own rules choose the destination by its label. One that is not mentioned is hardly
    ever chosen, or for the wrong callers.

    Instead: say in the prompt when to transfer to it, with the label as it is written here.
    """

    code, name, severity = "RVX419", "label-never-mentioned", Severity.WARNING
    looks_at = (DESTINATIONS,)
    VALID = (
        Example("name: A\nprompt: Transfer to **sales**, or to apres vente.\ntransfer_destinations:\n" + TWO_DESKS),
        Example(BASE + "transfer_destinations:\n" + DESK.format("Desk", "+33199001201")),
    )
    INVALID = (
        Example(
            "name: A\nprompt: Transfer buyers to sales.\ntransfer_destinations:\n" + TWO_DESKS,
            at="5:13",
            says="`Après-vente`",
        ),
        Example(BASE + "transfer_destinations:\n" + TWO_DESKS, at="4:13", says="none of the labels"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Labels of which some word is missing in the prompt; when all are, that is one cause."""
        for at, found in values_at(subject.value, (DESTINATIONS,)):
            labels = [((*each, "label"), entry.get("label")) for each, entry in list_entries(found, at)]
            prompt = subject.value.get("prompt")
            if len(labels) > 1 and isinstance(prompt, str) and is_set(prompt) and subject.is_known(("prompt",)):
                yield from self._judge(subject, prompt, labels)

    def _judge(self, subject: Subject, prompt: str, labels: list[tuple[Pointer, Any]]) -> Iterator[Hit]:
        absent = [
            (at, label)
            for at, label in labels
            if isinstance(label, str) and is_set(label) and label not in prompt and subject.is_known(at)
        ]
        words = plain_words(re.sub(MARKUP, " ", prompt)) if absent else ""
        unknown = [(at, label) for at, label in absent if not all(each in words for each in plain_words(label).split())]
        places_of = [(subject.document.locate(at), label) for at, label in unknown]
        if len(unknown) == len(labels):
            (first, _), *others = places_of
            related = tuple(Related("nor this one", place.place) for place, _ in others)
            yield Hit("the prompt mentions none of the labels", "say when to transfer to which", first, related)
            return
        for place, label in places_of:
            yield Hit(f"the prompt never mentions `{label}`", "say when to transfer to it", place)


@cache
def _triggers() -> tuple[FieldPlace, ...]:
    return places(lambda node: node.triggers)


class OutcomesWithoutTarget(FileRule):
    """Outcomes and what they trigger do not come together.

    What it finds: outcomes without the e-mail address, message instructions or channels they are for; and these
    without outcomes. What the dashboard may hold is not seen.

    Why it matters: one without the other does nothing: the message is never sent.

    Instead: declare both, or neither.
    """

    code, name, severity = "RVX420", "outcomes-without-target", Severity.WARNING
    VALID = (
        Example(BASE + "after_call_sms_prompt: Say thanks.\nafter_call_sms_outcomes: [completed]\n"),
        Example(BASE + "email_notification_address: null\nemail_notification_outcomes: []\n"),
        Example(BASE + SLACK + "[none]}\n"),
    )
    INVALID = (
        Example(BASE + "after_call_sms_outcomes: [completed]\n", at="3:1", says="without `after_call_sms_prompt`"),
        Example(BASE + "email_notification_address: a@example.com\n", at="3:1", says="`email_notification_outcomes`"),
        Example(BASE + SLACK + "[]}\n", at="3:59", says="empty"),
    )

    def traits(self) -> Iterable[str]:
        """What triggers, what is triggered, and the mappings they are in."""
        pairs = [(path[:-1], (path[-1], node.triggers)) for path, node in _triggers()]
        return {str((*mapping, each)[0]) for mapping, pair in pairs for each in pair}

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Pairs of which one is set."""
        for path, node in _triggers():
            outcomes, target = str(path[-1]), str(node.triggers)
            forms = (target, *predecessors(path[:-1], target))
            for at, fields in mappings_at(subject.value, path[:-1]):
                if any(is_set(fields.get(each)) for each in forms) == is_set(fields.get(outcomes)):
                    continue
                if subject.fits((*at, outcomes)) and subject.fits((*at, target)):
                    present, lacking = (outcomes, target) if is_set(fields.get(outcomes)) else (target, outcomes)
                    yield self._hit(subject, at, present, lacking, there=lacking in fields)

    def _hit(self, subject: Subject, at: Pointer, present: str, lacking: str, *, there: bool) -> Hit:
        if at and there:
            message = f"`{lacking}` is empty, so `{present}` is never used"
            return Hit(message, f"fill `{lacking}`", subject.document.locate((*at, lacking)))
        message = f"`{present}` has no effect without `{lacking}`"
        return Hit(message, f"declare `{lacking}`, too", subject.document.locate((*at, present), key=True))


@cache
def _choices_in_any_order() -> tuple[FieldPlace, ...]:
    return places(lambda node: node.order_free and node.element is not None and "enum" in node.element.schema)


class RepeatedChoice(DuplicateRule):
    """A day or an outcome is there twice.

    What it finds: entries that lists such as `allowed_days` and `outcomes` already have.

    Why it matters: nothing happens twice because of it; most often another day or outcome was meant.

    Instead: remove the repeat, which `--fix` does, or write the one that was meant.
    """

    code, name, severity = "RVX421", "repeated-choice", Severity.WARNING
    VALID = (Example(BASE + "after_call_sms_prompt: Say thanks.\nafter_call_sms_outcomes: [completed, interested]\n"),)
    INVALID = (
        Example(
            BASE + "after_call_sms_prompt: Say thanks.\nafter_call_sms_outcomes: [none, completed, none]\n",
            at="4:44",
            says="`none`",
            fixed=BASE + "after_call_sms_prompt: Say thanks.\nafter_call_sms_outcomes: [none, completed]\n",
        ),
        Example(
            BASE + "call_retry_config:\n  allowed_days:\n    - monday\n    - monday\n"
            "  call_twice_in_a_row: false\n  max_retry_attempts: 1\n  calling_windows: []\n",
            at="6:7",
            says="twice",
            fixed=BASE + "call_retry_config:\n  allowed_days:\n    - monday\n  call_twice_in_a_row: false\n"
            "  max_retry_attempts: 1\n  calling_windows: []\n",
        ),
    )

    def traits(self) -> Iterable[str]:
        """The fields with such lists."""
        return fields_of(_choices_in_any_order())

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Entries that are there already, in lists whose order means nothing."""
        for path, _ in _choices_in_any_order():
            for at, found in values_at(subject.value, path):
                for twin in duplicates(indexed(found, at)):
                    if subject.fits(twin.pointer):
                        yield self.hit(subject, twin, "entry", spare=True)


class TemplateWithoutSms(DependenceRule):
    """A text message that is never sent.

    What it finds: `sms_template` without `sms_enabled: true`.

    Why it matters: the template is for messages during calls, and these are off by default. The other messages,
    after a call and to voicemails, do not depend on it.

    Instead: set `sms_enabled: true`, or remove the template.
    """

    code, name = "RVX422", "template-without-sms"
    needed = ("sms_enabled",)
    VALID = (
        Example(BASE + "sms_enabled: true\nsms_template: Thank you!\n"),
        Example(BASE + "sms_enabled: false\nsms_template: null\nvoicemail_sms_prompt: Call us.\n"),
    )
    INVALID = (
        Example(
            BASE + "sms_template: Thank you!\n",
            at="3:1",
            says="unless `sms_enabled` is true",
            fixed=BASE + "sms_template: Thank you!\nsms_enabled: true\n",
        ),
        Example(
            BASE + "sms_template: Thank you!\nsms_enabled: false\n",
            at="3:1",
            says="remove this",
            fixed=BASE + "sms_template: Thank you!\nsms_enabled: true\n",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """The hit of the family, with the switch as fix."""
        for hit in super().check(subject):
            switch = ("sms_enabled",)
            amendment = (SetValue if "sms_enabled" in subject.value else Add)(switch, value=True)
            fix = Fix("set `sms_enabled: true`", (amendment,), safe=False)
            yield Hit(hit.message, hit.label, hit.location, hit.related, fix=fix)
