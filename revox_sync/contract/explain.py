"""Why a document does not fit its schema: one violation per cause, in words.

`contract.validator` decides whether a document fits; only one that does not comes here. jsonschema finds the failures
(`contract.validation_errors`), this module translates them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from revox_sync.contract.fields import Node
from revox_sync.contract.formats import TEXT_FORMATS
from revox_sync.contract.schema_files import JsonSchema
from revox_sync.contract.validation_errors import failure_finder
from revox_sync.contract.violation import Violation, ViolationKind
from revox_sync.values.did_you_mean import is_obvious, nearest
from revox_sync.values.pointer import Pointer, dotted

_MOST_KEYS: Final = 500
"""Keys of a mapping up to which what is meant by an unknown one is guessed."""


def explain(value: Any, schema: JsonSchema, node: Node | None = None) -> list[Violation]:
    """What `value` violates, in the order of the schema; empty when it is valid.

    Args:
        value: plain JSON values.
        schema: the schema that decides.
        node: the same place in the schema of all contracts, which knows read-only fields and other contracts.
    """
    found = list(dict.fromkeys(_violations(failure_finder(schema), value, (), node)))
    return _joined(_without_explained(_one_per_value(found)))


def _violations(validator: Any, value: Any, at: Pointer, root: Node | None) -> Iterator[Violation]:
    for error in validator.iter_errors(value):
        pointer: Pointer = (*at, *error.absolute_path)
        path = tuple(error.absolute_path)
        node = root.at(path, value) if root else None
        if error.validator == "oneOf":
            # jsonschema reports the failures of every branch; only those of the branch that was meant are of use.
            yield from _of_variant(validator, error, pointer, node)
        else:
            yield from _translate(error, pointer, node, required=_is_required(path, value, root))


def _is_required(path: Pointer, value: Any, root: Node | None) -> bool:
    """Whether the mapping around a value requires it; False where that is unknown."""
    parent = root.at(path[:-1], value) if root and path else None
    return parent is not None and path[-1] in parent.schema.get("required", [])


def _of_variant(validator: Any, error: Any, pointer: Pointer, node: Node | None) -> Iterator[Violation]:
    discriminator: str = error.schema["x-discriminator"]
    variants = {variant["properties"][discriminator]["const"]: variant for variant in error.schema["oneOf"]}
    value = error.instance
    if not isinstance(value, dict):
        yield _wrong_type(value, pointer, ["object"])
    elif discriminator not in value:
        yield _missing(pointer, discriminator, f"add `{discriminator}`, one of {_listed(variants)}")
    elif value[discriminator] not in list(variants):
        yield _choice_or_type(value[discriminator], (*pointer, discriminator), list(variants))
    else:
        variant = validator.evolve(schema=variants[value[discriminator]])
        yield from _violations(variant, value, pointer, node)


def _translate(error: Any, pointer: Pointer, node: Node | None, *, required: bool) -> Iterator[Violation]:
    value, argument, schema = error.instance, error.validator_value, error.schema
    match error.validator:
        case "additionalProperties":
            keys = [key for key in value if key not in schema.get("properties", {})]
            yield from (_unexpected(str(key), value, pointer, schema, node) for key in keys)
        case "required":
            yield from (_missing(pointer, key) for key in argument if key not in value)
        case "anyOf":
            yield from (_missing(pointer, key) for key in argument[0]["required"])
        case "type":
            hidden = schema.get("x-secret", False) or (node is not None and node.secret)
            kinds = [argument] if isinstance(argument, str) else argument
            yield _wrong_type(value, pointer, kinds, hidden=hidden, required=required)
        case "enum" | "const":
            choices = argument if error.validator == "enum" else [argument]
            yield _choice_or_type(value, pointer, [choice for choice in choices if choice is not None])
        case "minLength" | "minItems":
            yield Violation(ViolationKind.EMPTY, pointer, f"{_named(pointer)} is empty", "give it a value")
        case "pattern" | "format":
            yield _format(value, pointer, schema)
        case _:  # a bound of a number
            message = f"{_named(pointer)} is {describe(value).removeprefix('the number ')}, out of range"
            yield Violation(ViolationKind.OUT_OF_RANGE, pointer, message, f"allowed: {_range_words(schema, value)}")


def _unexpected(
    key: str, value: Mapping[str, Any], pointer: Pointer, schema: JsonSchema, node: Node | None
) -> Violation:
    """A key that the schema does not have: read-only, of another contract or variant, moved, or misspelt."""
    known = node.child(key, value) if node else None
    if known and known.read_only:
        message = f"`{key}` is set by the server and cannot be sent"
        return Violation(ViolationKind.READ_ONLY, pointer, message, "remove it", key, removable=True)
    if known and node:
        return _of_other_contract(key, value, pointer, node)
    if node and any(key in variant.properties for variant in node.branches.values()):
        return _of_other_variant(key, value, pointer, schema, node)
    moved = schema.get("x-moved", {})
    if key not in moved:
        return _misspelt(key, value, pointer, schema)
    target = moved[key]
    siblings = tuple(name for name in value if moved.get(name) == target)
    return Violation(
        ViolationKind.UNKNOWN_FIELD,
        pointer,
        f"{_subject(siblings, 'has moved', 'have moved')} into the entries of `{target}`",
        f"write this below `{target}:`",
        key,
        accounts_for=(target,),
        slip=f"moved {target}",
        meant=target,
        moves=siblings,
    )


def _of_other_variant(
    key: str, value: Mapping[str, Any], pointer: Pointer, schema: JsonSchema, node: Node
) -> Violation:
    """A key of one variant beside the discriminator of another; also says what the chosen variant still needs."""
    owner, branch = next((name, branch) for name, branch in node.branches.items() if key in branch.properties)
    lacking = tuple(name for name in schema["required"] if name not in value)
    label = f"this is `{node.discriminator}: {value[str(node.discriminator)]}`"
    if lacking:
        label += f", which needs {_quoted(lacking)}"
    siblings = [name for name in value if name not in schema["properties"] and name in branch.properties]
    message = f"{_subject(siblings, 'belongs', 'belong')} to `{node.discriminator}: {owner}`"
    return Violation(
        ViolationKind.OTHER_VARIANT, pointer, message, label, key, accounts_for=lacking, slip=f"variant {owner}"
    )


def _misspelt(key: str, value: Mapping[str, Any], pointer: Pointer, schema: JsonSchema) -> Violation:
    free = [name for name in schema.get("properties", {}) if name not in value]
    # To guess what is meant takes longer than all the rest, and nobody reads a thousand guesses.
    meant = nearest(key, free) if len(value) <= _MOST_KEYS else None
    if meant:
        label = f"did you mean `{meant}`?"
        if meant in schema.get("required", []):
            label += f" (`{meant}` is required and missing)"
    elif not pointer:  # an assistant has too many fields to list them
        label = "remove it"
    else:
        label = f"known here: {_listed(free)}" if free else "remove it; everything known here is set"
    return Violation(
        ViolationKind.UNKNOWN_FIELD,
        pointer,
        f"unknown field `{_clipped(key)}`{_inside(pointer)}",
        label,
        key,
        accounts_for=(meant,) if meant else (),
        meant=meant,
        obvious=meant is not None and is_obvious(key, meant, free),
    )


def _of_other_contract(key: str, value: Mapping[str, Any], pointer: Pointer, node: Node) -> Violation:
    siblings = node.branch(value).properties
    annotations = siblings[key].schema
    since, until = annotations.get("x-since"), annotations.get("x-until")
    span = f"contract {until} was the last with it" if until else f"it exists since contract {since}"
    successor = annotations.get("x-replaced-by")
    if successor is None:
        replaced = tuple(name for name, sibling in siblings.items() if sibling.replaced_by == key)
        label = f"write {_quoted(replaced)} instead" if replaced else "remove it, or pin the contract the API speaks"
        message = f"`{key}` is not in this contract: {span}"
        return Violation(ViolationKind.NOT_IN_CONTRACT, pointer, message, label, key, accounts_for=replaced)
    replaced = tuple(name for name in value if name in siblings and siblings[name].replaced_by == successor)
    return Violation(
        ViolationKind.DEPRECATED,
        pointer,
        f"{_subject(replaced, 'is deprecated', 'are deprecated')}: contract {until} was the last with it",
        annotations["x-migration"],
        key,
        accounts_for=(successor,),
        slip=f"replaced by {successor}",
        meant=successor,
        moves=replaced,
    )


def _missing(pointer: Pointer, key: str, label: str = "") -> Violation:
    message = f"missing field `{key}`{_inside(pointer)}"
    return Violation(
        ViolationKind.MISSING_FIELD, pointer, message, label or f"add `{key}`", missing=(key,), slip="missing"
    )


_TYPE_NAMES: Final = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "null": "null",
}
_UNQUOTED: Final = {"integer": r"-?[0-9]+", "number": r"-?[0-9]+(\.[0-9]+)?", "boolean": "true|false"}
"""Texts that YAML reads as a value of the type when they are not in quotes."""


def _wrong_type(
    value: Any, pointer: Pointer, expected: list[str], *, hidden: bool = False, required: bool = False
) -> Violation:
    wanted = " or ".join(_TYPE_NAMES[kind] for kind in expected)
    if value is None:
        return _null(pointer, wanted, required=required)
    found = "a secret of another type" if hidden else describe(value)
    message = f"{_named(pointer)} is {found}, not {wanted}"
    label = f"expected {wanted}{_quoting(value, expected)}"
    return Violation(ViolationKind.WRONG_TYPE, pointer, message, label, expected=tuple(expected))


def _quoting(value: Any, expected: list[str]) -> str:
    """What to do where quotes, or missing ones, are the reason of a wrong type; else an empty string."""
    if "string" in expected:
        return "" if isinstance(value, dict | list) else ": put it in quotes"
    if isinstance(value, str) and any(re.fullmatch(_UNQUOTED[kind], value) for kind in expected if kind in _UNQUOTED):
        return ": remove the quotes"
    return ": `true` or `false`" if expected[0] == "boolean" else ""


def _null(pointer: Pointer, wanted: str, *, required: bool) -> Violation:
    label = f"write {wanted}"
    if pointer and isinstance(pointer[-1], int):
        label += ", or remove the entry"
    elif not required:
        label += ", or remove the key to leave the field unmanaged"
    message = f"{_named(pointer)} does not accept null"
    return Violation(ViolationKind.NULL, pointer, message, label, removable=bool(pointer) and not required)


def describe(value: Any) -> str:
    """A value in words: its type and, of scalars, the content, shortened."""
    match value:
        case bool():
            return f"the boolean `{str(value).lower()}`"
        case int() | float():
            # Python refuses to write an integer of more than 4,300 digits.
            return f"the number `{value}`" if abs(value) < 1e21 else "a very large number"
        case str():
            return f"the string `{_clipped(value)}`"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "null"


def _choice_or_type(value: Any, pointer: Pointer, choices: list[Any]) -> Violation:
    names = [choice for choice in choices if isinstance(choice, str)]
    if not isinstance(value, str) and names == choices:
        return _wrong_type(value, pointer, ["string"])
    meant = nearest(str(value), names)
    label = f"did you mean `{meant}`? choices: {_listed(choices)}" if meant else f"choices: {_listed(choices)}"
    message = f"`{_clipped(str(value))}` is no choice for {_named(pointer)}"
    return Violation(ViolationKind.INVALID_CHOICE, pointer, message, label, meant=meant)


def _format(value: str, pointer: Pointer, schema: JsonSchema) -> Violation:
    if "format" not in schema:  # only `propertyNames` has a pattern without a format
        label = "use letters, digits, `-` and `_`, a letter or digit first"
        return Violation(
            ViolationKind.INVALID_FORMAT, pointer, f"{describe(value)} is no name{_inside(pointer)}", label
        )
    wanted = TEXT_FORMATS[schema["format"]]
    message = f"{_named(pointer)} is {describe(value)}, not {wanted.title}"
    label = f"such as `{wanted.example}`"
    if value != value.strip():
        label += "; there is white space around the value"
    return Violation(ViolationKind.INVALID_FORMAT, pointer, message, label, form=schema["format"])


_LARGEST: Final = 2**53 - 1
"""The bound of every integer (docs/api.md, "Constraints beyond type"); mentioned only where a value is beyond it."""


def _range_words(schema: JsonSchema, value: float) -> str:
    """The bounds of a number in words: `0.6 to 1.5`, `above 0`."""
    low, high, above = schema.get("minimum"), schema.get("maximum"), schema.get("exclusiveMinimum")
    if high == _LARGEST and value <= high:
        high = None
    if above is not None:
        return f"above {above}" if high is None else f"above {above}, at most {high}"
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"{low} or more" if low is not None else f"at most {high}"


# The worst fault of a value first; all others are equal.
_RANKED: Final = (
    ViolationKind.NULL,
    ViolationKind.WRONG_TYPE,
    ViolationKind.INVALID_CHOICE,
    ViolationKind.OUT_OF_RANGE,
)


def _one_per_value(found: list[Violation]) -> list[Violation]:
    """One fault per value: a string in place of a number is not out of range as well."""
    worst: dict[Pointer, Violation] = {}
    for violation in sorted(found, key=_rank):
        if _about_value(violation):
            worst.setdefault(violation.pointer, violation)
    return [violation for violation in found if not _about_value(violation) or worst[violation.pointer] is violation]


def _about_value(violation: Violation) -> bool:
    return violation.key is None and not violation.missing


def _rank(violation: Violation) -> int:
    return _RANKED.index(violation.kind) if violation.kind in _RANKED else len(_RANKED)


def _without_explained(found: list[Violation]) -> list[Violation]:
    """Drop a missing key that a misspelt, moved or deprecated key of the same mapping already explains."""
    explained = {(violation.pointer, key) for violation in found for key in violation.accounts_for}
    return [
        violation for violation in found if not any((violation.pointer, key) in explained for key in violation.missing)
    ]


def _joined(found: list[Violation]) -> list[Violation]:
    """Violations with those of one slip joined: keys missing in one mapping, keys moved to one place."""
    joined: dict[tuple[object, ...], Violation] = {}
    for number, violation in enumerate(found):
        identity = (violation.pointer, violation.slip) if violation.slip else (number,)
        first = joined.setdefault(identity, violation)
        if first is not violation and first.missing:
            missing = first.missing + violation.missing
            message = f"missing fields {_quoted(missing)}{_inside(first.pointer)}"
            joined[identity] = first._replace(missing=missing, message=message, label=f"add {_quoted(missing)}")
    return list(joined.values())


def _named(pointer: Pointer) -> str:
    return f"`{dotted(pointer)}`" if pointer else "the file"


def _inside(pointer: Pointer) -> str:
    return f" in `{dotted(pointer)}`" if pointer else ""


def _clipped(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _quoted(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def _subject(keys: Sequence[str], singular: str, plural: str) -> str:
    return f"{_quoted(keys)} {singular if len(keys) == 1 else plural}"


def _listed(choices: Iterable[Any]) -> str:
    return ", ".join(choice if isinstance(choice, str) else json.dumps(choice) for choice in choices)
