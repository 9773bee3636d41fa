"""Once applied, nothing differs: 180 generated assistants of every contract, with and without lock, over the socket.

A server that keeps what it is sent in a form of its own (the quirk `respell`) is no reason to differ either.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from revox_sync.contract.fields import is_hidden, known_contracts
from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.stored_form import respelled
from revox_sync.source.yaml.emit_scalars import Layout, write_entries
from tests.account import SCHEMAS, Account
from tests.cli.commands.plans import IN_SYNC
from tests.strategies import assistants

NUMBER: Final = 30
"""Assistants of one contract; there are five kinds of contract, any of them included."""
EVERYTHING: Final = ("--theirs", "--inline", "--all-fields")
"""Options with which `pull` changes whatever it can find a reason to change."""


@cache
def generated(version: str | None) -> list[dict[str, Any]]:
    """The same assistants every time, told apart by their names, of which a server may trim every other one."""
    found: list[dict[str, Any]] = []

    @settings(
        max_examples=NUMBER,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(assistants(version))
    def draw(body: dict[str, Any]) -> None:
        found.append(body | {"name": f"Assistant {len(found)}" + " " * (len(found) % 2)})

    draw()
    return found


def with_24_hours(body: dict[str, Any]) -> dict[str, Any]:
    """The body with times of day as a server respells them: without a lock, `9am` is still another value."""
    schema = ServedContract(SCHEMAS, None).schema
    return body | respelled({key: body[key] for key in body.keys() & {"call_retry_config"}}, schema)


def declare(account: Account, bodies: list[dict[str, Any]]) -> list[Path]:
    """A file for each, every other one in blocks, the rest in brackets; those the list call hides are returned."""
    for number, body in enumerate(bodies):
        text = write_entries(body, 0, Layout()) + "\n" if number % 2 else None
        account.write(f"assistants/a{number}.yaml", text or body)
    return [account.root / f"assistants/a{number}.yaml" for number, body in enumerate(bodies) if is_hidden(body)]


def files(account: Account) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (account.root / "assistants").rglob("*.yaml")}


def assert_nothing_differs(account: Account) -> None:
    before = files(account)
    plan = account.plan()
    assert {each["action"] for each in plan["changes"]} == {"noop"}
    assert plan["summary"]["blocked"] == 0
    pulled = account.run("pull", *EVERYTHING)
    assert pulled.code == 0, pulled.out + pulled.err
    assert files(account) == before
    assert account.run("plan").told == IN_SYNC


@pytest.mark.long
@pytest.mark.parametrize(
    ("version", "quirks"),
    # A server spells the fields of one contract as it does those of any other.
    [*((version, ()) for version in known_contracts()), (None, ()), (None, ("respell",))],
)
def test_nothing_differs_once_applied(account: Account, version: str | None, quirks: tuple[str, ...]) -> None:
    account.configure(**({"contract": version} if version else {}))
    account.serve(account.store, *quirks, contract=version)
    bodies = generated(version)
    assert len(bodies) == NUMBER
    if quirks:
        bodies = [with_24_hours(body) for body in bodies]
    hidden = declare(account, bodies)
    account.applied()
    if quirks or version is None:  # the lock is no harder to keep for a server that changes nothing
        assert_nothing_differs(account)
    account.lock_path.unlink()
    for path in hidden:  # they live by their lock entry
        path.unlink()
    assert_nothing_differs(account)
