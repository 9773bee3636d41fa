"""RVX205 to RVX209: what the texts of an assistant say, and how a voice would say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.lint.checks.repetition import repeats
from revox_sync.lint.checks.text_length import UNITS, beyond_gsm, filled_in
from revox_sync.lint.checks.todo_markers import marker_forms, todo_markers
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.texts import Text
from revox_sync.source.model.problem import Related
from revox_sync.values.pointer import dotted

BASE: Final = "name: A\nprompt: Hi\n"
STATIC: Final = BASE + "first_sentence_mode: static\nfirst_sentence: "
PARAGRAPH: Final = (
    "  Repeat the day and the time of the appointment, wait for a clear yes, and only then book it in the\n"
    "  calendar. Never say that it is booked before.\n"
)


class EmptyText(FileRule):
    """A text is there, but empty.

    What it finds: texts without a single visible character: an error for required ones and for what the assistant
    says word for word, otherwise a warning.

    Why it matters: an agent without instructions says anything, an empty sentence is silence, and an empty option
    means nothing to the model.

    Instead: write the text, or remove the key; `null` clears a field that accepts it.
    """

    code, name, severity = "RVX205", "empty-text", Severity.WARNING
    VALID = (Example(BASE + "voicemail_message: null\n"),)
    INVALID = (
        Example('name: A\nprompt: ""\n', at="2:9", says="`prompt` is empty"),
        Example(STATIC + '"  "\n', at="4:17", says="`first_sentence` is empty"),
        Example(BASE + 'voicemail_message: ""\n', at="3:20", says="`null`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every blank text that is used."""
        for each in subject.texts.known:
            if each.text and not each.text.isspace():
                continue
            if _may_be_empty(subject, each) or subject.is_refused(each.pointer):
                continue
            required = _is_required(subject, each)
            essential = _is_said(subject, each) or (required and len(each.pointer) == 1)
            severity = Severity.ERROR if essential else None
            cure = "write it" if required else "write it, or `null`" if each.node.nullable else "write it, or remove it"
            place = subject.document.locate(each.pointer)
            yield Hit(f"`{dotted(each.pointer)}` is empty", cure, place, severity=severity)


