"""What amendments make of a value, and the single steps that lead there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from revox_sync.source.model.amendment import Add, Amendment, Remove, RenameKey, SetValue
from revox_sync.source.model.value import Value
from revox_sync.values.pointer import Pointer

Identity: TypeAlias = Callable[[Pointer], str | None]
"""The key that identifies the entries of the list at a pointer; None when they have none."""
Whole: TypeAlias = Callable[[Pointer, Value], bool]
"""Whether a value that becomes another is written anew as one, whatever brings it in; asked from the root down."""


class Insert(NamedTuple):
    """A new entry of the collection at `pointer`: behind all others, or before the list entry `before`."""

    pointer: Pointer
    key: str | None
    value: Value
    before: int | None = None


class Rewrite(NamedTuple):
    """The value at `pointer` is written anew in the document's own file, in the place of a tag or alias or as a key."""

    pointer: Pointer
    value: Value


EditStep: TypeAlias = SetValue | Remove | RenameKey | Insert | Rewrite
"""One change of a text. The value of a SetValue is a scalar, or a collection that is written anew."""


def no_change(_: Pointer, __: Value) -> bool:
    """No value is written as one: see `Whole`."""
    return False


def frozen(value: Value) -> Hashable:
    """A value that equals another one's only if they are the same, types included; keys have no order."""
    if isinstance(value, dict):
        return dict, frozenset((key, frozen(part)) for key, part in value.items())
    if isinstance(value, list):
        return list, tuple(frozen(part) for part in value)
    return type(value), value


def equal_values(one: Value, other: Value) -> bool:
    """Whether two values are equal, types included."""
    return frozen(one) == frozen(other)


def get(value: Value, pointer: Pointer) -> Value:
    """The value at a pointer. Raises LookupError when there is none."""
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
    """The value with all amendments applied; every pointer means the value as it was before.

    Raises LookupError when an amendment has nowhere to go: no such key, a second key of one name, or a place that
    another amendment takes away.
    """
    rest = list(amendments)
    result = _amended(value, (), rest)
    if rest:
        raise LookupError
    return result


def _amended(value: Value, at: Pointer, rest: list[Amendment]) -> Value:
    """The value at a pointer afterwards; takes what it applies from `rest`."""
    replaced = [amendment for amendment in rest if isinstance(amendment, SetValue) and amendment.pointer == at]
    if replaced:
        rest.remove(replaced[0])
        return replaced[0].value
    if not isinstance(value, (dict, list)) or not any(amendment.pointer[: len(at)] == at for amendment in rest):
        return value
    names = list(value) if isinstance(value, dict) else list(range(len(value)))
    entries: list[tuple[str | int, Value]] = []
    for name in names:
        pointer = (*at, name)
        if Remove(pointer) in rest:
            rest.remove(Remove(pointer))
            continue
        renamed = next(
            (amendment for amendment in rest if isinstance(amendment, RenameKey) and amendment.pointer == pointer), None
        )
        if renamed is not None:
            rest.remove(renamed)
        part = _amended(get(value, (name,)), pointer, rest)
        entries.append((renamed.key if renamed else name, part))
    added = [
        amendment
        for amendment in rest
        if isinstance(amendment, Add) and amendment.pointer[:-1] == at and amendment.pointer
    ]
    for addition in added:
        rest.remove(addition)
    return _collected(value, entries, [(addition.pointer[-1], addition.value) for addition in added])


def _collected(
    before: Value, entries: list[tuple[str | int, Value]], added: list[tuple[str | int, Value]]
) -> dict[str, Value] | list[Value]:
    if isinstance(before, list):
        if any(isinstance(name, str) for name, _ in (*entries, *added)):
            raise LookupError
        return [part for _, part in (*entries, *added)]
    names = [name for name, _ in entries]
    new = [name for name, _ in added if isinstance(name, str)]
    if len(set(names)) < len(names) or len(set(new)) < len(added):
        raise LookupError
    # A key that a merge or a default brings in may be added: it then stands before theirs.
    return {str(name): part for name, part in (*entries, *added)}


def steps(
    value: Value, amendments: Sequence[Amendment], identity: Identity, whole: Whole = no_change
) -> Iterator[EditStep]:
    """The fewest single changes that amount to the amendments. Raises LookupError as `amended` does."""
    for amendment in amendments:
        if isinstance(amendment, SetValue):
            old = get(value, amendment.pointer)
            if isinstance(old, (dict, list)):
                yield from differences(amendment.pointer, old, amendment.value, identity, whole)
            else:
                yield amendment
        elif isinstance(amendment, Add):
            name = amendment.pointer[-1]
            yield Insert(amendment.pointer[:-1], name if isinstance(name, str) else None, amendment.value)
        else:
            yield amendment


def differences(
    at: Pointer, old: Value, new: Value, identity: Identity, whole: Whole = no_change
) -> Iterator[EditStep]:
    """Changes that lead from one value to another; none when they are the same."""
    if equal_values(old, new):
        return
    if whole(at, new):
        yield Rewrite(at, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from (Remove((*at, key)) for key in old if key not in new)
        for key, part in new.items():
            if key in old:
                yield from differences((*at, key), old[key], part, identity, whole)
            else:
                yield Insert(at, key, part)
    elif isinstance(old, list) and isinstance(new, list) and new and old:
        yield from _list_differences(at, old, new, identity, whole)
    else:
        yield SetValue(at, new)


def _list_differences(
    at: Pointer, old: list[Value], new: list[Value], identity: Identity, whole: Whole
) -> Iterator[EditStep]:
    name = identity(at)
    before, after = _names(old, name), _names(new, name)
    if before is None or after is None:
        name = None
        before, after = [frozen(part) for part in old], [frozen(part) for part in new]
    from difflib import SequenceMatcher  # few fixes change a list

    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        # Entries without identity that stand in the same place are one entry that changed.
        pairs = min(end - start, new_end - new_start) if kind == "equal" or name is None else 0
        for offset in range(pairs):
            yield from differences((*at, start + offset), old[start + offset], new[new_start + offset], identity, whole)
        yield from (Remove((*at, index)) for index in range(start + pairs, end))
        yield from (Insert(at, None, new[index], before=end) for index in range(new_start + pairs, new_end))


def _names(entries: list[Value], key: str | None) -> list[Hashable] | None:
    """What identifies each entry; None unless each has a name of its own."""
    if key is None or not all(isinstance(entry, dict) and key in entry for entry in entries):
        return None
    names = [frozen(entry[key]) for entry in entries if isinstance(entry, dict)]
    return names if len(set(names)) == len(names) else None
