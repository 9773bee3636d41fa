"""What one contract makes of `assistant.schema.json`: the strict view of its create body.

The views are generated and checked in (`make schemas`), because whoever validates must not wait for this.
"""

from __future__ import annotations

from typing import Any, Final

from revox_sync.contract.fields import contract_number

ONLY_IN_MASTER: Final = frozenset({"x-since", "x-until", "x-overrides", "x-contracts"})
# Words for people. Only editors show them, and every lint reads a view.
_FOR_EDITORS: Final = frozenset({"enumDescriptions", "examples"})
_VALUES: Final = frozenset({"default", "enum", "const", "enumDescriptions", "examples"})

Schema = dict[str, Any]


def view(master: Schema, contract: str | None) -> Schema:
    """The create body as one contract accepts it; None: as any of them does."""
    title = f"Revox assistant, contract {contract}" if contract else "Revox assistant, any contract"
    body: Schema = strict(master, contract, ONLY_IN_MASTER | _FOR_EDITORS)
    return body | {
        "$id": f"urn:revox-sync:contract-{contract or 'any'}",
        "title": title,
        "$comment": "Generated from assistant.schema.json by make schemas; do not edit.",
    }


def strict(node: Any, contract: str | None, without: frozenset[str] = ONLY_IN_MASTER) -> Any:
    """A part of the schema as one contract has it, without the server's fields and some keywords."""
    if isinstance(node, list):
        return [strict(each, contract, without) for each in node if _exists(each, contract)]
    if not isinstance(node, dict):
        return node
    merged = _overridden(node, contract)
    return {key: _keyword(key, value, contract, without) for key, value in merged.items() if key not in without}


def _keyword(key: str, value: Any, contract: str | None, without: frozenset[str]) -> Any:
    if key in {"properties", "$defs"}:
        return {name: strict(child, contract, without) for name, child in value.items() if _exists(child, contract)}
    if key in _VALUES:
        return value
    return strict(value, contract, without)


def _exists(node: Any, contract: str | None) -> bool:
    if not isinstance(node, dict):
        return True
    return not node.get("readOnly") and (contract is None or covers(node, contract))


def covers(span: Schema, contract: str) -> bool:
    """Whether a contract lies in the inclusive range a schema node or override names."""
    since, until = span.get("x-since", span.get("since")), span.get("x-until", span.get("until"))
    number = contract_number(contract)
    return (since is None or contract_number(since) <= number) and (until is None or number <= contract_number(until))


def _overridden(node: Schema, contract: str | None) -> Schema:
    merged = dict(node)
    for override in node.get("x-overrides", []) if contract else []:
        if covers(override, str(contract)):
            merged |= override["set"]
    return {key: value for key, value in merged.items() if value is not None}
