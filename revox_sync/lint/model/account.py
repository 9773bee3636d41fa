"""What `--online` asks the API; the answers come from whoever has a client."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class KeyRefusedError(Exception):
    """The API does not accept the key."""


class Account(Protocol):
    """Lists of one account; each is asked for at most once, and only when a rule needs it.

    Both raise KeyRefusedError where the API does not accept the key.
    """

    def voices(self) -> Mapping[str, str]:
        """Provider by voice id."""

    def phone_numbers(self) -> frozenset[str]:
        """Numbers the organisation owns, E.164."""


class RecordedAccount(NamedTuple):
    """Lists that are known already; None stands for a refused key."""

    known_voices: Mapping[str, str] | None = None
    owned_numbers: frozenset[str] | None = None

    def voices(self) -> Mapping[str, str]:
        """Provider by voice id."""
        if self.known_voices is None:
            raise KeyRefusedError
        return self.known_voices

    def phone_numbers(self) -> frozenset[str]:
        """Numbers the organisation owns."""
        if self.owned_numbers is None:
            raise KeyRefusedError
        return self.owned_numbers
