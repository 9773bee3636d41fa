"""RVX202 to RVX204: the variables of prompts and other templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Hit
from revox_sync.lint.subject.similar_names import name_shape
from revox_sync.lint.subject.subject import Subject
from revox_sync.lint.subject.texts import Braces, Text, local_names, placeholders_in
from revox_sync.lint.subject.traits import BRACE
from revox_sync.source.documents.locate import Location
from revox_sync.source.model.problem import Related
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.pointer import dotted

LISTED: Final = {"revox-sync.yaml": "version: 1\nlint: {variables: [contact_name, city]}\n"}
SLACK: Final = "name: A\nprompt: Greet {{contact_name}}.\nslack:\n  connection_id: c\n  outcomes: [none]\n"


class VariableNotAvailable(FileRule):
    """A variable that this text does not know.

    What it finds: a `{{name}}` in a text for which Revox fills in certain names only, and another one in it. Where
    nothing says that placeholders are filled in at all, as in an answer of `faq_items`, it is an info.

    Why it matters: the placeholder stays as it is, and a model or a caller gets to see it.

    Instead: use one of the names the finding lists, or move the text to where the variable is known.
    """

    code, name, looks_at = "RVX202", "variable-not-available", (BRACE,)
    VALID = (
        Example("name: A\nprompt: Greet {{anybody}}.\nstructured_output_prompt: 'Read {{ transcript }}'\n"),
        Example(SLACK + "  channels: [{id: C1}]\n  template: '{{summary}} {{deal_size}}'\n"),
    )
    INVALID = (
        Example(
            "name: A\nprompt: Hi\nstructured_output_prompt: |-\n  Find {{contact_name}} in {{transcript}}\n",
            at="4:8",
            says="`transcript`, `call_direction`",
        ),
        Example("name: A\nprompt: Hi\nstructured_output_prompt: Read {{transcrit}}\n", at="3:32", says="did you mean"),
        Example(
            "name: A\nprompt: Hi\nfaq_items: [{question: Q, answer: 'Hi {{x}}'}]\n", at="3:39", says="nothing says"
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Every placeholder that is not filled in."""
        for text, names in subject.texts.named:
            known = local_names(subject.value, text)
            if (
                not _takes_prompt_variables(text)
                and not known.issuperset(names)
                and not subject.is_refused(text.pointer)
            ):
                unknown = [each for each in placeholders_in(text) if each.name not in known]
                yield from (_unfilled(subject, each) for each in unknown)


def _unfilled(subject: Subject, braces: Braces) -> Hit:
    allowed, place = braces.of.node.variables, _place(subject, braces)
    if allowed is None:
        message = f"nothing says that placeholders are filled in here, so `{_written(braces)}` may stay"
        return Hit(message, "", place, severity=Severity.INFO)
    message = f"`{_written(braces)}` is not filled in in `{dotted(braces.of.pointer)}`"
    return Hit(message, _choice(braces.name, allowed.get("known", [])), place)


