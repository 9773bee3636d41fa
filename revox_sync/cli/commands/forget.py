"""`revox-sync forget`."""

from __future__ import annotations

import click

from revox_sync.cli.options.common import with_settings
from revox_sync.errors import ExitCode
from revox_sync.usecases.apply.binding import forgotten_lines, known_entry, report_binding, write_binding
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings


@click.command("forget")
@click.argument("address")
@with_settings
def command(settings: Settings, *, address: str) -> ExitCode:
    """Remove the lock entry of ADDRESS; neither the file nor the remote assistant changes.

    Needs no network and no key, unless an apply did not end.
    """
    session = open_session(settings, offline=True)
    with session.alone():
        unknown = _unknown(session)
        lock = session.load_lock()
        entry = known_entry(lock, address, unknown)
        write_binding(session, lock.without(address), address)
    report_binding(session, forgotten_lines(session, address, entry))
    return ExitCode.OK


def _unknown(session: Session) -> frozenset[str]:
    """Addresses of which nobody knows what an apply that did not end has created; the lock is up to date after this."""
    if not session.recovery.path.exists():
        return frozenset()
    session = open_session(session.settings)
    with session.client() as client:
        return frozenset(session.settle(client).unknown)
