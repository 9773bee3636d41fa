"""What `mv` does: an assistant gets another address, with its file, its own prompts, and its entries in all locks."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from revox_sync.config import STATE_FOLDER, Config
from revox_sync.errors import RefusedError, UsageError
from revox_sync.output.text.visible import visible
from revox_sync.source.dependents import Dependents
from revox_sync.source.edits.moved_tags import text_at
from revox_sync.source.edits.new_file import PROMPT_FOLDER
from revox_sync.source.files.text_files import create_files
from revox_sync.source.files.tree import TreeError
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace, selected
from revox_sync.sync.applying.other_checkouts import checkout_of
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.state.journal import load_journal
from revox_sync.sync.state.journal_file import journal_path
from revox_sync.sync.state.lock_file import LOCAL_FOLDER, load_lock, save_lock
from revox_sync.sync.state.process_lock import hold_process_lock
from revox_sync.sync.state.state_folder import require_own_folders
from revox_sync.usecases.project.open_project import open_workspace
from revox_sync.usecases.project.settings import Settings, say
from revox_sync.values.address import Selection, as_arguments, naming

_UNNAMEABLE: Final = frozenset('*?[]:<>|"\\')
"""What other commands read as a pattern, or some file system has in no name."""
_LOCK: Final = ".lock.json"
_COMMITTED_FIRST: Final = "`git status` shows what was moved"


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move changes.

    Attributes:
        files: new paths by old ones, the assistant's file first.
        texts: by new path.
        locks: names of the locks with an entry, below the project root.
        named: settings of revox-sync.yaml that name the old address, and do not match the new one.
    """

    files: Mapping[str, str]
    texts: Mapping[str, str]
    locks: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def move_assistant(settings: Settings, old: str, new: str) -> Moved:
    """Give an assistant another address: new files, then the locks, then the old files go. No network, no key.

    A move that was killed is ended by the same move again: what it has written is there, to the letter.

    Raises:
        UsageError: no assistant has the old address, or the new one is none.
        RefusedError: something is at the new address, another assistant includes the file, or an apply did not end.
    """
    root, workspace = open_workspace(settings)
    file = _file_of(workspace, old)
    target = _target(file, new)
    moved = _planned(workspace, file, target, old, new)
    read = {path: workspace.tree.read(path) for path in moved.files}
    there = {new_path for path, new_path in moved.files.items() if _is_there(root, path, new_path, moved.texts)}
    missing = {path: text for path, text in moved.texts.items() if path not in there}
    if target in missing:
        _require_free(workspace, file, new)
    with ExitStack() as held:
        locks = list(_locks(root, held, old, new, begun=target not in missing))
        create_files(root, missing)
        for lock_path, lock in locks:
            save_lock(lock_path, _renamed(lock, old, new))
        for path in moved.files:
            # Somebody may be typing: what is not the text that was moved stays.
            if workspace.tree.read(path) != read[path]:
                raise RefusedError(f"`{path}` was edited meanwhile; it is still there", hint=_COMMITTED_FIRST)
            (root / path).unlink()
    named = tuple(_naming(workspace.config, old, new))
    return replace(moved, locks=tuple(str(path.relative_to(root)) for path, _ in locks), named=named)


def _naming(config: Config, old: str, new: str) -> Iterator[str]:
    """Settings that meant the assistant by its old address, and mean it no longer."""
    patterns = {
        "ignore_changes": tuple(config.ignore_changes),
        "safety.protect": config.safety.protect,
        "lint.per-file-ignores": tuple(config.lint.per_file_ignores),
    }
    for setting, globs in patterns.items():
        if naming(old, globs) is not None and naming(new, globs) is None:
            yield setting


def moved_lines(moved: Moved) -> Iterator[str]:
    """What became of a move, for people."""
    for old, new in moved.files.items():
        yield f"Moved {old} to {new}."
    for name in moved.locks:
        yield f"Lock written: {name}" + ("" if f"/{LOCAL_FOLDER}/" in name else "; commit it")
    for setting in moved.named:
        yield f"`{setting}` in revox-sync.yaml meant the old address, and does not mean the new one: change it there."
    yield "Nothing was sent to the server."


def _file_of(workspace: Workspace, address: str) -> AssistantFile:
    found = next((file for file in workspace.files if file.address == address), None)
    if found is None:
        selected(workspace.files, Selection((address,)))  # its error has a suggestion
        raise UsageError(f"no file has the address `{address}`", hint="name one assistant; patterns do not work here")
    return found


