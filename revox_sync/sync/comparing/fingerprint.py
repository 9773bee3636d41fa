"""What a saved plan remembers of the remote object it was computed from (docs/design.md, "Fingerprint")."""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.secrets import wrap_matching_secrets
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.values.pointer import Value


def fingerprint(remote: Mapping[str, Value], declared: Mapping[str, Value], node: Node) -> str:
    """Digest of everything in a remote object that a request could change, undeclared fields included.

    Left out are read-only fields, secrets, server-appended entries that the file does not declare, and undeclared
    fields that the list call leaves out: with them a listed object would differ from the same one fetched by id.

    Args:
        remote: the assistant as the API returned it.
        declared: the file's value; it says which plain strings of the answer are secrets. Empty for a delete.
        node: root of the assistant schema.
    """
    wrapped = wrap_matching_secrets(declared, remote, node)
    fields = {
        key: without_server_entries(declared.get(key), wrapped[key], field)
        for key, field in node.properties.items()
        if key in wrapped and not field.read_only and (key in declared or not field.absent_from_list)
    }
    return value_digest(fields, node)
