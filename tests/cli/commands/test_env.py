"""`env`: where environments lead, whether keys are set, and `.env` for the commands that talk to the API."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from tests.account import KEY, Account
from tests.conftest import Golden

CANARY = "canary-7c1e"
HOOK = "name: A\nprompt: x\nwebhook_url: !env HOOK\n"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REVOX_API_KEY", "REVOX_BASE_URL", "HOOK", "T_KEY"):
        monkeypatch.delenv(name, raising=False)


def configure(account: Account, key: str = "!env T_KEY") -> None:
    account.write(
        "revox-sync.yaml",
        f"""default_environment: test
environments:
  test: {{base_url: "{account.base_url}", api_key: {key}}}
  production: {{contract: "0.4"}}
  broken: {{base_url: ftp://x}}
""",
    )


def facts(account: Account, *arguments: str, code: int = 0) -> dict[str, Any]:
    ran = account.run("env", "-o", "json", *arguments)
    assert ran.code == code, ran.out + ran.err
    assert compile_schema(load_schema("env"))(ran.json)
    return {each["name"]: each for each in ran.json["environments"]}


def test_what_people_read(account: Account, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(account)
    monkeypatch.setenv("T_KEY", KEY)
    account.write("assistants/a.yaml", HOOK)
    account.declare("b")
    account.apply()
    ran = account.run("env", "--online")
    assert ran.code == 64, "the key of production is not set"
    golden("env/online.txt", ran.out.replace(account.base_url, "http://127.0.0.1:8787/api"))
    assert account.run("env", "-o", "text:out.txt").code == 0


def test_nothing_is_asked_without_being_told(account: Account) -> None:
    configure(account)
    found = facts(account)
    assert account.switchboard.sent == []
    assert [(name, each["chosen"], each["key_variable"], each["key_set"]) for name, each in found.items()] == [
        ("test", "default", "T_KEY", False),
        ("production", "", "REVOX_API_KEY", False),
        ("broken", "", "REVOX_API_KEY", False),
    ]
    assert found["production"]["base_url"] == "https://www.getrevox.com/api"
    assert found["broken"]["problems"] == [
        "`base_url` is not an http:// or https:// URL with a host; write it like https://www.getrevox.com/api"
    ]


@pytest.mark.parametrize(("key", "code"), [(KEY, 0), (CANARY, 5), ("", 64)])
def test_a_key_is_tried(account: Account, monkeypatch: pytest.MonkeyPatch, key: str, code: int) -> None:
    configure(account)
    monkeypatch.setenv("T_KEY", key)
    found = facts(account, "--online", "-e", "test", code=code)["test"]
    assert found["key_source"] == ("environment" if key else None)
    assert (found["account"] or {}).get("key_accepted") == {0: True, 5: False, 64: None}[code]
    assert CANARY not in str(found)


def test_every_key_is_tried(account: Account) -> None:
    account.configure()
    assert facts(account, "--online", code=0)["test"]["account"]["key_accepted"]


def test_an_api_that_nobody_reaches(account: Account) -> None:
    account.write("revox-sync.yaml", 'environments: {test: {base_url: "http://127.0.0.1:1/api", api_key: emulator}}')
    found = facts(account, "--online", code=5)["test"]
    assert "no connection to" in found["problems"][0]


def test_a_host_that_only_the_configuration_names(account: Account) -> None:
    account.write("revox-sync.yaml", "environments: {test: {base_url: https://x.example.com, api_key: emulator}}")
    assert "--allow-host" in facts(account, "--online", code=4)["test"]["problems"][0]


def test_the_variable_may_choose(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(account)
    monkeypatch.setenv("REVOX_SYNC_ENV", "production")
    assert {name: each["chosen"] for name, each in facts(account).items()} == {
        "test": "",
        "production": "chosen by REVOX_SYNC_ENV",
        "broken": "",
    }
    assert list(facts(account, "-e", "test")) == ["test"]


def test_keys_and_secrets_may_be_in_a_file(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(account)
    account.write("assistants/a.yaml", HOOK)
    account.write(".env", f"T_KEY={KEY}\nHOOK=https://hooks.example.com/{CANARY}\n")
    assert facts(account)["test"]["key_source"] == ".env"
    account.run("-e", "test", "apply", "--auto-approve")
    assert account.remote("A")["webhook_url"] == f"https://hooks.example.com/{CANARY}"
    # A variable that is set goes first, even an empty one.
    monkeypatch.setenv("HOOK", "")
    assert account.plan()["summary"]["blocked"] == 1
    assert facts(account)["test"]["unset"] == ["HOOK"]


@pytest.mark.parametrize("command", [["lint", "--no-cache"], ["lint", "--online"], ["diff", "HEAD"]])
def test_a_command_that_looks_at_what_others_wrote_reads_no_keys(account: Account, command: list[str]) -> None:
    configure(account)
    account.declare("a")
    account.write(".env", "this line is none\n")
    ran = account.run(*command)
    assert ".env" not in ran.err
    ran = account.run("plan")
    assert (ran.code, "line 1: this is no variable" in ran.err) == (64, True)


def test_a_file_beside_no_configuration_is_another_programs(account: Account) -> None:
    (account.root / "revox-sync.yaml").unlink()
    account.write(".env", f"REVOX_API_KEY={CANARY}\n")
    account.declare("a")
    ran = account.run("plan")
    assert (ran.code, "there is no API key" in ran.err) == (64, True)
