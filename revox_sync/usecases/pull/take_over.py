"""What the files take over from the server: nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from revox_sync.contract.fields import Node, assistant_node, contract
from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.source.dependents import Dependents
from revox_sync.source.workspace import AssistantFile
from revox_sync.sync.applying.recovery import Replayed
from revox_sync.sync.comparing.ignored import managed_entry, managed_value
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.pull_report import Left, Pulled
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.pulling.edits import PullEditor, PullEdits
from revox_sync.sync.pulling.field_groups import PullChanges, PullOptions, pull_changes, with_groups
from revox_sync.sync.pulling.lock_entry import pulled_entry, pulled_lock
from revox_sync.sync.remote_state.fetch import State, Unknown
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.usecases.apply.file_reader import FileReader
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.pull.file_checks import files_of_one_name, objection, unplannable_files
from revox_sync.values.address import Selection, as_arguments
from revox_sync.values.pointer import Pointer, Value, dotted

_NAME: Final[Pointer] = ("name",)
_NO_EDITS: Final = PullEdits({}, (), ())
_BROKEN: Final = "its file has errors"
_SAME_NAME: Final = "would give two files one name: rename one of the assistants"


@dataclass(frozen=True, slots=True)
class PullResult:
    """What a pull takes over; nothing is written yet.

    Attributes:
        assistants: one per selected file, by address.
        texts: new texts by path.
        lock: the lock afterwards; None if it stays as it is.
        organization_id: None where no answer names one.
    """

    assistants: tuple[Pulled, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    lock: Lock | None = None
    organization_id: str | None = None


@dataclass(frozen=True, slots=True)
class _FilePull:
    """One file and what it takes over from its remote assistant.

    Attributes:
        value: of the file, before, without ignored fields.
        editor: of the file; None if nothing is to be written into it.
    """

    file: AssistantFile
    value: Mapping[str, Value]
    editor: PullEditor | None
    match: Match
    remote: Remote
    wanted: PullChanges
    draft: PullEdits

    @property
    def entry(self) -> LockEntry | None:
        """The lock entry after the pull; None if it stays as it is."""
        declared = wrap_schema_secrets(with_groups(self.value, self.draft.groups), assistant_node())
        return pulled_entry(declared, self.match, self.remote, [group.pointer for group in self.draft.groups])

    def without_name(self, editor: PullEditor) -> _FilePull:
        """The same, but the file keeps its name."""
        draft = editor.draft([group for group in self.draft.groups if group.pointer != _NAME])
        refused = Left(dotted(_NAME), _SAME_NAME, editor.place(_NAME))
        return replace(self, draft=replace(draft, left=(refused, *self.draft.left, *draft.left)))

    def report(self, *, bound: bool) -> Pulled:
        """What is said of it; `bound`: the lock has an entry for it."""
        return Pulled(
            address=self.file.address,
            path=self.file.path,
            name=self.remote.name,
            id=self.remote.id,
            fields=tuple(dotted(group.pointer) for group in self.draft.groups),
            conflicts=tuple(map(dotted, self.wanted.conflicts)),
            local=tuple(map(dotted, self.wanted.local)),
            left=self.draft.left,
            bound=bound and self.match.kind is MatchKind.ADOPTED,
        )


def take_over(
    session: Session, client: Client, known: Replayed, selection: Selection, options: PullOptions
) -> PullResult:
    """What the selected files take over from the server.

    Files with errors are shown and left out, as are assistants that nobody can tell apart.

    Args:
        known: the lock in force, and the addresses for which nobody knows what an apply left behind.
    """
    files = session.files(selection)
    reader = FileReader(session.workspace, session.environment, files)
    broken = unplannable_files(session, files, reader)
    values = {file: reader.desired_builder.value(file.address) for file in files if file not in broken}
    desired = reader.desired([file.address for file in values])
    state = session.state_from(client, desired, known, whole=options.all_fields)
    pulls = _unique_names(session, list(_pulls(session, values, state, options)), state.lock)
    return _result(files, state, pulls)


def _pulls(
    session: Session, values: Mapping[AssistantFile, Value], state: State, options: PullOptions
) -> Iterator[_FilePull]:
    matches = {match.address: match for match in state.matches.matches}
    schema = contract(session.environment.contract).schema
    request, uses = Node(schema, schema), Dependents(session.workspace)
    for file, value in values.items():
        match = matches[file.address]
        if match.remote is None or file.address in state.unknown or not isinstance(value, dict):
            continue
        remote, ignored = match.remote, session.workspace.config.ignored_fields(file.address)
        managed = managed_value(value, remote.value, ignored)
        match = replace(match, entry=managed_entry(match.entry, ignored))
        wanted = pull_changes(managed, match, remote, request, options).without(ignored)
        editor, draft = None, _NO_EDITS
        if wanted.groups or wanted.undeclared:
            editor = _editor(session, uses, file, value, inline=options.inline)
            draft = editor.draft(wanted.groups)
            draft = replace(draft, left=(*draft.left, *map(editor.undeclared, wanted.undeclared)))
        yield _FilePull(file, managed, editor, match, remote, wanted, draft)


def _editor(
    session: Session, uses: Dependents, file: AssistantFile, value: Mapping[str, Value], *, inline: bool
) -> PullEditor:
    # Loaded again, now with the places of its values: keeping these of every file would need too much memory, and most
    # files are not written into.
    document = session.workspace.load(file, session.environment)
    if document.value != value:
        raise RefusedError(f"`{file.path}` has changed in the meantime", hint="pull again")
    return PullEditor(
        document,
        session.workspace.loader(session.environment),
        is_own=partial(uses.is_alone, file),
        check=partial(objection, session, uses, file),
        inline=inline,
    )


def _unique_names(session: Session, pulls: Sequence[_FilePull], lock: Lock) -> Sequence[_FilePull]:
    """The pulls without the new names that another file has already, or gets in the same pull.

    Where the lock tells the files apart, two may have one name, as their assistants have.
    """
    renamed = [pull for pull in pulls if any(group.pointer == _NAME for group in pull.draft.groups)]
    if not renamed:
        return pulls
    bound = lock.entries.keys() | {pull.file.address for pull in pulls if pull.entry is not None}
    twice = files_of_one_name(session, [pull.file for pull in pulls], _texts(pulls), bound)
    return [
        pull.without_name(pull.editor) if pull.editor and pull in renamed and pull.file in twice else pull
        for pull in pulls
    ]


def _texts(pulls: Iterable[_FilePull]) -> dict[str, str]:
    return {path: text for pull in pulls for path, text in pull.draft.texts.items()}


def _result(files: Iterable[AssistantFile], state: State, pulls: Sequence[_FilePull]) -> PullResult:
    entries = {pull.file.address: entry for pull in pulls if (entry := pull.entry) is not None}
    lock = pulled_lock(state.lock, state.organization_id, state.matches.matches, entries)
    done = {pull.file: pull.report(bound=pull.file.address in entries) for pull in pulls}
    matches = {match.address: match for match in state.matches.matches}
    assistants = [
        done.get(file) or _not_pulled(file, matches.get(file.address), state.unknown.get(file.address))
        for file in sorted(files, key=lambda file: file.address)
    ]
    return PullResult(tuple(assistants), _texts(pulls), None if lock == state.lock else lock, state.organization_id)


def _not_pulled(file: AssistantFile, match: Match | None, unknown: Unknown | None) -> Pulled:
    """A file with errors (no match), or one without a remote assistant; a new one has nothing to pull."""
    if match is None:
        return Pulled(file.address, file.path, refused=_BROKEN, broken=True)
    reason = unknown.reason if unknown else None
    if match.kind is MatchKind.AMBIGUOUS:
        ways = f"`revox-sync import {as_arguments(file.address, 'ID')}` says which one is meant"
        reason = f"several remote assistants have this name: {', '.join(match.candidates)}; {ways}"
    if match.kind is MatchKind.MISSING and match.entry is not None:
        again = as_arguments(file.address, options="--recreate --max-deletes 1")
        reason = f"{match.entry.id} no longer exists on the server; `revox-sync apply {again}` creates it again"
    return Pulled(file.address, file.path, refused=reason)
