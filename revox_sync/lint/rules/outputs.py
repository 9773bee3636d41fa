"""RVX406 to RVX408 and RVX426: what is extracted from a call, and what tools ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from revox_sync.lint.checks.dependent_fields import is_set
from revox_sync.lint.checks.duplicate_entries import DuplicateRule, duplicates, indexed
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Example, FileRule, Fix, Hit
from revox_sync.lint.subject.field_paths import FieldPlace, fields_of, list_entries, mappings_at, places, values_at
from revox_sync.lint.subject.similar_names import misspelt
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Remove
from revox_sync.values.pointer import Pointer

BASE = "name: Support\nprompt: Help the caller.\n"
OUTPUTS = BASE + "structured_output_config:\n"
ZOHO = "zoho:\n  connection_id: c\n  module: Leads\n  log_call_activity: true\n  outcomes: [completed]\n"
ENUM = "enum"
OPTIONS = "enum_options"


@cache
def _field_lists() -> tuple[FieldPlace, ...]:
    """Lists of named, typed fields: outputs of a call, inputs of a tool."""
    return places(lambda node: node.element is not None and OPTIONS in node.element.properties)


class OutputRule(FileRule):
    """Looks at lists of named, typed fields."""

    def traits(self) -> Iterable[str]:
        """The fields with such lists."""
        return fields_of(_field_lists())


def _typed_fields(subject: Subject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    for path, _ in _field_lists():
        for at, found in values_at(subject.value, path):
            yield from list_entries(found, at)


class EnumWithoutOptions(OutputRule):
    """An enum without options.

    What it finds: a structured output or tool input of `type: enum` without `enum_options`.

    Why it matters: there is nothing to choose from, so nothing, or anything, is filled in.

    Instead: list the options, or use `type: string`.
    """

    code, name = "RVX406", "enum-without-options"
    VALID = (Example(OUTPUTS + "  - {name: size, type: enum, required: true, enum_options: [small, large]}\n"),)
    INVALID = (
        Example(OUTPUTS + "  - {name: size, type: enum, required: true}\n", at="4:24", says="`size`"),
        Example(
            OUTPUTS + "  - {name: size, type: enum, required: true, enum_options: []}\n", at="4:60", says="options"
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Enums whose options are missing or an empty list."""
        for at, field in _typed_fields(subject):
            if field.get("type") == ENUM and not field.get(OPTIONS) and subject.fits((*at, OPTIONS)):
                marked = OPTIONS if OPTIONS in field else "type"
                message = f"`{field.get('name')}` is an enum without options"
                label = f"list them in `{OPTIONS}`, or use `type: string`"
                yield Hit(message, label, subject.document.locate((*at, marked)))


