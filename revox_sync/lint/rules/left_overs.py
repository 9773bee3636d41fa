"""RVX211 and RVX212: what a template or a day long past has left in a text."""

from collections.abc import Iterator
from typing import Final

from revox_sync.lint.checks.left_over_brackets import brackets_heard, brackets_in_role
from revox_sync.lint.checks.todo_markers import todo_markers
from revox_sync.lint.checks.written_dates import written_dates
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit, with_fields
from revox_sync.lint.subject.subject import Subject

_STATIC: Final = "first_sentence_mode: static\nfirst_sentence: "


def _prompt(text: str, at: str = "", says: str = "") -> Example:
    return Example(f"name: A\nprompt: {text}\n", at, says)


class UnfilledBracket(FileRule):
    """A bracket of a template that nobody has filled in.

    What it finds: `[Name]`, `<Company Name>` and the like in texts that a voice reads word for word, and in prompts
    behind "You are", "Tu es", "Du bist", "Eres", "Você é", "Sei", "Je bent" and "Jesteś". In quoted speech of a prompt
    the model fills the bracket, so it is not reported there, nor are stage directions such as `[laughs]`.

    Why it matters: the caller hears "Name". In a prompt it is a warning: the agent does not know who it is.

    Instead: write the name, or `{{name}}` where the call brings it.
    """

    code, name = "RVX211", "unfilled-bracket"
    VALID = (
        _prompt(
            '|\n  Say: "Are you relocating for [Company]?"\n  You are calm [always].\n  Dis : « [Prénom], merci. »'
        ),
        with_fields("voicemail_message: 'One moment <break time=\"1s\"/> [laughs] please, [1] <spell>AB</spell>.'"),
        with_fields("first_sentence: Greet [Name] warmly."),
    )
    INVALID = (
        with_fields(_STATIC + "Thank you for calling, this is [Name].", "4:48", "`[Name]`"),
        with_fields("voicemail_message: Bonjour [Prénom], rappelez-nous.", "3:28", "`[Prénom]`"),
        with_fields("end_of_call_sentence: Danke, <Name>!", "3:30", "`<Name>`"),
        _prompt("Du bist Emma von [Firmenname] und hilfst.", "2:26", "`[Firmenname]`"),
        _prompt("|\n  # Rol\n  Eres Lucía, de [Nombre de la clínica].", "4:18", "`[Nombre de la clínica]`"),
        _prompt("You are the intake line of <Law Firm Name>.", "2:36", "`<Law Firm Name>`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        if "[" not in subject.texts.joined and "<" not in subject.texts.joined:
            return
        for text in subject.texts.known:
            is_heard = subject.is_said(text)
            for start, end in (brackets_heard if is_heard else brackets_in_role)(text.text):
                # RVX209 reports the brackets of well-known templates.
                if not any(start < other[1] and other[0] < end for other in todo_markers(text.text)):
                    message = f"`{text.text[start:end]}` is not filled in" + (
                        ", and callers hear it" if is_heard else ""
                    )
                    location = subject.locate_text(text.pointer, start, end)
                    severity = None if is_heard else Severity.WARNING
                    yield Hit(message, "write what belongs here, or `{{name}}`", location, severity=severity)


class HardCodedDate(FileRule):
    """A text says which day it is.

    What it finds: "today is", "nous sommes le", "heute ist", "hoy es" and the like with a day of the calendar behind
    it.

    Why it matters: it was true once. The agent goes on counting from that day: "tomorrow" is wrong in every call.

    Instead: let the call bring the day: `Today is {{today}}.`.
    """

    code, name, severity = "RVX212", "hard-coded-date", Severity.WARNING
    VALID = (
        _prompt("Today is {{today}}. Today is a holiday if it is Sunday. The concert is on May 3, 2026."),
        _prompt("Hoy es fiesta si es lunes. La fecha de hoy no la sabes."),
    )
    INVALID = (
        _prompt("You are Emma. Today's date is March 14, 2025.", "2:23", "March 14, 2025"),
        _prompt("Nous sommes le mardi 4 mars 2025.", "2:9", "4 mars 2025"),
        _prompt("Das heutige Datum ist der 17.09.2024.", "2:9", "17.09.2024"),
        _prompt("Hoje é sexta-feira, 7 de março de 2025.", "2:9", "março"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        # Every such day has a digit in its year.
        if "20" not in subject.texts.joined:
            return
        for text in subject.texts.known:
            for start, end in written_dates(text.text) if "20" in text.text else ():
                location = subject.locate_text(text.pointer, start, end)
                message = f"`{text.text[start:end]}` is true on one day only"
                yield Hit(message, "write `{{today}}`, and let the call bring it", location)