class UndeclaredVariable(FileRule):
    """A variable that the project does not list.

    What it finds: a `{{name}}` that is not in `lint.variables` of revox-sync.yaml. Projects that list no variables are
    not checked. Names that Revox, the tool's inputs or structured outputs fill in need no listing.

    Why it matters: whoever places the call does not know the name, so nothing fills it in. Mostly it is a slip.

    Instead: correct the name, or add it to `lint.variables` together with the code that places calls.
    """

    code, name, looks_at = "RVX203", "undeclared-variable", (BRACE,)
    VALID = (
        Example("name: A\nprompt: Greet {{contact_name}} in {{city}}.\n", files=LISTED),
        Example("name: A\nprompt: Greet {{anybody}}.\n"),
        Example(SLACK + "  channels: [{id: C1}]\n  template: '{{summary}}'\n", files=LISTED),
    )
    INVALID = (
        Example("name: A\nprompt: Greet {{contact_nam}}.\n", at="2:15", says="`contact_name`", files=LISTED),
        Example("name: A\nprompt: |\n  In {{town}}.\n  From {{town}}.\n", at="3:6", says="`town`", files=LISTED),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """The first use of every name that is not listed, with the others beside it."""
        if not subject.variables:
            return
        unlisted: dict[str, list[Braces]] = {}
        for text, names in subject.texts.named:
            filled_in = {*subject.variables, *local_names(subject.value, text)}
            if _takes_prompt_variables(text) and not filled_in.issuperset(names):
                for each in placeholders_in(text):
                    if each.name not in filled_in:
                        unlisted.setdefault(each.name, []).append(each)
        for name, uses in unlisted.items():
            first, *others = (_place(subject, each) for each in uses)
            label = did_you_mean(name, subject.variables) or "add it to `lint.variables`, or use a listed name"
            related = tuple(Related("used here, too", each.place) for each in others)
            yield Hit(f"variable `{name}` is not listed in `lint.variables`", label, first, related)


class TwoSpellings(FileRule):
    """One variable is written in two ways.

    What it finds: names in one assistant that differ in nothing but case, accents, dashes, underscores and blanks, as
    `{{contact_name}}` and `{{contactName}}`. Projects that list their variables have RVX203 for that.

    Why it matters: they are two variables for Revox, and most likely only one is filled in.

    Instead: write the name in one way everywhere.
    """

    code, name, severity, looks_at = "RVX204", "two-spellings", Severity.WARNING, (BRACE,)
    VALID = (
        Example("name: A\nprompt: Greet {{contact_name}}, {{ contact_name }}, {{contact_name_2}}.\n"),
        Example("name: A\nprompt: Greet {{contact_name}}.\nfirst_sentence: Hi {{contact_first_name}}\n"),
    )
    INVALID = (
        Example(
            "name: A\nprompt: Greet {{contact_name}}. Thank {{contact_name}}.\nfirst_sentence: Hi {{contactName}}!\n",
            at="3:20",
            says="`contact_name`",
        ),
        Example("name: A\nprompt: Greet {{Prénom}} {{nom}} {{prenom}}.\n", at="2:34", says="`Prénom`"),
        Example(SLACK + "  channels: [{id: C1}]\n  template: '{{Summary}}'\n", at="7:14", says="`summary`"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """The first use of every spelling but the one Revox knows, else the most frequent, else the first."""
        if subject.variables:
            return
        named = [each for each in subject.texts.named if _takes_prompt_variables(each.text)]
        filled = {name for each in named for name in local_names(subject.value, each.text)}
        written = filled.union(*(each.names for each in named))
        if len(set(map(name_shape, written))) < len(written):
            uses = [braces for each in named for braces in placeholders_in(each.text)]
            yield from _spellings(subject, uses, filled)


def _spellings(subject: Subject, uses: list[Braces], filled: set[str]) -> Iterator[Hit]:
    names = Counter(each.name for each in uses)
    preferred: dict[str, str] = {}
    for name in sorted(names, key=lambda each: -names[each]):
        preferred.setdefault(name_shape(name), name)
    preferred |= {name_shape(name): name for name in filled if name_shape(name) in preferred}
    first = {each.name: each for each in reversed(uses)}
    for name in names:
        best = preferred[name_shape(name)]
        if name != best and name not in filled:
            yield _spelling(subject, first[name], best, first.get(best))


def _spelling(subject: Subject, use: Braces, best: str, other: Braces | None) -> Hit:
    related = () if other is None else (Related(f"`{best}` here", _place(subject, other).place),)
    message = f"`{use.name}` is probably the variable `{best}`"
    return Hit(message, f"write `{{{{{best}}}}}`", _place(subject, use), related)


def _place(subject: Subject, braces: Braces) -> Location:
    return subject.document.locate_text(braces.of.pointer, *braces.span(2))


def _written(braces: Braces) -> str:
    return f"{{{{{braces.name}}}}}"


def _takes_prompt_variables(text: Text) -> bool:
    allowed = text.node.variables
    return allowed is not None and bool(allowed.get("prompt_variables"))


def _choice(name: str, known: list[str]) -> str:
    return did_you_mean(name, known) or f"known here: {', '.join(f'`{each}`' for each in known)}"