class OptionsWithoutEnum(OutputRule):
    """Options of something that is no enum.

    What it finds: `enum_options` beside another `type` than `enum`.

    Why it matters: the options are not used, and any value is accepted.

    Instead: use `type: enum`, or remove the options.
    """

    code, name, severity = "RVX407", "options-without-enum", Severity.WARNING
    VALID = (Example(OUTPUTS + "  - {name: size, type: string, required: true, enum_options: []}\n"),)
    INVALID = (
        Example(
            OUTPUTS + "  - {name: size, type: string, required: true, enum_options: [small, large]}\n",
            at="4:48",
            says="`type: string`",
            fixed=OUTPUTS + "  - {name: size, type: string, required: true}\n",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Options that are there for nothing."""
        for at, field in _typed_fields(subject):
            kind = field.get("type")
            if isinstance(kind, str) and kind != ENUM and field.get(OPTIONS) and subject.fits(at):
                fix = Fix(f"remove `{OPTIONS}`", (Remove((*at, OPTIONS)),), safe=False)
                message = f"the options of `{field.get('name')}` are not used: it has `type: {kind}`"
                location = subject.document.locate((*at, OPTIONS), key=True)
                yield Hit(message, f"use `type: {ENUM}`, or remove them", location, fix=fix)


class DuplicateOutput(OutputRule, DuplicateRule):
    """An output, input or option is there twice.

    What it finds: two structured outputs or two inputs of a tool with one name, and options that an enum lists twice.

    Why it matters: two of a name overwrite each other in the result, and cannot be told apart when compared with the
    API.

    Instead: rename or remove one of them. A repeated option is removed by `--fix`.
    """

    code, name = "RVX408", "duplicate-output"
    VALID = (
        Example(
            OUTPUTS + "  - {name: size, type: enum, required: true, enum_options: [small, Small]}\n"
            "  - {name: Size, type: string, required: true}\n"
        ),
    )
    INVALID = (
        Example(
            OUTPUTS
            + "  - {name: size, type: string, required: true}\n  - {name: size, type: number, required: true}\n",
            at="5:12",
            says="`size`",
        ),
        Example(
            OUTPUTS + "  - {name: size, type: enum, required: true, enum_options: [small, large, small]}\n",
            at="4:75",
            says="option",
            fixed=OUTPUTS + "  - {name: size, type: enum, required: true, enum_options: [small, large]}\n",
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Names used twice in a list, and options used twice in an enum."""
        for path, node in _field_lists():
            for at, found in values_at(subject.value, path):
                names = (((*each, str(node.key)), field.get(str(node.key))) for each, field in list_entries(found, at))
                for twin in duplicates(names):
                    yield self.in_list(subject, found, twin, "name")
        for at, field in _typed_fields(subject):
            for twin in duplicates(indexed(field.get(OPTIONS), (*at, OPTIONS))):
                yield self.hit(subject, twin, "option", spare=True, severity=Severity.WARNING)


class MappingFromNowhere(FileRule):
    """A CRM field is mapped from a field nobody fills.

    What it finds: a `source` in `zoho.field_mapping` that is no structured output and no variable of the assistant. It
    is a warning where an output has nearly that name, or where the project lists its variables; else a hint, since a
    call may bring any variable.

    Why it matters: the field stays empty in the CRM, and nothing says so.

    Instead: use the name of a structured output, or add one.
    """

    code, name, severity, looks_at = "RVX426", "mapping-from-nowhere", Severity.INFO, ("zoho",)
    VALID = (
        Example(
            "name: A\nprompt: Ask about {{city}}.\nstructured_output_config:\n"
            "  - {name: budget, type: number, required: true}\n"
            + ZOHO
            + "  field_mapping: [{zoho_field: A, source: budget}, {zoho_field: B, source: city}]\n"
        ),
    )
    INVALID = (
        Example(
            OUTPUTS
            + "  - {name: yearly_budget, type: number, required: true}\n"
            + ZOHO
            + "  field_mapping: [{zoho_field: Budget, source: yearly_buget}]\n",
            at="10:48",
            says="did you mean `yearly_budget`?",
        ),
        Example(
            BASE + ZOHO + "  field_mapping:\n    - {zoho_field: Budget, source: budget}\n", at="9:36", says="`budget`"
        ),
        Example(
            BASE + ZOHO + "  field_mapping:\n    - {zoho_field: Budget, source: budget}\n",
            at="9:36",
            says="add it",
            files={"revox-sync.yaml": "version: 1\nlint: {variables: [contact_name]}\n"},
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Sources that neither the assistant nor the project knows."""
        for at, zoho in mappings_at(subject.value, ("zoho",)):
            for pointer, mapping in list_entries(zoho.get("field_mapping"), (*at, "field_mapping")):
                source, place = mapping.get("source"), (*pointer, "source")
                if is_set(source) and isinstance(source, str) and subject.fits(place):
                    yield from self._judge(subject, source, place)

    def _judge(self, subject: Subject, source: str, at: Pointer) -> Iterator[Hit]:
        outputs = [name for _, name in values_at(subject.value, ("structured_output_config", None, "name"))]
        names = [name for name in outputs if isinstance(name, str)]
        available = {*names, *subject.variables, *(name for each in subject.texts.named for name in each.names)}
        if source in available:
            return
        meant = misspelt(source, names)
        certain = meant is not None or bool(subject.variables)
        label = f"did you mean `{meant}`?" if meant else "add it as a structured output"
        if not certain:
            label += ", unless every call brings it"
        message = f"nothing fills `{source}`"
        severity = Severity.WARNING if certain else None
        yield Hit(message, label, subject.document.locate(at), severity=severity)
