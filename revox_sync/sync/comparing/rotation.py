"""Notices that a secret has changed which the API only masks (docs/design.md, "Secrets").

The lock holds a seal for it: an HMAC of the value that was last sent, made with a key that follows from the API key. So
a lock alone proves nothing about a secret, not even a guess, and whoever has the API key knows no more than the API
tells them. A seal names the key that made it: with another API key nobody can tell, and nobody claims to.
"""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Final

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.secrets import named_secrets
from revox_sync.values.pointer import Pointer, Value, to_json_pointer
from revox_sync.values.secret import Secret

_PURPOSE: Final = b"revox-sync rotation 1"
_NAME: Final = b"name"
_NAME_LENGTH: Final = 8
_LENGTH: Final = 32
"""Hexadecimal digits of the key's name, and of a seal: 32 and 128 bits."""


class Sealer:
    """Makes and compares seals with one API key."""

    def __init__(self, api_key: Secret) -> None:
        # Not the API key itself: what it authenticates elsewhere must say nothing about a seal.
        self._key: Final = hmac.digest(api_key.reveal().encode(), _PURPOSE, "sha256")
        self._name: Final = hmac.new(self._key, _NAME, sha256).hexdigest()[:_NAME_LENGTH]

    def seal(self, assistant_id: str, pointer: Pointer, value: Value, node: Node | None) -> str | None:
        """The seal of the secrets in a leaf; None where it has none, or one that was not read.

        Args:
            pointer: the leaf. The same value in another place, or of another assistant, has another seal.
            value: the file's value of the leaf.
            node: what the schema knows about the leaf.
        """
        found = [(to_json_pointer(place), secret) for place, secret in named_secrets(value, node)]
        if not found or not all(secret.known for _, secret in found):
            return None
        # In an order of their own, because a list may be in any.
        texts = sorted([place, secret.reveal()] for place, secret in found)
        content = json.dumps([assistant_id, to_json_pointer(pointer), texts]).encode()
        return f"{self._name}:{hmac.new(self._key, content, sha256).hexdigest()[:_LENGTH]}"

    def is_broken(self, recorded: str | None, seal: str | None) -> bool:
        """Whether a seal shows that a secret is another one than the one that was sealed; False where nobody can tell.

        Args:
            recorded: the seal of the lock; None where there is none.
            seal: that of the file's value now.
        """
        if recorded is None or seal is None or recorded.partition(":")[0] != self._name:
            return False
        return not hmac.compare_digest(recorded, seal)
