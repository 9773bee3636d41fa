"""Which remote assistants get a file, and what each file and its lock entry hold. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from revox_sync.config import STATE_FOLDER
from revox_sync.contract.fields import Contract, assistant_node
from revox_sync.errors import UsageError
from revox_sync.remote.client import Client
from revox_sync.source.files.tree import Tree, TreeError
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.importing.fields import LeftOut, file_fields
from revox_sync.sync.importing.names import with_variables
from revox_sync.sync.importing.plain_secrets import with_request_secrets
from revox_sync.sync.model.adopt_report import Skipped
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import fetch_all, remote_assistant
from revox_sync.values.address import as_arguments
from revox_sync.values.json_text import load_json
from revox_sync.values.loose_name import loose_name
from revox_sync.values.pointer import Pointer, Value


@dataclass(frozen=True, slots=True)
class NewFile:
    """What the file of a remote assistant holds.

    Attributes:
        fields: in the order they are written in; every secret names the variable it will come from.
        variables: where each environment variable stands.
        left_out: what the contract refuses.
    """

    address: str
    remote: Remote
    fields: Mapping[str, Value]
    variables: Mapping[str, Pointer]
    left_out: tuple[LeftOut, ...]


_LOCK: Final = ".lock.json"


class Bound(NamedTuple):
    """Where the lock of an environment has an id."""

    address: str
    environment: str


def bound_ids(tree: Tree) -> dict[str, Bound]:
    """What is bound, by the ids that the locks of the project hold, of whichever environment.

    A lock that cannot be read is passed over: the lock of the environment in use is read elsewhere, and refused there.
    """
    # Not with `load_lock`, which refuses: a broken lock of another environment must not stop this one.
    found: dict[str, Bound] = {}
    with suppress(TreeError):
        for path in tree.files(STATE_FOLDER):
            if path.endswith(_LOCK):
                environment = path.rpartition("/")[2].removesuffix(_LOCK)
                with suppress(TreeError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
                    entries = load_json(tree.read(path), object_hook=_without_leaves)["assistants"]
                    found |= {entry["id"]: Bound(address, environment) for address, entry in entries.items() if address}
    return found


def _without_leaves(mapping: dict[str, Any]) -> dict[str, Any]:
    """A mapping of a lock without what takes most of the memory, and nobody asks for here."""
    mapping.pop("leaves", None)
    return mapping


def named_by_id(client: Client, ids: Iterable[str], bound: Mapping[str, Bound]) -> list[Remote]:
    """The assistants of these ids, each once. Raises UsageError for one that is bound or does not exist."""
    found = []
    for key in dict.fromkeys(ids):
        if (holder := bound.get(key)) is not None:
            ours = as_arguments(holder.address, options=f"-e {holder.environment}")
            hint = f"`revox-sync forget {ours}` lets go of it"
            raise UsageError(f"{key} is bound to `{holder.address}`", hint=hint)
        # One by one, not from the list, which leaves sub-assistants out.
        answer = client.get_assistant(key)
        if answer is None:
            raise UsageError(f"the API has no assistant `{key}`", hint="check the id, the environment and the API key")
        found.append(remote_assistant(answer))
    return found


def fetch_whole(client: Client, remotes: Iterable[Remote]) -> list[Remote]:
    """The assistants with what the list call leaves out; one that is not found by its id is left out itself."""
    fields = [key for key, node in assistant_node().properties.items() if node.absent_from_list]
    listed = {remote.id: remote for remote in remotes}
    partial = [remote.id for remote in listed.values() if any(key not in remote.value for key in fields)]
    fetched = fetch_all(client, partial)
    whole = {key: remote_assistant(answer) if answer else None for key, answer in fetched.items()}
    return [remote for remote in {**listed, **whole}.values() if remote is not None]


def clashing_with_files(remotes: Iterable[Remote], files: Mapping[str, str]) -> Iterator[Skipped]:
    """The assistants whose name a file has that may mean them.

    Args:
        files: names by address, of the files that the lock does not bind to another assistant.
    """
    owners = {loose_name(name): address for address, name in files.items()}
    for remote in remotes:
        if (address := owners.get(loose_name(remote.name))) is not None:
            ours = as_arguments(address, remote.id)
            hint = f"if the file means it: `revox-sync import {ours}`; else rename one of them"
            yield Skipped(remote.id, remote.name, f"`{address}` has this name", hint)


def namesakes(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The other addresses of the same name, sorted, by address; without those whose name is their own.

    Args:
        names: by address.
    """
    groups: dict[str, list[str]] = {}
    for address in sorted(names):
        groups.setdefault(loose_name(names[address]), []).append(address)
    return {
        address: tuple(other for other in group if other != address)
        for group in groups.values()
        for address in group
        if len(group) > 1
    }


def new_file(
    found: Remote, address: str, inherited: Mapping[str, Value], accepted: Contract, taken: AbstractSet[str]
) -> NewFile | Skipped:
    """The file of a remote assistant, or why it can have none.

    Args:
        found: fetched by id.
        inherited: the project's defaults, guarded.
        accepted: the contract that the file must fit.
        taken: environment variables that mean something else.
    """
    node = assistant_node()
    made = file_fields(found.value, inherited, accepted, node)
    required = {*node.schema["required"]} - inherited.keys()
    if not required <= made.declared.keys():
        reasons = "; ".join(leaf.reason for leaf in made.left_out if leaf.pointer[0] in required)
        return Skipped(found.id, found.name, f"no file can hold it: {reasons}")
    fields, variables = with_variables(with_request_secrets(made.declared, node), node, address, taken)
    return NewFile(address, found, fields, variables, made.left_out)


def adopted_entry(desired: Desired, found: Remote) -> tuple[LockEntry, tuple[Pointer, ...]]:
    """The lock entry of a new file, and leaves in which it differs from the server because of the project's defaults.

    Those get no digests: the next plan shows them.
    """
    leaves = compare(desired.declared, found.value, None, assistant_node())
    differing = tuple(leaf.pointer for leaf in leaves if leaf.state is LeafState.CONFLICT)
    return entry_in_sync(desired.declared, found, None, frozenset(differing)), differing
