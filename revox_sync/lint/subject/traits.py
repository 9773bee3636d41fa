"""What a file has that rules look at: its top-level fields by name, and these, which no field is called."""

from __future__ import annotations

from typing import Final

PROBLEM: Final = "(problem)"
"""Something went wrong while it was read."""
AMBIGUITY: Final = "(ambiguity)"
"""A scalar that YAML versions read differently."""
VIOLATION: Final = "(violation)"
"""Something does not fit the contract."""
BRACE: Final = "(brace)"
"""A text with a brace in it."""