class OverBudget(FileRule):
    """A text is longer than works well.

    What it finds: texts beyond the `x-budget` of the schema: half a minute of speech in one go, three text messages
    for one, prompts of more than 40,000 characters. A placeholder counts ten characters.

    Why it matters: callers hang up on monologues, every text message is paid for, and a model answers later and
    follows less the more it has to read.

    Instead: say less. Long knowledge belongs into `faq_items` or behind a tool.
    """

    code, name, severity = "RVX206", "over-budget", Severity.WARNING
    VALID = (
        Example(BASE + f"voicemail_message: {'We call again. ' * 40}\n"),
        Example(BASE + f"sms_enabled: true\nsms_template: {'x' * 306}\n"),
    )
    INVALID = (
        Example(BASE + f"voicemail_message: {'We call again. ' * 50}\n", at="3:1", says="50 seconds"),
        Example(BASE + f"sms_enabled: true\nsms_template: {'x' * 307}\n", at="4:1", says="3 text messages"),
        Example(BASE + f"sms_enabled: true\nsms_template: {'ê' * 140}\n", at="4:1", says="`ê`"),
        Example(f"name: A\nprompt: {'word ' * 9000}\n", at="2:1", says="44,999 characters"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every text beyond its budget."""
        for each in subject.texts.known:
            budget = each.node.budget
            # No unit has less than a character in one, and a message has 67 at least.
            if budget is None or len(each.text) <= budget["most"] or (each.node.spoken and not _is_said(subject, each)):
                continue
            text = filled_in(each.text)
            length = UNITS[budget["unit"]](text)
            if length > budget["most"]:
                place = subject.document.locate(each.pointer, key=True)
                yield Hit(_length(each, length, budget["unit"]), _shorter(text, budget["most"], budget["unit"]), place)


class Unspeakable(FileRule):
    """A text that is read aloud cannot be spoken.

    What it finds: links, tables, emoji, code and Markdown marks in texts that a voice reads word for word: the first
    of each kind in a text. `first_sentence` counts in the mode `static` only.

    Why it matters: the voice reads signs one by one, or falls silent.

    Instead: say it in words: "I am sending you the link as a text message".
    """

    code, name, severity = "RVX207", "unspeakable", Severity.WARNING
    VALID = (
        Example(STATIC + "\"Hi {{contact_name}} - it's 9:30, about #4 & 50 % off at solvara.fr? That's $5!\"\n"),
        Example(BASE + "first_sentence: Greet them, see https://x.example.com.\n"),
        Example(BASE + "voicemail_message: 'One moment <break time=\"1s\"/> please, M. O’Neil… 4 × 4 m², n° 5.'\n"),
    )
    INVALID = (
        Example(STATIC + "Book at https://x.example.com today.\n", at="4:25", says="a link"),
        Example(BASE + "voicemail_message: Thank you 😀\n", at="3:30", says="an emoji"),
        Example(BASE + "end_of_call_sentence: '**Goodbye** then'\n", at="3:24", says="Markdown"),
        Example(BASE + "voicemail_message: |\n  Prices:\n  | a | b |\n  | 1 | 2 |\n", at="5:3", says="a table"),
        Example(BASE + "voicemail_message: 'Press `1` now'\n", at="3:27", says="code"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """The first of each kind of sign, in every text that is said."""
        for each in subject.texts.spoken:
            if _is_said(subject, each):
                for title, marks, form in UNSPEAKABLE:
                    found = re.search(form, each.text, re.MULTILINE) if _may_hold(each.text, marks) else None
                    if found is not None:
                        place = subject.document.locate_text(each.pointer, *found.span())
                        message = f"`{dotted(each.pointer)}` is read aloud, and {title} cannot be spoken"
                        yield Hit(message, "say it in words", place)


class SaidTwice(FileRule):
    """A section or paragraph is there twice.

    What it finds: in longer texts, a Markdown heading that occurs twice under the same heading, or the same paragraph
    of 100 characters or more; the later one is marked. Sample dialogues, code and headings such as "Example" may be
    repeated. It is a guess: emphasis can be meant.

    Why it matters: mostly it is a slip of copying. The next edit changes one of them, and the agent follows the other.

    Instead: keep one of them.
    """

    code, name, severity = "RVX208", "said-twice", Severity.WARNING
    VALID = (
        Example(
            "name: A\nprompt: |\n" + "".join(f"  # {x}\n\n  ## Steps\n\n  Ask for {x}.\n\n" for x in "ABCDEFGHIJKL")
        ),
        Example("name: A\nprompt: |\n" + "  Be kind.\n\n" * 20),
    )
    INVALID = (
        Example(f"name: A\nprompt: |\n{PARAGRAPH}\n  Be kind.\n\n{PARAGRAPH}", at="8:3", says="probably"),
        Example(f"name: A\nprompt: |\n  # Rules\n\n{PARAGRAPH}\n  # Rules\n\n{PARAGRAPH}", at="8:3", says="section"),
        Example(
            f"name: A\nprompt: |\n  ## A b\n\n{PARAGRAPH}\n  x\n\n  ## A b\n\n  Other.\n", at="10:3", says="section"
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every repetition in every longer text."""
        for each in subject.texts.known:
            if "\n" not in each.text:
                continue
            for block, earlier in repeats(each.text):
                what = "section" if block.key[0] == "#" else "paragraph"
                related = subject.document.locate_text(each.pointer, earlier.start, earlier.end)
                yield Hit(
                    f"this {what} is probably there twice",
                    "keep one of them",
                    subject.document.locate_text(each.pointer, block.start, block.end),
                    (Related("the first is here", related.place),),
                )


class LeftOver(FileRule):
    """A note to oneself is left in a text.

    What it finds: `TODO`, `FIXME`, `[TBD]`, `REPLACE_ME`, `YOUR_API_KEY`, `[Company Name]`, lorem ipsum and the like.
    Words of a sentence, such as "to do", are none.

    Why it matters: the model reads it as an instruction, or a caller hears it.

    Instead: write what was to be written.
    """

    code, name, severity = "RVX209", "left-over", Severity.WARNING
    VALID = (
        Example(
            "name: A\nprompt: Add it to the to-do list. TODO list entries are shown. Todo bien. The date is TBD yet.\n"
        ),
        Example("name: A\nprompt: Say 'you are called [first name], for [nom du client]'. Format 06 XX XX XX XX.\n"),
    )
    INVALID = (
        Example("name: A\nprompt: |\n  Role:\n  TODO describe the role\n", at="4:3", says="`TODO`"),
        Example("name: A\nprompt: You work for [Company Name].\n", at="2:22", says="`[Company Name]`"),
        Example(BASE + "voicemail_message: Lorem ipsum dolor sit amet\n", at="3:20", says="`Lorem ipsum`"),
        Example(BASE + "webhook_url: https://x.example.com/REPLACE_ME\n", at="3:36", says="`REPLACE_ME`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every left-over."""
        forms = marker_forms(subject.texts.joined)
        for each in subject.texts.known if forms else ():
            for start, end in todo_markers(each.text, forms):
                place = subject.document.locate_text(each.pointer, start, end)
                yield Hit(f"`{each.text[start:end]}` is probably left over", "write what was to be written", place)


# What a voice cannot say: its name, texts of which every instance holds one (which are looked for first, because that
# is fast), and its form.
UNSPEAKABLE: Final = (
    ("a link", ("://", "www.", "]("), r"https?://|\bwww\.[\w.-]{1,200}/|\[[^\[\]\n]+\]\([^)\n]"),
    ("a table", ("|",), r"^[ \t]*\|.*\|[ \t]*$"),
    ("an emoji", (), "[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55]"),
    (
        "code",
        ("`", "<", '"'),
        r"```|`[^`\n]+`|\{\s*\"|</?(?:a|b|br|div|em|h[1-6]|i|li|ol|p|span|strong|table|td|tr|u|ul)\b[^<>]*>",
    ),
    ("a Markdown mark", ("**", "# ", "\n"), r"\*\*[^*\n]+\*\*|^#{1,6} \S|^[*-] .*\n+[*-] "),
)
UNITS_IN_WORDS: Final = {"messages": "text messages", "seconds": "seconds of speech", "characters": "characters"}


def _may_hold(text: str, marks: tuple[str, ...]) -> bool:
    """Whether a text has one of some marks; without any, whether it is more than plain ASCII."""
    return any(map(text.__contains__, marks)) if marks else not text.isascii()


def _is_said(subject: Subject, text: Text) -> bool:
    """Whether a voice reads a text word for word; the first sentence in the mode `static` only."""
    if not text.node.spoken:
        return False
    return text.pointer != ("first_sentence",) or subject.value.get("first_sentence_mode") == "static"


def _is_required(subject: Subject, text: Text) -> bool:
    value, parent = subject.value, assistant_node()
    for key in text.pointer[:-1]:
        parent, value = parent.child(key, value) or parent, value[key]
    return text.pointer[-1] in parent.branch(value).schema.get("required", ())


def _may_be_empty(subject: Subject, text: Text) -> bool:
    """A header's or parameter's value, and a first sentence that is not used, which is a finding of its own."""
    if text.pointer == ("first_sentence",):
        return bool(subject.value.get("first_sentence_mode") == "none")
    return text.node.secret and isinstance(text.pointer[-2], int)


def _length(text: Text, length: int, unit: str) -> str:
    return f"`{dotted(text.pointer)}` takes {length:,} {UNITS_IN_WORDS[unit]}"


def _shorter(text: str, most: int, unit: str) -> str:
    advice = f"keep it within {most:,}"
    odd = beyond_gsm(text) if unit == "messages" else ""
    return f"{advice}; `{odd}` makes a message hold 70 characters instead of 160" if odd else advice
