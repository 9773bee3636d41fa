"""Fields that do nothing on their own: the schema says which other field each of them needs (`x-needs`)."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, ClassVar

from revox_sync.contract.fields import Node
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import FileRule, Hit
from revox_sync.lint.subject.field_paths import Path, annotated, mappings_at, places
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.problem import Related
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer


class Dependence(NamedTuple):
    """Fields of one mapping that need the same other field of it.

    Attributes:
        mapping: path of the mapping.
        needed: what the schema says about the needed field.
        dependents: the fields that need it.
    """

    mapping: Path
    needed: Node
    dependents: Mapping[str, Node]


@cache
def dependences() -> Mapping[str, Dependence]:
    """Dependences by the name of the needed field."""
    by_path = dict(places(lambda _: True))
    found: dict[str, Dependence] = {}
    for path, node in by_path.items():
        if node.needs is not None:
            mapping = path[:-1]
            known = found.get(node.needs) or Dependence(mapping, by_path[*mapping, node.needs], {})
            found[node.needs] = known._replace(dependents={**known.dependents, str(path[-1]): node})
    return found


@cache
def names_over_time(mapping: Path, name: str) -> tuple[str, ...]:
    """A field of a mapping, and the older fields that it has replaced: these do its work where it is not set."""
    older = (path for path, node in annotated("x-replaced-by") if node.replaced_by == name and path[:-1] == mapping)
    return (name, *(str(path[-1]) for path in older))


def is_set(value: Any) -> bool:
    """Whether a value switches something on: neither null, false nor empty. A number always does."""
    if isinstance(value, str):
        return bool(value.strip())
    return bool(value) if isinstance(value, bool | list | dict) else value is not None


class DependenceRule(FileRule):
    """Reports fields that have no effect because another field is not set; one hit per mapping and needed field."""

    severity = Severity.WARNING
    needed: ClassVar[tuple[str, ...]]

    def traits(self) -> Iterable[str]:
        """The fields that need another one, or the top-level field they are in."""
        found = [dependences()[name] for name in self.needed]
        return frozenset(str((*dependence.mapping, name)[0]) for dependence in found for name in dependence.dependents)

    def check(self, subject: Subject) -> Iterator[Hit]:
        """Fields that are set, differ from their default, and lack the field that they need."""
        for name in self.needed:
            dependence = dependences()[name]
            for at, fields in mappings_at(subject.value, dependence.mapping):
                if any(is_set(fields.get(form)) for form in names_over_time(dependence.mapping, name)):
                    continue
                # A value that equals the default changes nothing, so it promises nothing either.
                unused = [
                    (*at, key)
                    for key, node in dependence.dependents.items()
                    if is_set(fields.get(key)) and not (node.has_default and fields[key] == node.default)
                ]
                if unused and not subject.lacks(at, name) and all(map(subject.fits, (*unused, (*at, name)))):
                    yield _hit(subject, dependence, name, unused)


def _hit(subject: Subject, dependence: Dependence, name: str, unused: list[Pointer]) -> Hit:
    first, *others = unused
    places_of_others = ((pointer[-1], subject.locate(pointer, key=True).place) for pointer in others)
    related = tuple(Related(f"`{key}` has none either", place) for key, place in places_of_others)
    condition = f"unless `{name}` is true" if "boolean" in dependence.needed.types else f"without `{name}`"
    message = f"`{first[-1]}` has no effect {condition}"
    return Hit(message, f"set `{name}`, or remove this", subject.locate(first, key=True), related)
