"""Write the generated schemas: contract-* from assistant.schema.json, saved-plan from its pydantic model.

`python -m tools.make_schemas` writes them; `--check` writes nothing and fails when one is stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from revox_sync.contract.fields import contract_number, oldest_first
from revox_sync.sync.planning.saved_plan_model import SavedPlan

SCHEMAS = Path(__file__).parent.parent / "schemas"
ONLY_IN_MASTER = frozenset({"x-since", "x-until", "x-overrides", "x-contracts"})

Schema = dict[str, Any]


def view(master: Schema, contract: str | None) -> Schema:
    """The create body as one contract accepts it; None: as any of them does."""
    title = f"Revox assistant, contract {contract}" if contract else "Revox assistant, any contract"
    body: Schema = _strict(master, contract)
    return body | {
        "$id": f"urn:revox-sync:contract-{contract or 'any'}",
        "title": title,
        "$comment": "Generated from assistant.schema.json by make schemas; do not edit.",
    }


def _strict(node: Any, contract: str | None) -> Any:
    if isinstance(node, list):
        return [_strict(each, contract) for each in node if _exists(each, contract)]
    if not isinstance(node, dict):
        return node
    merged = _overridden(node, contract)
    return {key: _keyword(key, value, contract) for key, value in merged.items() if key not in ONLY_IN_MASTER}


def _keyword(key: str, value: Any, contract: str | None) -> Any:
    if key in {"properties", "$defs"}:
        return {name: _strict(child, contract) for name, child in value.items() if _exists(child, contract)}
    if key in {"default", "enum", "const"}:
        return value
    return _strict(value, contract)


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


def dump(value: Any, indent: int = 0) -> str:
    """JSON with short values on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= 116 or not isinstance(value, dict | list):
        return line
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        rows = [f"{pad}{json.dumps(key)}: {dump(child, indent + 2)}" for key, child in value.items()]
    else:
        rows = [pad + dump(child, indent + 2) for child in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + "\n" + ",\n".join(rows) + "\n" + " " * indent + closing


def views(master: Schema) -> dict[str, str]:
    """File name to content of every view of a contract."""
    contracts = [*oldest_first(master["x-contracts"]), None]
    return {f"contract-{contract or 'any'}.schema.json": dump(view(master, contract)) + "\n" for contract in contracts}


def saved_plan() -> Schema:
    """The shape of a saved plan on disk, where it has its digest."""
    schema = SavedPlan.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:revox-sync:saved-plan",
        "title": "Saved plan of revox-sync",
        "$comment": "Generated from revox_sync/sync/planning/saved_plan_model.py by make schemas; do not edit.",
    }
    untitled: Schema = _untitled(schema)
    return head | untitled | {"required": [*schema["required"], "digest"]}


def _untitled(node: Any) -> Any:
    """A schema without the titles that only repeat names."""
    if isinstance(node, list):
        return [_untitled(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: _untitled(child) for key, child in node.items() if key != "title" or not isinstance(child, str)}


def generated() -> dict[str, str]:
    """File name to content of every generated schema."""
    master = json.loads((SCHEMAS / "assistant.schema.json").read_text("utf-8"))
    return views(master) | {"saved-plan.schema.json": dump(saved_plan()) + "\n"}


def main(arguments: list[str]) -> int:
    """Write or check the generated schemas; 1 when `--check` finds a stale one."""
    schemas = generated()
    stale = [
        name
        for name, content in schemas.items()
        if not (SCHEMAS / name).exists() or (SCHEMAS / name).read_text("utf-8") != content
    ]
    if "--check" in arguments:
        print("\n".join(f"stale: schemas/{name} (run make schemas)" for name in stale) or "schemas are current")
        return 1 if stale else 0
    for name in stale:
        (SCHEMAS / name).write_text(schemas[name], "utf-8")
    print(f"{len(stale)} schemas written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
