"""A field as editors show it beside the text: what it is, in Markdown, from what the schema knows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from revox_sync.contract.formats import TEXT_FORMATS

IMPACTS: Final[Mapping[str, str]] = {
    "speech": "what a caller hears or reads",
    "routing": "whether, when and where calls go",
    "data": "what is stored or sent to other systems",
    "cosmetic": "neither callers nor data",
}
_TYPES: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "mapping",
}
_ANNOTATIONS: Final[Mapping[str, str]] = {
    "x-needs": "**Needs**: `{}`; without it this does nothing",
    "x-triggers": "**Together with**: `{}`; neither does anything without the other",
    "x-secret": "**Secret**: declare it with `!env`",
    "readOnly": "**Read-only**: a request may not hold it",
}
_SAFE: Final = 2**53 - 1
"""Bounds of the integers that every JSON reader keeps: no bound that anybody has to be told."""


def field_page(schema: Mapping[str, Any]) -> str:
    """What a field is, as Markdown: its description, then type, default, contract and impact, as far as they are known.

    Args:
        schema: the field in `assistant.schema.json` or in a view of it, references resolved.
    """
    paragraphs = [schema.get("description", ""), _choices(schema), "  \n".join(_facts(schema))]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def retired(schema: Mapping[str, Any]) -> str:
    """What became of a field that later contracts do not have: `gone after contract 0.2; use …`."""
    return "; ".join(
        part for part in (f"gone after contract {schema['x-until']}", schema.get("x-migration", "")) if part
    )


def _choices(schema: Mapping[str, Any]) -> str:
    values, words = schema.get("enum", ()), schema.get("enumDescriptions", ())
    if not words:
        return ""
    return "\n".join(f"- `{_shown(value)}`: {text}" for value, text in zip(values, words, strict=True))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _facts(schema: Mapping[str, Any]) -> Iterator[str]:
    if kind := _type(schema):
        yield f"**Type**: {kind}"
    if "default" in schema:
        yield f"**Default**: `{_shown(schema['default'])}`, filled in by the server"
    example = _shown(schema["examples"][0]) if schema.get("examples") else ""
    if example and "\n" not in example:
        yield f"**Example**: `{example}`"
    if "x-until" in schema:
        yield f"**Contract**: {retired(schema)}"
    elif "x-since" in schema:
        yield f"**Contract**: {schema['x-since']} and later"
    yield from (words.format(schema[key]) for key, words in _ANNOTATIONS.items() if schema.get(key))
    impact = schema.get("x-impact", "")
    if impact in IMPACTS:
        yield f"**Impact**: {impact}, {IMPACTS[impact]}"
    if schema.get("x-providers"):
        yield f"**Used by**: {', '.join(schema['x-providers'])} only"


def _type(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", ("object",) if "oneOf" in schema else ())
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    nullable = "null" in kinds or None in schema.get("enum", ())
    words = " or ".join(_TYPES[kind] for kind in kinds if kind in _TYPES)
    if "const" in schema:
        words = f"`{schema['const']}`"
    elif "enum" in schema:
        words = "one of " + ", ".join(f"`{value}`" for value in schema["enum"] if value is not None)
    elif schema.get("format") in TEXT_FORMATS:
        words = TEXT_FORMATS[schema["format"]].title
    bounds = _bounds(schema)
    return f"{words}{f', {bounds}' if bounds else ''}{'; null clears it' if nullable and words else ''}"


def _bounds(schema: Mapping[str, Any]) -> str:
    least, above, most = schema.get("minimum"), schema.get("exclusiveMinimum"), schema.get("maximum")
    parts = []
    if least is not None and least > -_SAFE:
        parts.append(f"from {least:g}")
    if above is not None:
        parts.append(f"above {above:g}")
    if most is not None and most < _SAFE:
        parts.append(f"to {most:g}")
    if schema.get("minLength"):
        parts.append("not empty")
    return " ".join(parts)