def _target(file: AssistantFile, new: str) -> str:
    """The path of the file at the new address."""
    stem, suffix = posixpath.splitext(new)
    if suffix in SUFFIXES:
        raise UsageError(f"`{new}` is a path, and an address has no suffix", hint=f"perhaps `{stem}`")
    if new.endswith(".json"):
        raise UsageError(f"`{new}` is no address: commands take it for a saved plan", hint=f"perhaps `{stem}`")
    parts = new.split("/")
    if (
        visible(new) != new
        or not _UNNAMEABLE.isdisjoint(new)
        or any(part != part.strip() for part in parts)
        or posixpath.normpath(new) != new
        or new.startswith("/")
        or any(part[:1] in {"", ".", "_"} for part in parts)
    ):
        hint = (
            "a path below the assistants directory without suffix; no part of it starts with `.` or `_`, begins or "
            f"ends with a space, or has one of {' '.join(sorted(_UNNAMEABLE))} in it"
        )
        raise UsageError(f"`{new}` is no address", hint=hint)
    if new == file.address:
        raise UsageError(f"`{new}` is the address already", hint="name another one")
    own_suffix = posixpath.splitext(file.path)[1]
    directory = file.path.removesuffix(file.address + own_suffix)
    return f"{directory}{new}{own_suffix}"


def _require_free(workspace: Workspace, file: AssistantFile, new: str) -> None:
    taken = next((each for each in workspace.files if each.address.casefold() == new.casefold()), None)
    if taken is not None and taken != file:
        raise RefusedError(f"`{new}` has a file already: {taken.path}", hint="choose another address")


def _is_there(root: Path, old: str, new: str, texts: Mapping[str, str]) -> bool:
    """Whether a file has been moved already, and the old one is still there."""
    try:
        # Where the file system ignores case, the old file may be found at the new path: it would be all that is left.
        return not (root / new).samefile(root / old) and (root / new).read_bytes() == texts[new].encode()
    except OSError:
        return False


def _planned(workspace: Workspace, file: AssistantFile, target: str, old: str, new: str) -> Moved:
    environment = next(iter(workspace.config.environments.values()))
    document, uses = workspace.load(file, environment), Dependents(workspace)
    if document.nodes.root is None:
        raise RefusedError(f"`{file.path}` cannot be read, so nobody knows which files it uses", hint="mend it first")
    others = sorted(user.address for user in uses.readers([file.path]) if user != file)
    if others:
        listed = ", ".join(f"`{address}`" for address in others)
        hint = "move what they share into a file whose name starts with `_`"
        raise RefusedError(f"{listed} include `{file.path}`", hint=hint)
    directory = file.path.removesuffix(old + posixpath.splitext(file.path)[1])
    own = [path for path in document.sources if path != file.path and uses.is_alone(file, path)]
    along = {path: there for path in own if (there := _along(path, directory, old, new)) is not None}
    texts = {target: text_at(document, target, along)}
    texts |= {there: _text(workspace, path) for path, there in along.items()}
    return Moved({file.path: target, **along}, texts)


def _along(path: str, directory: str, old: str, new: str) -> str | None:
    """Where a file goes that only this assistant uses; None where its name says nothing of the assistant."""
    stem, suffix = posixpath.splitext(path)
    if stem == f"{directory}{PROMPT_FOLDER}/{old}":
        return f"{directory}{PROMPT_FOLDER}/{new}{suffix}"
    folder, name = posixpath.split(stem)
    if name.lstrip("_") == posixpath.basename(old) and posixpath.basename(old) != posixpath.basename(new):
        kept = name[: len(name) - len(name.lstrip("_"))]
        return posixpath.join(folder, f"{kept}{posixpath.basename(new)}{suffix}")
    return None


def _text(workspace: Workspace, path: str) -> str:
    try:
        return workspace.tree.read(path).decode("utf-8")
    except (TreeError, UnicodeDecodeError):
        raise RefusedError(f"`{path}` cannot be read as UTF-8", hint="mend it first") from None


def _locks(root: Path, held: ExitStack, old: str, new: str, *, begun: bool) -> Iterator[tuple[Path, Lock]]:
    """The locks with an entry for the old address, held against other processes. Raises RefusedError.

    Args:
        begun: whether an earlier move may have written the entry of the new one.
    """
    folder, checkout = root / STATE_FOLDER, checkout_of(root)
    for path in sorted((*folder.glob(f"*{_LOCK}"), *(folder / LOCAL_FOLDER).glob(f"*{_LOCK}"))):
        name = path.name.removesuffix(_LOCK)
        require_own_folders(path)
        held.enter_context(hold_process_lock(path.with_name(f"{name}.apply"), name, tell=say))
        journal = journal_path(path, name)
        if (steps := load_journal(journal)) is not None:
            elsewhere = next((step.branch for step in steps.steps if not checkout.owns(step)), None)
            first = "" if elsewhere is None else f"`git switch {as_arguments(elsewhere)}`, then "
            raise RefusedError(
                f"an apply to `{name}` is running or did not end ({journal.relative_to(root)})",
                hint=f"{first}`revox-sync apply -e {name}` finds out what became of it",
            )
        lock = load_lock(path, name, None)
        if new in lock.entries and not (begun and old not in lock.entries):
            hint = f"`revox-sync forget {as_arguments(new, options=f'-e {name}')}` lets go of it"
            raise RefusedError(f"the lock of `{name}` has an entry `{new}`", hint=hint)
        if old in lock.entries:
            yield path, lock


def _renamed(lock: Lock, old: str, new: str) -> Lock:
    return lock.without(old).with_entry(new, lock.entries[old])
