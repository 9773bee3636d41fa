"""A journey: the same files in two environments, each with its account, its values and its lock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.store import Store
from tests.account import KEY, SCHEMAS, Account
from tests.cli.commands.plans import IN_SYNC, changes, fields

CANARY: Final = "canary-8d21f0"
CONFIGURATION: Final = """\
version: 1
default_environment: staging
defaults:
  webhook_url: !sub "${{hooks}}/revox"
  max_call_duration_secs: !var limit
environments:
  staging:
    base_url: {staging}
    api_key: {key}
    vars: {{hooks: "https://stage.example.com", limit: 120, voice: {{provider: cartesia, id: test}}, team: tests}}
  production:
    base_url: {production}
    api_key: !env T_PRODUCTION_KEY
    vars: {{hooks: "https://hooks.example.com", limit: 900, voice: {{provider: elevenlabs, id: real}}, team: sales}}
"""
SUPPORT: Final = """\
name: Support
prompt: !sub "You work for ${team}."
voice: !var voice # one for tests, one for callers
llm_model: {type: custom, api_url: "https://llm.example.com/v1", model_name: m, api_key: !env T_MODEL_KEY}
"""
EXPECTED: Final = {
    "staging": {
        "prompt": "You work for tests.",
        "webhook_url": "https://stage.example.com/revox",
        "max_call_duration_secs": 120,
        "voice": {"provider": "cartesia", "id": "test"},
    },
    "production": {
        "prompt": "You work for sales.",
        "webhook_url": "https://hooks.example.com/revox",
        "max_call_duration_secs": 900,
        "voice": {"provider": "elevenlabs", "id": "real"},
    },
}
BOTH: Final = ("staging", "production")


@pytest.fixture
def production(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """What the account of production holds; the other account is that of staging."""
    monkeypatch.setenv("T_PRODUCTION_KEY", KEY)
    monkeypatch.setenv("T_MODEL_KEY", CANARY)
    with Store(None) as store, running(create_app(SCHEMAS, store)) as base_url:
        text = CONFIGURATION.format(staging=account.base_url, production=base_url, key=KEY)
        account.write("revox-sync.yaml", text)
        account.write("assistants/support.yaml", SUPPORT)
        yield store


def only(store: Store) -> dict[str, Any]:
    (found,) = store.all()
    return found


def applied(account: Account, *environments: str) -> None:
    for each in environments:
        account.applied("--env", each)


def test_one_file_is_another_assistant_in_each_environment(account: Account, production: Store) -> None:
    applied(account, "staging")
    assert production.all() == []
    assert changes(account.plan("--env", "production")) == {"support": "create"}
    applied(account, "production")
    for environment, store in (("staging", account.store), ("production", production)):
        assert only(store) | EXPECTED[environment] == only(store)
        assert account.run("plan", "--env", environment).told == IN_SYNC
    assert account.run("plan").told == IN_SYNC, "staging is the default"


def test_one_lock_each(account: Account, production: Store) -> None:
    applied(account, *BOTH)
    folder = account.root / ".revox" / "local"
    locks = {each: json.loads((folder / f"{each}.lock.json").read_text("utf-8")) for each in BOTH}
    assert {path.name for path in folder.glob("*.lock.json")} == {f"{each}.lock.json" for each in BOTH}
    ids = {each: lock["assistants"]["support"]["id"] for each, lock in locks.items()}
    assert ids == {"staging": only(account.store)["id"], "production": only(production)["id"]}
    assert [lock["environment"] for lock in locks.values()] == list(BOTH)
    assert CANARY not in str(locks)


def test_what_happens_in_one_environment_is_nothing_to_the_other(account: Account, production: Store) -> None:
    applied(account, *BOTH)
    production.change(only(production)["id"], lambda found: found | {"prompt": "Edited in the dashboard."})
    assert [each["address"] for each in account.plan("--env", "production")["drift"]] == ["support"]
    assert account.run("plan", "--env", "staging").told == IN_SYNC
    text = (account.root / "revox-sync.yaml").read_text("utf-8")
    account.write("revox-sync.yaml", text.replace("limit: 120", "limit: 240"))
    assert fields(account.plan("--env", "staging"), "support") == [("max_call_duration_secs", 120, 240)]
    assert account.plan("--env", "production")["changes"] == []


def test_what_comes_from_a_variable_is_not_pulled_over_it(account: Account, production: Store) -> None:
    applied(account, *BOTH)
    edits = {
        "prompt": "Edited.",
        "webhook_url": "https://new.example.com",
        "voice": {"provider": "cartesia", "id": "x"},
    }
    production.change(only(production)["id"], lambda found: found | edits)
    before = (account.root / "revox-sync.yaml").read_text("utf-8")
    ran = account.run("pull", "--env", "production")
    assert ran.code == 4
    assert [each for each in ("`!sub`", "`!var`", "revox-sync.yaml", "--inline") if each not in ran.out + ran.err] == []
    assert (account.root / "assistants/support.yaml").read_text("utf-8") == SUPPORT
    assert (account.root / "revox-sync.yaml").read_text("utf-8") == before
    account.run("pull", "--env", "production", "--inline")
    text = (account.root / "assistants/support.yaml").read_text("utf-8")
    assert "prompt: Edited.\n" in text
    assert "api_key: !env T_MODEL_KEY" in text
    assert account.run("plan", "--env", "production").told == IN_SYNC
    assert changes(account.plan("--env", "staging")) == {"support": "update"}, "a literal is one in every environment"


def test_a_variable_that_one_environment_lacks(account: Account, production: Store) -> None:
    text = (account.root / "revox-sync.yaml").read_text("utf-8")
    account.write("revox-sync.yaml", text.replace(", team: sales", ""))
    applied(account, "staging")
    ran = account.run("plan", "--env", "production")
    assert ran.code == 1
    assert "RVX006" in ran.err
    assert "team" in ran.err
    assert production.all() == []


def test_a_secret_that_is_not_set_is_named(
    account: Account, production: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("T_MODEL_KEY")
    ran = account.run("plan", "--env", "production", "-o", "json")
    assert [(each["address"], "T_MODEL_KEY" in each["reason"]) for each in ran.json["blocked"]] == [("support", True)]
    assert account.run("apply", "--auto-approve", "--env", "production").code == 4
    assert production.all() == []


def test_a_name_of_its_own_in_each_environment(account: Account, production: Store) -> None:
    """Two environments in one account would see each other's names; a variable keeps them apart."""
    account.write("assistants/support.yaml", SUPPORT.replace("name: Support", 'name: !sub "Support ${team}"'))
    applied(account, *BOTH)
    assert [only(store)["name"] for store in (account.store, production)] == ["Support tests", "Support sales"]
    (account.root / "assistants/support.yaml").rename(account.root / "assistants/help.yaml")
    for each in BOTH:
        assert account.plan("--env", each)["notes"] == ["help: moved from support; only the lock changes"]
