"""What one contract of the API accepts and answers, read from the schema directory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
from jsonschema_rs import ValidationError, ValidationErrorKind

from revox_sync.emulator.unknown_name import UnknownNameError

_Schema = dict[str, Any]
_Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class BodyViolation:
    """One reason to refuse a body.

    Attributes:
        path: place in the body, such as `custom_tools[0].name`; empty for the body itself.
        message: what is wrong there. It never quotes the value, which may be a secret or very long.
    """

    path: str
    message: str


class ServedContract:
    """The request bodies one contract accepts and the fields its answers have.

    Args:
        schemas: directory of `assistant.schema.json` and `contract-*.schema.json`.
        version: a contract such as `0.4`; None accepts what any contract accepts and answers like the newest.

    Attributes:
        fields: every key of an assistant in an answer, in the schema's order.
        defaults: what a create fills in, by key.
        absent_from_list: keys that the list call leaves out (docs/api.md, "Lists and answers").
        voice_providers: values of `voice.provider`.
        schema: that of the create body of the contract it answers like, without references.
        pinned: whether answers have only the keys of this contract.

    Raises:
        ValueError: there is no such contract.
    """

    def __init__(self, schemas: Path, version: str | None) -> None:
        master = _load(schemas, "assistant")
        contracts = master["x-contracts"]
        if version is not None and version not in contracts:
            raise ValueError(f"there is no contract {version!r}; known: {', '.join(contracts)}")
        answered = version or max(contracts, key=_number)
        view = _load(schemas, f"contract-{answered}")
        self.schema: Final[_Schema] = _inlined(view, view["$defs"])
        own = self.schema["properties"]
        declared = master["properties"]
        self.fields: Final = tuple(name for name in declared if name in own or _set_by_server(declared[name], answered))
        self.defaults: Final = {name: node["default"] for name, node in own.items() if "default" in node}
        self.absent_from_list: Final = frozenset(
            name for name, node in declared.items() if node.get("x-absent-from-list")
        )
        self.voice_providers: Final = frozenset(own["voice"]["properties"]["provider"]["enum"])
        self.pinned: Final = version is not None
        self._declared = {name: node for name, node in declared.items() if not self.pinned or name in self.fields}
        self._read_only = frozenset(_read_only(master))
        body = _explainable(_load(schemas, f"contract-{version or 'any'}"))
        self._create = _validator(body)
        self._update = _validator({key: value for key, value in body.items() if key != "required"})

    def require_field(self, field: str) -> None:
        """Check that there is a field of this name, with dots for nested ones: `voice.speed`, `custom_tools.url`.

        Raises:
            UnknownNameError: there is none; known are those at the same place.
        """
        known, place = self._declared, ""
        for key in field.split("."):
            if key not in known:
                raise UnknownNameError("field", field, (place + name for name in known))
            known, place = _children(known[key]), f"{place}{key}."

    def knows_item_key(self, key: str) -> bool:
        """Whether entries of some list have a field of this name."""
        return any(key in _children(node) for node in _lists({"properties": self._declared}))

    def create_violations(self, body: object) -> list[BodyViolation]:
        """What is wrong with a create body; empty when nothing is."""
        return self._violations(self._create, body)

    def update_violations(self, body: object) -> list[BodyViolation]:
        """What is wrong with an update body, which is any subset of a create body; empty when nothing is."""
        return self._violations(self._update, body)

    def _violations(self, validator: jsonschema_rs.Draft202012Validator, body: object) -> list[BodyViolation]:
        try:
            errors = sorted(validator.iter_errors(body), key=_is_secondary)
        # How jsonschema-rs reports nesting beyond its limit.
        except ValueError:
            return [BodyViolation("", "nested too deeply")]
        first_at: dict[_Steps, str] = {}
        for error in errors:
            for steps, message in self._explained(error):
                first_at.setdefault(steps, message)
        return [BodyViolation(_dotted(steps), message) for steps, message in first_at.items()]

    def _explained(self, error: ValidationError) -> Iterator[tuple[_Steps, str]]:
        place, kind = tuple(error.instance_path), error.kind
        if isinstance(kind, ValidationErrorKind.Required):
            yield (*place, kind.property), "required"
        elif isinstance(kind, ValidationErrorKind.AdditionalProperties):
            for name in kind.unexpected:
                yield (*place, name), self._unexpected((*place, name))
        elif isinstance(kind, ValidationErrorKind.AnyOf):
            # The alternatives are the forms of several contracts. The first is the newest, which a client should use.
            for inner in kind.context[0]:
                yield from self._explained(inner)
        else:
            yield place, error.message

    def _unexpected(self, steps: _Steps) -> str:
        names = tuple(step for step in steps if isinstance(step, str))
        return "read-only: set by the server" if names in self._read_only else "unknown field"


def _load(schemas: Path, name: str) -> _Schema:
    schema: _Schema = json.loads((schemas / f"{name}.schema.json").read_text("utf-8"))
    return schema


def _inlined(node: Any, definitions: _Schema) -> Any:
    """The schema with each reference replaced by what it names."""
    if isinstance(node, list):
        return [_inlined(entry, definitions) for entry in node]
    if not isinstance(node, dict):
        return node
    named = definitions[node["$ref"].rpartition("/")[2]] if "$ref" in node else {}
    return named | {key: _inlined(child, definitions) for key, child in node.items() if key != "$ref"}


def _children(node: _Schema) -> _Schema:
    """The fields of an object in every form it may have, or of the entries of a list."""
    forms = (node, *node.get("oneOf", ()), *([node["items"]] if "items" in node else []))
    return {name: child for form in forms for name, child in form.get("properties", {}).items()}


def _lists(node: _Schema) -> Iterator[_Schema]:
    if "items" in node:
        yield node
    for child in _children(node).values():
        yield from _lists(child)


def _number(version: str) -> tuple[int, ...]:
    # As texts, 0.10 would come before 0.4.
    return tuple(int(part) for part in version.split("."))


def _is_secondary(error: ValidationError) -> bool:
    # A value of the wrong type breaks other rules of its place too; the type is what to report.
    return not isinstance(error.kind, ValidationErrorKind.Type)


def _set_by_server(node: _Schema, version: str) -> bool:
    since, until = node.get("x-since", version), node.get("x-until", version)
    return bool(node.get("readOnly")) and _number(since) <= _number(version) <= _number(until)


def _read_only(node: _Schema, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if node.get("readOnly"):
        yield place
    for name, child in node.get("properties", {}).items():
        yield from _read_only(child, (*place, name))
    if "items" in node:
        yield from _read_only(node["items"], place)


def _explainable(node: Any) -> Any:
    """The schema with each `oneOf` that names its discriminator replaced by one condition per branch."""
    # It accepts the same bodies, but a violation is reported inside the branch that the body chose, and not only as
    # "no branch fits".
    if isinstance(node, list):
        return [_explainable(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    rewritten = {key: _explainable(value) for key, value in node.items()}
    if "x-discriminator" in rewritten and "oneOf" in rewritten:
        rewritten |= _conditions(rewritten["x-discriminator"], rewritten.pop("oneOf"))
    return rewritten


def _conditions(discriminator: str, branches: list[_Schema]) -> _Schema:
    by_kind = {branch["properties"][discriminator]["const"]: branch for branch in branches}
    return {
        "type": "object",
        "required": [discriminator],
        "properties": {discriminator: {"enum": list(by_kind)}},
        "allOf": [
            {
                "if": {"type": "object", "required": [discriminator], "properties": {discriminator: {"const": kind}}},
                "then": branch,
            }
            for kind, branch in by_kind.items()
        ],
    }


def _validator(schema: _Schema) -> jsonschema_rs.Draft202012Validator:
    # The mask keeps values out of the messages.
    return jsonschema_rs.Draft202012Validator(schema, mask="the value")


def _dotted(steps: _Steps) -> str:
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps]
    return "".join(parts).removeprefix(".")
