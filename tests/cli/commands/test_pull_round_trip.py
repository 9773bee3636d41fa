"""Generated assistants over the socket: apply, edits in the dashboard, pull, plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from revox_sync.contract.fields import is_hidden
from revox_sync.source.yaml.emit_scalars import Layout, write_entries
from tests.account import Account
from tests.cli.pulled import everything
from tests.strategies import assistants

NUMBER: Final = 40
"""Assistants in one project."""
ONCE: Final = settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SERVER_OWN: Final = {"id", "organization_id", "name", "created_at", "updated_at", "created_by", "type"}


def drawn(strategy: SearchStrategy[Any]) -> list[dict[str, Any]]:
    """Many draws of one strategy."""
    found: list[dict[str, Any]] = []

    @settings(ONCE, max_examples=NUMBER)
    @given(strategy)
    def draw(body: dict[str, Any]) -> None:
        found.append(body)

    draw()
    return found


@pytest.fixture
def bodies() -> list[dict[str, Any]]:
    """Without sub-assistants, which the list call hides."""
    chosen = [each for each in drawn(assistants()) if not is_hidden(each)]
    return [body | {"name": f"A {number}"} for number, body in enumerate(chosen)]


def declared(account: Account, bodies: list[dict[str, Any]]) -> None:
    """Every other assistant in blocks, the rest in brackets."""
    for number, body in enumerate(bodies):
        text = write_entries(body, 0, Layout()) + "\n" if number % 2 else json.dumps(body, indent=1)
        account.write(f"assistants/a{number}.yaml", text)


def edits(bodies: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each assistant a few fields as another one has them."""
    for number, body in enumerate(bodies):
        other = bodies[(number + 1) % len(bodies)]
        keys = sorted((body.keys() | other.keys()) - SERVER_OWN)
        chosen = keys[number % 3 :: 3]
        yield body["name"], {key: _served(key, other.get(key)) for key in chosen if key != "prompt" or key in other}


def _served(key: str, value: Any) -> Any:
    """The value as the server keeps it."""
    if key != "faq_items" or not value:
        return value
    own = {"source": "human", "needs_human_answer": False}
    return [{**each, "id": f"faq_{number}", **own} for number, each in enumerate(value)]


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--all-fields",)])
def test_what_a_plan_shows_after_a_pull_was_told(
    account: Account, bodies: list[dict[str, Any]], options: tuple[str, ...]
) -> None:
    declared(account, bodies)
    account.applied()
    for name, fields in edits(bodies):
        account.edit(name, **fields)
    report = account.run("pull", "-o", "json", *options).json
    assert report["summary"]["pulled"] > NUMBER / 2
    told = {
        each["address"]
        for each in report["assistants"]
        if each["conflicts"] or any(left["differs"] for left in each["not_pulled"])
    }
    plan = account.plan()
    assert {each["address"] for each in (*plan["drift"], *plan["conflicts"])} == told
    # Nobody can tell who changed a secret: the file wins.
    local = {each["address"] for each in report["assistants"] if each["local"]}
    assert {each["address"] for each in plan["changes"] if each["action"] != "noop"} == local
    assert plan["refused"] == []
    before = everything(account.root)
    assert account.run("pull", *options).code in {0, 4}
    assert everything(account.root) == before
