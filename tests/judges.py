"""What other validators say of a schema, with our formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker

from revox_sync.contract.formats import TEXT_FORMATS
from revox_sync.contract.schema_files import JsonSchema


def judges(schema: JsonSchema) -> tuple[Callable[[Any], bool], Callable[[Any], bool]]:
    """Whether a value is valid to jsonschema-rs and to jsonschema."""
    formats = {name: each.accepts for name, each in TEXT_FORMATS.items()}
    fast = jsonschema_rs.Draft202012Validator(dict(schema), formats=formats, validate_formats=True)
    return fast.is_valid, thorough(schema).is_valid


def thorough(schema: JsonSchema) -> Draft202012Validator:
    """The validator of jsonschema as it comes."""
    checker = FormatChecker(formats=())
    for name, each in TEXT_FORMATS.items():
        checker.checks(name)(each.accepts)
    return Draft202012Validator(ending_like_ecma(schema), format_checker=checker)


def ending_like_ecma(schema: Any) -> Any:
    """The schema with patterns whose `$` is the end of the text for Python, too, as the specification has it."""
    if isinstance(schema, list):
        return [ending_like_ecma(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    changed = {key: ending_like_ecma(value) for key, value in schema.items()}
    if isinstance(schema.get("pattern"), str):
        changed["pattern"] = re.sub(r"\$$", r"\\Z", schema["pattern"])
    return changed
