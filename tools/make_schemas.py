"""Write the strict views schemas/contract-*.schema.json from schemas/assistant.schema.json.

`python -m tools.make_schemas` writes them; `--check` writes nothing and fails when one is stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

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
    return (since is None or since <= contract) and (until is None or contract <= until)


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
    """File name to content of every generated schema."""
    contracts = [*master["x-contracts"], None]
    return {f"contract-{contract or 'any'}.schema.json": dump(view(master, contract)) + "\n" for contract in contracts}


def main(arguments: list[str]) -> int:
    """Write or check the views; 1 when `--check` finds a stale one."""
    master = json.loads((SCHEMAS / "assistant.schema.json").read_text("utf-8"))
    stale = [
        name
        for name, content in views(master).items()
        if not (SCHEMAS / name).exists() or (SCHEMAS / name).read_text("utf-8") != content
    ]
    if "--check" in arguments:
        print("\n".join(f"stale: schemas/{name} (run make schemas)" for name in stale) or "schemas are current")
        return 1 if stale else 0
    for name in stale:
        (SCHEMAS / name).write_text(views(master)[name], "utf-8")
    print(f"{len(stale)} schemas written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
