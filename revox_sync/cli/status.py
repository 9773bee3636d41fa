"""`revox-sync status`."""

from __future__ import annotations

from functools import partial

import click

from revox_sync.cli.emit import Renderer, Target, emit
from revox_sync.cli.options import output_option, with_settings
from revox_sync.cli.reports import FORMATS, page_renderers
from revox_sync.cli.session import open_session
from revox_sync.cli.settings import Settings
from revox_sync.errors import ExitCode
from revox_sync.output import status_json, status_text
from revox_sync.output.status_page import status_page
from revox_sync.sync.plan import PlanOptions
from revox_sync.sync.status import make_status


@click.command("status")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@output_option(*FORMATS)
@with_settings
def command(settings: Settings, *, addresses: tuple[str, ...], outputs: list[Target]) -> ExitCode:
    """Show where every assistant stands: in sync, changed here, edited outside, missing, orphaned.

    ADDRESS is a path below the assistants directory without suffix; globs work. It ends with 0 whatever it shows,
    unless files are broken.
    """
    session = open_session(settings)
    desired = session.desired(session.files(addresses, orphans=True))
    with session.client() as client:
        state = session.state(client, desired)
    plan = session.plan(desired, state, PlanOptions(), addresses)
    unmanaged = () if addresses else state.unmanaged
    status = make_status(plan, desired, state.matches, unmanaged, addresses)
    renderers = page_renderers(partial(status_page, status), partial(status_json.render, status))
    # At a terminal a table is shorter, and has a row for those in sync.
    table: dict[str, Renderer] = {"text": lambda paint, width: status_text.render(status, paint, width)}
    emit(outputs, {**renderers, **table}, settings)
    return ExitCode.OK
