"""Which fields fit at the cursor, and which values a field may have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lsprotocol.types import CompletionItem, CompletionItemKind

from revox_sync.config import CONFIG_NAME
from revox_sync.contract.field_page import field_page
from revox_sync.contract.fields import Node as Field
from revox_sync.contract.formats import time_zones
from revox_sync.server.answers.offer import MOST, Offer, written
from revox_sync.server.texts.open_text import OpenText
from revox_sync.server.texts.typed import Typed, names_in, typed_at
from revox_sync.source.model.value import plain_json
from revox_sync.values.pointer import Pointer, value_at


def complete_field(text: OpenText, offset: int) -> list[CompletionItem]:
    """Fields, or values of a field, that fit at an offset of a YAML text."""
    typed = typed_at(text.text, offset)
    if typed is None or typed.inside_text:
        return []
    field = (text.mapping if typed.is_key else text.field)(typed.pointer, typed.value)
    offer = Offer(text, typed.start, typed.end)
    if field is None:
        for variant in _variants(text, typed):
            offer.add(variant, kind=CompletionItemKind.EnumMember)
        return offer.items
    if typed.is_key and (field.properties or field.branches):
        _fields(text, typed, field, offer)
    else:
        _values(text, typed, field, offer)
    return offer.items


def _variants(text: OpenText, typed: Typed) -> Iterable[str]:
    """Names of variants, where one of them is about to be chosen."""
    above = text.field(typed.pointer[:-1], typed.value) if typed.pointer else None
    return above.branches if above is not None and above.discriminator == typed.pointer[-1] else ()


def _fields(text: OpenText, typed: Typed, field: Field, offer: Offer) -> None:
    """Fields that fit and are not there yet: required ones first, none that is gone from the contract."""
    value = value_at(typed.value, typed.pointer)
    chosen = field.branch(value)
    variants = [chosen] if chosen.properties else list(field.branches.values())
    has_colon = re.match(r"[\"']?[ \t]*:", text.text[typed.end : typed.end + 20]) is not None
    required = {name for variant in variants for name in variant.schema.get("required", ())}
    required -= _inherited(text, typed.pointer)
    known = {name: child for variant in variants for name, child in variant.properties.items()}
    for name, child in sorted(known.items(), key=lambda entry: entry[0] not in required):
        if name in typed.keys or "deprecationMessage" in child.schema or child.read_only:
            continue
        offer.add(
            name,
            insert=name if has_colon else f"{name}: ",
            kind=CompletionItemKind.Field,
            detail="required" if name in required else "",
            page=child.schema.get("markdownDescription") or field_page(child.schema),
            first=name in required,
        )


def _inherited(text: OpenText, pointer: Pointer) -> set[str]:
    if pointer or text.workspace is None or text.path == CONFIG_NAME:
        return set()
    return {name for environment in text.environments for name in text.workspace.defaults(environment)}


def _values(text: OpenText, typed: Typed, field: Field, offer: Offer) -> None:
    """Choices first, then names from elsewhere, then examples."""
    seen: set[str] = set()
    for value, detail, kind in (*_choices(typed, field), *_from_elsewhere(text, typed), *_examples(field)):
        label = written(value)
        if label not in seen:
            seen.add(label)
            offer.add(label, kind=kind, detail=detail)


_Proposal = tuple[object, str, CompletionItemKind]
"""A value, what is said about it, and its kind."""


def _choices(typed: Typed, field: Field) -> Iterator[_Proposal]:
    schema, present = field.schema, _siblings(typed)
    words = dict(zip(schema.get("enum", ()), schema.get("enumDescriptions", ()), strict=False))
    choices = (*schema.get("enum", ()), *((schema["const"],) if "const" in schema else ()))
    yield from ((each, words.get(each, ""), CompletionItemKind.EnumMember) for each in choices if each not in present)
    if "boolean" in field.types:
        yield from ((each, "", CompletionItemKind.Keyword) for each in (True, False))
    if schema.get("format") == "iana-time-zone":
        yield from ((zone, "", CompletionItemKind.Value) for zone in time_zones())


def _examples(field: Field) -> Iterator[_Proposal]:
    schema = field.schema
    if "enum" in schema or "const" in schema:
        return
    for value in (*schema.get("examples", ()), *((field.default,) if field.has_default else ())):
        if isinstance(value, str | int | float) and not isinstance(value, bool) and "\n" not in str(value):
            yield value, "example", CompletionItemKind.Value


def _siblings(typed: Typed) -> Iterable[Any]:
    """Entries that a list of choices has already."""
    above = value_at(typed.value, typed.pointer[:-1]) if typed.pointer else None
    return above if isinstance(above, list) else ()


def _from_elsewhere(text: OpenText, typed: Typed) -> Iterator[_Proposal]:
    """Names that must exist elsewhere: blocks of the graph, outputs of a mapping, voices of other assistants."""
    match typed.pointer:
        case ("prompt_flow", "edges", int(), "source" | "target"):
            found = _nodes(typed)
        case ("zoho", "field_mapping", int(), "source"):
            found = ((name, "structured output") for name in names_in(typed, ("structured_output_config",)))
        case ("voice", "id"):
            found = _voices(text)
        case _:
            return
    yield from ((value, detail, CompletionItemKind.Reference) for value, detail in found)


def _nodes(typed: Typed) -> Iterator[tuple[str, str]]:
    nodes = value_at(typed.value, ("prompt_flow", "nodes"))
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, dict) and isinstance(node.get("id"), str):
            inside = node.get("data")
            yield node["id"], str(inside.get("title", "")) if isinstance(inside, dict) else ""


def _voices(text: OpenText) -> Iterator[tuple[str, str]]:
    """Voices that other assistants of the project have, with the first one's name."""
    if text.workspace is None:
        return
    found: dict[str, str] = {}
    for file in text.workspace.files[:MOST]:
        if file.path != text.path:
            value = plain_json(text.workspace.load(file, text.environments[0]).value)
            voice = value.get("voice") if isinstance(value, dict) else None
            if isinstance(voice, dict) and isinstance(voice.get("id"), str):
                found.setdefault(voice["id"], f"{voice.get('provider', '')}, as in {file.address}")
    yield from found.items()
