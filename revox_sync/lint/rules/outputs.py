"""RVX406 to RVX408 and RVX426: what is extracted from a call, and what tools ask for."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

from revox_sync.lint.checks.dependent_fields import is_set
from revox_sync.lint.checks.duplicate_entries import duplicate_hit, duplicates, entry_hit
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import FileRule, Fix, Hit, with_fields
from revox_sync.lint.subject.field_paths import FieldPlace, mappings_at, places, top_level_fields, values_at
from revox_sync.lint.subject.similar_names import misspelt
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Remove
from revox_sync.values.pointer import Pointer

_SIZE: Final = "structured_output_config:\n  - {name: size, required: true, type: "
_BUDGET: Final = "structured_output_config:\n  - {name: yearly_budget, type: number, required: true}\n"
_ZOHO: Final = (
    "zoho:\n  connection_id: c\n  module: Leads\n  log_call_activity: true\n  outcomes: [completed]\n  field_mapping: "
)
_ONE_VARIABLE: Final = {"revox-sync.yaml": "version: 1\nlint: {variables: [contact_name]}\n"}
_ENUM: Final = "enum"
_OPTIONS: Final = "enum_options"


@cache
def _field_lists() -> tuple[FieldPlace, ...]:
    """Lists of named, typed fields: outputs of a call, inputs of a tool."""
    return places(lambda node: node.element is not None and _OPTIONS in node.element.properties)


class OutputRule(FileRule):
    """Looks at lists of named, typed fields."""

    def traits(self) -> Iterable[str]:
        """The fields with such lists."""
        return top_level_fields(_field_lists())


def _typed_fields(subject: Subject) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    for path, _ in _field_lists():
        yield from mappings_at(subject.value, (*path, None))


class EnumWithoutOptions(OutputRule):
    """An enum without options.

    What it finds: a structured output or tool input of `type: enum` without `enum_options`.

    Why it matters: there is nothing to choose from, so the value stays empty or can be anything.

    Instead: list the options, or use `type: string`.
    """

    code, name = "RVX406", "enum-without-options"
    VALID = (with_fields(_SIZE + "enum, enum_options: [small, large]}"),)
    INVALID = (
        with_fields(_SIZE + "enum}", "4:40", "`size`"),
        with_fields(_SIZE + "enum, enum_options: []}", "4:60", "options"),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for at, field in _typed_fields(subject):
            if field.get("type") == _ENUM and not field.get(_OPTIONS) and subject.fits((*at, _OPTIONS)):
                marked = _OPTIONS if _OPTIONS in field else "type"
                message = f"`{field.get('name')}` is an enum without options"
                yield Hit(message, f"list them in `{_OPTIONS}`, or use `type: string`", subject.locate((*at, marked)))


class OptionsWithoutEnum(OutputRule):
    """Options of something that is not an enum.

    What it finds: `enum_options` where `type` is not `enum`.

    Why it matters: the options are not used, and any value is accepted.

    Instead: use `type: enum`, or remove the options.
    """

    code, name, severity = "RVX407", "options-without-enum", Severity.WARNING
    VALID = (with_fields(_SIZE + "string, enum_options: []}"),)
    INVALID = (
        with_fields(
            _SIZE + "string, enum_options: [a, b]}", "4:48", "`type: string`", fix=(", enum_options: [a, b]", "")
        ),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for at, field in _typed_fields(subject):
            kind = field.get("type")
            if isinstance(kind, str) and kind != _ENUM and field.get(_OPTIONS) and subject.fits(at):
                # Unsafe, because the type may be the mistake.
                fix = Fix(f"remove `{_OPTIONS}`", (Remove((*at, _OPTIONS)),), safe=False)
                message = f"the options of `{field.get('name')}` are not used: it has `type: {kind}`"
                location = subject.locate((*at, _OPTIONS), key=True)
                yield Hit(message, f"use `type: {_ENUM}`, or remove them", location, fix=fix)


class DuplicateOutput(OutputRule):
    """An output, input or option appears twice.

    What it finds: two structured outputs or two inputs of a tool with the same name, and options that an enum lists
    twice.

    Why it matters: of two outputs with one name the later overwrites the earlier in the result, and they cannot be
    told apart when files are compared with the API.

    Instead: rename or remove one of them. `--fix` removes a repeated option.
    """

    code, name = "RVX408", "duplicate-output"
    VALID = (
        with_fields(_SIZE + "enum, enum_options: [small, Small]}\n  - {name: Size, type: string, required: true}"),
    )
    INVALID = (
        with_fields(_SIZE + "string}\n  - {name: size, type: number, required: true}", "5:12", "`size`"),
        with_fields(_SIZE + "enum, enum_options: [a, b, a]}", "4:67", "option", fix=(", a]", "]")),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for path, node in _field_lists():
            for at, entries in values_at(subject.value, path):
                for duplicate in duplicates(values_at(entries, (None, node.key), at)):
                    yield entry_hit(subject, entries, duplicate, "name")
        # A repeated option changes nothing for the model, so it is a warning.
        for at, field in _typed_fields(subject):
            for duplicate in duplicates(values_at(field, (_OPTIONS, None), at)):
                yield duplicate_hit(subject, duplicate, "option", severity=Severity.WARNING)


class MappingFromNowhere(FileRule):
    """A CRM field is mapped from a field that nothing fills.

    What it finds: a `source` in `zoho.field_mapping` that is neither a structured output nor a variable of the
    assistant. It is a warning where an output has nearly that name, or where the project lists its variables; else a
    hint, since a call may bring any variable.

    Why it matters: the field stays empty in the CRM, and nothing says so.

    Instead: use the name of a structured output, or add one.
    """

    code, name, severity, looks_at = "RVX426", "mapping-from-nowhere", Severity.INFO, ("zoho",)
    VALID = (
        with_fields(_BUDGET + _ZOHO + "[{zoho_field: A, source: yearly_budget}]"),
        with_fields("first_sentence: Is it {{city}}?\n" + _ZOHO + "[{zoho_field: A, source: city}]"),
    )
    INVALID = (
        with_fields(
            _BUDGET + _ZOHO + "[{zoho_field: A, source: yearly_buget}]", "10:43", "did you mean `yearly_budget`?"
        ),
        with_fields(_ZOHO + "\n    - {zoho_field: A, source: budget}", "9:31", "`budget`"),
        with_fields(_ZOHO + "[{zoho_field: A, source: budget}]", "8:43", "add it", files=_ONE_VARIABLE),
    )

    def check(self, subject: Subject) -> Iterator[Hit]:
        for at, source in values_at(subject.value, ("zoho", "field_mapping", None, "source")):
            if is_set(source) and isinstance(source, str) and subject.fits(at):
                yield from self._hits(subject, source, at)

    def _hits(self, subject: Subject, source: str, at: Pointer) -> Iterator[Hit]:
        outputs = [name for _, name in values_at(subject.value, ("structured_output_config", None, "name"))]
        names = [name for name in outputs if isinstance(name, str)]
        if source in {*names, *subject.variables, *subject.texts.placeholder_names}:
            return
        meant = misspelt(source, names)
        # Without a list of variables nobody knows which ones calls bring.
        is_certain = meant is not None or bool(subject.variables)
        label = f"did you mean `{meant}`?" if meant else "add it as a structured output"
        if not is_certain:
            label += ", unless every call brings it"
        severity = Severity.WARNING if is_certain else None
        yield Hit(f"nothing fills `{source}`", label, subject.locate(at), severity=severity)
