"""What the files want, ready to compare: secrets wrapped, environment variables there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from revox_sync.contract import assistant_node
from revox_sync.errors import ConfigError
from revox_sync.pointer import Value
from revox_sync.source.document import Document
from revox_sync.sync.secrets import guard


@dataclass(frozen=True, slots=True)
class Desired:
    """One assistant as its file wants it.

    Attributes:
        declared: the body of the file, defaults included, every secret a `Secret`.
    """

    address: str
    name: str
    declared: Mapping[str, Value]


def desire(documents: Iterable[tuple[str, Document]]) -> list[Desired]:
    """Desired assistants from loaded files by address; the files have no errors.

    Raises:
        ConfigError: environment variables are not set; all of them are named.
    """
    loaded = list(documents)
    unset = {name: document.path for _, document in loaded for name, _ in document.missing_env}
    if unset:
        listed = ", ".join(f"`{name}` ({path})" for name, path in sorted(unset.items()))
        raise ConfigError(
            f"environment variables are not set or empty: {listed}", hint="set them, or name other assistants"
        )
    return [_desired(address, document) for address, document in loaded]


def _desired(address: str, document: Document) -> Desired:
    declared: dict[str, Value] = guard(document.value, assistant_node())
    return Desired(address, declared["name"], declared)
