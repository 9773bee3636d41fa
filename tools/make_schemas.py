"""Write the generated schemas: contract-* from assistant.schema.json, saved-plan from its pydantic model.

`python -m tools.make_schemas` writes them; `--check` writes nothing and fails when one is stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from revox_sync.contract.fields import oldest_first
from revox_sync.contract.views import Schema, view
from revox_sync.sync.planning.saved_plan_model import SavedPlan

SCHEMAS = Path(__file__).parent.parent / "schemas"


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
