"""Takes the secrets out of an assistant before it is written to a snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.planning.sent_changes import wrap_all_secrets
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret

TELLING: Final = 8
"""Characters from which a known secret is recognised inside a longer text, such as `Bearer …`."""


@dataclass(frozen=True, slots=True)
class Confidential:
    """What the project knows about secrets.

    Attributes:
        declared: the files' values by address, secrets wrapped, known or not; broken files as far as they go.
        entries: lock entries by address: a leaf without digests was a secret when it was last applied.
    """

    declared: Mapping[str, Value]
    entries: Mapping[str, LockEntry]

    def strings(self) -> frozenset[str]:
        """Every secret string that some file declares and that could be read."""
        return frozenset(_strings(list(self.declared.values())))

    def bare(self, answer: Mapping[str, Value], address: str | None, strings: AbstractSet[str]) -> Mapping[str, Value]:
        """An answer of the API in which every secret is an unknown `Secret`.

        Secrets are strings that the schema marks, what the file at `address` declares with `!env` or declared so when
        it was last applied, and the known secret `strings` wherever they are: a clone has its original's, too.
        """
        node = assistant_node()
        guarded = wrap_schema_secrets(dict(answer), node)
        declared = self.declared.get(address or "")
        entry = self.entries.get(address or "")
        value = wrap_all_secrets(declared if isinstance(declared, Mapping) else {}, guarded, entry, node)
        return {key: child if key == "id" else _hidden(child, strings) for key, child in value.items()}


def _strings(value: Value) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from [value.reveal()] if value.known and value.reveal() else []
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from _strings(child)


def _hidden(value: Value, strings: AbstractSet[str]) -> Value:
    match value:
        case Secret():
            return Secret(None)
        case str() if _tells(value, strings):
            return Secret(None)
        case dict():
            return {key: _hidden(child, strings) for key, child in value.items()}
        case list():
            return [_hidden(child, strings) for child in value]
        case _:
            return value


def _tells(text: str, strings: AbstractSet[str]) -> bool:
    return text in strings or any(each in text for each in strings if len(each) >= TELLING)
