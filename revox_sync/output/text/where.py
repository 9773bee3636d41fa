"""Which account a report is about."""

from __future__ import annotations

UNKNOWN_ORGANIZATION = "unknown"
"""Said where no answer of the API names an organisation, as when it has no assistant yet."""


def where_line(environment: str, base_url: str, organization_id: str | None) -> str:
    """Environment, API and organisation in one line."""
    return f"Environment {environment}: {base_url}, organisation {organization_id or UNKNOWN_ORGANIZATION}"
