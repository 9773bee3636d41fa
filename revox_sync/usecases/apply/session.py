"""What plan and apply share: one environment's files, API and lock."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Final

from revox_sync.config import STATE_FOLDER, Environment
from revox_sync.errors import BrokenFilesError
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, lint
from revox_sync.lint.model.finding import LintReport, Severity
from revox_sync.output.lint import text as lint_text
from revox_sync.output.text.visible import counted
from revox_sync.remote.client import Client
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.request_loop import RequestSeen
from revox_sync.source.workspace import AssistantFile, Workspace, selected
from revox_sync.sync.applying.recovery import Recovery
from revox_sync.sync.applying.replay_journal import Replayed, without_unknown
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Plan, PlanOptions
from revox_sync.sync.planning.planner import make_plan
from revox_sync.sync.remote_state.fetch import State, fetch_state
from revox_sync.sync.remote_state.reader import Reader
from revox_sync.sync.state.journal_file import JournalFile, journal_path
from revox_sync.sync.state.lock_file import LOCAL_FOLDER, load_lock, save_lock
from revox_sync.sync.state.process_lock import hold_process_lock
from revox_sync.sync.state.recorder import StateRecorder
from revox_sync.usecases.apply.api_client import open_client, open_endpoint
from revox_sync.usecases.apply.excluded_files import excluded_files, orphan_addresses
from revox_sync.usecases.apply.read_files import FileReader
from revox_sync.usecases.project.open_project import no_assistants, open_workspace
from revox_sync.usecases.project.settings import Settings, say

NO_KEY: Final = "offline"
"""Stands for the key where no request is made; any API refuses it."""


@dataclass(frozen=True, slots=True)
class Session:
    """One environment of one project."""

    root: Path
    workspace: Workspace
    environment: Environment
    endpoint: Endpoint
    settings: Settings

    @property
    def lock_path(self) -> Path:
        """Where the lock is; that of an API on this machine is not committed."""
        folder = self.root / STATE_FOLDER
        return (folder / LOCAL_FOLDER if self.endpoint.is_loopback else folder) / f"{self.environment.name}.lock.json"

    def alone(self, patience: float = 0.0) -> AbstractContextManager[None]:
        """No other apply of this environment runs on this machine. Raises RefusedError where one does.

        Args:
            patience: seconds to wait for it.
        """
        path = self.lock_path.with_name(f"{self.environment.name}.apply")
        return hold_process_lock(path, self.environment.name, patience=patience, tell=say)

    def load_lock(self) -> Lock:
        """The lock as it is on disk; an empty one where there is none.

        An API on this machine changes its port as it likes: whether it is the same one, its ids tell.
        """
        base_url = None if self.endpoint.is_loopback else self.endpoint.base_url
        lock = load_lock(self.lock_path, self.environment.name, base_url)
        return replace(lock, base_url=self.endpoint.base_url)

    def save_lock(self, lock: Lock) -> None:
        """Replace the lock on disk."""
        save_lock(self.lock_path, lock)

    @property
    def recovery(self) -> Recovery:
        """The way back from an apply that did not end."""
        path = journal_path(self.lock_path, self.environment.name)
        return Recovery(path, self.load_lock, self.save_lock, any_url=self.endpoint.is_loopback)

    def recall(self, client: Client) -> Replayed:
        """The lock in force: what is on disk, and what an apply did that did not end. Only reads."""
        return self._noted(self.recovery.recall, client)

    def settle(self, client: Client) -> Replayed:
        """The same, written to disk; only within `alone()`."""
        return self._noted(self.recovery.settle, client)

    def keeper(self, lock: Lock, settled: Replayed) -> StateRecorder:
        """Keeps lock and journal while something is written."""
        return StateRecorder(lock, self.save_lock, JournalFile(self.recovery.path), settled.unsettled)

    def client(
        self, connections: int = 8, stop: Event | None = None, watch: Callable[[RequestSeen], None] | None = None
    ) -> Client:
        """A client for the environment's API; `stop` ends its waits for another attempt, `watch` sees each request."""
        return open_client(self.endpoint, self.settings, connections, stop, watch)

    def files(self, addresses: Sequence[str], *, orphans: bool = False) -> list[AssistantFile]:
        """The files that addresses or globs name; all without any.

        Args:
            orphans: lock entries without a file may be named as well.

        Raises UsageError where there is no assistants directory, and nothing that was ever applied from one.
        """
        directories = self.workspace.config.directories
        if not self.workspace.files and not any(map(self.workspace.tree.exists, directories)):
            raise no_assistants(self.root, self.workspace)
        named = orphan_addresses(self.workspace, self.load_lock()) if orphans and addresses else ()
        return selected(self.workspace.files, addresses, named)

    def desired(self, files: Sequence[AssistantFile]) -> list[Desired]:
        """What files want. Raises BrokenFilesError when they have errors, after showing them."""
        read = FileReader(self.workspace, self.environment, files)
        self._require_clean(
            lint(self.workspace, files, [self.environment], NEEDED_TO_PLAN, suppressible=False, memory=read)
        )
        return read.desired_builder.desired()

    def state(self, client: Client, desired: Sequence[Desired], *, prune: bool = False) -> State:
        """What the API holds for them; with `prune` everything that orphans hold, too."""
        recalled = self.recall(client)
        return replace(self.seen(client, desired, recalled.lock, prune=prune), unknown=recalled.unknown)

    def seen(self, reader: Reader, desired: Sequence[Desired], lock: Lock, *, prune: bool = False) -> State:
        """What the API, or a snapshot of it, holds for them and for the assistants of a lock."""
        left = excluded_files(self.workspace, self.environment, {each.address for each in desired}, lock)
        return fetch_state(reader, desired, left, lock, loopback=self.endpoint.is_loopback, prune=prune)

    def plan(
        self, desired: Sequence[Desired], state: State, options: PlanOptions, addresses: Sequence[str] = ()
    ) -> Plan:
        """What apply would do; of the orphans, only to those that addresses or globs name, to all without any.

        Raises:
            UsageError: an option names an assistant that does not exist.
            RefusedError: it would delete more than is allowed.
        """
        selected(self.workspace.files, [each.pattern for each in options.drift_rules])
        plan = make_plan(
            environment=self.environment.name,
            base_url=self.endpoint.base_url,
            desired=desired,
            state=state,
            options=options,
            safety=self.workspace.config.safety,
            addresses=addresses,
        )
        return without_unknown(plan, state.unknown)

    def _noted(self, ask: Callable[[Client], Replayed], client: Client) -> Replayed:
        path = self.recovery.path
        if path.exists() and self.settings.verbosity >= 0:
            where = path.relative_to(self.root)
            say(f"note: an apply is running or did not end ({where}); asking the API what became of it")
        replayed = ask(client)
        for note in replayed.notes:
            say(f"note: {note}")
        return replayed

    def _require_clean(self, report: LintReport) -> None:
        if report.findings and self.settings.verbosity >= 0:
            sys.stderr.write(lint_text.full(report, self.settings.paint(sys.stderr), self.settings.width(sys.stderr)))
        errors = report.number_of(Severity.ERROR)
        if errors:
            raise BrokenFilesError(
                f"nothing planned: {counted(errors, 'error')} in the files",
                hint="mend them (suppressing them does not count here), or name the addresses of healthy files",
            )


def open_session(settings: Settings, *, offline: bool = False) -> Session:
    """Read configuration and environment variables. Raises ConfigError where something is missing.

    Args:
        offline: no request will be made, so no key and no secret of an assistant is needed or read.
    """
    root, workspace = open_workspace(settings, None if offline else os.environ)
    environment = workspace.config.environment(settings.environment)
    if offline:
        environment = environment._replace(api_key=NO_KEY)
    endpoint = open_endpoint(environment, settings, os.environ)
    return Session(root, workspace, environment, endpoint, settings)
