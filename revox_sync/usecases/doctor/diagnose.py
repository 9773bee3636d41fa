"""Looks at everything a command depends on: versions, project, environment, API, clock, lock, journal, CI.

Nothing of it is secret: of variables only the names are told, of paths only what is below the project.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from revox_sync.config import CONFIG_NAME
from revox_sync.errors import RemoteError, RevoxSyncError, UnknownEnvironmentError
from revox_sync.output.text.visible import counted
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import RequestSeen
from revox_sync.sync.model.doctor_report import Check, Health
from revox_sync.sync.model.server_facts import NO_FACTS
from revox_sync.sync.state.journal import load_journal
from revox_sync.sync.state.journal_file import journal_path
from revox_sync.usecases.apply.api_client import open_client, open_endpoint
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.doctor.probe import contract_of, find, refusal_of
from revox_sync.usecases.project.commands import runnable
from revox_sync.usecases.project.environ import project_environ
from revox_sync.usecases.project.open_project import open_workspace
from revox_sync.usecases.project.settings import Settings
from revox_sync.version import __version__

_LIBRARIES: Final = ("httpx", "pydantic", "click", "ruamel.yaml", "jsonschema", "deepdiff")
_NETWORK: Final = (
    *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
)
_CI: Final[Mapping[str, tuple[str, ...]]] = {
    "GITHUB_ACTIONS": ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN"),
    "GITLAB_CI": ("CI_PIPELINE_SOURCE", "CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "GITLAB_TOKEN"),
}
_LATE: Final = 60.0
"""Seconds by which two clocks may differ before times of one mean nothing to the other."""
_OLD: Final = 180
"""Days after which what a probe has learnt may not hold any more."""


def diagnose(settings: Settings, environ: Mapping[str, str] = os.environ) -> tuple[Check, ...]:
    """Every check, in the order in which a command depends on them. Raises UnknownEnvironmentError."""
    return tuple(_checks(settings, environ))


def _checks(settings: Settings, environ: Mapping[str, str]) -> Iterator[Check]:
    yield Check("revox-sync", __version__)
    yield Check("Python", f"{platform.python_version()} ({platform.python_implementation()})")
    yield Check("system", f"{platform.system()} {platform.release()}, {platform.machine()}")
    yield Check("libraries", ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES))
    yield _git()
    yield _named("network", "proxy and certificate variables", _NETWORK, environ)
    yield _ci(environ)
    try:
        yield from _project(settings)
    except UnknownEnvironmentError:
        raise
    except RevoxSyncError as error:
        yield _problem("project", error, settings)


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"


def _git() -> Check:
    path = shutil.which("git")
    if path is None:
        return Check("git", "not found: diff, hooks and branches need it", Health.WARNING)
    with suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(  # noqa: S603 - fixed program, no shell
            [path, "--version"], capture_output=True, text=True, timeout=30, check=True
        )
        return Check("git", said.stdout.strip().removeprefix("git version "))
    return Check("git", "found, but it does not run", Health.WARNING)


def _named(name: str, what: str, variables: tuple[str, ...], environ: Mapping[str, str]) -> Check:
    found = [variable for variable in variables if environ.get(variable)]
    gone = [variable for variable in found if variable.startswith("SSL_CERT") and not Path(environ[variable]).exists()]
    if gone:
        return Check(name, f"{', '.join(gone)} names a path that does not exist", Health.PROBLEM)
    return Check(name, f"set: {', '.join(found)}" if found else f"no {what} set")


def _ci(environ: Mapping[str, str]) -> Check:
    for host, variables in _CI.items():
        if environ.get(host) == "true":
            found = [variable for variable in variables if environ.get(variable)]
            rest = [variable for variable in variables if variable not in found]
            missing = f"; not set: {', '.join(rest)}" if rest else ""
            return Check("CI", f"{host}; set: {', '.join(found) or 'nothing'}{missing}")
    return Check("CI", "none that is known")


def _project(settings: Settings) -> Iterator[Check]:
    environ = project_environ(settings)
    root, workspace = open_workspace(settings, environ)
    if (root / CONFIG_NAME).is_file():
        yield Check("project", f"{CONFIG_NAME}, {counted(len(workspace.files), 'assistant file')}")
    else:
        files = counted(len(workspace.files), "assistant file")
        yield Check("project", f"no {CONFIG_NAME} here or above: `revox-sync init` writes one; {files}", Health.WARNING)
    environment = workspace.config.environment(settings.environment)
    pinned = environment.contract or "any"
    yield Check("environment", f"{environment.name}, contract {pinned}")
    reached = workspace.config.environment(environment.name)
    unset = sorted({name for file in workspace.files for name, _ in workspace.load(file, reached).missing_env})
    if unset:
        yield Check("variables", f"not set: {', '.join(unset)}; their assistants cannot be applied", Health.WARNING)
    try:
        endpoint = open_endpoint(environment, settings, environ)
    except RevoxSyncError as error:
        yield _problem("API", error, settings)
        # Lock and journal can be looked at all the same.
        with suppress(RevoxSyncError):
            endpoint = open_endpoint(environment, settings, environ, offline=True)
            yield from _state(Session(root, workspace, environment, endpoint, settings), settings)
        return
    session = Session(root, workspace, environment, endpoint, settings)
    yield Check("API", endpoint.shown)
    seen: list[RequestSeen] = []
    with open_client(endpoint, settings, 1, watch=seen.append) as client:
        yield from _account(client, pinned, settings)
    yield from _clock(seen, settings)
    yield from _state(session, settings)


def _account(client: Client, pinned: str, settings: Settings) -> Iterator[Check]:
    try:
        accepted = client.auth_status()
    except RemoteError as error:
        yield _problem("key", error, settings)
        return
    if not accepted:
        yield Check("key", "the API refuses it: it must be a current key of your organisation", Health.PROBLEM)
        return
    try:
        organization = f"organisation {client.user()['organization_id']}"
    except RemoteError as error:
        organization = f"whose it is could not be read: {refusal_of(error)}"
    yield Check("key", f"accepted; {organization}")
    try:
        listed = client.listing()
    except RemoteError as error:
        yield _problem("assistants", error, settings)
        return
    unreadable = f", {len(listed.unreadable)} of them not as documented" if listed.unreadable else ""
    number = counted(len(listed.assistants) + len(listed.unreadable), "assistant")
    yield Check("assistants", f"{number} listed{unreadable}", Health.WARNING if listed.unreadable else Health.OK)
    yield _contract(listed.assistants, pinned)
    left = ", ".join(assistant_id for assistant_id, _ in find(client))
    if left:
        text = f"a probe has left {left}: `revox-sync doctor --probe` deletes it, and so does the dashboard"
        yield Check("left-over", runnable(text, settings), Health.PROBLEM)


def _contract(listed: list[dict[str, Any]], pinned: str) -> Check:
    spoken = contract_of(listed)
    if spoken is None:
        return Check("contract", "nobody can tell: no assistant is listed")
    if pinned not in ("any", spoken):
        return Check("contract", f"answers have fields of {spoken}, the environment pins {pinned}", Health.WARNING)
    return Check("contract", f"answers have fields of {spoken}")


def _clock(seen: list[RequestSeen], settings: Settings) -> Iterator[Check]:
    dated = next((each.dated for each in reversed(seen) if each.dated is not None), None)
    if dated is None:
        yield Check("clock", "the API names no date to compare it with")
        return
    # Of the last request; what was done since took no minute.
    ahead = settings.world.now() - dated.timestamp()
    if abs(ahead) > _LATE:
        word = "ahead of" if ahead > 0 else "behind"
        yield Check("clock", f"{abs(ahead):.0f} s {word} the API's: set it", Health.WARNING)
    else:
        yield Check("clock", "as the API's, to the minute")


def _state(session: Session, settings: Settings) -> Iterator[Check]:
    yield from _looked_at("lock", lambda: _lock(session), settings)
    yield from _looked_at("journal", lambda: _journal(session, settings), settings)
    yield from _looked_at("server facts", lambda: _facts(session, settings), settings)


def _looked_at(name: str, look: Callable[[], Check], settings: Settings) -> Iterator[Check]:
    try:
        yield look()
    except RevoxSyncError as error:
        yield _problem(name, error, settings)


def _lock(session: Session) -> Check:
    if not session.lock_path.exists():
        return Check("lock", f"{session.lock_name}, none yet")
    return Check("lock", f"{session.lock_name}, {counted(len(session.load_lock().entries), 'assistant')}")


def _journal(session: Session, settings: Settings) -> Check:
    journal = load_journal(journal_path(session.lock_path, session.environment.name))
    if journal is None:
        return Check("journal", "none: no apply is running, and none was interrupted")
    open_ends = counted(len(journal.open), "request")
    text = f"an apply is running or did not end, {open_ends} without end; `revox-sync apply` finds out"
    return Check("journal", runnable(text, settings), Health.WARNING)


def _facts(session: Session, settings: Settings) -> Check:
    facts = session.facts()
    if facts == NO_FACTS:
        text = "none: plan and apply stay on the safe side; `revox-sync doctor --probe` learns them"
        return Check("server facts", runnable(text, settings))
    age = None
    with suppress(ValueError):
        learned = datetime.fromisoformat(facts.learned_at)
        age = (datetime.fromtimestamp(settings.world.now(), UTC) - learned.replace(tzinfo=UTC)).days
    if age is None or age > _OLD:
        text = f"of {facts.learned_at}, too long ago: `revox-sync doctor --probe` learns them anew"
        return Check("server facts", runnable(text, settings), Health.WARNING)
    return Check("server facts", f"of {facts.learned_at}, contract {facts.contract or 'unknown'}")


def _problem(name: str, error: RevoxSyncError, settings: Settings) -> Check:
    said = error.message if error.hint is None else f"{error.message}; {error.hint}"
    # A path tells who somebody is; what is below the project tells enough.
    said = said.replace(f"{Path(settings.project)}{os.sep}", "").replace(sys.prefix, "…")
    return Check(name, runnable(said, settings), Health.PROBLEM)
