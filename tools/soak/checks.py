"""What must be so, whatever has happened: each check says in words what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unicodedata import normalize

from revox_sync.emulator.store import StoredAssistant
from revox_sync.sync.model.lock import Lock
from tools.soak.account import Ledger, Watched, plain
from tools.soak.checkout import Checkout
from tools.soak.world import MARK, Fields


def strays(store: Watched, checkouts: Iterable[Checkout]) -> Iterator[tuple[str, str]]:
    """Ids of assistants that no lock and no journal knows, with a sentence about each."""
    machines = tuple(checkouts)
    held = set[str]().union(*(machine.ids for machine in machines))
    for key in sorted(store.now().keys() - held):
        name, _ = store.ledger.made[key]
        if not any(state.expects(name) for machine in machines for state in machine.states()):
            yield key, f"{key} ({name!r}) is in no lock and no journal"


def leaks(folder: Path, secrets: Mapping[str, str]) -> Iterator[str]:
    """Files that hold a secret."""
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        leaked = [name for name, value in secrets.items() if value.encode() in content]
        if leaked:
            yield f"{', '.join(leaked)} in {path.relative_to(folder)}"


def hidden_edits(
    ledger: Ledger, there: Mapping[str, StoredAssistant], lock: Lock, files: Mapping[str, Fields], plan: dict[str, Any]
) -> Iterator[str]:
    """Edits that are still there, are not what the file says, and that a plan does not show as such."""
    shown = {blocked["id"] for blocked in (*plan.get("drift", ()), *plan.get("conflicts", ()))}
    address_of = {entry.id: address for address, entry in lock.entries.items()}
    for edit in ledger.edits:
        fields = files.get(address_of.get(edit.assistant_id, ""), {})
        is_there = there.get(edit.assistant_id, {}).get(edit.field) == edit.text
        differs = edit.field in fields and tidy(fields[edit.field]) != edit.text
        if is_there and differs and edit.assistant_id not in shown:
            yield f"{edit.text!r} in {edit.assistant_id} is not shown"


def differences(document: Mapping[str, Any], wanted: Fields, environ: Mapping[str, str]) -> Iterator[str]:
    """Fields of an assistant that are not what its file says."""
    for key, value in wanted.items():
        meant = _resolved(value, environ)
        equal = plain(document.get(key)) == plain(meant) if key == "name" else _means(document.get(key), meant)
        if not equal:
            yield f"`{key}` is {document.get(key)!r}, not {value!r}"


def _resolved(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(child, environ) for key, child in value.items()}
    if isinstance(value, list):
        return [_resolved(entry, environ) for entry in value]
    if isinstance(value, str) and value.startswith(MARK):
        return environ[value.removeprefix(MARK).strip()]
    return value


def _means(found: Any, wanted: Any) -> bool:
    """Whether what the server has is what the file wants; servers add to mappings and lists and tidy texts."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_means(found.get(key), child) for key, child in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and all(any(_means(entry, meant) for entry in found) for meant in wanted)
    return tidy(found) == tidy(wanted) if isinstance(wanted, str) else bool(found == wanted)


def tidy(text: Any) -> str:
    """What is left of a text in every form in which a server, or a file, may keep it."""
    return normalize("NFC", " ".join(str(text).split()))
