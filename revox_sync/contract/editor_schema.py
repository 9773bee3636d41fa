"""The schema for editors that know JSON Schema and nothing of this program.

Such an editor sees a tagged value as the text behind its tag. So every place accepts, beside its own values, the texts
that may stand behind a tag there. What is gone from the contract is flagged with the way to replace it, and what only
the server sets is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from revox_sync.contract.field_page import field_page, retired
from revox_sync.contract.fields import contract_number, newest_contract
from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.views import Schema, strict

URL: Final = "https://pypi.org/project/revox-sync/editor-{contract}.schema.json"
CUSTOM_TAGS: Final = ("!file scalar", "!include scalar", "!env scalar", "!var scalar", "!sub scalar")
"""What editors of the YAML language server must be told of our tags (`yaml.customTags`)."""

_NAME: Final = "[A-Za-z_][A-Za-z0-9_.-]*"
_INCLUDED: Final = r"\.ya?ml(#.*)?$"
_BUILT: Final = r"\$\{"
_FROM_ENVIRONMENT: Final = "^[A-Z_][A-Z0-9_]*$"
_TEXT_FILE: Final = r"^[^\s:]+\.(md|txt|text|html|json|xml|prompt)$"
# Shown beside the text, so they belong to the place itself and not to one of the forms that its value may have.
_OUTSIDE: Final = ("description", "markdownDescription", "deprecated", "deprecationMessage", "default")
_VALUES: Final = frozenset({"default", "enum", "const", "examples", "enumDescriptions", "required"})


def editor_schema(contract: str | None, variables: Collection[str] | None, inherited: Collection[str] = ()) -> Schema:
    """The schema of an assistant file for editors.

    Args:
        contract: the pinned one; None for the newest.
        variables: names that `!var` may have; None where they are not known, so that any name may be one.
        inherited: fields that an assistant without them has from elsewhere, so that none has to name them.
    """
    version = contract or newest_contract()
    body: Schema = _tagged(documented_schema(version))
    names = [_NAME] if variables is None else [_escaped(name) for name in sorted(variables)]
    variable = [f"^({'|'.join(names)})$"] if names else []
    body["$defs"] |= {
        "tagged": _matching([_INCLUDED, _BUILT, _FROM_ENVIRONMENT, _TEXT_FILE, *variable]),
        "tagged_value": _matching([_INCLUDED, *variable]),
        "tagged_constant": _matching([_INCLUDED, _BUILT, _FROM_ENVIRONMENT]),
    }
    return body | {
        "required": [key for key in body["required"] if key not in inherited],
        "$id": URL.format(contract=version),
        "title": f"Revox assistant, contract {version}",
        "$comment": "Printed by `revox-sync schema editor`. It accepts texts that may stand behind a tag.",
    }


@cache
def documented_schema(version: str) -> Schema:
    """What one contract accepts, with a page for each field, and what is gone from it still there and marked."""
    documented: Schema = strict(_documented(dict(load_schema("assistant")), version), version)
    return documented


def _matching(patterns: list[str]) -> Schema:
    return {"type": "string", "pattern": "|".join(f"({pattern})" for pattern in patterns)}


def _escaped(name: str) -> str:
    return "".join(f"\\{sign}" if sign in r".^$*+?()[]{}|\-" else sign for sign in name)


def _documented(node: Any, version: str) -> Any:
    """The schema with a page for each field, and what is gone from the contract marked instead of left out."""
    if isinstance(node, list):
        return [_documented(each, version) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _field(field, version) for name, field in child.items()}
        if key == "properties"
        else _documented(child, version)
        for key, child in node.items()
    }


def _field(field: Mapping[str, Any], version: str) -> Schema:
    reference = field.get("$ref")
    target = load_schema("assistant")["$defs"][reference.removeprefix("#/$defs/")] if reference else {}
    documented: Schema = _documented(dict(field), version) | {"markdownDescription": field_page({**target, **field})}
    until = field.get("x-until")
    if until is None or contract_number(version) <= contract_number(until):
        return documented
    del documented["x-until"]
    return documented | {"deprecated": True, "deprecationMessage": retired(field)}


def _tagged(node: Any) -> Any:
    """The schema without our annotations, and with what may stand behind a tag accepted at every place inside."""
    if isinstance(node, list):
        return [_tagged(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: _keyword(key, child) for key, child in node.items() if not key.startswith("x-") and key != "$comment"}


def _keyword(key: str, child: Any) -> Any:
    if key == "properties":
        return {name: _place(each) for name, each in child.items()}
    if key == "items":
        return _place(child)
    return child if key in _VALUES else _tagged(child)


def _place(schema: Schema) -> Schema:
    own: Schema = _tagged(schema)
    outside = {key: own.pop(key) for key in _OUTSIDE if key in own}
    behind_tag = _behind_tag(own)
    if "oneOf" in own:
        # Where the mapping comes from a tag none of the variants fits; of several that would, none is wrong.
        return outside | {"anyOf": [*own["oneOf"], {"$ref": f"#/$defs/{behind_tag}"}]}
    return outside | ({"anyOf": [own, {"$ref": f"#/$defs/{behind_tag}"}]} if behind_tag else own)


def _behind_tag(schema: Schema) -> str | None:
    """Which texts may stand behind a tag at a place; None where any text may stand there anyway."""
    if "const" in schema:
        return "tagged_constant"
    kinds = schema.get("type", ())
    if "$ref" in schema or "enum" in schema or "pattern" in schema:  # what is referred to are texts of some form
        return "tagged"
    return None if "string" in kinds else "tagged_value"
