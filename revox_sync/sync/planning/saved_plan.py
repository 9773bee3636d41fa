"""Saved plans: written for review, applied exactly as approved.

A document is plain JSON, deterministic, without any secret: where the file holds one, the plan holds
`{"$secret": NAME}`, NAME being the environment variable or null, and apply takes it from the file again.
`saved_plan_model` knows the shape. It is imported where it is used, because importing pydantic takes longer than
everything else that a plan imports.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError, UsageError
from revox_sync.sync.comparing.secrets import has_secret, secret_pairs
from revox_sync.sync.model.plan import Change, Plan
from revox_sync.values.json_text import load_json
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DEEPEST_FILE, DESCEND, is_deeper, rebuilt

SAVED_PLAN: Final = ".json"
"""How the name of a saved plan ends: it tells apply a plan from an address, which has no suffix."""
_FORMAT: Final = "revox-sync/saved-plan"
_VERSION: Final = 2


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
    from revox_sync.sync.planning.saved_plan_model import parse_content

    try:
        document = load_json(text)
    # Python's JSON parser recurses, so a text of brackets only ends in RecursionError.
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or is_deeper(document, DEEPEST_FILE) or document.get("format") != _FORMAT:
        raise UsageError(f"`{path}` is no saved plan", hint="`revox-sync plan --save FILE` writes one")
    # `is not`, because `==` would take 1.0 and true for 1.
    if document.get("version") is not _VERSION:
        raise UsageError(
            f"`{path}` is a saved plan of version {json.dumps(document.get('version'))}, not {_VERSION}",
            hint="make the plan with the same revox-sync that applies it",
        )
    # Before the shape is looked at: an edited plan is to be called edited, whatever the edit was.
    digest = document.pop("digest", None)
    if digest != _digest(document):
        raise RefusedError(f"`{path}` was changed after it was saved", hint="make a new plan")
    return parse_content(document, path)


def _content(plan: Plan) -> dict[str, Any]:
    from revox_sync.sync.planning.saved_plan_model import dump_content

    return dump_content(plan.complete, {"format": _FORMAT, "version": _VERSION})


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def secret_addresses(plan: Plan) -> frozenset[str]:
    """Addresses of the changes that need a secret from their file."""
    return frozenset(change.address for change in plan.pending if has_secret(change.declared))


def with_secrets(plan: Plan, declared: Mapping[str, Mapping[str, Value]]) -> Plan:
    """The plan with its secrets taken from the files, by address.

    Raises:
        RefusedError: a file no longer holds a secret the plan counts on, or names another variable there.
    """
    # A plan made from files has each secret where the file has it. A snapshot may have its list entries elsewhere.
    pairs = _in_same_place if plan.restored_from is None else _in_matching_entry
    changes = (
        _filled(change, pairs(declared.get(change.address, {}), change.declared)) if change.body else change
        for change in plan.changes
    )
    return replace(plan, changes=tuple(changes))


def _filled(change: Change, pairs: Iterator[tuple[object, object]]) -> Change:
    # Every secret of a saved plan is an object of its own, so identity says which one the file's belongs to.
    known = {id(planned): mine for mine, planned in pairs}

    def secret_of_file(part: Value, *_: object) -> Value:
        if not isinstance(part, Secret):
            return DESCEND
        mine = known.get(id(part))
        if not isinstance(mine, Secret) or mine.variable != part.variable:
            raise RefusedError(f"`{change.address}` no longer declares a secret of the plan", hint="make a new plan")
        return mine

    return replace(change, declared=rebuilt(change.declared, secret_of_file))


def _in_same_place(declared: Value, planned: Value) -> Iterator[tuple[object, object]]:
    """What the file has in the place of each secret of the plan; lists of another length have nothing in common."""
    if isinstance(planned, Secret):
        yield declared, planned
    elif isinstance(planned, dict):
        mine = declared if isinstance(declared, dict) else {}
        for key, child in planned.items():
            yield from _in_same_place(mine.get(key), child)
    elif isinstance(planned, list) and isinstance(declared, list) and len(declared) == len(planned):
        for entry, child in zip(declared, planned, strict=True):
            yield from _in_same_place(entry, child)


def _in_matching_entry(declared: Value, planned: Value) -> Iterator[tuple[object, object]]:
    return secret_pairs(declared, planned, assistant_node())
