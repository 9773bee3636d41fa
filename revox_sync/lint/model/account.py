"""What `lint --online` asks the API; lint itself has no client, so that it never opens a connection."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class KeyRefusedError(Exception):
    """The API does not accept the key."""


class Account(Protocol):
    """Lists of one account. Each is fetched at most once, when the first rule needs it.

    Both methods raise KeyRefusedError where the API does not accept the key.
    """

    def voices(self) -> Mapping[str, str]:
        """Provider by voice id."""

    def phone_numbers(self) -> frozenset[str]:
        """Phone numbers that the organisation owns, in E.164 form."""


class RecordedAccount(NamedTuple):
    """Lists that are known already, for examples and tests; None where the API would refuse the key."""

    known_voices: Mapping[str, str] | None = None
    owned_numbers: frozenset[str] | None = None

    def voices(self) -> Mapping[str, str]:
        """Provider by voice id."""
        if self.known_voices is None:
            raise KeyRefusedError
        return self.known_voices

    def phone_numbers(self) -> frozenset[str]:
        """Phone numbers that the organisation owns."""
        if self.owned_numbers is None:
            raise KeyRefusedError
        return self.owned_numbers
