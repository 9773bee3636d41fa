"""What the files want, ready to compare: secrets wrapped, environment variables there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import ConfigError
from revox_sync.source.documents.document import Document
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.shared_texts import with_shared_texts

_NOBODY: Final[Mapping[str, frozenset[str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Desired:
    """One assistant as its file wants it.

    Attributes:
        declared: the body of the file, defaults included, every secret a `Secret`.
        unset: environment variables that it needs and that are not set or empty, sorted.
        namesakes: addresses of the other files of the project that have its name.
        ignored: fields that are left to the dashboard once the assistant exists.
    """

    address: str
    name: str
    declared: Mapping[str, Value]
    unset: tuple[str, ...] = ()
    namesakes: frozenset[str] = frozenset()
    ignored: frozenset[Pointer] = frozenset()


class DesiredBuilder:
    """What loaded files want, taken in one by one.

    Of a document only its value is kept, because the places of all values of a large project would fill the memory; and
    of equal texts only one.
    """

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}
        self._unset: dict[str, tuple[str, ...]] = {}

    def take(self, address: str, document: Document) -> None:
        """Take in what the file of an address says; it may be broken, as long as nobody asks what it wants."""
        self._values[address] = with_shared_texts(document.value)
        self._unset[address] = tuple(sorted({name for name, _ in document.missing_env}))

    def value(self, address: str) -> Value:
        """What the file of an address says; None for one that is broken beyond use."""
        return self._values[address]

    def desired(
        self, addresses: Iterable[str] | None = None, namesakes: Mapping[str, frozenset[str]] = _NOBODY
    ) -> list[Desired]:
        """Desired assistants of some addresses, by default all in the order they were taken in; no file has errors.

        Args:
            namesakes: the other files of a file's name, by address.
        """
        wanted = self._values if addresses is None else addresses
        return [self._desired(address, namesakes.get(address, frozenset())) for address in wanted]

    def _desired(self, address: str, namesakes: frozenset[str]) -> Desired:
        declared: dict[str, Value] = wrap_schema_secrets(self._values[address], assistant_node())
        return Desired(address, declared["name"], declared, self._unset[address], namesakes)


def desire(documents: Iterable[tuple[str, Document]]) -> list[Desired]:
    """Desired assistants from loaded files by address; the files have no errors."""
    builder = DesiredBuilder()
    for address, document in documents:
        builder.take(address, document)
    return builder.desired()


def require_variables(desired: Iterable[Desired]) -> None:
    """Raises ConfigError if environment variables are not set that assistants need; all of them are named."""
    unset = {name: wish.address for wish in desired for name in wish.unset}
    if unset:
        listed = ", ".join(f"`{name}` ({address})" for name, address in sorted(unset.items()))
        raise ConfigError(f"environment variables are not set or empty: {listed}", hint="set them")
