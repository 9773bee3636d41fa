"""A machine of a soak: runs command lines in processes of their own, in a time that passes only where somebody waits.

The program is the real one, `revox_sync.cli.main.run`. What it takes from the world (time, chance, the network's
patience) is given to it here.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from ctypes import c_double
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Final, TypeAlias

import httpx

from revox_sync.cli.main import run
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.usecases.project.settings import World
from tools.soak.fuse import AFTER, BEFORE, ON_DISK, Fuse
from tools.soak.fuse import EFFECTS as SENT_OR_WRITTEN
from tools.soak.warm import warm_up

EPOCH: Final = 1_577_836_800.0
"""Unix time when every round begins. It is long ago, so that no date of this computer makes sense in it."""
LIMIT: Final = "soak-limit"
"""Header: seconds that a machine waits for the answer."""
PAUSE: Final = "/pause"
"""Path: `POST /pause/S` is answered when S seconds have passed."""
IDLE: Final = 5.0
"""Seconds of this computer after which a machine without a job looks whether there will ever be one."""
EFFECTS: Final = {"before": (BEFORE, SENT_OR_WRITTEN), "after": (AFTER, ON_DISK)}
"""When a machine dies by itself, and what counts. What dies when it has sent a request is killed by the server."""
Program: TypeAlias = Callable[[list[str], World], int]


@dataclass(frozen=True, slots=True)
class Job:
    """One command line.

    Attributes:
        agent: which machine it is, as the server knows it.
        log: where its output goes.
        seed: decides what the program leaves to chance.
        death: `before` or `after` an effect on the world, and how many effects come first; None: it lives.
        program: what is run; a test gives one that does something wrong.
    """

    agent: str
    arguments: tuple[str, ...]
    log: Path
    environ: dict[str, str]
    base_url: str
    seed: str
    death: tuple[str, int] | None = None
    program: Program = run


class Machine:
    """Starts processes, each from a clean one."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        """Has something to read when a process has ended."""

    def start(self, job: Job) -> int:
        """Begin a command line; its process id."""
        self.connection.send(job)
        process: int = self.connection.recv()
        return process

    def ended(self) -> int:
        """The exit code of the process that was started last, negative for a signal; waits for its end."""
        code: int = self.connection.recv()
        return code

    def retire(self) -> None:
        """End it."""
        self.connection.send(None)


def serve(connection: Connection, clock: c_double) -> None:
    """Carry out jobs until there are no more. This process has one thread, so that it can be forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.dont_write_bytecode = True  # nothing but the program has effects
    warm_up()
    PatientTransport(clock).close()  # loads what a connection needs
    gc.collect()
    gc.freeze()
    gc.disable()  # no process lives long enough; looking at what all of them share would only copy it
    whose = os.getppid()
    while (job := _next(connection, whose)) is not None:
        child = os.fork()
        if child == 0:
            os._exit(_carried_out(job, clock))
        connection.send(child)
        _, status = os.waitpid(child, 0)
        connection.send(os.waitstatus_to_exitcode(status))


def _next(connection: Connection, whose: int) -> Job | None:
    while not connection.poll(IDLE):
        if os.getppid() != whose:  # whoever gave jobs was killed
            return None
    try:
        job: Job | None = connection.recv()
    except EOFError:  # whoever gives jobs is gone
        return None
    return job


def _carried_out(job: Job, clock: c_double) -> int:
    os.environ.update(job.environ)
    world = _world(job, clock)
    with job.log.open("a", encoding="utf-8", buffering=1) as log:
        sys.stdout = sys.stderr = log
        try:
            if job.death is not None:
                when, effects = job.death
                Fuse(effects, *EFFECTS[when]).light()
            return job.program(list(job.arguments), world)
        except BaseException:  # noqa: BLE001 - whatever it is, the round reports it as a bug
            log.write(traceback.format_exc())
            return 70


def _world(job: Job, clock: c_double) -> World:
    chance = Random(job.seed)  # noqa: S311 - to be repeated, not to be secret
    address = httpx.URL(job.base_url)

    def wait(seconds: float) -> bool:
        control = HTTPConnection(address.host, address.port)
        try:
            control.request("POST", f"{PAUSE}/{seconds!r}", headers={"User-Agent": job.agent})
            control.getresponse().read()
        finally:
            control.close()
        return False

    return World(
        wait=wait,
        now=lambda: EPOCH + clock.value,
        uniform=chance.uniform,
        client=partial(_patient, job=job, clock=clock, chance=chance, wait=wait),
    )


def _patient(
    settings: ClientSettings, job: Job, clock: c_double, chance: Random, wait: Callable[[float], bool]
) -> ClientSettings:
    """A client in the time of a round, with one connection: so it sends its requests in the same order each time."""
    return replace(
        settings,
        agent=job.agent,
        connections=1,
        most_connections=1,
        transport=PatientTransport(clock),
        clock=lambda: clock.value,
        now=lambda: datetime.fromtimestamp(EPOCH + clock.value, UTC),
        uniform=chance.uniform,
        wait=wait,
    )


class PatientTransport(httpx.HTTPTransport):
    """The network: the server is told how long somebody waits for its answer, and hangs up when that time is over."""

    def __init__(self, clock: c_double) -> None:
        super().__init__(verify=SSLContext(PROTOCOL_TLS_CLIENT))
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises httpx.TransportError where there is no answer."""
        seconds = float(request.extensions["timeout"]["read"])
        ends_at = self._clock.value + seconds
        request.headers[LIMIT] = repr(seconds)
        request.extensions = {**request.extensions, "timeout": {}}
        try:
            return super().handle_request(request)
        except httpx.TransportError as error:
            if self._clock.value < ends_at:
                raise
            raise httpx.ReadTimeout("timed out", request=request) from error
