"""Snapshots: what the API answered, without secrets, as values and as files.

A plan can be made from one without network, and `restore` brings one back. Where the answer held a secret, the file
holds `{"$secret": null}`. The shape of the file is `schemas/snapshot.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from revox_sync.errors import RefusedError, UsageError
from revox_sync.source.files.replace_file import OWNER_ONLY, replace_file
from revox_sync.source.files.text_files import require_no_link
from revox_sync.sync.model.plan import REFERENCE_KEY
from revox_sync.values.json_text import load_json
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DEEPEST_FILE, DESCEND, is_deeper, rebuilt

FORMAT: Final = "revox-sync/snapshot"
VERSION: Final = 1
_PLAIN_KEYS: Final = ("environment", "base_url", "organization_id", "taken_at", "complete")
TAKE_ONE: Final = "`revox-sync plan --save-snapshot FILE` takes one"


@dataclass(frozen=True, slots=True)
class Captured:
    """One assistant of a snapshot.

    Attributes:
        address: of its file, if it has or had one.
        whole: whether it was fetched by id; otherwise the fields that the list leaves out are missing.
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
        **{key: getattr(snapshot, key) for key in _PLAIN_KEYS},
        "assistants": [
            {"address": captured.address, "whole": captured.whole, "value": _without_secrets(captured.value)}
            for captured in sorted(snapshot.assistants, key=attrgetter("id"))
        ],
        "absent": sorted(snapshot.absent),
    }
    return json.dumps(content, indent=1) + "\n"


def load_snapshot(text: str, path: str) -> Snapshot:
    """The snapshot a text holds; `path` is its file, for messages.

    Raises UsageError where the text is no snapshot of a version we know.
    """
    try:
        document = load_json(text)
    except (ValueError, RecursionError):
        document = None
    # What is nested deeper than any file can be would exhaust the stack of what walks through it.
    if not isinstance(document, dict) or is_deeper(document, DEEPEST_FILE) or document.get("format") != FORMAT:
        raise UsageError(f"`{path}` is no snapshot", hint=TAKE_ONE)
    if document.get("version") is not VERSION:  # not `!=`, because `True == 1`
        raise UsageError(
            f"`{path}` is a snapshot of version {json.dumps(document.get('version'))}, not {VERSION}", hint=TAKE_ONE
        )
    if not compile_schema(load_schema("snapshot"))(document):
        problem = f"`{path}` is no snapshot of this revox-sync: it does not fit its schema"
        raise UsageError(problem, hint="`revox-sync schema snapshot` prints the schema")
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


def _without_secrets(value: Value) -> Any:
    return rebuilt(value, lambda part, *_: {REFERENCE_KEY: None} if isinstance(part, Secret) else DESCEND)


def _with_secrets(value: Any) -> Value:
    # A marker that names a variable is not read as one: a snapshot must not choose which variable of whoever restores
    # it is sent to the API.
    return rebuilt(value, lambda part, *_: Secret(None) if part == {REFERENCE_KEY: None} else DESCEND)


def _snapshot(document: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        **{key: document[key] for key in _PLAIN_KEYS},
        assistants=tuple(
            Captured(assistant["address"], assistant["whole"], _with_secrets(assistant["value"]))
            for assistant in document["assistants"]
        ),
        absent=tuple(document["absent"]),
    )


def save_snapshot(path: Path, text: str) -> None:
    """Replace the file at a path, readable by its owner only; it is on disk when this returns.

    Raises OSError, and UsageError where a link is at the path.
    """
    require_no_link(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode("ascii"), mode=OWNER_ONLY)
