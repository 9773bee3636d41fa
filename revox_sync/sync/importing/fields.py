"""What the file of a remote assistant declares (docs/design.md, "New files for remote assistants")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from revox_sync.contract.fields import Contract, Node
from revox_sync.contract.violation import Violation, ViolationKind
from revox_sync.source.model.value import opaque, plain_json
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.secrets import SecretState, secret_pairs, secret_state, wrap_matching_secrets
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.values.pointer import Pointer, Value


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of a remote assistant that its file cannot hold."""

    pointer: Pointer
    reason: str


@dataclass(frozen=True, slots=True)
class FileFields:
    """What a file declares.

    Attributes:
        declared: by top-level field, in the schema's order.
        left_out: with `name` or `prompt` among them there can be no file.
    """

    declared: Mapping[str, Value]
    left_out: tuple[LeftOut, ...] = ()


def file_fields(
    server: Mapping[str, Value], inherited: Mapping[str, Value], accepted: Contract, node: Node
) -> FileFields:
    """The request fields of an assistant that its file can hold.

    Args:
        server: the remote assistant, guarded, fetched by id.
        inherited: the project's defaults, guarded: fields that a file has unless it names them.
        accepted: the contract that the file must fit.
        node: root of the assistant schema.
    """
    return _fitted(request_fields(server, inherited, node), accepted, node)


def request_fields(server: Mapping[str, Value], inherited: Mapping[str, Value], node: Node) -> dict[str, Value]:
    """Every request field with a value, without read-only fields, nulls, defaults and entries the server appended."""
    return dict(_kept(server, inherited, node))


def _kept(server: Mapping[str, Value], inherited: Mapping[str, Value], node: Node) -> Iterator[tuple[str, Value]]:
    required = node.schema["required"]
    for key, place in node.properties.items():
        if place.read_only:
            continue
        whole = server.get(key)
        value = _reduced(without_server_entries(None, whole, place), place)
        if whole and value == [] and key not in inherited:
            continue  # the server appended every entry of the list, so it says nothing
        if key in inherited:
            # Without the key, the file would inherit the project's default; null says that it does not. What is a
            # secret in the default is one here.
            own = wrap_matching_secrets(inherited[key], value, place)
            if not _is_inherited(inherited[key], own, place) and (own is not None or place.nullable):
                yield key, own
        elif key in required or (value is not None and not (place.has_default and equal(value, place.default, place))):
            yield key, value


def _is_inherited(inherited: Value, own: Value, node: Node) -> bool:
    """Whether the project's default says what the assistant has, or may: of a masked secret nobody can tell."""
    # Secrets mean the same to `equal`, whatever they are.
    return equal(inherited, own, node) and not any(
        secret_state(*pair) is SecretState.DIFFERENT for pair in secret_pairs(inherited, own, node)
    )


def _reduced(value: Value, node: Node | None) -> Value:
    """A value without read-only keys and nulls, except those that a request must have; keys in the schema's order."""
    if isinstance(value, list):
        return [_reduced(entry, node.element if node is not None else None) for entry in value]
    if not isinstance(value, Mapping) or node is None:
        return value
    variant = node.branch(value)
    required = variant.schema.get("required", ())
    known = [key for key in variant.properties if key in value and not variant.properties[key].read_only]
    unknown = [key for key in value if key not in variant.properties]
    return {
        key: _reduced(value[key], variant.properties.get(key))
        for key in (*known, *unknown)
        if value[key] is not None or key in required
    }


def _fitted(declared: dict[str, Value], accepted: Contract, node: Node) -> FileFields:
    """The fields without the leaves that the contract refuses, and without mappings that need those leaves."""
    left_out: list[LeftOut] = []
    while not accepted.is_valid(plain_json(declared)):
        # It brings jsonschema along, which almost nobody who adopts an assistant needs.
        from revox_sync.contract.explain import explain

        # Of a secret only the type is known: the text that stands for it is no URL, and nothing is wrong with that.
        secrets = {secret for secret, _ in opaque(declared)}
        violations = explain(plain_json(declared), accepted.schema, node)
        judged = (each for each in violations if each.pointer not in secrets or each.kind is ViolationKind.WRONG_TYPE)
        violation = next(judged, None)
        pointer = _leaf(violation) if violation is not None else ()
        if violation is None or not pointer:
            break
        declared = _without(declared, pointer)
        inner = [leaf for leaf in left_out if leaf.pointer[: len(pointer)] == pointer]
        left_out = [leaf for leaf in left_out if leaf not in inner]
        # The reason of the first leaf is the cause; that its mapping is incomplete now only follows from it.
        left_out.append(LeftOut(pointer, inner[0].reason if inner else violation.message))
    return FileFields(declared, tuple(left_out))


def _leaf(violation: Violation) -> Pointer:
    """What has to be left out so that a violation is gone; never a part of a list, because a file owns lists whole."""
    pointer = violation.pointer if violation.key is None else (*violation.pointer, violation.key)
    return tuple(takewhile(lambda step: isinstance(step, str), pointer))


def _without(value: Any, pointer: Pointer) -> Any:
    key, *rest = pointer
    if not rest:
        return {name: child for name, child in value.items() if name != key}
    return {name: _without(child, tuple(rest)) if name == key else child for name, child in value.items()}
