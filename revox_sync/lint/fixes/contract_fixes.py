"""From a violation of the contract to its fix."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.contract.validator import compile_schema
from revox_sync.contract.violation import Violation, ViolationKind
from revox_sync.lint.model.rule import Fix
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.edits.value_diff import equal_values, get
from revox_sync.source.model.amendment import Remove, RenameKey, SetValue
from revox_sync.source.model.value import Scalar, Value
from revox_sync.source.yaml.scalars import plain_value
from revox_sync.values.pointer import Pointer

# Keys that older contracts had, where they have another name in the entry of a list into which they have moved.
_ENTRY_KEYS: Final = {"transfer_phone_number": "phone_number", "channel_id": "id", "channel_name": "name"}
# Required keys of such entries for which the old keys have no value. A fix that needs one is not safe.
_INVENTED: Final = {"label": "Transfer"}

# At most 15 digits: a double does not hold more of them exactly, so that the fix would change the number.
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_CONTAINERS: Final[dict[type, str]] = {dict: "object", list: "array"}


def contract_fix(subject: Subject, violation: Violation) -> Fix | None:
    """The fix of a violation; None where only its author can know what is meant."""
    if violation.moves:
        return _moved(subject, violation)
    if violation.removable:
        return _removed(violation)
    match violation.kind:
        case ViolationKind.UNKNOWN_FIELD:
            return _renamed(subject, violation)
        case ViolationKind.WRONG_TYPE:
            return _respelled(subject, violation)
        case ViolationKind.INVALID_CHOICE if violation.meant:
            return Fix(f"write `{violation.meant}`", (SetValue(violation.pointer, violation.meant),), safe=False)
    return None


def is_accepted(subject: Subject, pointer: Pointer, value: Scalar) -> bool:
    """Whether some contract accepts a value at a place whose text may be shown; that of a secret may not."""
    node = assistant_node().at(pointer, subject.value)
    return node is None or (not node.secret and _takes(node, value))


def _takes(node: Node, value: Any) -> bool:
    """Whether a value fits a place of the schema; for a collection only whether its type does."""
    kind = _CONTAINERS.get(type(value))
    return kind in node.types if kind else compile_schema(node.schema)(value)


def _removed(violation: Violation) -> Fix:
    # Only a value that the server sets by itself is removed safely: with a null, somebody wanted to clear the field.
    at = violation.pointer if violation.key is None else (*violation.pointer, violation.key)
    name = "the entry" if isinstance(at[-1], int) else f"`{at[-1]}`"
    return Fix(f"remove {name}", (Remove(at),), safe=violation.kind is ViolationKind.READ_ONLY)


def _renamed(subject: Subject, violation: Violation) -> Fix | None:
    """Safe where one slip turns the key into the only key near it, and the value fits there."""
    at, meant = violation.pointer, violation.meant
    if meant is None or violation.key is None:
        return None
    pointer = (*at, violation.key)
    node = assistant_node().at((*at, meant), subject.value)
    fits = node is not None and (not subject.is_known(pointer) or _takes(node, get(subject.value, pointer)))
    return Fix(f"rename to `{meant}`", (RenameKey(pointer, meant),), safe=violation.obvious and fits)


def _respelled(subject: Subject, violation: Violation) -> Fix | None:
    """Adds or removes quotes, where the same text then has the type that the contract expects."""
    at = violation.pointer
    if not subject.is_known(at):
        return None
    value = _lossless(get(subject.value, at), _written(subject, at))
    if value is None or not is_accepted(subject, at, value):
        return None
    title = f'quote it: "{value}"' if isinstance(value, str) else f"write `{json.dumps(value)}`"
    return Fix(title, (SetValue(at, value),), safe=_is_spelled(get(subject.value, at), value))


def _written(subject: Subject, at: Pointer) -> str:
    """The value as the file spells it."""
    place = subject.document.locate(at).place
    return subject.document.sources[place.path].text[place.start : place.end]


def _is_spelled(written: Value, value: Value) -> bool:
    """Whether a value that is written anew has the digits that its author typed: `1.50` would become `1.5`."""
    return isinstance(value, bool) or not isinstance(value, int | float) or json.dumps(value) == written


def _lossless(value: Value, written: str) -> Scalar:
    """The same value in another type; None where there is none."""
    if isinstance(value, bool | int | float):
        # Only what is spelt as a number or boolean: with a tag, an anchor or an alias the text would be another.
        return written if equal_values(plain_value(written), value) else None
    if not isinstance(value, str):
        return None
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if _NUMBER.fullmatch(value) and value != "-0":
        return plain_value(value)
    return None


def _moved(subject: Subject, violation: Violation) -> Fix | None:
    """Moves keys into an entry of a list."""
    at, target = violation.pointer, str(violation.meant)
    holder = get(subject.value, at)
    pointers: list[Pointer] = [(*at, key) for key in violation.moves]
    if not isinstance(holder, dict) or not all(map(subject.is_known, pointers)):
        return None
    moving = {_ENTRY_KEYS.get(key, key): holder[key] for key in violation.moves if holder[key] is not None}
    if not moving:
        names = ", ".join(f"`{key}`" for key in violation.moves)
        return Fix(f"remove {names}", tuple(map(Remove, pointers)), safe=True)
    node = assistant_node().at((*at, target, 0), subject.value)
    entry = _entry(node, moving) if node and target not in holder else None
    if entry is None:
        return None
    # The first key becomes the list, so that the comments above and behind it stay.
    first, *others = pointers
    removed = [Remove(pointer) for pointer in others]
    is_safe = len(entry) == len(moving) and all(
        _is_spelled(_written(subject, pointer), get(subject.value, pointer)) for pointer in pointers
    )
    return Fix(f"move it into `{target}`", (RenameKey(first, target), SetValue(first, [entry]), *removed), is_safe)


def _entry(node: Node, moving: dict[str, Value]) -> dict[str, Value] | None:
    """An entry in the order of the schema; None where a required key is missing or a value does not fit."""
    complete = {key: _INVENTED[key] for key in node.schema["required"] if key in _INVENTED} | moving
    fits = all(key in node.properties and _takes(node.properties[key], value) for key, value in complete.items())
    if not fits or not complete.keys() >= set(node.schema["required"]):
        return None
    return {key: complete[key] for key in node.properties if key in complete}
