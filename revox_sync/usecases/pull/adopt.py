"""Files for remote assistants that have none: what `pull --new` and `pull --id` do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from revox_sync.contract.fields import assistant_node, contract
from revox_sync.errors import RefusedError
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint
from revox_sync.lint.model.finding import Severity
from revox_sync.remote.client import Client
from revox_sync.source.edits.new_file import NewFileTexts, new_file_texts
from revox_sync.source.files.text_files import create_files
from revox_sync.source.files.tree import OverlayTree
from revox_sync.source.model.value import opaque
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.comparing.desired import Desired, desire
from revox_sync.sync.importing.adopt import (
    NewFile,
    adopted_entry,
    clashing_with_files,
    namesakes,
    new_file,
)
from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import State
from revox_sync.usecases.apply.notices import note_set_aside
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.apply.unplannable import have_this_name
from revox_sync.usecases.pull.find_new import (
    AdoptRequest,
    Found,
    Project,
    read_project,
    referenced_assistants,
    unreadable_assistants,
    wanted_assistants,
    whole_assistants,
)
from revox_sync.values.pointer import Value, dotted
from revox_sync.values.secret import Secret

_LEAK: Final = "RVX501"
_JUDGED: Final = NEEDED_TO_PLAN._replace(select=(*NEEDED_TO_PLAN.select, _LEAK))
_UNLISTED: Final = (
    "sub-assistants are in no list of the API: those that another assistant names by id are found, "
    "`revox-sync pull --id ID` takes any other"
)
_NO_SPELLING: Final = "has no spelling in YAML, or is too large"
_Draft: TypeAlias = tuple[NewFile, NewFileTexts]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A new file that can be planned: what to say of it, its texts by path, and its lock entry."""

    adopted: Adopted
    texts: Mapping[str, str]
    entry: LockEntry


def adopt(session: Session, client: Client, request: AdoptRequest, *, check: bool) -> AdoptReport:
    """Give remote assistants a file and a lock entry each. Call it within `session.alone()`.

    Args:
        check: write nothing.

    Raises:
        BrokenFilesError: the name in a file cannot be read, so the file could mean any assistant.
        UsageError: an id is bound already or does not exist, or a file cannot be written.
        RefusedError: the key belongs to another organisation, or a file appeared meanwhile.
    """
    project = read_project(session)
    state = session.state(client, project.desired)
    if request.new:
        note_set_aside(session.settings, state.set_aside)
    found = wanted_assistants(client, state, project, request)
    names = {wish.address: wish.name for wish in project.desired}
    free = {address: name for address, name in names.items() if address not in state.lock.entries}
    skipped = list(clashing_with_files([each.remote for each in found], free))
    clashing = {clash.id for clash in skipped}
    whole, unread = whole_assistants(client, [each for each in found if each.remote.id not in clashing])
    skipped += [*unread, *unreadable_assistants(state, request)]
    unlisted, unasked = referenced_assistants(client, whole, state, project, request) if request.new else ([], 0)
    whole += unlisted
    drafts: list[_Draft] = []
    for made in _new_files(whole, project):
        if isinstance(made, Skipped):
            skipped.append(made)
        else:
            drafts.append((made, new_file_texts(project.directory, made.address, made.fields)))
    origins = {each.remote.id: each.origin for each in whole if each.origin}
    ready = _noted(list(_plannable(drafts, skipped, project)), names, origins)
    if ready and not check:
        _write(session, state, ready, [each.remote for each in whole])
    lock = session.lock_name if ready and not check else None
    adopted = tuple(file.adopted for file in ready)
    notes = [_UNLISTED] if request.new else []
    if unasked:
        notes.append(f"{unasked:,} more texts look like ids of assistants, too many to ask for all of them")
    return AdoptReport(not check, adopted, tuple(skipped), lock, state.organization_id, tuple(notes))


def _new_files(found: Iterable[Found], project: Project) -> Iterator[NewFile | Skipped]:
    accepted, variables = contract(project.environment.contract), set(project.variables)
    for each in sorted(found, key=lambda each: each.address):
        made = new_file(each.remote, each.address, project.defaults, accepted, variables)
        variables |= made.variables.keys() if isinstance(made, NewFile) else set()
        yield made


def _plannable(drafts: Sequence[_Draft], skipped: list[Skipped], project: Project) -> Iterator[_Ready]:
    """The new files as the project will see them; those that could not be planned go to `skipped`."""
    texts = {path: text for _, written in drafts for path, text in written.texts.items()}
    future = Workspace(OverlayTree(project.workspace.tree, texts), None)
    files = {file.address: file for file in future.files}
    errors, leaks = _findings(future, [files[made.address] for made, written in drafts if written.texts], project)
    for made, written in drafts:
        # An error in a file that existed before, such as a default, is an error of every new file.
        wrong = (message for path, message in errors.items() if path in written.texts or path not in texts)
        reason = _unwritable(written) or next(wrong, "")
        if reason:
            skipped.append(Skipped(made.remote.id, made.remote.name, f"no file can hold it: {reason}"))
        else:
            (desired,) = desire([(made.address, future.load(files[made.address], project.environment))])
            found = [leak for path in written.texts for leak in leaks.get(path, ())]
            found += _assumed(made, project.defaults)
            yield _ready(made, written, files[made.address].path, desired, found)


