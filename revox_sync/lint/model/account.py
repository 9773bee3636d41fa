"""What `lint --online` asks the API; lint itself has no client, so that it never opens a connection."""

from collections.abc import Mapping
from typing import Protocol

from revox_sync.values.named_tuple import NamedTuple


class KeyRefusedError(Exception):
    """The API does not accept the key."""


class Voice(NamedTuple):
    """A voice of the account.

    Attributes:
        language: ISO 639-1 code; empty where the API states none.
        model: the only model of its provider that speaks it; empty where every model does.
    """

    provider: str
    language: str = ""
    model: str = ""


class Account(Protocol):
    """Lists of one account. Each is fetched at most once, when the first rule needs it.

    Both methods raise KeyRefusedError where the API does not accept the key.
    """

    def voices(self) -> Mapping[str, Voice]:
        """Voices by id."""

    def phone_numbers(self) -> frozenset[str]:
        """Phone numbers that the organisation owns, in E.164 form."""


class RecordedAccount(NamedTuple):
    """Lists that are known already, for examples and tests; None where the API would refuse the key."""

    known_voices: Mapping[str, Voice] | None = None
    owned_numbers: frozenset[str] | None = None

    def voices(self) -> Mapping[str, Voice]:
        """Voices by id."""
        if self.known_voices is None:
            raise KeyRefusedError
        return self.known_voices

    def phone_numbers(self) -> frozenset[str]:
        """Phone numbers that the organisation owns."""
        if self.owned_numbers is None:
            raise KeyRefusedError
        return self.owned_numbers
