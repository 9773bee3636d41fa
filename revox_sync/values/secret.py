"""A secret is masked by its type: code that prints, formats or serialises it by mistake gets a mask or an error."""

from __future__ import annotations

from typing import Final, Never, final

MASK: Final = "(sensitive)"


@final
class Secret:
    """A string that only the API may see. It is no `str`, so JSON encoders refuse it.

    Args:
        value: the string itself, or None where environment variables are not read (lint, diff, show).
        variable: name of the environment variable it comes from, or None for a literal in a file or a server's answer.
    """

    __slots__ = ("_value", "variable")

    def __init__(self, value: str | None, variable: str | None = None) -> None:
        self._value = value
        self.variable = variable

    @property
    def known(self) -> bool:
        """Whether there is a string to reveal."""
        return self._value is not None

    def reveal(self) -> str:
        """The string; there is no other way to it. Raises ValueError where it was never read."""
        if self._value is None:
            raise ValueError(f"the secret from {self.variable!r} was not read")
        return self._value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        # Without its string a secret equals only one from the same variable: two unread secrets may differ.
        if self._value is None and other._value is None:
            return self.variable == other.variable
        return self._value == other._value

    def __hash__(self) -> int:
        # One for all: a hash of the string would be a trace of it.
        return hash(Secret)

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __reduce__(self) -> Never:
        # Pickle would write the string to the pipe of a worker process, or to a file.
        raise TypeError("a secret is never pickled")
