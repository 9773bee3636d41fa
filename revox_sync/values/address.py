"""Addresses of assistants, and the patterns that select them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def is_named(address: str, pattern: str) -> bool:
    """Whether a pattern, an address or a glob, selects an address; `*` also matches `/`."""
    # The comparison comes first: an address may hold `[`, which a glob reads as a set of characters.
    return address == pattern or fnmatchcase(address, pattern)


def naming(address: str, patterns: Iterable[str]) -> str | None:
    """The first pattern that selects an address; None when none does."""
    return next((pattern for pattern in patterns if is_named(address, pattern)), None)
