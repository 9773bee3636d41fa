"""Where a document fails its schema, found by jsonschema: slow, so it looks only at the parts that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from revox_sync.contract.formats import FORMATS
from revox_sync.contract.validator import Checker, Schema, compile_schema, ecma_pattern

Failures = Iterator[ValidationError]


def failure_finder(schema: Schema) -> Draft202012Validator:
    """The validator of a schema, made once; its `iter_errors` gives the failures in the order of the schema."""
    return _finder(_Same(schema))


class _Same:
    """A schema as a key: equal to itself only, whatever another one holds."""

    __slots__ = ("schema",)

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.schema is other.schema


@lru_cache(maxsize=16)
def _finder(key: _Same) -> Draft202012Validator:
    extend: Any = validators.extend
    kind: Callable[..., Draft202012Validator] = extend(Draft202012Validator, _keywords(key.schema))
    return kind(key.schema, format_checker=_format_checker())


def _keywords(root: Schema) -> Mapping[str, Callable[..., Failures]]:
    """Keywords as we read them. A part that `revox_sync.validity` accepts holds no failure: it is passed over."""
    checks: dict[int, Checker] = {}

    def fits(value: Any, place: Schema) -> bool:
        check = checks.get(id(place))
        if check is None:
            check = checks[id(place)] = compile_schema(place, root)
        return check(value)

    def properties(validator: Any, places: Mapping[str, Schema], mapping: object, _: object) -> Failures:
        present = mapping if isinstance(mapping, dict) else {}
        for name, place in places.items():
            if name in present and not fits(present[name], place):
                yield from validator.descend(present[name], place, path=name, schema_path=name)

    def items(validator: Any, place: Schema, entries: object, _: object) -> Failures:
        for number, each in enumerate(entries if isinstance(entries, list) else ()):
            if not fits(each, place):
                yield from validator.descend(each, place, path=number)

    return {"properties": properties, "items": items, "pattern": _pattern}


def _pattern(_: object, expression: str, text: object, __: object) -> Failures:
    if isinstance(text, str) and not ecma_pattern(expression).search(text):
        yield ValidationError(f"does not match {expression}")


@cache
def _format_checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, each in FORMATS.items():
        checker.checks(name)(each.accepts)
    return checker
