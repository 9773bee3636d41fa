"""RVX205 to RVX209: what the texts of an assistant say, and how a voice would say it."""

import re
from collections.abc import Iterator
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.lint.checks.left_over_brackets import is_quoted
from revox_sync.lint.checks.repeated_blocks import repeated_blocks
from revox_sync.lint.checks.text_length import UNITS, filled_in, first_outside_gsm
from revox_sync.lint.checks.todo_markers import marker_forms, todo_markers
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit, with_fields
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.texts import Text
from revox_sync.source.model.problem import Related
from revox_sync.values.pointer import dotted

_STATIC: Final = "first_sentence_mode: static\nfirst_sentence: "
_PARAGRAPH: Final = (
    "  Repeat the day and the time of the appointment, wait for a clear yes, and only then book it in the\n"
    "  calendar. Never say that it is booked before.\n"
)
_UNITS_IN_WORDS: Final = {"messages": "text messages", "seconds": "seconds of speech", "characters": "characters"}

# What a voice cannot say: its name, substrings of which every match contains one, and its form. The substrings are
# searched first, because that is fast; without any, every match has a character beyond ASCII.
_UNSPEAKABLE: Final = (
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


class EmptyText(FileRule):
    """An empty text.

    What it finds: texts without a visible character. It is an error for required top-level texts and for what the
    assistant says word for word, otherwise a warning.

    Why it matters: an agent without instructions may say anything, an empty sentence is silence, and an empty option
    means nothing to the model.

    Instead: write the text, or remove the key. `null` clears a field that accepts it.
    """

    code, name, severity = "RVX205", "empty-text", Severity.WARNING
    VALID = (with_fields("voicemail_message: null"),)
    INVALID = (
        Example('name: A\nprompt: ""\n', "2:9", "`prompt` is empty"),
        with_fields(_STATIC + '"  "', "4:17", "`first_sentence` is empty"),
        with_fields('voicemail_message: ""', "3:20", "`null`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text in subject.texts.known:
            if text.text and not text.text.isspace():
                continue
            if _may_be_empty(subject, text) or subject.is_refused(text.pointer):
                continue
            required = _is_required(subject, text)
            is_serious = subject.is_said(text) or (required and len(text.pointer) == 1)
            way_out = "" if required else ", or `null`" if text.node.nullable else ", or remove it"
            severity = Severity.ERROR if is_serious else None
            location = subject.locate(text.pointer)
            yield Hit(f"`{dotted(text.pointer)}` is empty", f"write it{way_out}", location, severity=severity)


class OverBudget(FileRule):
    """A text that is too long to work well.

    What it finds: texts longer than the `x-budget` of the schema: half a minute of speech in one go, more than two
    text messages for one, prompts of more than 40,000 characters. A placeholder counts as ten characters.

    Why it matters: callers hang up on monologues, every text message is paid for, and the more a model has to read,
    the later it answers and the less it follows.

    Instead: say less. Move long knowledge to `faq_items` or behind a tool.
    """

    code, name, severity = "RVX206", "over-budget", Severity.WARNING
    VALID = (
        with_fields(f"voicemail_message: {'We call again. ' * 40}"),
        with_fields(f"sms_enabled: true\nsms_template: {'x' * 306}"),
    )
    INVALID = (
        with_fields(f"voicemail_message: {'We call again. ' * 50}", "3:1", "50 seconds"),
        with_fields(f"sms_enabled: true\nsms_template: {'x' * 307}", "4:1", "3 text messages"),
        with_fields(f"sms_enabled: true\nsms_template: {'ê' * 140}", "4:1", "`ê`"),
        Example(f"name: A\nprompt: {'word ' * 9000}\n", "2:1", "44,999 characters"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text in subject.texts.known:
            budget = text.node.budget
            # Every unit holds one character at least, so a text of fewer characters than units needs no measuring.
            if budget is None or len(text.text) <= budget["most"] or (text.node.spoken and not subject.is_said(text)):
                continue
            received, most, unit = filled_in(text.text), budget["most"], budget["unit"]
            length = UNITS[unit](received)
            if length > most:
                label = f"keep it within {most:,}"
                if unit == "messages" and (char := first_outside_gsm(received)):
                    label += f"; `{char}` makes a message hold 70 characters instead of 160"
                message = f"`{dotted(text.pointer)}` takes {length:,} {_UNITS_IN_WORDS[unit]}"
                yield Hit(message, label, subject.locate(text.pointer, key=True))


class Unspeakable(FileRule):
    """A text that is read aloud cannot be spoken.

    What it finds: links, tables, emoji, code and Markdown marks in texts that a voice reads word for word: the first
    of each kind in a text. `first_sentence` counts in the mode `static` only.

    Why it matters: the voice reads the characters one by one, or falls silent.

    Instead: say it in words: "I am sending you the link as a text message".
    """

    code, name, severity = "RVX207", "unspeakable", Severity.WARNING
    VALID = (
        with_fields(_STATIC + "\"Hi {{contact_name}} - it's 9:30, about #4 & 50 % off at solvara.fr? That's $5!\""),
        with_fields("first_sentence: Greet them, see https://x.example.com."),
        with_fields("voicemail_message: 'One moment <break time=\"1s\"/> please, M. O’Neil… 4 × 4 m², n° 5.'"),
    )
    INVALID = (
        with_fields(_STATIC + "Book at https://x.example.com today.", "4:25", "a link"),
        with_fields("voicemail_message: Thank you 😀", "3:30", "an emoji"),
        with_fields("end_of_call_sentence: '**Goodbye** then'", "3:24", "Markdown"),
        with_fields("voicemail_message: |\n  Prices:\n  | a | b |\n  | 1 | 2 |", "5:3", "a table"),
        with_fields("voicemail_message: 'Press `1` now'", "3:27", "code"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text in subject.texts.known:
            if not (text.node.spoken and subject.is_said(text)):
                continue
            for title, substrings, form in _UNSPEAKABLE:
                may_match = any(map(text.text.__contains__, substrings)) if substrings else not text.text.isascii()
                found = re.search(form, text.text, re.MULTILINE) if may_match else None
                if found is not None:
                    location = subject.locate_text(text.pointer, *found.span())
                    message = f"`{dotted(text.pointer)}` is read aloud, and {title} cannot be spoken"
                    yield Hit(message, "say it in words", location)


class SaidTwice(FileRule):
    """A section or paragraph appears twice.

    What it finds: in texts of several lines, a Markdown section whose heading and text occur twice, or a repeated
    paragraph of 100 characters or more; the later one is marked. Sample dialogues, code and headings such as
    "Example" may be repeated. This is a guess: emphasis can be meant.

    Why it matters: usually it is a slip of copying. The next edit changes one of them, and the agent follows the
    other.

    Instead: keep one of them.
    """

    code, name, severity = "RVX208", "said-twice", Severity.WARNING
    VALID = (
        Example(
            "name: A\nprompt: |\n" + "".join(f"  # {x}\n\n  ## Steps\n\n  Ask for {x}.\n\n" for x in "ABCDEFGHIJKL")
        ),
        Example("name: A\nprompt: |\n" + "  Be kind.\n\n" * 20),
        Example(
            "name: A\nprompt: |\n  ## Gespräch\n  Sprich über das erste Thema.\n\n  ## Gespräch\n  Dann das zweite.\n"
        ),
    )
    INVALID = (
        Example(f"name: A\nprompt: |\n{_PARAGRAPH}\n  Be kind.\n\n{_PARAGRAPH}", "8:3", "probably"),
        Example(f"name: A\nprompt: |\n  # Rules\n\n{_PARAGRAPH}\n  # Rules\n\n{_PARAGRAPH}", "8:3", "section"),
        Example(
            "name: A\nprompt: |\n  ## Ton\n  Sois brève.\n\n  ## Fin\n  Salue.\n\n  ## Ton\n  Sois brève.\n",
            "9:3",
            "section",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text in subject.texts.known:
            # A single line repeats nothing, and most texts are one line.
            if "\n" not in text.text:
                continue
            for block, earlier in repeated_blocks(text.text):
                what = "section" if block.key[0] == "#" else "paragraph"
                location = subject.locate_text(text.pointer, block.start, block.end)
                first = subject.locate_text(text.pointer, earlier.start, earlier.end)
                related = (Related("the first one is here", first.place),)
                yield Hit(f"this {what} is probably a repeat", "keep one of them", location, related)


class LeftOver(FileRule):
    """A reminder to finish a text is left in it.

    What it finds: `TODO`, `FIXME`, `[TBD]`, `REPLACE_ME`, `YOUR_API_KEY`, `[Company Name]`, lorem ipsum and the like.
    Words of a sentence, such as "to do", are not reported. In texts that a voice reads word for word it is an error.

    Why it matters: the model reads it as an instruction, or a caller hears it.

    Instead: write what is still missing.
    """

    code, name, severity = "RVX209", "left-over", Severity.WARNING
    VALID = (
        Example(
            "name: A\nprompt: Add it to the to-do list. TODO list entries are shown. Todo bien. The date is TBD yet.\n"
        ),
        Example("name: A\nprompt: Say 'you are called [first name], for [nom du client]'. Format 06 XX XX XX XX.\n"),
    )
    INVALID = (
        Example("name: A\nprompt: |\n  Role:\n  TODO describe the role\n", "4:3", "`TODO`"),
        Example("name: A\nprompt: You work for [Company Name].\n", "2:22", "`[Company Name]`"),
        with_fields("voicemail_message: Lorem ipsum dolor sit amet", "3:20", "`Lorem ipsum`"),
        with_fields("webhook_url: https://x.example.com/REPLACE_ME", "3:36", "`REPLACE_ME`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        forms = marker_forms(subject.texts.joined)
        for text in subject.texts.known if forms else ():
            is_said = subject.is_said(text)
            for start, end in todo_markers(text.text, forms):
                # In quoted speech of a prompt the model fills a bracket.
                if not is_said and text.text[start] == "[" and is_quoted(text.text, start):
                    continue
                location = subject.locate_text(text.pointer, start, end)
                message = f"`{text.text[start:end]}` is probably left over"
                severity = Severity.ERROR if is_said else None
                yield Hit(message, "write what is still missing", location, severity=severity)


def _is_required(subject: Subject, text: Text) -> bool:
    value, parent = subject.value, assistant_node()
    # What is required depends on the variant, which depends on the value.
    for key in text.pointer[:-1]:
        parent, value = parent.child(key, value) or parent, value[key]
    return text.pointer[-1] in parent.branch(value).schema.get("required", ())


def _may_be_empty(subject: Subject, text: Text) -> bool:
    # A first sentence in the mode `none` is RVX304's finding; the value of a header or parameter may well be empty.
    # A new block of a visual editor is empty until somebody writes it.
    if text.pointer == ("first_sentence",):
        return bool(subject.value.get("first_sentence_mode") == "none")
    if assistant_node().properties[str(text.pointer[0])].impact == "cosmetic":
        return len(text.pointer) > 1
    return text.node.secret and isinstance(text.pointer[-2], int)
