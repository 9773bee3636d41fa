"""Probes a server, and takes the throw-away assistant away again, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Final

from revox_sync.errors import RefusedError, RemoteError, RevoxSyncError
from revox_sync.remote.client import Client
from revox_sync.sync.model.doctor_report import Probe
from revox_sync.sync.state.facts_file import save_facts
from revox_sync.sync.state.state_folder import require_no_link
from revox_sync.usecases.apply.api_client import open_client
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.doctor.probe import Prober, StoppedError, find
from revox_sync.usecases.project.commands import runnable
from revox_sync.usecases.project.settings import say

QUESTION: Final = """
The probe creates one assistant in environment `{environment}` ({base_url}), changes it a few times and deletes it.
It calls nobody, and no other assistant is touched{also}.
  Only 'yes' will be accepted: """
_LEFT: Final = (
    "{what} may still be there: `revox-sync doctor` says so, `revox-sync doctor --probe` deletes it, "
    "and so does the dashboard"
)
_LOOKS: Final = (0.0, 10.0, 20.0)
"""Seconds before each look for an assistant whose create got no answer; apply looks as often."""


def probe_server(
    session: Session,
    interruptible: Callable[[Event], AbstractContextManager[object]] = nullcontext,
) -> Probe:
    """Learn what the server does, and write it down.

    Left-overs of probes that could not clean up are deleted, too.

    Args:
        interruptible: makes signals set an event while the block runs.

    Raises:
        RefusedError: what is learnt cannot be written.
        RemoteError: no assistant could be created; nothing was written.
        KeyboardInterrupt: somebody stopped it; the assistant is deleted.
    """
    # Before anything is created: what was learnt would be lost.
    require_no_link(session.facts_path)
    if session.facts_path.is_dir():
        raise RefusedError(f"{session.facts_path} is a folder; nothing was created", hint="remove it")
    stop = Event()
    world, settings = session.settings.world, session.settings
    wait = settings.patient(world.wait or stop.wait, "the server may show it late")
    # Not `session.client`, which believes what a former probe has learnt.
    with interruptible(stop), open_client(session.endpoint, settings, 1, stop) as client:
        prober = Prober(client, lambda seconds: wait(seconds) or stop.is_set(), settings.tell)
        problem: RevoxSyncError | None = None
        left_over: str | None = _LEFT.format(what=f"an assistant `{prober.name}`")
        try:
            prober.run()
        except StoppedError:
            pass
        except RevoxSyncError as error:
            problem = error
        finally:
            try:
                left_over = _clean_up(session, prober)
            finally:
                if left_over is not None:
                    say(runnable(f"warning: {left_over}", settings))
    if stop.is_set():
        raise KeyboardInterrupt
    if problem is not None:
        raise problem
    learned_at = datetime.fromtimestamp(world.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    facts = replace(prober.facts, base_url=session.endpoint.shown, learned_at=learned_at)
    try:
        save_facts(session.facts_path, session.environment.name, facts)
    except OSError as error:
        raise RefusedError(f"{session.facts_path} cannot be written: {error.strerror}") from None
    path = session.facts_path.relative_to(session.root).as_posix()
    return Probe(facts, tuple(prober.learned), left_over, path, not session.endpoint.is_loopback)


def _clean_up(session: Session, prober: Prober) -> str | None:
    """Delete what is the probe's; what may be left, and how to delete it, None where nothing is."""
    what = f"assistant {prober.id} (`{prober.name}`)" if prober.id is not None else f"an assistant `{prober.name}`"
    # A client of its own: the other one may have been stopped, and this has to be done all the same.
    with open_client(session.endpoint, session.settings, 1) as client:
        try:
            if prober.id is not None:
                _delete(client, prober.id, prober)
            elif prober.is_in_doubt and not _delete_by_name(session, client, prober):
                return _LEFT.format(what=what)
        except RemoteError as error:
            return f"{_LEFT.format(what=what)} ({error.message})"
        with suppress(RemoteError):  # what older probes have left is named by the next doctor
            for left, _ in tuple(find(client)):
                client.delete_assistant(left)
    return None


def _delete(client: Client, assistant_id: str, prober: Prober) -> None:
    client.delete_assistant(assistant_id)
    prober.client = client
    with suppress(StoppedError):
        prober.learn_deletion(assistant_id)


def _delete_by_name(session: Session, client: Client, prober: Prober) -> bool:
    """Whether the assistant was found by its name, and deleted."""
    wait = session.settings.world.wait or Event().wait
    for pause in _LOOKS:
        wait(pause)
        found = list(find(client, prober.name))
        for assistant_id, _ in found:
            client.delete_assistant(assistant_id)
        if found:
            return True
    return False
