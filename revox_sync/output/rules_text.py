"""Rules for people: the list, and one rule's page."""

from __future__ import annotations

from collections.abc import Sequence

from revox_sync.lint.finding import Severity


def table(rows: Sequence[tuple[str, str, Severity, str]]) -> str:
    """One line per rule: code, name, severity, headline."""
    room = max(len(name) for _, name, _, _ in rows)
    return "".join(f"{code}  {name:<{room}}  {severity:<7}  {headline}\n" for code, name, severity, headline in rows)


def page(code: str, name: str, severity: Severity, text: str) -> str:
    """A rule's documentation."""
    return f"{code} {name} ({severity})\n\n{text}\n"
