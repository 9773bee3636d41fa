"""What `revox-sync env` tells: where each environment leads, whether its key is there, and what that key opens."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from revox_sync.config import Environment
from revox_sync.errors import ConfigError, ExitCode, RemoteError, RevoxSyncError, worst
from revox_sync.remote.http.endpoint import KEY_VARIABLE
from revox_sync.source.workspace import Workspace
from revox_sync.sync.model.environment_report import AccountFacts, EnvironmentFacts
from revox_sync.usecases.apply.api_client import open_client, open_endpoint
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.project.commands import runnable
from revox_sync.usecases.project.environ import env_file_values
from revox_sync.usecases.project.open_project import open_workspace
from revox_sync.usecases.project.settings import ENVIRONMENT_VARIABLE, Settings
from revox_sync.values.secret import Secret


def describe_environments(settings: Settings, *, online: bool) -> tuple[tuple[EnvironmentFacts, ...], ExitCode]:
    """The environments of the project, or the one that the command line names, and the exit code.

    What is wrong with one of them is in its facts. The code says how asking ended; it is 0 without `online`, and 64
    where nothing else is wrong than a key that is not set.

    Args:
        online: ask the API of each environment that has a key.

    Raises ConfigError if the configuration or `.env` cannot be read, or the named environment does not exist.
    """
    in_file = env_file_values(settings)
    root, workspace = open_workspace(settings)
    config, only = workspace.config, settings.environment if not settings.is_preset else None
    named = [config.environment(only)] if only is not None else list(config.environments.values())
    chosen = _chosen(workspace, settings)
    found: list[EnvironmentFacts] = []
    codes: list[ExitCode] = []
    for environment in named:
        facts = _facts(root, workspace, environment, settings, in_file)
        facts = replace(facts, chosen=chosen.get(environment.name, ""))
        if online and (facts.key_set or only is not None):
            facts, code = _asked(facts, environment, settings, {**in_file, **os.environ})
            codes.append(code)
        elif online:
            codes.append(ExitCode.USAGE)  # what nobody could ask is not in order
        found.append(facts)
    unasked = ExitCode.USAGE if ExitCode.USAGE in codes else ExitCode.OK
    return tuple(found), worst(*codes) or unasked


def _chosen(workspace: Workspace, settings: Settings) -> dict[str, str]:
    """Why one environment is what commands work with, by its name; empty where each command has to name one."""
    config = workspace.config
    if settings.is_preset and settings.environment is not None:
        return {settings.environment: f"chosen by {ENVIRONMENT_VARIABLE}"}
    try:
        return {config.environment(None).name: "default"}
    except ConfigError:
        return {}


def _facts(
    root: Path, workspace: Workspace, environment: Environment, settings: Settings, in_file: Mapping[str, str]
) -> EnvironmentFacts:
    """What is known without asking the API."""
    environ = {**in_file, **os.environ}
    variable, source = _key(environment, in_file)
    facts = EnvironmentFacts(
        name=environment.name,
        chosen="",
        base_url=None,
        contract=environment.contract,
        key_variable=variable,
        key_set=source is not None,
        key_source=source,
        lock=None,
        bound=None,
        unset=_unset(workspace, environment, environ),
    )
    try:
        session = Session(
            root, workspace, environment, open_endpoint(environment, settings, environ, offline=True), settings
        )
        facts = replace(facts, base_url=session.endpoint.base_url, lock=session.lock_name)
        if session.lock_path.exists():
            facts = replace(facts, bound=len(session.load_lock().entries))
    except RevoxSyncError as error:
        return _with_problem(facts, error, settings)
    return facts


def _key(environment: Environment, in_file: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Variable and source of the key."""
    key = environment.api_key
    if isinstance(key, str):
        return None, "configuration"
    variable = key.variable if isinstance(key, Secret) and key.variable else KEY_VARIABLE
    if variable in os.environ:
        return variable, "environment" if os.environ[variable] else None
    return variable, ".env" if in_file.get(variable) else None


def _unset(workspace: Workspace, environment: Environment, environ: Mapping[str, str]) -> tuple[str, ...]:
    reading = Workspace(workspace.tree, environ)
    reached = reading.config.environment(environment.name)
    return tuple(sorted({name for file in reading.files for name, _ in reading.load(file, reached).missing_env}))


def _asked(
    facts: EnvironmentFacts, environment: Environment, settings: Settings, environ: Mapping[str, str]
) -> tuple[EnvironmentFacts, ExitCode]:
    """The facts with what the API says, and how asking ended."""
    try:
        with open_client(open_endpoint(environment, settings, environ), settings, connections=1) as client:
            if not client.auth_status():
                return replace(facts, account=AccountFacts(key_accepted=False)), ExitCode.UNREACHABLE
            listed = client.listing().assistants
    except RevoxSyncError as error:
        known = facts.problems and not isinstance(error, RemoteError)  # said already
        return facts if known else _with_problem(facts, error, settings), error.exit_code
    found = {str(each["organization_id"]) for each in listed if each.get("organization_id")}
    organization = found.pop() if len(found) == 1 else None
    return replace(
        facts, account=AccountFacts(key_accepted=True, organization_id=organization, assistants=len(listed))
    ), ExitCode.OK


def _with_problem(facts: EnvironmentFacts, error: RevoxSyncError, settings: Settings) -> EnvironmentFacts:
    said = error.message if error.hint is None else f"{error.message}; {error.hint}"
    return replace(facts, problems=(*facts.problems, runnable(said, settings)))
