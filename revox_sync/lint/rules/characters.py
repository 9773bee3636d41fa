"""RVX009 and RVX013: characters that nobody sees, and letters that are taken for others."""

from collections.abc import Iterator

from revox_sync.lint.checks.mixed_scripts import mixed_words
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
from revox_sync.lint.rules.yaml import ProblemRule
from revox_sync.lint.subject.subject import FileTrait, Subject
from revox_sync.lint.subject.texts import Text
from revox_sync.source.documents.locate import Location
from revox_sync.source.model.amendment import SetValue
from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.workspace import SUFFIXES
from revox_sync.source.yaml.decode import character_name
from revox_sync.values.invisible import (
    code_point,
    has_invisible,
    invisible_runs,
    is_harmless,
    is_widthless,
    without_invisible,
)
from revox_sync.values.outer_lines import with_line_feeds
from revox_sync.values.walk import parts


class ControlCharacter(ProblemRule):
    """An invisible character.

    What it finds: control characters, zero-width and bidirectional marks, fillers and letters that look like a space,
    also inside `!file` texts. It is a warning where a text has one that hides and reorders nothing, such as a
    zero-width space or a soft hyphen, and where one is written as an escape: whoever reads the file can see it.
    Joiners and variation selectors in emoji, and where a script needs them, are none. Line ends of Windows (CR) count
    where they are written as escapes.

    Why it matters: with them a prompt reads differently from what the model gets, or hides instructions from review.
    The harmless ones come with texts that were copied from a web page or a word processor, and keep searches and
    comparisons from finding what looks equal.

    Instead: delete them. `--fix` deletes those that hide and reorder nothing, and puts a line break where one of them
    ends a line; `--unsafe-fixes` deletes the others, too.
    """

    code, name, kind = "RVX009", "control-character", ProblemKind.CONTROL_CHARACTER
    looks_at = (FileTrait.PROBLEM, FileTrait.UNUSUAL)
    VALID = (
        Example("name: Élodie – 日本語\nprompt: 👨\u200d👩\u200d👧, ❤\ufe0f, می\u200cخواهم\n"),
        Example("name: A\r\nprompt: |\r\n  Hi\r\n  there\r\n"),
    )
    INVALID = (
        Example("name: A\nprompt: Hi \u202etxt.exe\n", "2:12", fix=("\u202e", "")),
        Example("name: A\nprompt: Hi\u3164there\n", "2:11", "hangul filler", fix=("\u3164", "")),
        Example(
            'name: A\nprompt: "Hi \\u200Bthere"\n', "2:13", "as an escape", fix=('"Hi \\u200Bthere"', '"Hi there"')
        ),
        Example(
            "name: A\nprompt: |\n  Hi there,\n  dear cal\xadler.\n", "4:11", "soft hyphen", fix=("cal\xadler", "caller")
        ),
        Example('name: A\nprompt: "Hi\\r\\nthere"\n', "2:12", "line ends", fix=("\\r", "")),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        texts = list(_in_texts(subject)) if FileTrait.UNUSUAL in subject.traits else []
        places = [hit.location.place for hit in texts]
        found = {(place.path, offset) for place in places for offset in range(place.start, place.end)}
        for hit in super().check(subject):
            if (hit.location.place.path, hit.location.place.start) not in found:
                yield hit
        yield from texts
        if subject.has_escapes:
            yield from _in_keys(subject)


def _in_texts(subject: Subject) -> Iterator[Hit]:
    """Invisible characters of values, each once although aliases and includes may lead to it again."""
    seen: set[Place] = set()
    if not has_invisible(subject.texts.joined) and "\r" not in subject.texts.joined:
        return
    for text in subject.texts.anywhere:
        # A text may have thousands of runs, and each fix is about all of them.
        fixes: dict[bool, Fix] = {}
        for start, end in invisible_runs(text.text) if has_invisible(text.text) else ():
            location = subject.locate_text(text.pointer, start, end)
            run, raw = text.text[start:end], _is_raw(subject, location)
            if location.place not in seen:
                seen.add(location.place)
                name = character_name(run[0])
                message = f"text {'contains' if raw else 'holds'} the invisible character {name}"
                # Some readers of YAML end a line at U+0085 and its like; a `!file` is no YAML.
                is_text = not location.place.path.endswith(SUFFIXES)
                is_mild = not raw or is_widthless(run) or (is_text and is_harmless(run))
                severity = Severity.WARNING if is_mild else None
                harmless = is_harmless(run)
                if harmless not in fixes:
                    fixes[harmless] = _removal(text, harmless=harmless)
                said = message + ("" if raw else ", as an escape")
                yield Hit(said, "remove it", location, (), severity, fixes[harmless])
        if "\r" in text.text:
            at = text.text.index("\r")
            location = subject.locate_text(text.pointer, at, at + 1)
            fix = Fix("end lines with LF", (SetValue(text.pointer, with_line_feeds(text.text)),), safe=True)
            message = "text has line ends of Windows (CR), as escapes"
            yield Hit(message, "end lines with LF alone", location, (), Severity.WARNING, fix)


def _removal(text: Text, *, harmless: bool) -> Fix:
    """The fix of all runs of a text that may go together: to remove one of many leaves a file that nobody can read."""
    amendment = SetValue(text.pointer, without_invisible(text.text, harmless=harmless))
    return Fix("remove invisible characters", (amendment,), safe=harmless)


def _in_keys(subject: Subject) -> Iterator[Hit]:
    """Invisible characters of keys that are written as escapes."""
    for pointer, part, _ in parts(subject.value):
        for key in filter(has_invisible, part) if isinstance(part, dict) else ():
            location, (start, _) = subject.locate((*pointer, key), key=True), next(invisible_runs(key))
            # One that is written as it is has been found while the file was read.
            if not _is_raw(subject, location):
                message = f"text holds the invisible character {character_name(key[start])}, as an escape"
                yield Hit(message, "remove it", location, severity=Severity.WARNING)


def _is_raw(subject: Subject, location: Location) -> bool:
    place = location.place
    return has_invisible(subject.document.sources[place.path].text[place.start : place.end])


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
