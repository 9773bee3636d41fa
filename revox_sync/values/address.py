"""Addresses of assistants, and the patterns that name them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def is_named(address: str, pattern: str) -> bool:
    """Whether a pattern, an address or a glob, names an address; `*` goes across folders."""
    return address == pattern or fnmatchcase(address, pattern)


def naming(address: str, patterns: Iterable[str]) -> str | None:
    """The first pattern that names an address."""
    return next((each for each in patterns if is_named(address, each)), None)
