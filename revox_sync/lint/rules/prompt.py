"""RVX201 to RVX204, and RVX210: the placeholders and variables of prompts and other templates."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from revox_sync.lint.checks.foreign_variables import platform_of
from revox_sync.lint.checks.placeholder_flaws import Flaw, flaw_of, is_regular, placeholder
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit, with_fields
from revox_sync.lint.subject.similar_names import name_shape
from revox_sync.lint.subject.subject import FileTrait, Subject
from revox_sync.lint.subject.texts import Braces, Text, local_names
from revox_sync.source.documents.locate import Location
from revox_sync.source.model.amendment import SetValue
from revox_sync.source.model.problem import Related
from revox_sync.source.workspace import SUFFIXES
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.pointer import dotted

_TWO_VARIABLES: Final = {"revox-sync.yaml": "version: 1\nlint: {variables: [contact_name, city]}\n"}
_MENU: Final = {"assistants/p.md": "Offer ${menu} to the caller.\n"}
_CUSTOMER_NUMBER: Final = "version: 1\nlint: {variables: [customer.number]}\n"
_SLACK: Final = (
    "name: A\nprompt: Greet {{contact_name}}.\nslack:\n  connection_id: c\n  outcomes: [none]\n  channels: [{id: C1}]\n"
)


def _prompt(text: str, at: str = "", says: str = "", fix: tuple[str, str] | None = None) -> Example:
    return Example(f"name: A\nprompt: {text}\n", at, says, fix)


class MalformedPlaceholder(FileRule):
    """A placeholder is not written as `{{name}}`.

    What it finds: `{{name}`, `{name}}`, `{{{name}}}`, `{{name}}}`, `{{ }}`, and `{{name` that is never closed. With
    less certainty, as warnings: `{name}` where it is spoken or where a variable has that name, `${name}` without
    `!sub`, filters such as `{{ "now" | date: "%H" }}`, and the logic of template languages such as
    `{{#if name}}`; as a hint, names with blanks. JSON is not reported.

    Why it matters: Revox replaces `{{name}}` and nothing else. A caller hears the rest as it is written.

    Instead: write `{{name}}`, and a condition in words.
    """

    code, name, looks_at = "RVX201", "malformed-placeholder", (FileTrait.BRACE,)
    VALID = (
        _prompt("""'Greet {{contact_name}} or {{ contact_name }}. Answer {"a": {"b": 1}}.'"""),
        _prompt('|\n  Say {{prénom_du_client}}.\n  {{\n    "city": "{{city}}"\n  }}\n  Or {a, b}.'),
        _prompt("""'{"kunde": {"name": {{name}}}}, {"x": {{{y}}}}'"""),
    )
    INVALID = (
        _prompt("|\n  Hello.\n  Greet {{contact_name}, wait.", "4:9", "`{{contact_name}`", ("},", "}},")),
        _prompt("Greet {contact_name}} now.", "2:15", "write `{{contact_name}}`", (" {contact", " {{contact")),
        _prompt('"Greet {{contact_name, then \\"wait\\"."', "2:16", "never closed"),
        _prompt("Greet {{{contact_name}}}.", "2:15", "three braces", ("{{{contact_name}", "{{contact_name")),
        _prompt("Saluda a {{{{nombre}}}}.", "2:18", "four braces", ("{{{{nombre}}}}", "{{nombre}}")),
        _prompt("Grüße {{anrede}}} herzlich.", "2:15", "too many", ("}}}", "}}")),
        _prompt("Greet {{ }}.", "2:15", "no name"),
        _prompt("Salue {{prénom du client}}.", "2:15", "{{prénom_du_client}}"),
        _prompt("""'Hoje é {{ "now" | date: "%d/%m" }}.'""", "2:17", "Vapi"),
        Example("name: A\nprompt: !file p.md\n", "assistants/p.md:1:7", "{{menu}}", files=_MENU),
        with_fields("voicemail_message: Hello {name}, call us.", "3:26", "`{{name}}`", fix=("{name}", "{{name}}")),
        _prompt("Greet {{city}}. Ask about {city}.", "2:35", "`{{city}}`", ("about {city}", "about {{city}}")),
        with_fields("webhook_url: https://${hooks}/x", "3:22", "`!sub`"),
        _prompt("Greet {{#if vip}}warmly{{else}}kindly{{/if}}.", "2:15", "`{{#if vip}}`"),
        _prompt("'Greet {% if vip %}warmly{% endif %}.'", "2:16", "`{% if vip %}`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        irregular = [found for found in subject.texts.braces if not is_regular(found)]
        names = {*subject.variables, *subject.texts.placeholder_names} if irregular else set()
        slips: list[Braces] = []
        for braces in irregular:
            # A placeholder must not be the reason why its own name is known.
            known = subject.variables if braces.is_placeholder else names
            is_variable = braces.name in known or braces.name in local_names(subject.value, braces.of)
            flaw = flaw_of(
                braces,
                is_variable=is_variable,
                is_spoken=braces.of.node.spoken,
                inside_json=_is_inside_json(braces, slips),
                tags=subject.locate(braces.of.pointer).place.path.endswith(SUFFIXES),
            )
            if flaw is not None and braces.closing:
                slips.append(braces)
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
        severity=flaw.severity,
        fix=Fix(title, (amended,), safe=flaw.severity is None) if flaw.replacement else None,
    )


def _is_inside_json(braces: Braces, slips: list[Braces]) -> bool:
    """Whether braces stand inside braces that are no placeholder; `slips` are the miscounted ones before them."""
    before = braces.of.text[: braces.start - braces.opening]
    depth = before.count("{") - before.count("}")
    # A miscounted placeholder further up opens nothing.
    return depth > sum(slip.opening - slip.closing for slip in slips if slip.of is braces.of)


class ForeignVariable(FileRule):
    """A variable that another platform fills in.

    What it finds: names such as `{{system__caller_id}}` (ElevenLabs), `{{customer.number}}` (Vapi),
    `{{current_time_Europe/Paris}}` (Retell), `{{contact.first_name}}` (HighLevel) and `{{trigger.call.From}}` (Twilio
    Studio). Names in `lint.variables` are not reported.

    Why it matters: those platforms fill them in by themselves. Revox fills in what a call brings as
    `prompt_variables`, so the model reads the name as it stands.

    Instead: give the variable a name of your own and let the call bring it. Revox itself knows who calls in
    `structured_output_prompt` (`{{user_phone_number}}`) and in `precall_lookup_url` (`{{phone}}`).
    """

    code, name, severity, looks_at = "RVX210", "foreign-variable", Severity.WARNING, (FileTrait.BRACE,)
    VALID = (
        _prompt("Greet {{customer_name}} of {{system}} at {{current_time}}, {{now}}."),
        _prompt("Rappelle {{client.nom}} au {{numéro_du_client}}."),
        Example("name: A\nprompt: Call {{customer.number}}.\n", files={"revox-sync.yaml": _CUSTOMER_NUMBER}),
    )
    INVALID = (
        _prompt("Die Nummer ist {{system__caller_id}}.", "2:24", "ElevenLabs"),
        _prompt("Le numéro est {{ customer.number }}.", "2:23", "Vapi"),
        _prompt("Son las {{current_time_America/Mexico_City}}.", "2:17", "Retell"),
        with_fields("first_sentence: Oi {{contact.first_name}}!", "3:20", "HighLevel"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for text, placeholders in subject.texts.placeholders:
            for braces in placeholders if _takes_prompt_variables(text) else ():
                platform = platform_of(braces.name)
                if platform and braces.name not in subject.variables:
                    message = f"`{placeholder(braces.name)}` is filled in by {platform}, not by Revox"
                    label = "let the call bring it as a prompt variable with a name of your own"
                    yield Hit(message, label, _location(subject, braces))


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
        message = f"nothing says that placeholders are filled in here, so `{placeholder(braces.name)}` may stay"
        return Hit(message, "", location, severity=Severity.INFO)
    known = allowed.get("known", [])
    label = did_you_mean(braces.name, known) or f"known here: {', '.join(f'`{name}`' for name in known)}"
    message = f"`{placeholder(braces.name)}` is not filled in in `{dotted(braces.of.pointer)}`"
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
                # RVX210 says more about a name that another platform fills in.
                if braces.name not in filled_in and not platform_of(braces.name):
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
    return Hit(message, f"write `{placeholder(right)}`", _location(subject, use), related)


def _location(subject: Subject, braces: Braces) -> Location:
    return subject.locate_text(braces.of.pointer, *braces.span(2))


def _takes_prompt_variables(text: Text) -> bool:
    return text.node.variables is not None and bool(text.node.variables.get("prompt_variables"))
