"""Takes the secrets out of an assistant before it is written to a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.secrets import LEAST_INSIDE, known_secrets, wrap_known_secrets, wrap_schema_secrets
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, rebuilt


class SnapshotRedactor:
    """What the project knows about secrets, put to use.

    Args:
        declared: the files' values by address, secrets wrapped, known or not; broken files as far as they go.
        entries: lock entries by address: a leaf without digests was a secret when it was last applied.
    """

    def __init__(self, declared: Mapping[str, Value], entries: Mapping[str, LockEntry]) -> None:
        self._declared = declared
        self._entries = entries
        self._strings = known_secrets(list(declared.values()))

    def redacted(self, answer: Mapping[str, Value], address: str | None) -> Mapping[str, Value]:
        """An answer of the API in which every secret is an unknown `Secret`.

        Secrets are: strings that the schema marks; what the file at `address` declares with `!env`, or declared so when
        it was last applied; and every known secret string wherever it is, because a clone has its original's secrets.
        """
        node = assistant_node()
        declared = self._declared.get(address or "")
        mine = declared if isinstance(declared, Mapping) else {}
        wrapped = wrap_known_secrets(
            mine, wrap_schema_secrets(dict(answer), node), self._entries.get(address or ""), node
        )
        # The id says which assistant this is; without it nothing can be restored.
        return {key: value if key == "id" else rebuilt(value, self._masked) for key, value in wrapped.items()}

    def _masked(self, part: Value, *_: object) -> Any:
        return Secret(None) if isinstance(part, Secret) or self._tells(part) else DESCEND

    def _tells(self, text: Value) -> bool:
        return isinstance(text, str) and (
            text in self._strings or any(secret in text for secret in self._strings if len(secret) >= LEAST_INSIDE)
        )
