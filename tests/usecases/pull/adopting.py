"""Files for remote assistants that have none, as the tests ask for them."""

from __future__ import annotations

from typing import Any

from revox_sync.sync.model.adopt_report import AdoptReport
from revox_sync.usecases.apply.session import open_session
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.pull.adopt import adopt
from revox_sync.usecases.pull.find_new import AdoptRequest
from tests.account import Account


def pull(account: Account, *ids: str, new: bool = True, check: bool = False) -> AdoptReport:
    """What the command does once it knows what it was asked for."""
    session = open_session(Settings(str(account.root), color="never", timeout=5.0))
    with session.alone(), session.client() as client:
        return adopt(session, client, AdoptRequest(ids, new), check=check)


def create(account: Account, **fields: Any) -> str:
    """A new remote assistant made by somebody else; its id."""
    body = {"prompt": "Help.", **fields}
    with account.client() as client:
        return str(client.create_assistant(body)["id"])


def files(account: Account) -> dict[str, bytes]:
    """The project's assistant files by path below their directory."""
    folder = account.root / "assistants"
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
