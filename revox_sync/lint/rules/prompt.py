"""RVX201 to RVX204: the placeholders and variables of prompts and other templates."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit, with_fields
from revox_sync.lint.subject.similar_names import name_shape
from revox_sync.lint.subject.subject import FileTrait, Subject
from revox_sync.lint.subject.texts import Braces, Text, local_names
from revox_sync.source.documents.locate import Location
from revox_sync.source.model.amendment import SetValue
from revox_sync.source.model.problem import Related
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.pointer import dotted

_NAME: Final = r"[^\W\d][\w.-]*"
# Openers of Handlebars and Jinja, and filters. What continues or closes a condition has the same cause, so it is left
# out.
_TEMPLATE_LOGIC: Final = r"[#^>&!]|%(?!-?\s*(?:end|else|elif))|[^\"']*[|(=]"
_MISCOUNTED: Final = {
    (1, 2): "has one brace too few in front",
    (2, 1): "has one brace too few at the end",
    (3, 3): "has three braces on each side",
}
_TWO_VARIABLES: Final = {"revox-sync.yaml": "version: 1\nlint: {variables: [contact_name, city]}\n"}
_SLACK: Final = (
    "name: A\nprompt: Greet {{contact_name}}.\nslack:\n  connection_id: c\n  outcomes: [none]\n  channels: [{id: C1}]\n"
)


def _prompt(text: str, at: str = "", says: str = "", fix: tuple[str, str] | None = None) -> Example:
    return Example(f"name: A\nprompt: {text}\n", at, says, fix)


class Flaw(NamedTuple):
    """What is wrong with braces, and the offsets in their text that it is about.

    Attributes:
        replacement: what to write instead; empty where only a person knows.
        is_certain: whether nobody can mean it as it is written.
    """

    message: str
    label: str
    start: int
    end: int
    replacement: str = ""
    is_certain: bool = True


class MalformedPlaceholder(FileRule):
    """A placeholder is not written as `{{name}}`.

    What it finds: `{{name}`, `{name}}`, `{{{name}}}`, `{{ }}`, and `{{name` that is never closed. With less
    certainty, as warnings: `{name}` where it is spoken or where a variable has that name, `${name}` without `!sub`,
    and the logic of template languages such as `{{#if name}}`. JSON is not reported.

    Why it matters: Revox replaces `{{name}}` and nothing else. A caller hears the rest as it is written.

    Instead: write `{{name}}`, and a condition in words.
    """

    code, name, looks_at = "RVX201", "malformed-placeholder", (FileTrait.BRACE,)
    VALID = (
        _prompt("""'Greet {{contact_name}} or {{ contact_name }}. Answer {"a": {"b": 1}}.'"""),
        _prompt('|\n  Say {{prénom du client}}.\n  {{\n    "city": "{{city}}"\n  }}\n  Or {a, b}.'),
    )
    INVALID = (
        _prompt("|\n  Hello.\n  Greet {{contact_name}, wait.", "4:9", "`{{contact_name}`", ("},", "}},")),
        _prompt("Greet {contact_name}} now.", "2:15", "write `{{contact_name}}`", (" {contact", " {{contact")),
        _prompt('"Greet {{contact_name, then \\"wait\\"."', "2:16", "never closed"),
        _prompt("Greet {{{contact_name}}}.", "2:15", "three braces", ("{{{contact_name}", "{{contact_name")),
        _prompt("Greet {{ }}.", "2:15", "no name"),
        with_fields("voicemail_message: Hello {name}, call us.", "3:26", "`{{name}}`", fix=("{name}", "{{name}}")),
        _prompt("Greet {{city}}. Ask about {city}.", "2:35", "`{{city}}`", ("about {city}", "about {{city}}")),
        with_fields("webhook_url: https://${hooks}/x", "3:22", "`!sub`"),
        _prompt("Greet {{#if vip}}warmly{{else}}kindly{{/if}}.", "2:15", "`{{#if vip}}`"),
        _prompt("'Greet {% if vip %}warmly{% endif %}.'", "2:16", "`{% if vip %}`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        irregular = [found for found in subject.texts.braces if found.opening == 3 or not found.is_placeholder]
        names = {*subject.variables, *subject.texts.placeholder_names} if irregular else set()
        for braces in irregular:
            is_variable = braces.name in names or braces.name in local_names(subject.value, braces.of)
            flaw = _flaw(braces, is_variable=is_variable)
            # Of a text that the contract refuses, that it is refused is finding enough.
            if flaw is not None and not subject.is_refused(braces.of.pointer):
                yield _flaw_hit(subject, braces.of, flaw)


def _flaw_hit(subject: Subject, text: Text, flaw: Flaw) -> Hit:
    title = f"write `{flaw.replacement}`"
    amended = SetValue(text.pointer, text.text[: flaw.start] + flaw.replacement + text.text[flaw.end :])
    return Hit(
        flaw.message,
        flaw.label or title,
        subject.locate_text(text.pointer, flaw.start, flaw.end),
        severity=None if flaw.is_certain else Severity.WARNING,
        fix=Fix(title, (amended,), safe=flaw.is_certain) if flaw.replacement else None,
    )


def _flaw(braces: Braces, *, is_variable: bool) -> Flaw | None:
    match braces.opening, braces.closing:
        case 1, 1:
            return _single(braces, is_variable=is_variable)
        case 2, 0:
            return _unclosed(braces)
        case 2, closing if closing >= 2 and not braces.name:
            return Flaw("a placeholder has no name", "write the name of a variable", *braces.span(2))
        case 2, closing if closing >= 2:
            return _template_logic(braces)
        case shape if shape in _MISCOUNTED and re.fullmatch(_NAME, braces.name):
            return _miscounted(braces, is_variable=is_variable)
    return None


def _miscounted(braces: Braces, *, is_variable: bool) -> Flaw | None:
    shape, text = (braces.opening, braces.closing), braces.of.text
    # `{"a": {b}}` is no placeholder: in JSON every brace has its partner.
    if shape == (1, 2) and not is_variable and text.count("{") == text.count("}"):
        return None
    start, end = braces.span(3)
    return Flaw(f"`{text[start:end]}` {_MISCOUNTED[shape]}", "", start, end, _placeholder(braces.name))


def _unclosed(braces: Braces) -> Flaw | None:
    found = re.match(rf"\s*{_NAME}", braces.inside)
    if found is None:  # JSON with doubled braces
        return None
    start, end = braces.start - 2, braces.start + found.end()
    message = f"the placeholder `{braces.of.text[start:end]}` is never closed"
    return Flaw(message, "close it with `}}` on the same line", start, end)


def _single(braces: Braces, *, is_variable: bool) -> Flaw | None:
    start, end = braces.span(1)
    name, text = braces.name, braces.of.text
    if name.startswith("%"):
        return _template_logic(braces)
    if not re.fullmatch(_NAME, name):
        return None
    if text[:start].endswith("$"):
        message = f"`${text[start:end]}` is not replaced without a tag"
        return Flaw(message, "write `!sub` before the text", start - 1, end, is_certain=False)
    # Elsewhere `{name}` may be an example of a syntax that the prompt explains.
    if braces.of.node.variables is None or not (is_variable or braces.of.node.spoken):
        return None
    message = f"`{text[start:end]}` is probably meant as a placeholder"
    return Flaw(message, "", start, end, _placeholder(name), is_certain=False)


def _template_logic(braces: Braces) -> Flaw | None:
    if re.match(_TEMPLATE_LOGIC, braces.name) is None:
        return None
    start, end = braces.span(2)
    message = f"`{braces.of.text[start:end]}` looks like a template language, which Revox does not document"
    return Flaw(message, "say it in words", start, end, is_certain=False)


class VariableNotAvailable(FileRule):
    """A variable that is not available in this text.

    What it finds: in a text for which Revox fills in certain names only, a `{{name}}` that is none of them. In a text
    for which nothing says that placeholders are filled in at all, such as an answer of `faq_items`, it is a hint.

    Why it matters: the placeholder stays as it is, and the model or the caller gets to see it.

    Instead: use one of the names that the finding lists, or move the text to where the variable is available.
    """

    code, name, looks_at = "RVX202", "variable-not-available", (FileTrait.BRACE,)
    VALID = (
        Example("name: A\nprompt: Greet {{anybody}}.\nstructured_output_prompt: 'Read {{ transcript }}'\n"),
        Example(_SLACK + "  template: '{{summary}} {{deal_size}}'\n"),
    )
    INVALID = (
        with_fields("structured_output_prompt: Find {{contact_name}}", "3:32", "`transcript`, `call_direction`"),
        with_fields("structured_output_prompt: Read {{transcrit}}", "3:32", "did you mean"),
        with_fields("faq_items: [{question: Q, answer: 'Hi {{x}}'}]", "3:39", "nothing says"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text, placeholders in subject.texts.placeholders:
            if not _takes_prompt_variables(text) and not subject.is_refused(text.pointer):
                filled_in = local_names(subject.value, text)
                yield from (_unfilled(subject, braces) for braces in placeholders if braces.name not in filled_in)


def _unfilled(subject: Subject, braces: Braces) -> Hit:
    allowed, location = braces.of.node.variables, _location(subject, braces)
    if allowed is None:
        message = f"nothing says that placeholders are filled in here, so `{_placeholder(braces.name)}` may stay"
        return Hit(message, "", location, severity=Severity.INFO)
    known = allowed.get("known", [])
    label = did_you_mean(braces.name, known) or f"known here: {', '.join(f'`{name}`' for name in known)}"
    message = f"`{_placeholder(braces.name)}` is not filled in in `{dotted(braces.of.pointer)}`"
    return Hit(message, label, location)


class UndeclaredVariable(FileRule):
    """A variable that the project does not list.

    What it finds: a `{{name}}` that is not in `lint.variables` of revox-sync.yaml. Projects that list no variables are
    not checked. Names that are filled in by Revox, by the tool's inputs or by structured outputs need not be listed.

    Why it matters: whoever places the call does not know the name, so nothing fills it in. Usually it is misspelt.

    Instead: correct the name, or add it to `lint.variables` and to the code that places calls.
    """

    code, name, looks_at = "RVX203", "undeclared-variable", (FileTrait.BRACE,)
    VALID = (
        Example("name: A\nprompt: Greet {{contact_name}} in {{city}}.\n", files=_TWO_VARIABLES),
        Example("name: A\nprompt: Greet {{anybody}}.\n"),
        Example(_SLACK + "  template: '{{summary}}'\n", files=_TWO_VARIABLES),
    )
    INVALID = (
        Example("name: A\nprompt: Greet {{contact_nam}}.\n", "2:15", "`contact_name`", files=_TWO_VARIABLES),
        Example("name: A\nprompt: |\n  In {{town}}.\n  From {{town}}.\n", "3:6", "`town`", files=_TWO_VARIABLES),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        if not subject.variables:
            return
        unlisted: dict[str, list[Braces]] = {}
        for text, placeholders in subject.texts.placeholders:
            filled_in = {*subject.variables, *local_names(subject.value, text)}
            for braces in placeholders if _takes_prompt_variables(text) else ():
                if braces.name not in filled_in:
                    unlisted.setdefault(braces.name, []).append(braces)
        # One name is one cause, however often it is used.
        for name, uses in unlisted.items():
            first, *others = (_location(subject, braces) for braces in uses)
            label = did_you_mean(name, subject.variables) or "add it to `lint.variables`, or use a listed name"
            related = tuple(Related("also used here", location.place) for location in others)
            yield Hit(f"variable `{name}` is not listed in `lint.variables`", label, first, related)


class TwoSpellings(FileRule):
    """One variable is written in two ways.

    What it finds: names in one assistant that differ only in case, accents, dashes, underscores and blanks, such as
    `{{contact_name}}` and `{{contactName}}`. In projects that list their variables, RVX203 finds them.

    Why it matters: they are two variables for Revox, and most likely only one is filled in.

    Instead: write the name in one way everywhere.
    """

    code, name, severity, looks_at = "RVX204", "two-spellings", Severity.WARNING, (FileTrait.BRACE,)
    VALID = (
        _prompt("Greet {{contact_name}}, {{ contact_name }}, {{contact_name_2}}."),
        _prompt("Greet {{contact_name}}.\nfirst_sentence: Hi {{contact_first_name}}"),
    )
    INVALID = (
        _prompt("Greet {{name}}. Thank {{name}}.\nfirst_sentence: Hi {{Name}}!", "3:20", "`name`"),
        _prompt("Greet {{Prénom}} {{nom}} {{prenom}}.", "2:34", "`Prénom`"),
        Example(_SLACK + "  template: '{{Summary}}'\n", "7:14", "`summary`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        if subject.variables:
            return
        texts = [(text, found) for text, found in subject.texts.placeholders if _takes_prompt_variables(text)]
        filled_in = {name for text, _ in texts for name in local_names(subject.value, text)}
        uses = [braces for _, placeholders in texts for braces in placeholders]
        frequency = Counter(braces.name for braces in uses)
        # Right is the spelling that Revox knows, else the most frequent one, else the first.
        right: dict[str, str] = {}
        for name in sorted(frequency, key=lambda name: -frequency[name]):
            right.setdefault(name_shape(name), name)
        right |= {name_shape(name): name for name in filled_in if name_shape(name) in right}
        first = {braces.name: braces for braces in reversed(uses)}
        for name in frequency:
            if name != right[name_shape(name)] and name not in filled_in:
                yield _spelling_hit(subject, first[name], right[name_shape(name)], first)


def _spelling_hit(subject: Subject, use: Braces, right: str, first: dict[str, Braces]) -> Hit:
    related = (Related(f"`{right}` here", _location(subject, first[right]).place),) if right in first else ()
    message = f"`{use.name}` is probably the variable `{right}`"
    return Hit(message, f"write `{_placeholder(right)}`", _location(subject, use), related)


def _location(subject: Subject, braces: Braces) -> Location:
    return subject.locate_text(braces.of.pointer, *braces.span(2))


def _placeholder(name: str) -> str:
    return f"{{{{{name}}}}}"


def _takes_prompt_variables(text: Text) -> bool:
    return text.node.variables is not None and bool(text.node.variables.get("prompt_variables"))
