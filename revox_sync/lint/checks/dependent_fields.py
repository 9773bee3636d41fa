"""Fields that do nothing on their own: the schema says what each of them needs beside it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple

from revox_sync.contract.fields import Node
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import FileRule, Hit
from revox_sync.lint.subject.field_paths import Path, mappings_at, places
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.problem import Related


class Dependence(NamedTuple):
    """Fields of one mapping that need one neighbour.

    Attributes:
        mapping: path of the mapping.
        needed: what the schema says of the neighbour.
        dependents: the fields.
    """

    mapping: Path
    needed: Node
    dependents: Mapping[str, Node]


@cache
def dependences() -> Mapping[str, Dependence]:
    """Bonds by the name of the needed field."""
    by_path = dict(places(lambda _: True))
    found: dict[str, Dependence] = {}
    for path, node in by_path.items():
        if node.needs is not None:
            mapping = path[:-1]
            bond = found.get(node.needs) or Dependence(mapping, by_path[*mapping, node.needs], {})
            found[node.needs] = bond._replace(dependents={**bond.dependents, str(path[-1]): node})
    return found


@cache
def predecessors(mapping: Path, name: str) -> tuple[str, ...]:
    """Older fields of a mapping that a field has replaced; they do its work where it is not set."""
    older = places(lambda node: node.replaced_by == name)
    return tuple(str(path[-1]) for path, _ in older if path[:-1] == mapping)


def is_set(value: Any) -> bool:
    """Whether a value switches something on: neither null, false nor empty. A number always does."""
    if isinstance(value, str):
        return bool(value.strip())
    return bool(value) if isinstance(value, bool | list | dict) else value is not None


class DependenceRule(FileRule):
    """Reports fields whose neighbour is not set; those of one mapping that lack the same one are one cause."""

    severity = Severity.WARNING
    needed: ClassVar[tuple[str, ...]]

    def traits(self) -> Iterable[str]:
        """The fields that need a neighbour, or the mapping they are in."""
        found = [dependences()[name] for name in self.needed]
        return frozenset(str((*bond.mapping, each)[0]) for bond in found for each in bond.dependents)

    def check(self, subject: Subject) -> Iterator[Hit]:
        """One hit per mapping and needed field."""
        for name in self.needed:
            bond = dependences()[name]
            forms = (name, *predecessors(bond.mapping, name))
            for at, fields in mappings_at(subject.value, bond.mapping):
                if any(is_set(fields.get(each)) for each in forms):
                    continue
                idle = [
                    (*at, each)
                    for each, node in bond.dependents.items()
                    if is_set(fields.get(each)) and not (node.has_default and fields[each] == node.default)
                ]
                if idle and not subject.lacks(at, name) and all(subject.fits(each) for each in (*idle, (*at, name))):
                    yield self._hit(subject, bond, name, idle)

    def _hit(self, subject: Subject, bond: Dependence, name: str, idle: list[tuple[str | int, ...]]) -> Hit:
        first, *others = idle
        related = tuple(
            Related(f"`{each[-1]}` neither", subject.document.locate(each, key=True).place) for each in others
        )
        label = f"set `{name}`, or remove this"
        condition = "unless `{}` is true" if "boolean" in bond.needed.types else "without `{}`"
        message = f"`{first[-1]}` has no effect {condition.format(name)}"
        return Hit(message, label, subject.document.locate(first, key=True), related)
