"""What a printed plan says, and fields that assistants of these tests have."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.account import SCHEMAS

IN_SYNC = "No changes. The API matches the files.\n"
PROMPT = "\n".join(["# Role", "You sell roofs.", "", "# Opening", *(f"Line {number}." for number in range(20)), ""])
VOICE = {"provider": "cartesia", "id": "v1", "speed": 1.0, "volume": 1.2}
FAQ = [{"question": "Do you deliver?", "answer": "Yes."}, {"question": "When?", "answer": "Daily."}]
SCHEMA = json.loads((SCHEMAS / "plan.schema.json").read_text("utf-8"))


def changes(plan: Any) -> dict[str, str]:
    """Action by address, without those that change nothing."""
    Draft202012Validator(SCHEMA).validate(plan)
    return {each["address"]: each["action"] for each in plan["changes"] if each["action"] != "noop"}


def fields(plan: Any, address: str) -> list[tuple[str, Any, Any]]:
    (found,) = (each for each in plan["changes"] if each["address"] == address)
    return [(each["path"], each["before"], each["after"]) for each in found["fields"]]
