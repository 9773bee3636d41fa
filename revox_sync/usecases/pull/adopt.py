"""Files for remote assistants that have none: what `pull --new` and `pull --id` do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from revox_sync.config import Environment
from revox_sync.contract.fields import assistant_node, contract
from revox_sync.errors import RefusedError
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint
from revox_sync.lint.model.finding import Severity
from revox_sync.remote.client import Client
from revox_sync.source.edits.new_file import NewFileTexts, new_file_texts
from revox_sync.source.files.tree import OverlayTree
from revox_sync.source.files.write_files import create_files
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.comparing.desired import Desired, desire
from revox_sync.sync.importing.adopt import (
    NewFile,
    adopted_entry,
    bound_ids,
    colliding_names,
    fetch_whole,
    named_by_id,
    new_file,
)
from revox_sync.sync.importing.names import new_addresses
from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import State
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.pull.adopt_project import AdoptProject, read_adopt_project
from revox_sync.values.pointer import dotted

NO_SPELLING: Final = "has no spelling in YAML, or is too large"
NewFileDraft: TypeAlias = tuple[NewFile, NewFileTexts]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A new file that can be planned: what to say of it, its texts by path, and its lock entry."""

    adopted: Adopted
    texts: Mapping[str, str]
    entry: LockEntry


def adopt(session: Session, client: Client, ids: Sequence[str], *, new: bool, check: bool) -> AdoptReport:
    """Give remote assistants a file and a lock entry each; the caller holds `session.alone()`.

    Files come first: where the process ends before the lock is written, each file finds its assistant by name.

    Args:
        ids: assistants to take by id; sub-assistants, which no list shows, among them.
        new: take every listed assistant without lock entry and file, too; False without ids: none.
        check: write nothing.

    Raises:
        BrokenFilesError: a file hides its name, so that nobody can tell whom it means.
        UsageError: an id is bound already or does not exist, or a file cannot be written.
        RefusedError: the key belongs to another organisation, or a file appeared meanwhile.
    """
    project = read_adopt_project(Workspace(session.workspace.tree, None), session)
    state = session.state(client, project.desired)
    found = _wanted(client, ids, state, project, new=new)
    skipped = list(colliding_names(found, {each.address: each.name for each in project.desired}))
    remotes = fetch_whole(client, [each for each in found if each.id not in {clash.id for clash in skipped}])
    drafts: list[NewFileDraft] = []
    for each in _new_files(remotes, state, project):
        if isinstance(each, Skipped):
            skipped.append(each)
        else:
            drafts.append((each, new_file_texts(project.directory, each.address, each.fields)))
    ready = list(_proven(drafts, skipped, project))
    if ready and not check:
        _write(session, state, ready, remotes)
    lock = str(session.lock_path.relative_to(session.root)) if ready and not check else None
    return AdoptReport(not check, tuple(each.adopted for each in ready), tuple(skipped), lock)


def _wanted(client: Client, ids: Sequence[str], state: State, project: AdoptProject, *, new: bool) -> list[Remote]:
    """Assistants to be adopted, each once."""
    bound = bound_ids(project.workspace.tree) | {entry.id: address for address, entry in state.lock.entries.items()}
    found = [*named_by_id(client, ids, bound), *(state.unmanaged if new else ())]
    return list({each.id: each for each in found}.values())


def _new_files(remotes: Iterable[Remote], state: State, project: AdoptProject) -> Iterator[NewFile | Skipped]:
    names = {each.id: each for each in remotes}
    taken = project.taken | state.lock.entries.keys()
    addresses = new_addresses({key: each.name for key, each in names.items()}, taken)
    accepted, variables = contract(project.environment.contract), set(project.variables)
    for key in sorted(addresses, key=addresses.__getitem__):
        made = new_file(names[key], addresses[key], project.defaults, accepted, variables)
        variables |= made.variables.keys() if isinstance(made, NewFile) else set()
        yield made


def _proven(drafts: Sequence[NewFileDraft], skipped: list[Skipped], project: AdoptProject) -> Iterator[_Ready]:
    """The new files as the project will see them; what could not be planned goes to `skipped`."""
    texts = {path: text for _, fresh in drafts for path, text in fresh.texts.items()}
    future = Workspace(OverlayTree(project.workspace.tree, texts), None)
    files = {each.address: each for each in future.files}
    errors = _errors(future, [files[each.address] for each, fresh in drafts if fresh.texts], project.environment)
    for made, fresh in drafts:
        # What is wrong in a file that was there, such as a default, is wrong with every new one.
        wrong = (message for path, message in errors.items() if path in fresh.texts or path not in texts)
        reason = _unwritable(fresh) or next(wrong, "")
        if reason:
            skipped.append(Skipped(made.remote.id, made.remote.name, f"no file can hold it: {reason}"))
        else:
            (desired,) = desire([(made.address, future.load(files[made.address], project.environment))])
            yield _ready(made, fresh, files[made.address].path, desired)


def _unwritable(fresh: NewFileTexts) -> str:
    """Why there can be no file; empty where there can be one."""
    if not fresh.texts:
        return "together, its texts are too large"
    needed = [key for key in assistant_node().schema["required"] if key in fresh.unwritable]
    return f"`{needed[0]}` {NO_SPELLING}" if needed else ""


def _errors(future: Workspace, files: Sequence[AssistantFile], environment: Environment) -> dict[str, str]:
    """The first error of each file that has some, by path, of those that the given assistants are made of."""
    report = lint(future, files, [environment], NEEDED_TO_PLAN, suppressible=False)
    errors: dict[str, str] = {}
    for finding in report.findings:
        if finding.severity is Severity.ERROR:
            place = f"{finding.region.path}:{finding.region.line}"
            errors.setdefault(finding.region.path, f"{place}: {finding.code} {finding.message}")
    return errors


def _ready(made: NewFile, fresh: NewFileTexts, path: str, desired: Desired) -> _Ready:
    entry, differing = adopted_entry(desired, made.remote)
    notes = (
        *(f"without `{dotted(each.pointer)}`: {each.reason}" for each in made.left_out),
        *(f"without `{key}`: it {NO_SPELLING}" for key in fresh.unwritable),
        *(f"`{dotted(each)}` comes from `defaults`; the next plan sets it" for each in differing),
    )
    adopted = Adopted(
        address=made.address,
        id=made.remote.id,
        name=made.remote.name,
        path=path,
        files=tuple(fresh.texts),
        variables={name: dotted(pointer) for name, pointer in made.variables.items()},
        notes=notes,
    )
    return _Ready(adopted, fresh.texts, entry)


def _write(session: Session, state: State, ready: Iterable[_Ready], remotes: Iterable[Remote]) -> None:
    """Files, then the lock: also of those that were written before something went wrong."""
    organizations = {str(each.value["organization_id"]) for each in remotes if each.value.get("organization_id")}
    organization_id = state.lock.organization_id or state.organization_id or next(iter(organizations), None)
    lock = replace(state.lock, organization_id=organization_id)
    entries: dict[str, LockEntry] = {}
    try:
        for each in ready:
            create_files(session.root, each.texts)
            entries[each.adopted.address] = each.entry
    finally:
        if entries:
            _save(session, replace(lock, entries={**lock.entries, **entries}))


def _save(session: Session, lock: Lock) -> None:
    try:
        session.save_lock(lock)
    except OSError as error:
        raise RefusedError(
            f"the new files are written, but the lock cannot be: {error.strerror}",
            hint="the next plan finds their assistants by name",
        ) from None
