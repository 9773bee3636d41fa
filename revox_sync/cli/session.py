"""What plan and apply share: one environment's files, API and lock."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import click

from revox_sync.cli.options import Settings, like
from revox_sync.cli.project import no_assistants, open_workspace
from revox_sync.cli.remote import open_client, open_endpoint
from revox_sync.config import STATE_FOLDER, Environment
from revox_sync.errors import BrokenFilesError
from revox_sync.lint.engine import NEEDED_TO_PLAN, lint
from revox_sync.lint.finding import LintReport, Severity
from revox_sync.output import lint_text
from revox_sync.output.visible import counted
from revox_sync.remote.client import Client
from revox_sync.remote.endpoint import Endpoint
from revox_sync.source.workspace import AssistantFile, Workspace, selected
from revox_sync.sync.desired import Desired, desire
from revox_sync.sync.exclusive import exclusive
from revox_sync.sync.lock import LOCAL_FOLDER, Lock, load_lock, save_lock
from revox_sync.sync.plan import OnDrift, Plan, PlanOptions
from revox_sync.sync.planner import make_plan
from revox_sync.sync.state import State, fetch_state


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

    def alone(self) -> AbstractContextManager[None]:
        """No other apply of this environment runs on this machine. Raises RefusedError where one does."""
        return exclusive(self.lock_path.with_name(f"{self.environment.name}.apply"), self.environment.name)

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

    def client(self, connections: int = 8) -> Client:
        """A client for the environment's API."""
        return open_client(self.endpoint, self.settings, connections)

    def files(self, addresses: Sequence[str]) -> list[AssistantFile]:
        """The files that addresses or globs name; all without any.

        Raises UsageError where there is no assistants directory, and nothing that was ever applied from one.
        """
        directories = self.workspace.config.directories
        if not self.workspace.files and not any(map(self.workspace.tree.exists, directories)):
            raise no_assistants(self.root, self.workspace)
        return selected(self.workspace.files, addresses)

    def desired(self, files: Sequence[AssistantFile]) -> list[Desired]:
        """What files want. Raises BrokenFilesError when they have errors, after showing them."""
        self._require_clean(lint(self.workspace, files, [self.environment], NEEDED_TO_PLAN, suppressible=False))
        return desire((each.address, self.workspace.load(each, self.environment)) for each in files)

    def state(self, client: Client, desired: Sequence[Desired]) -> State:
        """What the API holds for them."""
        wanted = {each.address for each in desired}
        others = {each.address for each in self.workspace.files} - wanted
        return fetch_state(client, desired, others, self.load_lock(), loopback=self.endpoint.is_loopback)

    def plan(self, desired: Sequence[Desired], state: State, options: PlanOptions) -> Plan:
        """What apply would do."""
        return make_plan(
            environment=self.environment.name,
            base_url=self.endpoint.base_url,
            desired=desired,
            state=state,
            options=options,
        )

    def _require_clean(self, report: LintReport) -> None:
        if report.findings and self.settings.verbosity >= 0:
            sys.stderr.write(lint_text.full(report, self.settings.paint(sys.stderr), self.settings.width(sys.stderr)))
        errors = report.count(Severity.ERROR)
        if errors:
            raise BrokenFilesError(
                f"nothing planned: {counted(errors, 'error')} in the files",
                hint="mend them (suppressing them does not count here), or name the addresses that are to be planned",
            )


def open_session(settings: Settings) -> Session:
    """Read configuration and environment variables. Raises ConfigError where something is missing."""
    root, workspace = open_workspace(settings, os.environ)
    environment = workspace.config.environment(settings.environment)
    endpoint = open_endpoint(environment, settings, os.environ)
    return Session(root, workspace, environment, endpoint, settings)


def planning_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of everything that plans, given to the command as `options`."""

    def call(*, on_drift: str, recreate: bool, resend_secrets: bool, **arguments: Any) -> Any:
        return command(options=PlanOptions(OnDrift(on_drift), recreate, resend_secrets), **arguments)

    options = (
        click.option(
            "--on-drift",
            type=click.Choice([each.value for each in OnDrift]),
            default=OnDrift.FAIL.value,
            show_default=True,
            help="What to do about edits made outside the files.",
        ),
        click.option("--recreate", is_flag=True, help="Create assistants again that were deleted outside."),
        click.option("--resend-secrets", is_flag=True, help="Send secrets that cannot be compared."),
    )
    return reduce(lambda decorated, option: option(decorated), reversed(options), like(command, call))
