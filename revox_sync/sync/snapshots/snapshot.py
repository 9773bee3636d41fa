"""Snapshots: what the API answered, without its secrets, for a plan without network and for the way back.

Where the answer held a secret, the snapshot holds `{"$secret": null}`. The shape is `schemas/snapshot.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from revox_sync.errors import RefusedError, UsageError
from revox_sync.source.files.replace_file import OWNER_ONLY, replace_file
from revox_sync.sync.planning.saved_plan import MARKER
from revox_sync.values.depth import DEEPEST_FILE, is_deeper
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret

FORMAT: Final = "revox-sync/snapshot"
VERSION: Final = 1
HOW_TO: Final = "`revox-sync plan --save-snapshot FILE` takes one"


@dataclass(frozen=True, slots=True)
class Captured:
    """One assistant of a snapshot.

    Attributes:
        address: its file, if it has or had one.
        whole: False for one of which only the list's entry is known: fields that the list leaves out are missing.
        value: as the API answered, every secret an unknown `Secret`.
    """

    address: str | None
    whole: bool
    value: Mapping[str, Value]

    @property
    def id(self) -> str:
        """The remote assistant."""
        return str(self.value["id"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.value["name"])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Assistants of one organisation at one time.

    Attributes:
        taken_at: time stamp in UTC, `2026-11-22T16:05:00Z`.
        complete: whether everything the list call shows is in it.
        absent: ids that the API was asked for and did not have.
    """

    environment: str
    base_url: str
    organization_id: str | None
    taken_at: str
    complete: bool
    assistants: tuple[Captured, ...]
    absent: tuple[str, ...] = ()


def dump_snapshot(snapshot: Snapshot) -> str:
    """The snapshot's text: ASCII, assistants by id, equal snapshots give equal bytes."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "environment": snapshot.environment,
        "base_url": snapshot.base_url,
        "organization_id": snapshot.organization_id,
        "taken_at": snapshot.taken_at,
        "complete": snapshot.complete,
        "assistants": [_captured(each) for each in sorted(snapshot.assistants, key=lambda one: one.id)],
        "absent": sorted(snapshot.absent),
    }
    return json.dumps(content, indent=1) + "\n"


def load_snapshot(text: str, path: str) -> Snapshot:
    """The snapshot a text holds; `path` is its file, for messages.

    Raises UsageError where the text is no snapshot of a version we know.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or is_deeper(document, DEEPEST_FILE) or document.get("format") != FORMAT:
        raise UsageError(f"`{path}` is no snapshot", hint=HOW_TO)
    if document.get("version") is not VERSION:
        raise UsageError(
            f"`{path}` is a snapshot of version {json.dumps(document.get('version'))}, not {VERSION}", hint=HOW_TO
        )
    if not compile_schema(load_schema("snapshot"))(document):
        raise UsageError(
            f"`{path}` is no snapshot of this revox-sync: it does not fit its schema",
            hint="`revox-sync schema snapshot` prints it",
        )
    return _snapshot(document)


def require_same_api(snapshot: Snapshot, path: str, environment: str, base_url: str | None) -> None:
    """Raises RefusedError for a snapshot of another environment, or of another API than `base_url`; None is any."""
    hint = "check the snapshot and --env"
    if snapshot.environment != environment:
        raise RefusedError(
            f"`{path}` was taken of environment `{snapshot.environment}`, not `{environment}`", hint=hint
        )
    if base_url is not None and snapshot.base_url != base_url:
        raise RefusedError(f"`{path}` was taken of {snapshot.base_url}, not {base_url}", hint=hint)


def require_organization(snapshot: Snapshot, path: str, found: Iterable[object]) -> None:
    """Raises RefusedError where one of the organisations in force is not that of the snapshot; None says nothing."""
    for organization_id in found:
        if organization_id is not None and snapshot.organization_id not in {None, organization_id}:
            raise RefusedError(
                f"`{path}` was taken of organisation {snapshot.organization_id}, not {organization_id}",
                hint="check the snapshot, the API key and the environment",
            )


def _captured(captured: Captured) -> dict[str, Any]:
    return {"address": captured.address, "whole": captured.whole, "value": _plain(captured.value)}


def _plain(value: Value) -> Any:
    match value:
        case Secret():
            return {MARKER: None}
        case dict():
            return {key: _plain(child) for key, child in value.items()}
        case list():
            return [_plain(child) for child in value]
        case _:
            return value


def _guarded(value: Any) -> Value:
    """The value with its secrets unknown; what names a variable is none, for no snapshot may ask for one."""
    match value:
        case {"$secret": None} if len(value) == 1:
            return Secret(None)
        case dict():
            return {key: _guarded(child) for key, child in value.items()}
        case list():
            return [_guarded(child) for child in value]
        case _:
            return value


def _snapshot(document: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        environment=document["environment"],
        base_url=document["base_url"],
        organization_id=document["organization_id"],
        taken_at=document["taken_at"],
        complete=document["complete"],
        assistants=tuple(
            Captured(each["address"], each["whole"], _guarded(each["value"])) for each in document["assistants"]
        ),
        absent=tuple(document["absent"]),
    )


def save_snapshot(path: Path, text: str) -> None:
    """Replace the file at a path, readable by its owner only; it is on disk when this returns. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode("ascii"), mode=OWNER_ONLY)