def _assumed(made: NewFile, defaults: Mapping[str, Value]) -> Iterator[str]:
    """A note on each default that the file takes although nobody could compare it with what the server holds."""
    for key in sorted(defaults.keys() - made.fields.keys()):
        secrets = (secret for _, secret in opaque({key: defaults[key]}) if isinstance(secret, Secret))
        unset = sorted({str(secret.variable) for secret in secrets if not secret.known})
        if unset and made.remote.value.get(key) is not None:
            names = ", ".join(f"`{name}`" for name in unset)
            yield (
                f"`{key}` is taken from `defaults` and was not compared: {names} has no value here; with one, "
                "`revox-sync plan` shows whether it is what the server holds"
            )


def _noted(ready: Sequence[_Ready], names: Mapping[str, str], origins: Mapping[str, str]) -> list[_Ready]:
    """The new files with a note on those whose name another file has, too, and on those that were found elsewhere.

    Args:
        names: of the files that were there, by address.
        origins: where those were found that are in no list, by id.
    """
    others = namesakes({**names, **{file.adopted.address: file.adopted.name for file in ready}})
    noted = []
    for file in ready:
        notes = list(file.adopted.notes)
        if file.adopted.address in others:
            notes.append(f"{have_this_name(others[file.adopted.address])}; only the lock tells them apart")
        if file.adopted.id in origins:
            notes.append(origins[file.adopted.id])
        noted.append(replace(file, adopted=replace(file.adopted, notes=tuple(notes))))
    return noted


def _unwritable(written: NewFileTexts) -> str:
    """Why there can be no file; empty if there can be one."""
    if not written.texts:
        return "together, its texts are too large"
    needed = [key for key in assistant_node().schema["required"] if key in written.unwritable]
    return f"`{needed[0]}` {_NO_SPELLING}" if needed else ""


def _findings(
    future: Workspace, files: Sequence[AssistantFile], project: Project
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """By path, of the files that the given assistants are made of: the first error, and every secret in plain text."""
    report = lint(future, files, [project.environment], _JUDGED, suppressible=False)
    errors: dict[str, str] = {}
    leaks: dict[str, list[str]] = {}
    for finding in report.findings:
        place = f"{finding.region.path}:{finding.region.line}"
        if finding.code == _LEAK:
            where = f"{place}:{finding.region.column}"
            leaks.setdefault(finding.region.path, []).append(f"{where}: {finding.message}; {finding.label}")
        elif finding.severity is Severity.ERROR:
            errors.setdefault(finding.region.path, f"{place}: {finding.code} {finding.message}")
    return errors, leaks


def _ready(made: NewFile, written: NewFileTexts, path: str, desired: Desired, leaks: Iterable[str]) -> _Ready:
    entry, differing = adopted_entry(desired, made.remote)
    notes = (
        *(f"without `{dotted(part.pointer)}`: {part.reason}" for part in made.left_out),
        *(f"without `{key}`: it {_NO_SPELLING}" for key in written.unwritable),
        *(f"`{dotted(pointer)}` comes from `defaults`; the next plan sets it" for pointer in differing),
        *leaks,
    )
    adopted = Adopted(
        address=made.address,
        id=made.remote.id,
        name=made.remote.name,
        path=path,
        files=tuple(written.texts),
        variables={name: dotted(pointer) for name, pointer in made.variables.items()},
        notes=notes,
    )
    return _Ready(adopted, written.texts, entry)


def _write(session: Session, state: State, ready: Iterable[_Ready], remotes: Iterable[Remote]) -> None:
    """Write files, then the lock."""
    # In this order: if the process ends before the lock is written, each file finds its assistant by name. And the lock
    # is written even if a file cannot be: it then holds the files before that one.
    organizations = (str(found) for remote in remotes if (found := remote.value.get("organization_id")))
    organization_id = state.lock.organization_id or state.organization_id or min(organizations, default=None)
    entries: dict[str, LockEntry] = {}
    session.require_same_lock()
    try:
        for file in ready:
            create_files(session.root, file.texts)
            entries[file.adopted.address] = file.entry
    finally:
        if entries:
            lock = replace(state.lock, organization_id=organization_id, entries={**state.lock.entries, **entries})
            try:
                session.merge_lock(lock)
            except OSError as error:
                raise RefusedError(
                    f"the new files are written, but the lock cannot be: {error.strerror}",
                    hint="the next plan finds their assistants by name",
                ) from None
