"""A secret that the API only masks: that its value has changed is noticed, and nothing else about it is known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.account import Account
from tests.cli.commands.plans import changes

MASK = "mask:llm_model.api_key,custom_tools.headers.value"
NOT_COMPARED = "is a secret that cannot be compared"
SECRETIVE = """
name: Secretive
prompt: x
llm_model: {type: custom, api_url: "https://llm.example.com", model_name: m, api_key: !env T_KEY}
custom_tools:
  - {name: one, description: d, method: GET, url: "https://a.example.com", headers: [{key: A, value: !env T_ONE}],
     query_params: [], body_template: null, input_schema: []}
  - {name: two, description: d, method: GET, url: "https://b.example.com", headers: [{key: A, value: !env T_TWO}],
     query_params: [], body_template: null, input_schema: []}
"""


@pytest.fixture
def secretive(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    for name in ("T_KEY", "T_ONE", "T_TWO"):
        monkeypatch.setenv(name, f"canary-{name}")
    account.serve(account.store, MASK)
    account.write("assistants/s.yaml", SECRETIVE)
    account.applied()
    return account


def rotated(account: Account) -> list[str]:
    """The paths of the secrets that a plan says have changed."""
    plan = account.plan()
    paths = [field["path"] for change in plan["changes"] for field in change["fields"]]
    assert [change["reason"] for change in plan["changes"] if change["action"] == "update"] == (
        ["secret changed"] if paths else []
    )
    return paths


def seals(account: Account) -> dict[str, str]:
    found: dict[str, str] = account.lock["s"].get("seals", {})
    return found


def test_an_unchanged_secret_is_no_change(secretive: Account) -> None:
    assert seals(secretive).keys() == {"/llm_model/api_key", "/custom_tools"}
    assert rotated(secretive) == []
    lock = secretive.lock_path.read_bytes()
    secretive.applied()
    assert (secretive.writes, secretive.lock_path.read_bytes()) == ([], lock)


@pytest.mark.parametrize(
    ("variable", "path"), [("T_KEY", "llm_model.api_key"), ("T_TWO", 'custom_tools["two"].headers["A"].value')]
)
@pytest.mark.parametrize("saved", [False, True])
def test_a_changed_one_is_told_and_sent(
    secretive: Account, monkeypatch: pytest.MonkeyPatch, variable: str, path: str, *, saved: bool
) -> None:
    monkeypatch.setenv(variable, "canary-fresh")
    assert path in rotated(secretive)
    shown = secretive.run("plan").out
    assert "secret changed" in shown
    assert secretive.run("status", "-o", "json").json["assistants"][0]["state"] == "local_change"
    if saved:
        assert secretive.run("plan", "--save", "plan.json").code == 0
        assert secretive.run("apply", "plan.json").code == 0
    else:
        secretive.applied()
    assert "canary-fresh" in json.dumps(secretive.remote("Secretive"))
    assert rotated(secretive) == []
    written = [each.read_text("utf-8") for each in secretive.root.rglob("*.json*")]
    assert "canary" not in "".join([shown, *written])


def test_the_order_of_tools_is_no_secret(secretive: Account) -> None:
    head, one, two = SECRETIVE.partition("  - {name: one")[0], *SECRETIVE.split("  - {name: ")[1:]
    secretive.write("assistants/s.yaml", f"{head}  - {{name: {two}  - {{name: {one}")
    assert "secret changed" not in secretive.run("plan").out


def test_another_key_of_the_api_proves_nothing(secretive: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    text = secretive.lock_path.read_text("utf-8")
    other = {pointer: f"00000000:{seal[9:]}" for pointer, seal in seals(secretive).items()}
    for pointer, seal in seals(secretive).items():
        text = text.replace(seal, other[pointer])
    secretive.lock_path.write_text(text, "utf-8")
    monkeypatch.setenv("T_KEY", "canary-fresh")
    plan = secretive.plan()
    assert changes(plan) == {}
    assert any(NOT_COMPARED in note for note in plan["notes"])
    secretive.applied("--resend-secrets")
    assert rotated(secretive) == []
    monkeypatch.setenv("T_KEY", "canary-later")
    assert rotated(secretive) == ["llm_model.api_key"]


def test_a_lock_without_seals_proves_nothing(secretive: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = json.loads(secretive.lock_path.read_text("utf-8"))
    del lock["assistants"]["s"]["seals"]
    secretive.lock_path.write_text(json.dumps(lock), "utf-8")
    monkeypatch.setenv("T_KEY", "canary-fresh")
    assert changes(secretive.plan()) == {}
    secretive.applied()
    assert seals(secretive) == {}  # looking at a mask proves nothing either


@pytest.mark.parametrize("committed", [False, True])
def test_after_a_lost_answer_nobody_knows(
    secretive: Account, monkeypatch: pytest.MonkeyPatch, *, committed: bool
) -> None:
    monkeypatch.setenv("T_KEY", "canary-fresh")
    secretive.disturb("PATCH", status=None, committed=committed)
    secretive.apply()
    secretive.switchboard.faults.clear()
    for value in ("canary-fresh", "canary-T_KEY"):
        monkeypatch.setenv("T_KEY", value)
        plan = secretive.plan()
        assert "secret changed" not in json.dumps(plan["changes"])
        assert any(NOT_COMPARED in note for note in plan["notes"])


def test_a_secret_that_comes_back_in_clear_needs_no_seal(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_KEY", "canary-1")
    text: Any = SECRETIVE.partition("custom_tools")[0]
    account.write("assistants/s.yaml", text)
    account.applied()
    assert seals(account) == {}
    monkeypatch.setenv("T_KEY", "canary-2")
    (change,) = account.plan()["changes"]
    assert (change["action"], change.get("reason")) == ("update", None)


def test_another_field_of_the_assistant_keeps_the_seal(secretive: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    before = seals(secretive)
    secretive.write("assistants/s.yaml", SECRETIVE.replace("prompt: x", "prompt: y"))
    secretive.applied()
    assert seals(secretive) == before
    monkeypatch.setenv("T_ONE", "canary-fresh")
    assert 'custom_tools["one"].headers["A"].value' in rotated(secretive)
