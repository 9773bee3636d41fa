"""What the files take over from the server: nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from revox_sync.contract.fields import Node, assistant_node, contract
from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.source.dependents import Uses
from revox_sync.source.documents.document import Document
from revox_sync.source.workspace import AssistantFile
from revox_sync.sync.applying.replay_journal import Replayed
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.importing.adopt import fetch_whole
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.pull_report import Left, Pulled
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.pulling.edits import PullEditor, PullEdits
from revox_sync.sync.pulling.lock_entry import pulled_entry, pulled_lock
from revox_sync.sync.pulling.units import PullChanges, PullOptions, pull_changes, with_groups
from revox_sync.sync.remote_state.fetch import State, Unknown
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.usecases.apply.read_files import FileReader
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.pull.check import files_of_one_name, harm, unplannable_files
from revox_sync.values.pointer import Pointer, Value, dotted

NAME: Final[Pointer] = ("name",)
NOTHING_TO_WRITE: Final = PullEdits({}, (), ())
BROKEN: Final = "its file has errors"
SAME_NAME: Final = "would give two files one name: rename one of the assistants"


@dataclass(frozen=True, slots=True)
class PullResult:
    """What a pull takes over; nothing is written yet.

    Attributes:
        assistants: one per selected file, by address.
        texts: new texts by path.
        lock: the lock afterwards; None where it stays as it is.
    """

    assistants: tuple[Pulled, ...]
    texts: Mapping[str, str]
    lock: Lock | None


@dataclass(frozen=True, slots=True)
class _Pull:
    """One file and what it takes over from its remote assistant.

    Attributes:
        value: of the file, before.
        editor: of the file; None where nothing is to be written into it.
    """

    file: AssistantFile
    value: Mapping[str, Value]
    editor: PullEditor | None
    match: Match
    remote: Remote
    wanted: PullChanges
    draft: PullEdits


def take_over(
    session: Session, client: Client, known: Replayed, addresses: Sequence[str], options: PullOptions
) -> PullResult:
    """What the named addresses take over from the server.

    Files with errors are shown and left out, as are assistants that nobody can tell apart.

    Args:
        known: the lock in force, and of which addresses nobody knows what an apply left behind.
    """
    files = session.files(addresses)
    read = FileReader(session.workspace, session.environment, files)
    broken = unplannable_files(session, files, read)
    healthy = [each for each in files if each not in broken]
    values = {each: read.desired_builder.value(each.address) for each in healthy}
    desired = read.desired_builder.desired([each.address for each in healthy])
    state = replace(session.seen(client, desired, known.lock), unknown=known.unknown)
    if options.all_fields:
        state = _with_all_fields(client, state)
    pulls = _unique_names(session, list(_pulls(session, values, state, options)))
    return _harvest(files, state, pulls)


def _with_all_fields(client: Client, state: State) -> State:
    """The state with what the list call leaves out."""
    found = {
        each.id: each for each in fetch_whole(client, [each.remote for each in state.matches.matches if each.remote])
    }
    matches = tuple(
        replace(each, remote=found.get(each.remote.id, each.remote)) if each.remote else each
        for each in state.matches.matches
    )
    return replace(state, matches=replace(state.matches, matches=matches))


def _pulls(
    session: Session, values: Mapping[AssistantFile, Value], state: State, options: PullOptions
) -> Iterator[_Pull]:
    matches = {each.address: each for each in state.matches.matches}
    schema = contract(session.environment.contract).schema
    request, uses = Node(schema, schema), Uses(session.workspace)
    for file, value in values.items():
        match = matches[file.address]
        if match.remote is None or file.address in state.unknown or not isinstance(value, dict):
            continue
        asked = pull_changes(value, match, match.remote, request, options)
        editor, draft = None, NOTHING_TO_WRITE
        if asked.units or asked.unsaid:
            editor = _editor(session, uses, file, _reloaded(session, file, value), options)
            draft = editor.draft(asked.units)
            draft = replace(draft, left=(*draft.left, *map(editor.unsaid, asked.unsaid)))
        yield _Pull(file, value, editor, match, match.remote, asked, draft)


def _reloaded(session: Session, file: AssistantFile, value: Mapping[str, Value]) -> Document:
    """A file with the places of its values, which are kept of no file that nothing is written into."""
    document = session.workspace.load(file, session.environment)
    if document.value != value:
        raise RefusedError(f"`{file.path}` has changed in the meantime", hint="pull again")
    return document


def _editor(session: Session, uses: Uses, file: AssistantFile, document: Document, options: PullOptions) -> PullEditor:
    return PullEditor(
        document,
        session.workspace.loader(session.environment),
        is_own=partial(uses.is_alone, file),
        check=partial(harm, session, uses, file),
        inline=options.inline,
    )


def _unique_names(session: Session, pulls: Sequence[_Pull]) -> list[_Pull]:
    """The pulls without names that another file has, or gets in this pull, too."""
    renamed = [each for each in pulls if any(unit.pointer == NAME for unit in each.draft.units)]
    if not renamed:
        return list(pulls)
    texts = {path: text for each in pulls for path, text in each.draft.texts.items()}
    twice = files_of_one_name(session, [each.file for each in pulls], texts)
    return [
        _without_name(each, each.editor) if each.editor and each in renamed and each.file in twice else each
        for each in pulls
    ]


def _without_name(pull: _Pull, editor: PullEditor) -> _Pull:
    draft = editor.draft([each for each in pull.draft.units if each.pointer != NAME])
    refused = Left(dotted(NAME), SAME_NAME, editor.place(NAME))
    return replace(pull, draft=replace(draft, left=(refused, *pull.draft.left, *draft.left)))


# --- what came of it


def _harvest(files: Iterable[AssistantFile], state: State, pulls: Sequence[_Pull]) -> PullResult:
    entries = {each.file.address: entry for each in pulls if (entry := _entry(each)) is not None}
    lock = pulled_lock(state.lock, state.organization_id, state.matches.matches, entries)
    done = {each.file: _pulled(each, bound=each.file.address in entries) for each in pulls}
    matches = {each.address: each for each in state.matches.matches}
    assistants = [
        done.get(each) or _not_pulled(each, matches.get(each.address), state.unknown.get(each.address))
        for each in sorted(files, key=lambda file: file.address)
    ]
    texts = {path: text for each in pulls for path, text in each.draft.texts.items()}
    return PullResult(tuple(assistants), texts, None if lock == state.lock else lock)


def _entry(pull: _Pull) -> LockEntry | None:
    declared = wrap_schema_secrets(with_groups(pull.value, pull.draft.units), assistant_node())
    return pulled_entry(declared, pull.match, pull.remote, [each.pointer for each in pull.draft.units])


def _pulled(pull: _Pull, *, bound: bool) -> Pulled:
    return Pulled(
        address=pull.file.address,
        path=pull.file.path,
        name=pull.remote.name,
        id=pull.remote.id,
        fields=tuple(dotted(each.pointer) for each in pull.draft.units),
        conflicts=tuple(map(dotted, pull.wanted.conflicts)),
        local=tuple(map(dotted, pull.wanted.local)),
        left=pull.draft.left,
        bound=bound and pull.match.kind is MatchKind.ADOPTED,
    )


def _not_pulled(file: AssistantFile, match: Match | None, unknown: Unknown | None) -> Pulled:
    """A file with errors (no match), or one without a remote assistant; a new one has nothing to pull."""
    if match is None:
        return Pulled(file.address, file.path, refused=BROKEN, broken=True)
    reason = unknown.reason if unknown else None
    if match.kind is MatchKind.AMBIGUOUS:
        reason = f"several remote assistants have this name: {', '.join(match.candidates)}; import one of them"
    if match.kind is MatchKind.MISSING and match.entry is not None:
        reason = f"{match.entry.id} no longer exists on the server; apply --recreate creates it again"
    return Pulled(file.address, file.path, refused=reason)
