"""What is wrong with braces that are nearly a placeholder."""

import re
from typing import Final

from revox_sync.lint.checks.foreign_variables import is_liquid_filter
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.subject.texts import VARIABLE_NAME, Braces
from revox_sync.values.named_tuple import NamedTuple

_NAME: Final = r"[^\W\d][\w.-]*"
# Openers of Handlebars and Jinja, and filters. What continues or closes a condition has the same cause, so it is left
# out.
_TEMPLATE_LOGIC: Final = r"[#^>&!]|%(?!-?\s*(?:end|else|elif))|[^\"']*[|(=]"
_NUMBERS: Final = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


class Flaw(NamedTuple):
    """What is wrong with braces, and the offsets in their text that it is about.

    Attributes:
        replacement: what to write instead; empty where only a person knows.
        severity: None where nobody can mean it as it is written.
    """

    message: str
    label: str
    start: int
    end: int
    replacement: str = ""
    severity: Severity | None = None


def placeholder(name: str) -> str:
    """A placeholder as Revox replaces it."""
    return f"{{{{{name}}}}}"


def flaw_of(braces: Braces, *, is_variable: bool, is_spoken: bool, inside_json: bool, tags: bool) -> Flaw | None:
    """What is wrong with braces; None where they may be meant as they are.

    Args:
        is_variable: whether the assistant or the project knows a variable of that name.
        is_spoken: whether a voice reads the text word for word.
        inside_json: whether they stand inside other braces, as in JSON, where every brace has its partner.
        tags: whether the text stands in a YAML file, where `!sub` can precede it.
    """
    match braces.opening, braces.closing:
        case 1, 1:
            return _single(braces, is_variable=is_variable, is_spoken=is_spoken, tags=tags)
        case 2, 0:
            return _unclosed(braces)
        case (2, closing) if closing >= 2 and not braces.is_placeholder:
            return _template_logic(braces)
        case 2, 2:
            return None if is_variable else _with_blanks(braces)
        case (_, closing) if closing and VARIABLE_NAME.fullmatch(braces.name):
            is_json = inside_json and not (braces.opening == 1 and is_variable)
            return None if is_json else _miscounted(braces)
    return None


def is_regular(braces: Braces) -> bool:
    """Whether braces are a placeholder with which nothing can be wrong; true for nearly all."""
    return braces.is_placeholder and braces.opening == 2 == braces.closing and " " not in braces.name


def _miscounted(braces: Braces) -> Flaw:
    opening, closing = braces.opening, braces.closing
    start, end = braces.span(max(opening, closing))
    if opening == closing:
        what = f"has {_NUMBERS.get(opening, str(opening))} braces on each side"
    elif opening != 2:
        what = f"has {_too(opening)} in front"
    else:
        what = f"has {_too(closing)} at the end"
    return Flaw(f"`{braces.of.text[start:end]}` {what}", "", start, end, placeholder(braces.name))


def _too(count: int) -> str:
    if count == 1:
        return "one brace too few"
    return "one brace too many" if count == 3 else f"{_NUMBERS.get(count - 2, str(count - 2))} braces too many"


def _unclosed(braces: Braces) -> Flaw | None:
    found = re.match(rf"\s*{_NAME}", braces.inside)
    if found is None:  # JSON with doubled braces
        return None
    start, end = braces.start - 2, braces.start + found.end()
    message = f"the placeholder `{braces.of.text[start:end]}` is never closed"
    return Flaw(message, "close it with `}}` on the same line", start, end)


def _with_blanks(braces: Braces) -> Flaw:
    start, end = braces.span(2)
    message = f"`{braces.of.text[start:end]}` has blanks in its name"
    label = f"write `{placeholder('_'.join(braces.name.split()))}`, unless calls bring it under this name"
    # Names are free (docs/api.md, "Placeholders"), so this is a hint.
    return Flaw(message, label, start, end, severity=Severity.INFO)


def _single(braces: Braces, *, is_variable: bool, is_spoken: bool, tags: bool) -> Flaw | None:
    start, end = braces.span(1)
    name, text = braces.name, braces.of.text
    if name.startswith("%"):
        return _template_logic(braces)
    if not (VARIABLE_NAME if is_spoken else re.compile(_NAME)).fullmatch(name) or name[0].isdigit():
        return None
    if text[:start].endswith("$"):
        message = f"`${text[start:end]}` is not replaced"
        label = f"write `{placeholder(name)}`"
        if tags:
            message, label = message + " without a tag", "write `!sub` before the text"
        return Flaw(message, label, start - 1, end, severity=Severity.WARNING)
    # Elsewhere `{name}` may be an example of a syntax that the prompt explains.
    if braces.of.node.variables is None or not (is_variable or is_spoken):
        return None
    message = f"`{text[start:end]}` is probably meant as a placeholder"
    return Flaw(message, "", start, end, placeholder(name), severity=Severity.WARNING)


def _template_logic(braces: Braces) -> Flaw | None:
    start, end = braces.span(2)
    if not braces.name and braces.opening == 2:
        return Flaw("a placeholder has no name", "write the name of a variable", start, end)
    shown = f"`{braces.of.text[start:end]}`"
    if is_liquid_filter(braces.name):
        message = f"{shown} is a filter of Vapi's templates (Liquid), and Revox replaces `{{{{name}}}}` only"
        return Flaw(
            message, "let the call bring the finished value as a prompt variable", start, end, severity=Severity.WARNING
        )
    if re.match(_TEMPLATE_LOGIC, braces.name) is None:
        return None
    message = f"{shown} looks like a template language, which Revox does not document"
    return Flaw(message, "say it in words", start, end, severity=Severity.WARNING)
