"""The assistant schema with a contract 0.10, which comes after 0.4 as a number and before it as a text."""

from __future__ import annotations

from typing import Any

from revox_sync.contract.schema_files import load_schema

LATER = "0.10"


def schema_with_later_contract() -> dict[str, Any]:
    """The master schema with the contract and one field for every kind of span that names it or 0.4."""
    master = dict(load_schema("assistant"))
    text = {"type": "string", "description": "a field", "x-impact": "data"}
    fields = {
        "since_later": {**text, "x-since": LATER},
        "since_0_4": {**text, "x-since": "0.4"},
        "until_later": {**text, "x-until": LATER},
        "until_0_4": {**text, "x-until": "0.4"},
        "other_from_later": {**text, "x-overrides": [{"since": LATER, "set": {"type": "integer"}}]},
        "server_since_later": {**text, "x-since": LATER, "readOnly": True},
        "server_until_0_4": {**text, "x-until": "0.4", "readOnly": True},
    }
    # The order of text on purpose: nothing may rely on how the schema lists its contracts.
    contracts = sorted([*master["x-contracts"], LATER])
    return master | {"x-contracts": contracts, "properties": {**master["properties"], **fields}}
