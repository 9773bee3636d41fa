"""Where a document fails its schema, found by jsonschema, which is slow and so sees only parts that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from revox_sync.contract.formats import TEXT_FORMATS
from revox_sync.contract.validator import Checker, Schema, compile_schema, ecma_pattern

_Failures = Iterator[ValidationError]
# By id, because a dictionary has no hash. A validator keeps its schema, so no other schema gets the same id.
_FINDERS: Final[dict[int, Draft202012Validator]] = {}


def failure_finder(schema: Schema) -> Draft202012Validator:
    """The validator of a schema, made once; its `iter_errors` gives the failures in the order of the schema."""
    if id(schema) not in _FINDERS:
        extend: Any = validators.extend
        kind: Callable[..., Draft202012Validator] = extend(Draft202012Validator, _keywords(schema))
        _FINDERS[id(schema)] = kind(schema, format_checker=_format_checker())
    return _FINDERS[id(schema)]


def _keywords(root: Schema) -> Mapping[str, Callable[..., _Failures]]:
    # By id, too: all parts of the schema live as long as `root`.
    checks: dict[int, Checker] = {}

    def fits(value: Any, schema: Schema) -> bool:
        if id(schema) not in checks:
            checks[id(schema)] = compile_schema(schema, root)
        return checks[id(schema)](value)

    def properties(validator: Any, schemas: Mapping[str, Schema], mapping: object, _: object) -> _Failures:
        present = mapping if isinstance(mapping, dict) else {}
        for name, schema in schemas.items():
            if name in present and not fits(present[name], schema):
                yield from validator.descend(present[name], schema, path=name, schema_path=name)

    def items(validator: Any, schema: Schema, entries: object, _: object) -> _Failures:
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if not fits(entry, schema):
                yield from validator.descend(entry, schema, path=index)

    return {"properties": properties, "items": items, "pattern": _pattern}


def _pattern(_: object, expression: str, text: object, __: object) -> _Failures:
    # jsonschema reads a pattern as Python does, not as ECMA does.
    if isinstance(text, str) and not ecma_pattern(expression).search(text):
        yield ValidationError(f"does not match {expression}")


@cache
def _format_checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, text_format in TEXT_FORMATS.items():
        checker.checks(name)(text_format.accepts)
    return checker
