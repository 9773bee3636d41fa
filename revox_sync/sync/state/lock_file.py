"""The lock: which remote assistant belongs to which file, and digests of what was applied (docs/design.md, "Lock").

The file holds no content and no secret. An assistant is three lines: its address, one line of content, a closing
bracket. So git merges a change to one assistant with whatever another branch does to its neighbours, and additions in
different places; two additions in one gap, or a removal beside another branch's removal or addition, it leaves to
people. Every closing bracket is followed by a comma, because the last key is a note and no assistant: adding one
changes no other line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from revox_sync.config import STATE_FOLDER
from revox_sync.errors import RefusedError
from revox_sync.source.files.replace_file import replace_file
from revox_sync.source.files.tree import LARGEST_DOCUMENT, TreeError, read_regular
from revox_sync.sync.comparing.canonical import DIGEST_VERSION
from revox_sync.sync.model.lock import Confirmed, LeafRecord, Lock, LockEntry, Sent, Tokens
from revox_sync.sync.state.state_folder import FACTS
from revox_sync.values.json_text import load_json
from revox_sync.values.pointer import Pointer, from_json_pointer, to_json_pointer

FORMAT: Final = "revox-sync/lock"
VERSION: Final = 2
_KNOWN_VERSIONS: Final = (1, VERSION)
_NOTE: Final = "written by revox-sync; to undo a change, restore the file from git"
_BY_NAME: Final = (
    "move it away and run `revox-sync plan`: assistants are then matched by name; sub-assistants are not, "
    "`revox-sync import ADDRESS ID` binds them, and the old file has their ids"
)
_REBUILD: Final = f"restore {{path}} from git, or {_BY_NAME}"
_MARKERS: Final = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_MERGE: Final = (
    "resolve the conflict in {path}: keep the entries of both sides, one for each address, and nothing that stands "
    "between `|||||||` and `=======`; or take one side and run `revox-sync plan`"
)
_NEWER: Final = "a newer revox-sync has written {path}: install that one, the file is fine"
_TWICE: Final = (
    "remove the entry of {path} that is wrong, such as one that a merge has left twice: of two ids the one that the "
    "dashboard does not show, of two addresses the one whose file is gone; or restore it from git"
)
_MOST_REMEMBERED: Final = 4096
LOCAL_FOLDER: Final = "local"
"""Folder below `.revox` for the locks of APIs on this machine, which are not committed."""
_KINDS: Final = {str: "text", dict: "mapping", int: "number", list: "list"}
_GITIGNORE: Final = (
    "# Locks and what a probe has learnt are committed; journal, backups and local locks are not.\n"
    f"/*\n!/*.lock.json\n!/*{FACTS}\n"
).encode("ascii")
_FORMER_GITIGNORE: Final = b"# Locks are committed; journal, backups and local locks are not.\n/*\n!/*.lock.json\n"


def write_lock(lock: Lock) -> str:
    """The lock's text: ASCII, deterministic, entries sorted by address."""
    return "".join(_text_of(lock))


def _text_of(lock: Lock) -> Iterator[str]:
    """The same in pieces, of which the longest is that of one assistant."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "environment": lock.environment,
        "base_url": lock.base_url,
        "organization_id": lock.organization_id,
    }
    yield "{\n"
    yield from (f"{json.dumps(key)}: {json.dumps(value)},\n" for key, value in head.items())
    yield '"assistants": {\n'
    for address in sorted(lock.entries):
        # The braces of an entry are on the lines around it.
        yield f"{json.dumps(address)}: {{\n{json.dumps(entry_content(lock.entries[address]))[1:-1]}\n}},\n"
    yield f'"": {json.dumps(_NOTE)}\n}}\n}}\n'


def lock_digest(lock: Lock) -> str:
    """BLAKE2b-128, hexadecimal, of the lock's text; a lock without entries has one too."""
    found = blake2b(digest_size=16)
    for piece in _text_of(lock):  # one by one: the text of thousands of assistants takes tens of megabytes
        found.update(piece.encode("ascii"))
    return found.hexdigest()


