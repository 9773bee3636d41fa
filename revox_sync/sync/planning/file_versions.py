"""What changed between two versions of the files: `diff`. It knows neither lock nor server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.canonical import canonical_json
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.field_diff import field_changes, impact_of, sent_changes
from revox_sync.sync.model.plan import Action, Change, FieldChange
from revox_sync.values.pointer import Value, dotted, value_at

Pair = tuple[Desired, Desired]


def changes_between(
    before: Sequence[Desired], after: Sequence[Desired], untouched: Mapping[str, str] = MappingProxyType({})
) -> tuple[Change, ...]:
    """Every assistant of either version with what happened to it, by address; a file that is gone is a REMOVE.

    An assistant is followed by its address; one that moved by its name, or, renamed as well, by its prompt, as long as
    no other could be meant.

    Args:
        before: what one version wants.
        after: what the other one wants.
        untouched: names, by address, of assistants that both have and that cannot differ; they are in neither list.
    """
    pairs = _pairs(before, after)
    followed = {old.address for old, _ in pairs}
    reached = {new.address for _, new in pairs}
    changes = [
        *(_edited(*pair) for pair in pairs),
        *(_added(new) for new in after if new.address not in reached),
        *(_removed(old) for old in before if old.address not in followed),
        *(Change(address, name, None, Action.NOOP) for address, name in untouched.items()),
    ]
    return tuple(sorted(changes, key=lambda change: (change.address, change.action)))


def _pairs(before: Sequence[Desired], after: Sequence[Desired]) -> list[Pair]:
    pairs: list[Pair] = []
    for trait in (_address, _name, _prompt):
        left = _alone(before, {old.address for old, _ in pairs}, trait)
        right = _alone(after, {new.address for _, new in pairs}, trait)
        pairs += [(left[key], right[key]) for key in left if key in right]
    return pairs


def _alone(assistants: Iterable[Desired], taken: set[str], trait: Callable[[Desired], str]) -> dict[str, Desired]:
    """Those that are not taken by a trait that no other of them has."""
    free = [(trait(assistant), assistant) for assistant in assistants if assistant.address not in taken]
    numbers = Counter(key for key, _ in free)
    return {key: assistant for key, assistant in free if numbers[key] == 1}


def _address(assistant: Desired) -> str:
    return assistant.address


def _name(assistant: Desired) -> str:
    return assistant.name


def _prompt(assistant: Desired) -> str:
    return canonical_json(assistant.declared.get("prompt"), None)


def _edited(before: Desired, after: Desired) -> Change:
    fields = {key: _field(key, before.declared, after.declared) for key in {**after.declared, **before.declared}}
    changed = [key for key in assistant_node().properties if fields.get(key)]
    reasons = list(_reasons(before, after))
    return Change(
        address=after.address,
        name=after.name,
        id=None,
        action=Action.UPDATE if changed or reasons else Action.NOOP,
        impact=impact_of(changed),
        reason=", ".join(reasons) or None,
        fields=tuple(change for key in changed for change in fields[key]),
        declared=after.declared,
        previous_address=before.address if before.address != after.address else None,
    )


def _field(key: str, before: Mapping[str, Value], after: Mapping[str, Value]) -> list[FieldChange]:
    old, new = ({key: side[key]} if key in side else {} for side in (before, after))
    return field_changes(old, new, assistant_node(), "")


def _reasons(before: Desired, after: Desired) -> Iterator[str]:
    if before.address != after.address:
        yield f"moved from {before.address}"
    cleared = [key for key, value in after.declared.items() if value is None and key not in before.declared]
    if cleared:
        yield f"clears {_listed(cleared)}"
    dropped = [key for key in before.declared if key not in after.declared]
    if dropped:
        yield f"no longer manages {_listed(dropped)}"
    unsent = [
        dotted(field)
        for field in sorted(after.ignored)
        if value_at(before.declared, field) != value_at(after.declared, field)
    ]
    if unsent:
        yield f"{_listed(unsent)} is set on create only (`ignore_changes`)"


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def _added(after: Desired) -> Change:
    node = assistant_node()
    fields = tuple(sent_changes({}, after.declared, node))
    return Change(after.address, after.name, None, Action.CREATE, impact_of(after.declared), None, fields)


def _removed(before: Desired) -> Change:
    reason = "its assistant stays unless applied with --prune"
    return Change(before.address, before.name, None, Action.REMOVE, impact_of(before.declared), reason)
