"""What the files want, ready to compare: secrets wrapped, environment variables there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import ConfigError
from revox_sync.source.documents.document import Document
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.values.pointer import Value


@dataclass(frozen=True, slots=True)
class Desired:
    """One assistant as its file wants it.

    Attributes:
        declared: the body of the file, defaults included, every secret a `Secret`.
    """

    address: str
    name: str
    declared: Mapping[str, Value]


class DesiredBuilder:
    """What loaded files want, taken in one by one.

    Of a document only its value is kept, because the places of all values of a large project would fill the memory.
    """

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}
        self._unset: dict[str, list[tuple[str, str]]] = {}

    def take(self, address: str, document: Document) -> None:
        """Take in what the file of an address says; it may be broken, as long as nobody asks what it wants."""
        self._values[address] = document.value
        self._unset[address] = [(name, document.path) for name, _ in document.missing_env]

    def value(self, address: str) -> Value:
        """What the file of an address says; None for one that is broken beyond use."""
        return self._values[address]

    def desired(self, addresses: Iterable[str] | None = None) -> list[Desired]:
        """Desired assistants of some addresses, by default all in the order they were taken in; no file has errors.

        Raises:
            ConfigError: environment variables are not set; all of them are named.
        """
        wanted = list(self._values if addresses is None else addresses)
        unset = dict(pair for address in wanted for pair in self._unset[address])
        if unset:
            listed = ", ".join(f"`{name}` ({path})" for name, path in sorted(unset.items()))
            raise ConfigError(
                f"environment variables are not set or empty: {listed}", hint="set them, or name other assistants"
            )
        return [_desired(address, self._values[address]) for address in wanted]


def desire(documents: Iterable[tuple[str, Document]]) -> list[Desired]:
    """Desired assistants from loaded files by address; the files have no errors.

    Raises:
        ConfigError: environment variables are not set; all of them are named.
    """
    builder = DesiredBuilder()
    for address, document in documents:
        builder.take(address, document)
    return builder.desired()


def _desired(address: str, value: Value) -> Desired:
    declared: dict[str, Value] = wrap_schema_secrets(value, assistant_node())
    return Desired(address, declared["name"], declared)