def read_lock(text: str, path: str) -> Lock:
    """The lock a text holds.

    Args:
        text: content of the file.
        path: name of the file, for messages.

    Raises:
        RefusedError: the text is no lock of a known version; the message says what is wrong, the hint how to rebuild.
    """
    try:
        return _lock(_parse(text))
    except _BadLockError as error:
        hint = error.hint.format(path=path) if error.hint else _rebuild(path)
        raise RefusedError(f"{path} is not usable: {error}", hint=hint) from None


def load_lock(path: Path, environment: str, base_url: str | None, is_same: Callable[[str], bool] | None = None) -> Lock:
    """The lock at a path, as `lock_in` reads it."""
    return lock_in(lock_text(path), path, environment, base_url, is_same)


def lock_text(path: Path) -> str | None:
    """What is in the file at a path; None where there is none. Raises RefusedError if it cannot be read."""
    try:
        return read_regular(os.fspath(path), LARGEST_DOCUMENT).decode("utf-8")
    except FileNotFoundError:
        return None
    except TreeError as error:
        raise RefusedError(f"{path} {error.reason}", hint=_rebuild(str(path))) from None
    except OSError as error:
        raise RefusedError(
            f"{path} cannot be read: {error.strerror}", hint="make it a file that you may read"
        ) from None
    except UnicodeDecodeError as error:
        raise RefusedError(f"{path} cannot be read: {error}", hint=_rebuild(str(path))) from None


def lock_in(
    text: str | None,
    path: Path,
    environment: str,
    base_url: str | None,
    is_same: Callable[[str], bool] | None = None,
) -> Lock:
    """The lock in the text of a file; an empty one where there is no file.

    Args:
        path: of the file, for messages.
        base_url: the API it must belong to, as reports name it; None: any.
        is_same: whether another text stands for that API as well.

    Raises:
        RefusedError: the text is not usable, or belongs to another environment or base URL.
    """
    if text is None:
        return Lock(environment, base_url or "", None, {})
    lock = read_lock(text, str(path))
    _require_same(path, "environment", lock.environment, environment)
    if base_url is not None and not (is_same is not None and is_same(lock.base_url)):
        _require_same(path, "base URL", lock.base_url.rstrip("/"), base_url.rstrip("/"))
    return lock


def save_lock(path: Path, lock: Lock) -> None:
    """Replace the lock at a path: whoever reads it at any instant finds the old one or the new one, whole.

    Writes `.revox/.gitignore` where it is missing. Raises OSError when the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_gitignore(path)
    replace_file(path, write_lock(lock).encode("ascii"))


def _rebuild(path: str) -> str:
    # Local locks are not committed, so git cannot restore one.
    return _BY_NAME if Path(path).parent.name == LOCAL_FOLDER else _REBUILD.format(path=path)


class _BadLockError(Exception):
    """What is wrong with the text of a lock, and what to do where that is not to rebuild it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def entry_content(entry: LockEntry) -> dict[str, Any]:
    """What the lock holds for an entry; an outdated entry has version 0 until it is rewritten with digests."""
    leaves = {_text(pointer): _record_content(record) for pointer, record in entry.leaves.items()}
    content: dict[str, Any] = {
        "digest": 0 if entry.outdated else DIGEST_VERSION,
        "id": entry.id,
        "leaves": {pointer: leaves[pointer] for pointer in sorted(leaves)},
        "name": entry.name,
    }
    # Few entries have these; the lines of the others stay short.
    if entry.appended:
        lists = sorted(entry.appended.items())
        content["appended"] = {to_json_pointer(pointer): sorted(names) for pointer, names in lists if names}
    if entry.secrets:
        content["secrets"] = sorted(map(to_json_pointer, entry.secrets))
    if entry.seals:
        content["seals"] = {to_json_pointer(pointer): seal for pointer, seal in sorted(entry.seals.items())}
    if entry.tokens.last is not None:
        content["token"] = entry.tokens.last
    if entry.tokens.older:
        content["older"] = list(entry.tokens.older)
    return content


