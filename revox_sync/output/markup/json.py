"""How every JSON report is written: indented, in ASCII, with a line break at the end."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any


def json_document(name: str, **members: Any) -> str:
    """One of our documents, which say first what they are; its schema is `schemas/<name>.schema.json`."""
    return json_text({"format": f"revox-sync/{name}", "version": 1, **members})


def json_text(value: Any) -> str:
    """A value as JSON. ASCII holds in every encoding, and no character of it steers a terminal."""
    return json.dumps(value, indent=2) + "\n"


def record(value: Any) -> dict[str, Any]:
    """A dataclass as JSON: its fields by name, but those without a value, which our documents leave out.

    The schemas allow no other members, so their tests fail when somebody adds a field to such a class.
    """
    return {name: member for name, member in asdict(value).items() if member not in (None, "")}


def filled(**members: Any) -> dict[str, Any]:
    """The members that have a value; the others are left out, as in `record`."""
    return {name: value for name, value in members.items() if value}
