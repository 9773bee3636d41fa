"""A machine of a soak: runs applies in processes of their own, a hundred times as fast as the clock.

The program is the real one: the use case of `revox-sync apply`. What it takes from the world (clock, waiting, the
disk's answer) is given to it here.
"""

from __future__ import annotations

import os
import signal
import ssl
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from threading import Event
from typing import Final

import httpx

from revox_sync.cli.options.targets import Target
from revox_sync.cli.terminal.console import Console
from revox_sync.errors import RevoxSyncError
from revox_sync.output.json import apply as apply_json
from revox_sync.output.json import plan as plan_json
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings, RequestSeen
from revox_sync.sync.applying.recovery import MAY_STILL_COME, Recovery, Replayed
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Plan, PlanOptions
from revox_sync.sync.planning.saved_plan import plan_digest
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.recorder import StateRecorder
from revox_sync.usecases.apply.apply import ApplyArguments, RunControl, apply_files
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.project.settings import World as RunWorld
from revox_sync.values.address import Selection

HURRY: Final = 100.0
"""Seconds of the program in one of the clock's."""
LONGEST: Final = 10.0
"""Seconds of the clock that the server may take for one write."""


@dataclass(frozen=True, slots=True)
class Job:
    """One apply.

    Attributes:
        agent: the machine.
        log: where its output goes.
        now: Unix time when it begins.
        timeout: seconds of the program.
        death: moment (`sync`, `synced`, `save`, `saved`) and how many of its kind come before it; None: not here.
    """

    root: Path
    agent: str
    log: Path
    environ: dict[str, str]
    options: PlanOptions
    addresses: tuple[str, ...] = ()
    parallelism: int = 8
    now: float = 0.0
    timeout: float = 30.0
    death: tuple[str, int] | None = None


class Machine:
    """Starts processes, each from a clean one, and waits for them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, job: Job) -> int:
        """Begin an apply; its process id."""
        self._connection.send(job)
        process: int = self._connection.recv()
        return process

    def wait(self, seconds: float) -> int | None:
        """Its exit code, negative for a signal; None where it is still at it."""
        if not self._connection.poll(seconds):
            return None
        code: int = self._connection.recv()
        return code

    def retire(self) -> None:
        """End it."""
        self._connection.send(None)


def serve(connection: Connection, oldest: Synchronized[float]) -> None:
    """Carry out jobs until there are no more. This process has one thread, so that it can be forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (job := _next(connection)) is not None:
        child = os.fork()
        if child == 0:
            os._exit(_carried_out(job, oldest))
        connection.send(child)
        _, status = os.waitpid(child, 0)
        connection.send(os.waitstatus_to_exitcode(status))


def _next(connection: Connection) -> Job | None:
    try:
        job: Job | None = connection.recv()
    except EOFError:  # whoever gives jobs is gone
        return None
    return job


class World:
    """Time and the disk, as an apply sees them.

    Time for the journal stands still but for what is waited, so that no hiccup of this machine makes a create look
    old; before a server is given up on, it has really finished.
    """

    def __init__(self, job: Job, oldest: Synchronized[float]) -> None:
        self._job = job
        self._oldest = oldest
        self._waited = 0.0
        self._moments: Counter[str] = Counter()
        self.stop = Event()

    def clock(self) -> float:
        """Seconds that only grow."""
        return time.monotonic() * HURRY

    def now(self) -> float:
        """Unix time."""
        return self._job.now + self._waited

    def wait(self, seconds: float) -> bool:
        """Let seconds pass."""
        return self.stop.wait(seconds / HURRY)

    def look_again(self, seconds: float) -> bool:
        """Let seconds pass before somebody looks for a create."""
        self._waited += seconds
        stopped = self.wait(seconds)
        if seconds >= MAY_STILL_COME / 2 or self._waited >= MAY_STILL_COME:
            self._outlast()
        return stopped

    def sync(self, descriptor: int) -> None:
        """Put a file on disk."""
        self._moment("sync")
        os.fsync(descriptor)
        self._moment("synced")

    def saving(self, save: Callable[[Lock], None], lock: Lock) -> None:
        """Write a lock."""
        self._moment("save")
        save(lock)
        self._moment("saved")

    def _moment(self, kind: str) -> None:
        if self._job.death == (kind, self._moments[kind]):
            os.kill(os.getpid(), signal.SIGKILL)
        self._moments[kind] += 1

    def _outlast(self) -> None:
        begun = time.monotonic()
        while self._oldest.value < begun and time.monotonic() < begun + LONGEST:
            time.sleep(0.005)


