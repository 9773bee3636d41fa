"""The options of every command, and how they want text to be shown."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Final, Protocol, TextIO

from revox_sync.output.text.style import Paint, painter
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    # Only for their types: lint starts without the modules of the API.
    from revox_sync.remote.http.client_settings import ClientSettings, RequestSeen
    from revox_sync.remote.http.retry_policy import Uniform

_PIPED_WIDTH: Final = 100
"""Columns of text that goes to a file or another program, so that it is the same everywhere."""


ENVIRONMENT_VARIABLE: Final = "REVOX_SYNC_ENV"
"""The variable that names the environment where no option does."""


class World(NamedTuple):
    """What a command takes from the machine it runs on; tests and simulations give it one of their own.

    Attributes:
        wait: lets seconds pass before another look at the API, and returns whether to give up; None: real time.
        now: seconds of Unix time.
        uniform: a random number between two others; None: those of Python.
        client: what becomes of the settings of each client of the API.
    """

    wait: Callable[[float], bool] | None = None
    now: Callable[[], float] = time.time
    uniform: Uniform | None = None
    client: Callable[[ClientSettings], ClientSettings] | None = None


THIS_MACHINE: Final = World()


class Activity(Protocol):
    """Somebody who tells what is waited for."""

    def during(self, text: str) -> AbstractContextManager[None]:
        """While the block runs, `text` says what it does."""
        ...

    def expect(self, number: int) -> None:
        """So many assistants are about to be read one by one."""
        ...

    def request(self, seen: RequestSeen) -> None:
        """A request has ended."""
        ...

    def waiting(self, wait: Callable[[float], bool], why: str) -> Callable[[float], bool]:
        """A `wait` that says how long it takes, and why."""
        ...


class Settings(NamedTuple):
    """The common options.

    Attributes:
        project: folder to look for the project from, absolute.
        environment: name of the environment, or None for the default one.
        color: auto, always or never.
        verbosity: -1 quiet, 0, 1 or more verbose.
        timeout: seconds one call of the API may take, with all its requests and waits.
        insecure_http: whether the key may be sent to other machines unencrypted.
        allow_hosts: further hosts the key may be sent to.
        world: where the command runs.
        activity: who says what is waited for; None: nobody.
        is_preset: the environment comes from the variable REVOX_SYNC_ENV, not from the command line.
    """

    project: str
    environment: str | None = None
    color: str = "auto"
    verbosity: int = 0
    timeout: float = 60.0
    insecure_http: bool = False
    allow_hosts: tuple[str, ...] = ()
    world: World = THIS_MACHINE
    activity: Activity | None = None
    is_preset: bool = False

    def paint(self, stream: TextIO) -> Paint:
        """How to colour text for a stream."""
        wanted = self.color == "always" or (self.color == "auto" and _wants_colour(stream, os.environ))
        return painter(color=wanted)

    def width(self, stream: TextIO) -> int:
        """Columns of a terminal; 100 for a file or a pipe."""
        if not stream.isatty():
            return _PIPED_WIDTH
        import shutil  # slow to import

        return shutil.get_terminal_size().columns

    def during(self, text: str) -> AbstractContextManager[None]:
        """While the block runs, whoever watches a terminal may be told what it does."""
        return nullcontext() if self.activity is None else self.activity.during(text)

    def patient(self, wait: Callable[[float], bool], why: str) -> Callable[[float], bool]:
        """A `wait` of which whoever watches a terminal is told why it takes so long."""
        return wait if self.activity is None else self.activity.waiting(wait, why)

    def tell(self, text: str) -> None:
        """Show a message on stderr, unless the user wants to see only what was asked for (`-q`)."""
        # Not at the top: `--help` and a lint without findings have no message to complete.
        from revox_sync.usecases.project.commands import runnable

        if self.verbosity >= 0:
            say(runnable(text, self))


def _wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether text for a stream is coloured where no option says so."""
    # https://no-color.org, https://force-color.org, https://bixense.com/clicolors: an empty variable counts as unset.
    # NO_COLOR goes first. Of CLICOLOR_FORCE, `0` is an earlier spelling of unset; of CLICOLOR, of no.
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE", "0") not in {"", "0"}:
        return True
    return stream.isatty() and environ.get("TERM") != "dumb" and environ.get("CLICOLOR") != "0"


def say(text: str) -> None:
    """Show a message on stderr, so that stdout holds only what was asked for."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
