"""What amendments make of a value, and the single steps that lead there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias, TypeVar

from revox_sync.source.model.amendment import Add, Amendment, Remove, RenameKey, SetValue
from revox_sync.source.model.value import Value
from revox_sync.values.pointer import Pointer

Identity: TypeAlias = Callable[[Pointer], str | None]
"""The key that identifies the entries of the list at a pointer; None where they have none."""
Whole: TypeAlias = Callable[[Pointer, Value], bool]
"""Whether a value that becomes another one is written anew as a whole; asked from the root down."""


_Kind = TypeVar("_Kind", SetValue, Remove, RenameKey)


class Insert(NamedTuple):
    """A new entry of the collection at `pointer`: behind all others, or before the list entry `before`."""

    pointer: Pointer
    key: str | None
    value: Value
    before: int | None = None


class Rewrite(NamedTuple):
    """The value at `pointer` is written anew in the document's own file, instead of a tag or alias, or as a new key."""

    pointer: Pointer
    value: Value


EditStep: TypeAlias = SetValue | Remove | RenameKey | Insert | Rewrite
"""One change of a text. The value of a SetValue is a scalar, or a collection that is written anew."""


def frozen(value: Value) -> Hashable:
    """A hashable value, equal for equal values of equal types; the order of keys does not count."""
    if isinstance(value, dict):
        return dict, frozenset((key, frozen(part)) for key, part in value.items())
    if isinstance(value, list):
        return list, tuple(frozen(part) for part in value)
    return type(value), value  # or 1, 1.0 and True would be equal


def equal_values(one: Value, other: Value) -> bool:
    """Whether two values are equal, types included."""
    return frozen(one) == frozen(other)


def get(value: Value, pointer: Pointer) -> Value:
    """The value at a pointer. Raises LookupError where there is none."""
    for step in pointer:
        match value, step:
            case dict(), str():
                value = value[step]
            case list(), int() if step >= 0:
                value = value[step]
            case _:
                raise LookupError
    return value


def amended(value: Value, amendments: Iterable[Amendment]) -> Value:
    """The value with all amendments made; every pointer means the value as it was before all of them.

    Raises LookupError where an amendment cannot be made: its place does not exist, another one removes it, or a key
    would be there twice.
    """
    rest = list(amendments)
    result = _amended(value, (), rest)
    if rest:
        raise LookupError
    return result


def _amended(value: Value, at: Pointer, rest: list[Amendment]) -> Value:
    """The new value for the one at a pointer; takes the amendments that it makes out of `rest`."""
    if new := _take(rest, SetValue, at):
        return new.value
    if not isinstance(value, (dict, list)) or not any(amendment.pointer[: len(at)] == at for amendment in rest):
        return value
    entries: list[tuple[str | int, Value]] = []
    for name in list(value) if isinstance(value, dict) else range(len(value)):
        if not _take(rest, Remove, (*at, name)):
            renamed = _take(rest, RenameKey, (*at, name))
            part = _amended(get(value, (name,)), (*at, name), rest)
            entries.append((renamed.key if renamed else name, part))
    additions = [
        addition for addition in rest if isinstance(addition, Add) and addition.pointer[:-1] == at != addition.pointer
    ]
    for addition in additions:
        rest.remove(addition)
    added = [(addition.pointer[-1], addition.value) for addition in additions]
    misplaced = str if isinstance(value, list) else int
    if any(isinstance(name, misplaced) for name, _ in (*entries, *added)):
        raise LookupError
    if isinstance(value, list):
        return [part for _, part in (*entries, *added)]
    # A key that a merge key or a default brings in may be added: the added one then takes precedence.
    if len(dict(entries)) < len(entries) or len(dict(added)) < len(added):
        raise LookupError
    return {str(name): part for name, part in (*entries, *added)}


def _take(rest: list[Amendment], kind: type[_Kind], pointer: Pointer) -> _Kind | None:
    """The first amendment of a kind at a pointer, which is no longer in `rest` then."""
    for amendment in rest:
        if isinstance(amendment, kind) and amendment.pointer == pointer:
            rest.remove(amendment)
            return amendment
    return None


def steps(
    value: Value, amendments: Sequence[Amendment], identity: Identity = lambda _: None, whole: Whole = lambda *_: False
) -> Iterator[EditStep]:
    """The fewest steps that amount to the amendments. Raises LookupError as `amended` does."""
    for amendment in amendments:
        if isinstance(amendment, SetValue):
            old = get(value, amendment.pointer)
            if isinstance(old, (dict, list)):
                yield from _differences(amendment.pointer, old, amendment.value, identity, whole)
            else:
                yield amendment
        elif isinstance(amendment, Add):
            name = amendment.pointer[-1]
            yield Insert(amendment.pointer[:-1], name if isinstance(name, str) else None, amendment.value)
        else:
            yield amendment


def _differences(at: Pointer, old: Value, new: Value, identity: Identity, whole: Whole) -> Iterator[EditStep]:
    """Steps that lead from one value to another; none where they are equal."""
    if equal_values(old, new):
        return
    if whole(at, new):
        yield Rewrite(at, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from (Remove((*at, key)) for key in old if key not in new)
        for key, part in new.items():
            if key in old:
                yield from _differences((*at, key), old[key], part, identity, whole)
            else:
                yield Insert(at, key, part)
    elif isinstance(old, list) and isinstance(new, list) and new and old:
        yield from _list_differences(at, old, new, identity, whole)
    else:
        yield SetValue(at, new)


def _list_differences(
    at: Pointer, old: list[Value], new: list[Value], identity: Identity, whole: Whole
) -> Iterator[EditStep]:
    from difflib import SequenceMatcher  # few fixes change a list

    before, after = _names(old, identity(at)), _names(new, identity(at))
    named = before is not None and after is not None
    if before is None or after is None:
        before, after = [frozen(part) for part in old], [frozen(part) for part in new]
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        # Entries without identity in the same place are taken for one entry that changed, so that its comments stay.
        pairs = min(end - start, new_end - new_start) if kind == "equal" or not named else 0
        for offset in range(pairs):
            yield from _differences(
                (*at, start + offset), old[start + offset], new[new_start + offset], identity, whole
            )
        yield from (Remove((*at, index)) for index in range(start + pairs, end))
        yield from (Insert(at, None, new[index], before=end) for index in range(new_start + pairs, new_end))


def _names(entries: list[Value], key: str | None) -> list[Hashable] | None:
    """What identifies each entry; None unless each has a name of its own."""
    if key is None or not all(isinstance(entry, dict) and key in entry for entry in entries):
        return None
    names = [frozen(entry[key]) for entry in entries if isinstance(entry, dict)]
    return names if len(set(names)) == len(names) else None
