"""Saved plans: written for review, applied exactly as approved.

A document is plain JSON, deterministic, without any secret: where the file holds one, the plan holds
`{"$secret": NAME}`, NAME being the environment variable or null, and apply takes it from the file again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from hashlib import blake2b
from typing import Any, Final

from revox_sync.errors import RefusedError, UsageError
from revox_sync.sync.comparing.secrets import has_secret
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Change, Plan
from revox_sync.sync.planning.restored_body import with_file_secrets
from revox_sync.sync.state.lock_file import entry_content
from revox_sync.values.pointer import Value, to_json_pointer
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DEEPEST_FILE, is_deeper

FORMAT: Final = "revox-sync/saved-plan"
VERSION: Final = 1
MARKER: Final = "$secret"
SAVED_PLAN: Final = ".json"
"""How the name of a saved plan ends: it tells apply a plan from an address, which has no suffix."""


def plan_digest(plan: Plan) -> str:
    """BLAKE2b-128, hexadecimal, of everything in the plan; equal inputs give equal digests."""
    return _digest(_content(plan))


def dump_plan(plan: Plan) -> str:
    """The text of a saved plan."""
    content = _content(plan)
    return json.dumps(content | {"digest": _digest(content)}, indent=2) + "\n"


def load_plan(text: str, path: str) -> Plan:
    """The plan a text holds; its secrets are unknown until `with_secrets`.

    Raises:
        UsageError: the text is no saved plan of a version we know.
        RefusedError: the text was edited after it was saved.
    """
    from revox_sync.sync.planning.saved_plan_model import parse_saved_plan

    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or is_deeper(document, DEEPEST_FILE) or document.get("format") != FORMAT:
        raise UsageError(f"`{path}` is no saved plan", hint="`revox-sync plan --save FILE` writes one")
    if document.get("version") is not VERSION:
        raise UsageError(
            f"`{path}` is a saved plan of version {json.dumps(document.get('version'))}, not {VERSION}",
            hint="make the plan with the same revox-sync that applies it",
        )
    digest = document.pop("digest", None)
    if digest != _digest(document):
        raise RefusedError(f"`{path}` was changed after it was saved", hint="make a new plan")
    return parse_saved_plan(document, path)


def with_secrets(plan: Plan, declared: Mapping[str, Mapping[str, Value]]) -> Plan:
    """The plan with its secrets taken from the files, by address.

    Raises RefusedError where a file no longer holds a secret the plan counts on.
    """
    if plan.restored_from is not None:
        return with_file_secrets(plan, declared)
    return replace(plan, changes=tuple(_with_secrets(each, declared.get(each.address, {})) for each in plan.changes))


def secret_addresses(plan: Plan) -> frozenset[str]:
    """Addresses of the changes that need a secret from their file."""
    return frozenset(each.address for each in plan.pending if has_secret(each.declared))


def _content(plan: Plan) -> dict[str, Any]:
    plan = plan.complete
    return {
        "format": FORMAT,
        "version": VERSION,
        "tool": plan.tool,
        "environment": plan.environment,
        "base_url": plan.base_url,
        "organization_id": plan.organization_id,
        "options": _plain(asdict(plan.options)),
        "lock_digest": plan.lock_digest,
        "lock_forgotten": plan.lock_forgotten,
        "restored_from": plan.restored_from,
        "changes": [_change(each) for each in plan.changes],
        "drift": [_plain(asdict(each)) for each in plan.drift],
        "conflicts": [_plain(asdict(each)) for each in plan.conflicts],
        "refused": [asdict(each) for each in plan.refused],
        "orphaned": [asdict(each) for each in plan.orphaned],
        "dropped": list(plan.dropped),
        "notes": list(plan.notes),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "address": change.address,
        "name": change.name,
        "id": change.id,
        "action": change.action,
        "impact": list(change.impact),
        "reason": change.reason,
        "fields": [_plain(asdict(each)) for each in change.fields],
        "declared": _plain(change.declared),
        "body": _plain(change.body),
        "keep": sorted(to_json_pointer(each) for each in change.keep),
        "fingerprint": change.fingerprint,
        "previous_address": change.previous_address,
        "entry": _entry(change.entry) if change.entry else None,
    }


def _entry(entry: LockEntry) -> dict[str, Any]:
    return {key: value for key, value in entry_content(entry).items() if key != "digest"}


def _plain(value: Value) -> Any:
    match value:
        case Secret():
            return {MARKER: value.variable}
        case dict():
            return {key: _plain(child) for key, child in value.items()}
        case list() | tuple():
            return [_plain(child) for child in value]
        case _:
            return value


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def _with_secrets(change: Change, declared: Mapping[str, Value]) -> Change:
    return replace(change, declared=_filled(change.declared, declared, change.address)) if change.body else change


def _filled(planned: Value, declared: Value, address: str) -> Value:
    match planned:
        case Secret():
            if not isinstance(declared, Secret) or declared.variable != planned.variable:
                raise RefusedError(f"`{address}` no longer declares a secret of the plan", hint="make a new plan")
            return declared
        case dict():
            theirs = declared if isinstance(declared, dict) else {}
            return {key: _filled(child, theirs.get(key), address) for key, child in planned.items()}
        case list():
            others = declared if isinstance(declared, list) and len(declared) == len(planned) else [None] * len(planned)
            return [_filled(*pair, address) for pair in zip(planned, others, strict=True)]
        case _:
            return planned
