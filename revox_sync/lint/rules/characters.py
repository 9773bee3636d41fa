"""RVX009 and RVX013: characters that nobody sees, and letters that are taken for others."""

from collections.abc import Iterator

from revox_sync.lint.checks.mixed_scripts import mixed_words
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit
from revox_sync.lint.rules.yaml import ProblemRule
from revox_sync.lint.subject.subject import FileTrait, Subject
from revox_sync.source.documents.locate import Location
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.yaml.decode import character_name
from revox_sync.values.invisible import code_point, has_invisible, invisible_runs
from revox_sync.values.walk import parts


class ControlCharacter(ProblemRule):
    """An invisible character.

    What it finds: control characters, zero-width and bidirectional marks, fillers and letters that look like a space,
    also inside `!file` texts. One that is written as an escape is a warning: whoever reads the file can see it. Joiners
    and variation selectors in emoji, and where a script needs them, are none.

    Why it matters: with them a prompt reads differently from what the model gets, or hides instructions from review.

    Instead: delete them.
    """

    code, name, kind = "RVX009", "control-character", ProblemKind.CONTROL_CHARACTER
    looks_at = (FileTrait.PROBLEM, FileTrait.UNUSUAL)
    VALID = (Example("name: Élodie – 日本語\nprompt: 👨\u200d👩\u200d👧, ❤\ufe0f, می\u200cخواهم\n"),)
    INVALID = (
        Example("name: A\nprompt: Hi \u202etxt.exe\n", "2:12"),
        Example("name: A\nprompt: Hi\u3164there\n", "2:11", "hangul filler"),
        Example('name: A\nprompt: "Hi \\u200Bthere"\n', "2:13", "as an escape"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        yield from super().check(subject)
        if FileTrait.UNUSUAL in subject.traits:
            yield from _escaped(subject)


def _escaped(subject: Subject) -> Iterator[Hit]:
    """Invisible characters that are in a value, and that its file writes as an escape."""
    if has_invisible(subject.texts.joined):
        for text in subject.texts.anywhere:
            for start, end in invisible_runs(text.text):
                yield from _unless_raw(subject, subject.locate_text(text.pointer, start, end), text.text[start])
    for pointer, part, _ in parts(subject.value):
        if isinstance(part, dict):
            for key in filter(has_invisible, part):
                location, (start, _) = subject.locate((*pointer, key), key=True), next(invisible_runs(key))
                yield from _unless_raw(subject, location, key[start])


def _unless_raw(subject: Subject, location: Location, character: str) -> Iterator[Hit]:
    place = location.place
    # One that is written as it is has been found while the file was read.
    if not has_invisible(subject.document.sources[place.path].text[place.start : place.end]):
        message = f"text holds the invisible character {character_name(character)}, as an escape"
        yield Hit(message, "remove it", location, severity=Severity.WARNING)


class MixedScripts(FileRule):
    """A word with a letter of another script in it.

    What it finds: words in which letters of one script look like those around them and are of another: a Cyrillic `а`
    in a Latin word, a Latin `o` in a Cyrillic one.

    Why it matters: nobody sees it, but a link leads elsewhere, a search does not find the word, and a voice may stumble
    over it.

    Instead: type the word again.
    """

    code, name, severity, looks_at = "RVX013", "mixed-scripts", Severity.INFO, (FileTrait.UNUSUAL,)
    VALID = (Example("name: Продажи IT-отдел\nprompt: Αθήνα, 5 μm, Москва and Paris\n"),)
    INVALID = (
        Example("name: A\nprompt: See pаypal.example.com\n", "2:13", "`а` is Cyrillic (U+0430)"),
        Example("name: A\nprompt: Прoдажи\n", "2:9", "`o` is Latin (U+006F)"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text in subject.texts.anywhere:
            for found in mixed_words(text.text):
                message = f"in `{found.word}` the letter `{found.odd}` is {found.script} ({code_point(found.odd)})"
                location = subject.locate_text(text.pointer, found.start, found.start + len(found.word))
                yield Hit(message, "type the word again", location)
