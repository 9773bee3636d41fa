"""Secrets where nobody expects them: in URLs, bodies and headers that hold them in plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revox_sync.contract.fields import Node
from revox_sync.values.credential_patterns import carries_credential, is_harmless_header
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, rebuilt


def with_request_secrets(fields: Mapping[str, Value], node: Node) -> dict[str, Value]:
    """The fields in which every text of a request that holds a credential is a `Secret`, and nothing harmless is one.

    Texts that people hear or a model reads stay as they are: a prompt cannot come from an environment variable.

    Args:
        node: root of the assistant schema.
    """

    def judged(part: Value, place: Node | None, _: Pointer) -> Any:
        if isinstance(part, str) and place is not None and _is_sent(place) and carries_credential(part):
            return Secret(part)
        if isinstance(part, Mapping) and place is not None and _is_harmless(part, place):
            return {key: child.reveal() if isinstance(child, Secret) else child for key, child in part.items()}
        return DESCEND

    found: dict[str, Value] = rebuilt(dict(fields), judged, node)
    return found


def _is_sent(place: Node) -> bool:
    """Whether a text is an address, or part of a request that a tool makes."""
    return place.url or bool(place.variables and place.variables.get("tool_inputs"))


def _is_harmless(pair: Mapping[str, Value], place: Node) -> bool:
    """Whether a mapping is a header or parameter whose value is no secret, whatever the schema takes it for."""
    if len(place.properties) != 2:
        return False
    secrets = [value for value in pair.values() if isinstance(value, Secret)]
    names = [value for value in pair.values() if isinstance(value, str)]
    if len(secrets) != 1 or len(names) != 1 or not secrets[0].known:
        return False
    return is_harmless_header(names[0], secrets[0].reveal())
