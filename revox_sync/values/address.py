"""Addresses of assistants, and the patterns that select them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from revox_sync.values.named_tuple import NamedTuple


def as_arguments(*words: str, options: str = "") -> str:
    """Addresses, ids or paths behind a printed command, as a shell takes them; what begins with `-` is no option.

    Args:
        options: what else belongs to the command; it is not quoted.
    """
    from shlex import quote  # needed only where a command is shown

    quoted = " ".join(map(quote, words))
    if any(word.startswith("-") for word in words):
        return f"{options} -- {quoted}".lstrip()
    return f"{quoted} {options}".rstrip()


def is_named(address: str, pattern: str) -> bool:
    """Whether a pattern, an address or a glob, selects an address; `*` also matches `/`."""
    # The comparison comes first: an address may hold `[`, which a glob reads as a set of characters.
    return address == pattern or fnmatchcase(address, pattern)


def is_titled(title: str, pattern: str) -> bool:
    """Whether a pattern, a name or a glob, selects the name of an assistant.

    Brackets in it may be meant as they are, because many names have some: `[TEST] *`.
    """
    return is_named(title, pattern) or fnmatchcase(title, pattern.replace("[", "[[]"))


def naming(address: str, patterns: Iterable[str]) -> str | None:
    """The first pattern that selects an address; None when none does."""
    return next((pattern for pattern in patterns if is_named(address, pattern)), None)


class Selection(NamedTuple):
    """Which assistants a command line means, by addresses and globs.

    Attributes:
        addresses: those that are meant; none: all.
        exclude: of these, those that are not.
    """

    addresses: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def has(self, address: str) -> bool:
        """Whether an assistant is meant."""
        if self.exclude and naming(address, self.exclude) is not None:
            return False
        return not self.addresses or naming(address, self.addresses) is not None


EVERYTHING = Selection()
