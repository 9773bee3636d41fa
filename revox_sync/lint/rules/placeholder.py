"""RVX201: what was meant as a placeholder and is none."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.texts import Braces, local_names
from revox_sync.lint.subject.traits import BRACE
from revox_sync.source.model.amendment import SetValue

WORD: Final = r"[^\W\d][\w.-]*"
START: Final = r"\s*([^\W\d][\w.-]*)"
# Openers of Handlebars and Jinja, and filters: what closes or continues a condition is part of the same cause.
LOGIC: Final = r"[#^>&!]|%(?!-?\s*(?:end|else|elif))|[^\"']*[|(=]"

MISCOUNTED: Final = {
    (1, 2): "has one brace too few in front",
    (2, 1): "has one brace too few at the end",
    (3, 3): "has three braces on each side",
}


class Flaw(NamedTuple):
    """What is wrong with braces.

    Attributes:
        cure: what to write instead; empty where only a person knows.
        certain: whether it cannot be meant.
    """

    message: str
    label: str
    start: int
    end: int
    cure: str = ""
    certain: bool = True


class MalformedPlaceholder(FileRule):
    """A placeholder is not written as `{{name}}`.

    What it finds: `{{name}`, `{name}}`, `{{{name}}}`, `{{ }}`, and `{{name` without end. With less certainty, as
    warnings: `{name}` where it is spoken or where a variable has that name, `${name}` without `!sub`, and the logic
    of template languages such as `{{#if name}}`. JSON is left alone.

    Why it matters: Revox replaces `{{name}}` and nothing else. A caller hears the rest as it is written.

    Instead: write `{{name}}`, and a condition in words.
    """

    code, name, looks_at = "RVX201", "malformed-placeholder", (BRACE,)
    VALID = (
        Example('name: A\nprompt: \'Greet {{contact_name}} or {{ contact_name }}. Answer {"a": {"b": 1}}.\'\n'),
        Example('name: A\nprompt: |\n  Say {{prénom du client}}.\n  {{\n    "city": "{{city}}"\n  }}\n  Or {a, b}.\n'),
    )
    INVALID = (
        Example(
            "name: A\nprompt: |\n  Hello.\n  Greet {{contact_name}, wait.\n",
            at="4:9",
            says="`{{contact_name}`",
            fixed="name: A\nprompt: |\n  Hello.\n  Greet {{contact_name}}, wait.\n",
        ),
        Example(
            "name: A\nprompt: Greet {contact_name}} now.\n",
            at="2:15",
            says="write `{{contact_name}}`",
            fixed="name: A\nprompt: Greet {{contact_name}} now.\n",
        ),
        Example('name: A\nprompt: "Greet {{contact_name, then \\"wait\\"."\n', at="2:16", says="never closed"),
        Example(
            "name: A\nprompt: Greet {{{contact_name}}}.\n",
            at="2:15",
            says="three braces",
            fixed="name: A\nprompt: Greet {{contact_name}}.\n",
        ),
        Example("name: A\nprompt: Greet {{ }}.\n", at="2:15", says="no name"),
        Example(
            "name: A\nprompt: Hi\nvoicemail_message: Hello {name}, call us.\n",
            at="3:26",
            says="`{{name}}`",
            fixed="name: A\nprompt: Hi\nvoicemail_message: Hello {{name}}, call us.\n",
        ),
        Example(
            "name: A\nprompt: Greet {{city}}. Ask about {city}.\n",
            at="2:35",
            says="`{{city}}`",
            fixed="name: A\nprompt: Greet {{city}}. Ask about {{city}}.\n",
        ),
        Example("name: A\nprompt: Hi\nwebhook_url: https://${hooks}/x\n", at="3:22", says="`!sub`"),
        Example("name: A\nprompt: Greet {{#if vip}}warmly{{else}}kindly{{/if}}.\n", at="2:15", says="`{{#if vip}}`"),
        Example("name: A\nprompt: 'Greet {% if vip %}warmly{% endif %}.'\n", at="2:16", says="`{% if vip %}`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Everything in braces that was meant to be a placeholder."""
        odd = [each for each in subject.texts.odd_braces if each.opening == 3 or not each.is_placeholder]
        names = {*subject.variables, *(name for each in subject.texts.named for name in each.names)} if odd else set()
        for each in odd:
            known = each.name in names or each.name in local_names(subject.value, each.of)
            flaw = _flaw(each, known=known)
            if flaw is not None and not subject.is_refused(each.of.pointer):
                yield _hit(subject, each, flaw)


def _hit(subject: Subject, braces: Braces, flaw: Flaw) -> Hit:
    pointer, text = braces.of.pointer, braces.of.text
    amended = SetValue(pointer, text[: flaw.start] + flaw.cure + text[flaw.end :])
    return Hit(
        flaw.message,
        flaw.label or f"write `{flaw.cure}`",
        subject.document.locate_text(pointer, flaw.start, flaw.end),
        severity=None if flaw.certain else Severity.WARNING,
        fix=Fix(f"write `{flaw.cure}`", (amended,), safe=flaw.certain) if flaw.cure else None,
    )


def _flaw(braces: Braces, *, known: bool) -> Flaw | None:
    match braces.opening, braces.closing:
        case 1, 1:
            return _single(braces, known=known)
        case 2, 0:
            return _unclosed(braces)
        case 2, closing if closing >= 2:
            return _without_name(braces)
        case shape if shape in MISCOUNTED and re.fullmatch(WORD, braces.name):
            return _miscounted(braces, known=known)
    return None


def _without_name(braces: Braces) -> Flaw | None:
    if not braces.name:
        return Flaw("a placeholder has no name", "write the name of a variable", *braces.span(2))
    return _logic(braces) if re.match(LOGIC, braces.name) else None


def _miscounted(braces: Braces, *, known: bool) -> Flaw | None:
    shape, text = (braces.opening, braces.closing), braces.of.text
    # At the end of JSON the braces are even.
    if shape == (1, 2) and not known and text.count("{") == text.count("}"):
        return None
    start, end = braces.span(3)
    return Flaw(f"`{text[start:end]}` {MISCOUNTED[shape]}", "", start, end, f"{{{{{braces.name}}}}}")


def _unclosed(braces: Braces) -> Flaw | None:
    found = re.match(START, braces.inside)
    if found is None:  # JSON with doubled braces
        return None
    start, end = braces.start - 2, braces.start + found.end()
    message = f"the placeholder `{braces.of.text[start:end]}` is never closed"
    return Flaw(message, "close it with `}}` on the same line", start, end)


def _single(braces: Braces, *, known: bool) -> Flaw | None:
    start, end = braces.span(1)
    name, text = braces.name, braces.of.text
    if name.startswith("%"):
        return _logic(braces) if re.match(LOGIC, name) else None
    if not re.fullmatch(WORD, name):
        return None
    if text[:start].endswith("$"):
        message = f"`${text[start:end]}` is not replaced without a tag"
        return Flaw(message, "write `!sub` before the text", start - 1, end, certain=False)
    if braces.of.node.variables is None or not (known or braces.of.node.spoken):
        return None
    cure = f"{{{{{name}}}}}"
    message = f"`{text[start:end]}` is probably meant as a placeholder"
    return Flaw(message, "", start, end, cure, certain=False)


def _logic(braces: Braces) -> Flaw:
    start, end = braces.span(2)
    message = f"`{braces.of.text[start:end]}` looks like a template language, which Revox does not document"
    return Flaw(message, "say it in words", start, end, certain=False)
