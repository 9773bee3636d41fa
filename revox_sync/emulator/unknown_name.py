"""The error about a name that the emulator does not know."""

from __future__ import annotations

from collections.abc import Iterable


class UnknownNameError(ValueError):
    """A fault, quirk or field that does not exist.

    Attributes:
        reason: the first half of the message, such as "no fault `flood`".
        name: what was written.
        known: what can be written in its place; nothing below a field that has no fields of its own.
    """

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        self.reason = f"no {what} `{name}`"
        self.name = name
        self.known = tuple(known)
        super().__init__(self.reason + (f"; known: {', '.join(self.known)}" if self.known else ""))