def _record_content(record: LeafRecord | None) -> Any:
    """A secret is null, a confirmed leaf two or three digests, one that was sent and not seen a mapping."""
    match record:
        case Confirmed(declared, server, previous):
            return [declared, server] if previous is None else [declared, server, previous]
        case Sent(digests, before, token, answered):
            return {"sent": list(digests), "before": before, "token": token, "answered": answered}
    return None


def read_entry(address: str, content: Any) -> LockEntry:
    """The entry that `entry_content` gave. Raises ValueError for anything else."""
    try:
        return _entry(address, content)
    except _BadLockError as error:
        raise ValueError(str(error)) from None


def _parse(text: str) -> Any:
    # Git leaves these marks; the JSON parser's own message would not say what to do.
    if text.startswith(_MARKERS) or any(f"\n{marker}" in text for marker in _MARKERS):
        raise _BadLockError("it has unresolved merge conflicts", _MERGE)
    try:
        return load_json(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise _BadLockError(f"it is no JSON ({error})") from None


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        # A merge may leave an entry twice, and the JSON parser would silently keep the last one.
        if key in result:
            ids = [str(entry["id"]) for entry in (result[key], value) if isinstance(entry, dict) and "id" in entry]
            listed = f" ({' and '.join(dict.fromkeys(ids))})" if ids else ""
            raise _BadLockError(f"it holds {json.dumps(key)} twice{listed}", _TWICE)
        result[key] = _with_records(value) if key == "leaves" and isinstance(value, dict) else value
    return result


def _with_records(leaves: dict[str, Any]) -> dict[str, Any]:
    """The leaves of an entry with a record in place of each pair of digests, before the parser reads the next entry."""
    # As they come from the parser, the pairs of thousands of assistants take more memory than all else of a plan.
    for pointer, pair in leaves.items():
        match pair:
            case [str() as declared, str(server)]:
                leaves[pointer] = _record(declared, server)
    return leaves


@lru_cache(_MOST_REMEMBERED)
def _record(declared: str, server: str) -> Confirmed:
    """The record of two digests: one object for all assistants with the same value, and one text for equal digests."""
    return Confirmed(declared, declared if server == declared else server)


def _lock(document: Any) -> Lock:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _BadLockError("it is no lock of revox-sync")
    version = document.get("version")
    if version not in _KNOWN_VERSIONS or type(version) is not int:  # in Python `True == 1 == 1.0`
        raise _BadLockError(
            f"its version {json.dumps(document.get('version'))} is not known to this revox-sync", _NEWER
        )
    organization_id = document.get("organization_id")
    assistants = _typed(document, "assistants", dict)
    return Lock(
        environment=_typed(document, "environment", str),
        base_url=_typed(document, "base_url", str),
        organization_id=None if organization_id is None else _typed(document, "organization_id", str),
        entries=_entries(assistants),
    )


def _entries(assistants: dict[str, Any]) -> dict[str, LockEntry]:
    entries: dict[str, LockEntry] = {}
    for address in [*assistants]:
        content = assistants.pop(address)  # what is read is not kept a second time
        if address:  # the empty one is the note at the end
            entries[address] = _entry(address, content)
    owners: dict[str, str] = {}
    for address, entry in entries.items():
        if owners.setdefault(entry.id, address) != address:
            raise _BadLockError(f"`{owners[entry.id]}` and `{address}` both hold the id {entry.id}", _TWICE)
    return entries


def _entry(address: str, content: Any) -> LockEntry:
    if not isinstance(content, dict):
        raise _BadLockError(f"the entry of `{address}` is no mapping")
    where = f" of `{address}`"
    leaves = _typed(content, "leaves", dict, where)
    content = {"appended": {}, "secrets": [], "older": [], "seals": {}, **content}
    appended, seals = (_typed(content, key, dict, where) for key in ("appended", "seals"))
    secrets = {_pointer(text, "secrets", where) for text in _texts(_typed(content, "secrets", list, where), where)}
    is_current = _typed(content, "digest", int, where) == DIGEST_VERSION
    if not is_current:
        # Digests of another version say nothing, but a leaf without digests was a secret in every version.
        secrets |= {_pointer(text, "leaves", where) for text, pair in leaves.items() if pair is None}
    return LockEntry(
        id=_typed(content, "id", str, where),
        name=_typed(content, "name", str, where),
        leaves=dict(_leaf(pointer, pair, where) for pointer, pair in leaves.items()) if is_current else {},
        outdated=not is_current,
        appended={
            _pointer(pointer, "appended", where): frozenset(_texts(names, where)) for pointer, names in appended.items()
        },
        secrets=frozenset(secrets),
        tokens=Tokens(
            _typed(content, "token", str, where) if content.get("token") is not None else None,
            tuple(_texts(_typed(content, "older", list, where), where)),
        ),
        seals={_pointer(pointer, "seals", where): _typed(seals, pointer, str, where) for pointer in seals},
    )


def _leaf(text: str, content: Any, where: str) -> tuple[Pointer, LeafRecord | None]:
    pointer = _pointer(text, "leaves", where)
    match content:
        case None | Confirmed():
            return pointer, content
        case [str() | None as declared, str(server), *rest] if rest == [] or (
            len(rest) == 1 and isinstance(rest[0], str)
        ):
            return pointer, Confirmed(declared, declared if server == declared else server, *rest)
        case {
            "sent": [str(), *_] as sent,
            "before": str(before),
            "token": str() | None as token,
            "answered": bool(answered),
        }:
            return pointer, Sent(tuple(_texts(sent, where)), before, token, answered)
    raise _BadLockError(f"{json.dumps(text)} in `leaves`{where} has neither two digests nor what was sent")


def _pointer(text: str, key: str, where: str) -> Pointer:
    try:
        pointer = _steps(text)
    except ValueError:
        pointer = ()
    if not pointer:
        raise _BadLockError(f"{json.dumps(text)} in `{key}`{where} is no pointer to a leaf")
    return pointer


# The same few pointers come again in every entry.
_text: Final = lru_cache(_MOST_REMEMBERED)(to_json_pointer)
_steps: Final = lru_cache(_MOST_REMEMBERED)(from_json_pointer)


def _texts(values: Any, where: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(text, str) for text in values):
        raise _BadLockError(f"a list in the entry{where} holds something other than texts")
    return values


def _typed(mapping: Mapping[str, Any], key: str, kind: type, where: str = "") -> Any:
    value = mapping.get(key)
    # In Python `True` is an int.
    if not isinstance(value, kind) or isinstance(value, bool) or (kind is str and not value):
        raise _BadLockError(f"`{key}`{where} is missing or no {_KINDS[kind]}")
    return value


def _require_same(path: Path, what: str, locked: str, wanted: str) -> None:
    if locked != wanted:
        raise RefusedError(
            f"{path} belongs to the {what} {locked}, not {wanted}",
            hint="check the configuration and the environment variables; one environment has one lock",
        )


def write_gitignore(path: Path) -> None:
    """Write `.revox/.gitignore` for a file in that folder, where it is missing or as an older version wrote it."""
    folder = next((parent for parent in path.parents if parent.name == STATE_FOLDER), path.parent)
    ignored = folder / ".gitignore"
    with suppress(OSError):
        if not ignored.is_symlink() and ignored.read_bytes() == _FORMER_GITIGNORE:
            replace_file(ignored, _GITIGNORE)
    # One that somebody has added lines to stays.
    with suppress(FileExistsError), ignored.open("xb") as file:
        file.write(_GITIGNORE)
