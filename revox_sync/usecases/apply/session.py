"""What the commands that talk to the API share: one environment's files, API and lock."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from threading import Event

from revox_sync.config import STATE_FOLDER, Environment
from revox_sync.errors import BrokenFilesError, RefusedError
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint
from revox_sync.lint.model.finding import LintReport, Severity
from revox_sync.output.text.findings import concise, full
from revox_sync.output.text.visible import counted
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import RequestSeen
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.source.workspace import AssistantFile, Workspace, selected
from revox_sync.sync.applying.other_checkouts import checkout_of
from revox_sync.sync.applying.recovery import Recovery, Replayed, without_unknown
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.importing.adopt import bound_ids
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Plan, PlanOptions
from revox_sync.sync.model.server_facts import ServerFacts
from revox_sync.sync.planning.planner import PlanContext, make_plan
from revox_sync.sync.remote_state.fetch import FetchScope, Reader, State, fetch_state
from revox_sync.sync.remote_state.match import ExcludedFiles
from revox_sync.sync.state.environments import OtherEnvironments, other_environments
from revox_sync.sync.state.journal_file import JournalFile, journal_path
from revox_sync.sync.state.lock_file import LOCAL_FOLDER, lock_in, lock_text, save_lock
from revox_sync.sync.state.lock_merge import merge_locks
from revox_sync.sync.state.process_lock import hold_process_lock
from revox_sync.sync.state.recorder import StateRecorder
from revox_sync.sync.state.state_folder import facts_path, require_own_folders
from revox_sync.usecases.apply.api_client import open_client, open_endpoint, sealer_of
from revox_sync.usecases.apply.elsewhere import with_lost_environments, without_theirs
from revox_sync.usecases.apply.file_reader import FileReader
from revox_sync.usecases.apply.other_locks import with_other_locks
from revox_sync.usecases.apply.server_facts import read_facts
from revox_sync.usecases.apply.unplannable import unplannable
from revox_sync.usecases.project.commands import runnable
from revox_sync.usecases.project.environ import project_environ
from revox_sync.usecases.project.open_project import no_assistants, open_workspace
from revox_sync.usecases.project.settings import Settings, say
from revox_sync.values.address import EVERYTHING, Selection


@dataclass(frozen=True, slots=True)
class Session:
    """One environment of one project.

    Attributes:
        read_lock: the lock as it was last read from disk or written to it, at most one.
        read_text: the digest of the text that it was read from, if that is known.
    """

    root: Path
    workspace: Workspace
    environment: Environment
    endpoint: Endpoint
    settings: Settings
    read_lock: list[Lock] = field(default_factory=list, kw_only=True, repr=False, compare=False)
    read_text: list[bytes] = field(default_factory=list, kw_only=True, repr=False, compare=False)

    @property
    def lock_path(self) -> Path:
        """The lock's file. The lock of an API on this machine lies in a folder that git ignores."""
        folder = self.root / STATE_FOLDER
        return (folder / LOCAL_FOLDER if self.endpoint.is_loopback else folder) / f"{self.environment.name}.lock.json"

    @property
    def lock_name(self) -> str:
        """The lock's path below the project root, as reports show it."""
        return str(self.lock_path.relative_to(self.root))

    @property
    def facts_path(self) -> Path:
        """Where a probe writes what it has learnt of the server."""
        return facts_path(self.lock_path, self.environment.name)

    def facts(self) -> ServerFacts:
        """What a probe has learnt of the server; nothing where there was none. Raises RefusedError."""
        return read_facts(self.facts_path, self.environment.name, self.endpoint)

    @contextmanager
    def alone(self, patience: float = 0.0) -> Iterator[None]:
        """While the block runs, no other process on this machine applies to this environment.

        Args:
            patience: seconds to wait for the other process.

        Raises RefusedError if the other process is still running then.
        """
        path = self.lock_path.with_name(f"{self.environment.name}.apply")
        with ExitStack() as held:
            with self.settings.during("waiting for another apply to end"):
                held.enter_context(hold_process_lock(path, self.environment.name, patience=patience, tell=say))
            yield

    def load_lock(self) -> Lock:
        """The lock on disk; an empty one if there is no file. It is the same one until this command writes it.

        What is written later is compared with it: git may put another lock in its place at any time.

        Raises RefusedError if it is another one by now, or knows files that were not there yet.
        """
        if self.read_lock:
            self.require_same_lock()
        else:
            text = lock_text(self.lock_path)
            self.read_lock[:], self.read_text[:] = [self._lock_in(text)], [_digest(text)]
            for file in self.workspace.appeared(self._orphan_addresses(self.read_lock[0])):
                raise RefusedError(
                    f"`{file.path}` was not there when this command began; nothing was written",
                    hint="run it again: it then counts what the file says",
                )
        return self.read_lock[0]

    def _lock_in(self, text: str | None) -> Lock:
        # The port of an API on this machine changes from run to run, so its URL is not compared. Whether it is the API
        # of the lock shows in the ids.
        endpoint = self.endpoint
        base_url = None if endpoint.is_loopback else endpoint.shown
        lock = lock_in(text, self.lock_path, self.environment.name, base_url, endpoint.is_called)
        return replace(lock, base_url=endpoint.shown)

    def require_same_lock(self) -> None:
        """Raises RefusedError if another lock is on disk than the one that was read: its entries would be lost."""
        if not self.read_lock:
            return
        text = lock_text(self.lock_path)
        # Nearly always it is the same to the letter, and need not be taken apart again.
        if _digest(text) not in self.read_text and self._lock_in(text) != self.read_lock[0]:
            raise RefusedError(
                f"{self.lock_name} was replaced while this command ran; nothing was written",
                hint="run it again: it then counts what the new lock says",
            )

    def save_lock(self, lock: Lock) -> None:
        """Replace the lock on disk. Raises RefusedError if it is not the one that was read, OSError."""
        self.require_same_lock()
        self._write_lock(lock)

    def merge_lock(self, lock: Lock) -> None:
        """Write what this run has changed into the lock on disk, whatever that is by now. Raises OSError.

        Raises RefusedError if the lock on disk cannot be used, or if some entry cannot be put into it; the others are.
        """
        merged = merge_locks(
            self.read_lock[0] if self.read_lock else lock, lock, self._lock_in(lock_text(self.lock_path))
        )
        self._write_lock(merged.lock)
        if merged.left_out:
            reasons = "; ".join(merged.left_out)
            raise RefusedError(
                f"{self.lock_name} was replaced while this command ran: {reasons}",
                hint="`revox-sync import ADDRESS ID` says which one is meant",
            )

    def _write_lock(self, lock: Lock) -> None:
        save_lock(self.lock_path, lock)
        self.read_lock[:], self.read_text[:] = [lock], []

    @property
    def recovery(self) -> Recovery:
        """Recovers from an apply that did not end."""
        path = journal_path(self.lock_path, self.environment.name)
        wait = self.settings.patient(
            self.settings.world.wait or Event().wait, "what an interrupted apply has sent may still arrive"
        )
        return Recovery(
            path,
            self.load_lock,
            self.save_lock,
            any_url=self.endpoint.is_loopback,
            wait=wait,
            checkout=partial(checkout_of, self.root),
            others=lambda: self.others,
            looks=self.facts().looks,
        )

    def recall(self, client: Client) -> Replayed:
        """The lock in force: the one on disk, and what an apply did that did not end. Writes nothing."""
        return self._noted(self.recovery.recall, client)

    def settle(self, client: Client) -> Replayed:
        """The lock in force, written to disk. Call it only within `alone()`."""
        return self._noted(self.recovery.settle, client)

    def recorder(self, lock: Lock, settled: Replayed) -> StateRecorder:
        """Writes lock and journal while assistants are changed."""
        journal = JournalFile(self.recovery.path, branch=checkout_of(self.root).branch, kept=settled.kept)
        return StateRecorder(lock, self.save_lock, journal, settled.unsettled, merge=self.merge_lock)

    def client(
        self,
        connections: int | None = None,
        stop: Event | None = None,
        watch: Callable[[RequestSeen], None] | None = None,
    ) -> Client:
        """A client for the environment's API; see `open_client`."""
        versions = self.facts().has_versions
        return open_client(self.endpoint, self.settings, connections, stop, watch, versions=versions)

    def files(self, selection: Selection = EVERYTHING, *, orphans: bool = False) -> list[AssistantFile]:
        """The files that a command line means.

        Args:
            orphans: it may also mean a lock entry whose file is gone.

        Raises UsageError if there is neither an assistants directory nor a lock entry.
        """
        directories = self.workspace.config.directories
        if not self.workspace.files and not any(map(self.workspace.tree.exists, directories)):
            raise no_assistants(self.root, self.workspace)
        named = self._orphan_addresses(self.load_lock()) if orphans and selection != EVERYTHING else ()
        return selected(self.workspace.files, selection, named)

    def file_of(self, address: str) -> str | None:
        """Path of the file that an address without one has got since the files were listed; None without."""
        return next((file.path for file in self.workspace.appeared([address])), None)

    def desired(self, files: Sequence[AssistantFile]) -> list[Desired]:
        """What files want. Shows their findings, and raises BrokenFilesError if one of these is an error.

        A variable that is not set, or a name that two files have, stops its assistants alone: see `state`.
        """
        # The lock comes first: of files that are older than the lock, nobody would notice that they are.
        self.load_lock()
        reader = FileReader(self.workspace, self.environment, files)
        report = self.lint(files, reader)
        if report.findings:
            self.show_findings(report)
        errors = report.number_of(Severity.ERROR)
        if errors:
            raise BrokenFilesError(
                f"nothing planned: {counted(errors, 'error')} in the files",
                hint="fix them (suppressing them does not help here), or name the addresses of files without errors; "
                "--exclude ADDRESS leaves one out",
            )
        ignored = self.workspace.config.ignored_fields
        return [replace(wish, ignored=ignored(wish.address)) for wish in reader.desired()]

    def lint(self, files: Sequence[AssistantFile], reader: FileReader) -> LintReport:
        """What lint says about files that are to be planned."""
        # Suppressions do not count: a plan needs what is wrong here to be right.
        return lint(self.workspace, files, [self.environment], NEEDED_TO_PLAN, suppressible=False, cache=reader)

    def show_findings(self, report: LintReport) -> None:
        """Show findings on stderr; nothing with `-q`. What stops nothing has a line each."""
        if self.settings.verbosity < 0:
            return
        paint, width = self.settings.paint(sys.stderr), self.settings.width(sys.stderr)
        stops = report.number_of(Severity.ERROR)
        sys.stderr.write(full(report.bounded, paint, width) if stops else concise(report.bounded, paint))

    def state(
        self,
        client: Client,
        desired: Sequence[Desired],
        *,
        prune: bool = False,
        whole: bool = False,
        wait: Callable[[float], bool] | None = None,
    ) -> State:
        """What the API holds for the files, and for orphans: all fields of these with `prune`.

        Args:
            whole: as in `FetchScope`.
            wait: as in `FetchScope`.
        """
        return self.state_from(client, desired, self.recall(client), prune=prune, whole=whole, wait=wait)

    def state_from(  # noqa: PLR0913 - what decides how much is read
        self,
        reader: Reader,
        desired: Sequence[Desired],
        recalled: Replayed,
        *,
        prune: bool = False,
        whole: bool = False,
        wait: Callable[[float], bool] | None = None,
    ) -> State:
        """The same from an API or a snapshot, with a lock that is known already."""
        excluded = self._excluded_files({wish.address for wish in desired}, recalled.lock)
        patient = None if wait is None else self.settings.patient(wait, "the API shows an older version")
        scope = FetchScope(excluded, self.endpoint.is_loopback, prune, whole, patient, self.facts().looks)
        with self.settings.during("reading assistants"):
            state = without_theirs(fetch_state(reader, desired, recalled.lock, scope), self.others)
        state = state.without_unmanaged(self.workspace.config.unmanaged)
        return replace(state, unknown={**unplannable(desired, state), **state.unknown, **recalled.unknown})

    @property
    def others(self) -> OtherEnvironments:
        """What the other environments of the project hold of the same API, or may have created there."""
        folder = self.root / STATE_FOLDER
        folders, configured = (folder, folder / LOCAL_FOLDER), self.workspace.config.environments
        return other_environments(folders, self.lock_path, self.endpoint.is_called, configured)

    def plan(
        self, desired: Sequence[Desired], state: State, options: PlanOptions, selection: Selection = EVERYTHING
    ) -> Plan:
        """What apply would do. Orphans take part if the command line means them.

        Raises:
            UsageError: an option names an assistant that does not exist.
            RefusedError: the plan would delete more than is allowed.
        """
        selected(self.workspace.files, Selection(tuple(rule.pattern for rule in options.drift_rules)))
        selected(self.workspace.files, Selection(options.even_if_used), self._orphan_addresses(state.lock))
        context = PlanContext(
            self.environment.name,
            self.endpoint.shown,
            options,
            self.workspace.config.safety,
            selection,
            sealer_of(self.endpoint),
            merges=self.facts().patch_merges is True,
        )
        made = replace(make_plan(desired, state, context), left_out=len(self.workspace.files) - len(desired))
        plan = with_other_locks(made, desired, state, self.root, self.lock_name)
        return with_lost_environments(without_unknown(plan, state.unknown), lambda: self.others)

    def _orphan_addresses(self, lock: Lock) -> frozenset[str]:
        """Addresses of lock entries without a file."""
        return frozenset(lock.entries.keys() - {file.address for file in self.workspace.files})

    def _excluded_files(self, wanted: Collection[str], lock: Lock) -> ExcludedFiles:
        """The files that the command line does not name, and the assistants of other environments."""
        # Without orphans no file can be the new place of a lock entry. Then names do not matter, and no file is read.
        has_orphans = bool(self._orphan_addresses(lock))
        names = {
            file.address: self._name_in(file) if has_orphans and file.address not in lock.entries else None
            for file in self.workspace.files
            if file.address not in wanted
        }
        own_ids = {entry.id for entry in lock.entries.values()}
        return ExcludedFiles(names, (bound_ids(self.workspace.tree).keys() | self.others.holders.keys()) - own_ids)

    def _name_in(self, file: AssistantFile) -> str | None:
        """The name in a file; None if it cannot be read."""
        value = self.workspace.load(file, self.environment).value
        name = value.get("name") if isinstance(value, dict) else None
        return name if isinstance(name, str) else None

    def _noted(self, ask: Callable[[Client], Replayed], client: Client) -> Replayed:
        path = self.recovery.path
        if path.exists():
            where = path.relative_to(self.root)
            self.settings.tell(f"note: an apply is running or did not end ({where}); asking the API what became of it")
        with self.settings.during("asking what became of an interrupted apply"):
            replayed = ask(client)
        for note in replayed.notes:
            say(runnable(f"note: {note}", self.settings))
        return replayed


def _digest(text: str | None) -> bytes:
    """What tells the text of a lock from any other, and from no file."""
    return b"" if text is None else blake2b(text.encode("utf-8"), digest_size=16).digest()


def open_session(settings: Settings, *, offline: bool = False, warn: bool = True) -> Session:
    """Read the configuration and environment variables, those of the project's `.env` included.

    Args:
        offline: no request will be made, so neither an API key nor a secret of an assistant is read.
        warn: tell what is odd about the configuration; a command that opens several sessions tells it once.

    Raises:
        ConfigError: something is missing.
        RefusedError: only the configuration says that the key may go to its host, or `.revox` cannot be used.
    """
    environ = project_environ(settings)
    root, workspace = open_workspace(settings, None if offline else environ)
    for text in workspace.unmatched_globs() if warn else ():
        settings.tell(f"warning: {text}")
    environment = workspace.config.environment(settings.environment)
    endpoint = open_endpoint(environment, settings, environ, offline=offline)
    session = Session(root, workspace, environment, endpoint, settings)
    require_own_folders(session.lock_path)
    return session