@dataclass(frozen=True)
class Hurried(Session):
    """A session in another world."""

    world: World
    job: Job

    def client(
        self,
        connections: int | None = None,
        stop: Event | None = None,
        watch: Callable[[RequestSeen], None] | None = None,
    ) -> Client:
        """A client whose clock runs faster."""
        client_settings = ClientSettings(
            timeout=self.settings.timeout,
            connections=connections or 8,
            transport=HurriedTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)),
            observe=watch or _log,
            agent=self.job.agent,
            stop=stop or Event(),
            clock=self.world.clock,
            now=lambda: datetime.now(UTC),
            wait=self.world.wait,
        )
        return Client(self.endpoint, client_settings)

    def save_lock(self, lock: Lock) -> None:
        """Replace the lock on disk."""
        self.world.saving(super().save_lock, lock)

    @property
    def recovery(self) -> Recovery:
        """The way back from an apply that did not end."""
        return replace(super().recovery, wait=self.world.look_again)

    def recorder(self, lock: Lock, settled: Replayed) -> StateRecorder:
        """Keeps lock and journal."""
        journal = JournalFile(self.recovery.path, self.world.sync, kept=settled.kept)
        return StateRecorder(lock, self.save_lock, journal, settled.unsettled)


class HurriedTransport(httpx.HTTPTransport):
    """The network, for clients that count faster."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and wait as long as the clock says."""
        limits: dict[str, float | None] = request.extensions["timeout"]
        hurried = {key: None if limit is None else limit / HURRY for key, limit in limits.items()}
        request.extensions = {**request.extensions, "timeout": hurried}
        return super().handle_request(request)


def _log(seen: RequestSeen) -> None:
    sys.stderr.write(f"{seen.method} {seen.path} {seen.status} again in {seen.again_in}\n")


def _carried_out(job: Job, oldest: Synchronized[float]) -> int:
    os.environ.update(job.environ)
    with job.log.open("w", encoding="utf-8") as log:
        sys.stdout = sys.stderr = log
        try:
            return _apply(job, World(job, oldest))
        except RevoxSyncError as error:
            log.write(f"error: {error.message}\n{error.hint}\n")
            return int(error.exit_code)
        except Exception:  # noqa: BLE001 - whatever it is, the round reports it as a bug
            log.write(traceback.format_exc())
            return 70


class JsonConsole(Console):
    """Shows plans as JSON as well: the round reads in it which edits people have seen."""

    def plan(self, plan: Plan) -> None:
        """Show a plan."""
        super().plan(plan)
        self.write(plan_json.render(plan, plan_digest(plan)))


def _apply(job: Job, world: World) -> int:
    """`revox-sync apply --auto-approve`, in another world."""
    settings = Settings(str(job.root), "test", "never", 1, job.timeout, insecure_http=False)
    opened = open_session(settings)
    session = Hurried(opened.root, opened.workspace, opened.environment, opened.endpoint, opened.settings, world, job)
    arguments = ApplyArguments(Selection(tuple(job.addresses)), job.options, job.parallelism, approved=True)
    control = RunControl(world.stop, RunWorld(world.look_again, world.now))
    result = apply_files(session, arguments, JsonConsole(settings, [Target("text", None)]), control)
    applied = result.applied
    sys.stdout.write(apply_json.render(result.plan, applied, None))
    return int(applied.exit_code)
