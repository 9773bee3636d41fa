"""`compare`: what a promotion from one environment to another would change, by what their APIs hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.emulator.store import Store
from revox_sync.sync.remote_state.fetch import UNREADABLE
from tests.account import Account, Fault
from tests.cli.test_teams_environments import BOTH, CANARY, SUPPORT, applied, only, production

__all__ = ["production"]
PROMOTION = ("compare", "-e", "staging", "-e", "production")


def differing(account: Account, *arguments: str) -> dict[str, list[str]]:
    """Paths that differ, by address and action."""
    found = account.run(*PROMOTION, *arguments, "-o", "json")
    assert found.code == 0, found.err
    return {
        f"{change['address']} {change['action']}": [field["path"] for field in change["fields"]]
        for change in found.json["changes"]
        if change["action"] != "noop"
    }


@pytest.fixture
def both(account: Account, production: Store) -> Store:
    applied(account, *BOTH)
    return production


def test_what_is_meant_to_differ_is_no_difference(account: Account, both: Store) -> None:
    assert only(both)["webhook_url"] != only(account.store)["webhook_url"]
    assert differing(account) == {}
    ran = account.run(*PROMOTION, "--detailed-exitcode")
    assert (ran.code, account.writes) == (0, [])
    assert "what a promotion from `staging` to `production` would change" in ran.out


@pytest.mark.usefixtures("both")
def test_what_only_staging_has_got(account: Account) -> None:
    text = SUPPORT.replace("name: Support\n", "name: Support\nfirst_sentence: Hello!\n")
    account.write("assistants/support.yaml", text)
    account.declare("fresh")
    applied(account, "staging")
    found = differing(account)
    assert found["support update"] == ["first_sentence"]
    assert "fresh create" in found
    assert differing(account, "--exclude", "fresh") == {"support update": ["first_sentence"]}
    assert account.run(*PROMOTION, "--detailed-exitcode").code == 2
    assert account.run(*PROMOTION, "--fail-on-impact", "speech").code == 4
    back = account.run("compare", "-e", "production", "-e", "staging", "-o", "json").json["changes"]
    assert {change["address"]: change["action"] for change in back} == {"fresh": "remove", "support": "update"}


def test_an_edit_in_the_dashboard_counts(account: Account, both: Store) -> None:
    both.change(only(both)["id"], lambda found: found | {"prompt": "Edited in the dashboard."})
    assert differing(account) == {"support update": ["prompt"]}


def test_secrets_are_compared_and_never_shown(account: Account, both: Store, tmp_path: Path) -> None:
    key = {"llm_model": only(both)["llm_model"] | {"api_key": "canary-edited"}}
    both.change(only(both)["id"], lambda found: found | key)
    page = tmp_path / "page.html"
    ran = account.run(*PROMOTION, "-o", "text", "-o", f"html:{page}")
    assert "(sensitive value changed)" in ran.out
    for text in (ran.out, ran.err, page.read_text("utf-8")):
        assert "canary-edited" not in text
        assert CANARY not in text


@pytest.mark.usefixtures("both")
def test_what_is_odd_about_the_configuration_is_told_once(account: Account) -> None:
    path = account.root / "revox-sync.yaml"
    path.write_text(f"{path.read_text('utf-8')}\nignore_changes: {{nobody: [prompt]}}\n", "utf-8")
    assert account.run(*PROMOTION).err.count("`nobody` of `ignore_changes` matches no assistant") == 1


@pytest.mark.parametrize("names", [(), ("staging",), ("staging", "staging"), ("staging", "production", "staging")])
@pytest.mark.usefixtures("production")
def test_two_environments_are_compared(account: Account, names: tuple[str, ...]) -> None:
    ran = account.run("compare", *(word for name in names for word in ("-e", name)))
    assert ran.code == 64
    assert "`revox-sync compare -e staging -e production`" in ran.err


@pytest.mark.usefixtures("production")
def test_an_environment_that_does_not_exist(account: Account) -> None:
    ran = account.run("compare", "-e", "staging", "-e", "prodution")
    assert ran.code == 64
    assert "did you mean `production`" in ran.err


@pytest.mark.usefixtures("both")
def test_a_new_assistant_is_what_its_file_says_for_the_other_environment(account: Account) -> None:
    account.write("assistants/fresh.yaml", SUPPORT.replace("Support", "Fresh"))
    applied(account, "staging")
    (fresh,) = (each for each in account.run(*PROMOTION, "-o", "json").json["changes"] if each["address"] == "fresh")
    after = {field["path"]: field["after"] for field in fresh["fields"]}
    assert after["prompt"] == "You work for sales."
    assert after["voice.id"] == "real"


def test_a_secret_with_a_form_is_compared(account: Account, both: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_HOOK", f"https://hooks.example.com/{CANARY}")
    account.write("assistants/support.yaml", SUPPORT + "webhook_url: !env T_HOOK\n")
    applied(account, "staging", "production")
    assert differing(account) == {}
    edited = {"webhook_url": "https://elsewhere.example.com/canary-edited"}
    both.change(only(both)["id"], lambda found: found | edited)
    assert differing(account) == {"support update": ["webhook_url"]}
    assert "canary" not in account.run(*PROMOTION).out


@pytest.mark.usefixtures("both")
def test_what_nobody_can_compare_is_not_the_same(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.declare("other")
    applied(account, "staging", "production")
    monkeypatch.delenv("T_MODEL_KEY")
    ran = account.run(*PROMOTION, "--detailed-exitcode")
    assert ran.code == 2
    assert "No changes" not in ran.out
    assert "# support cannot be compared" in ran.out
    assert "`T_MODEL_KEY`" in ran.out
    assert "1 not compared" in ran.out, "one assistant, whatever is in the way in how many environments"
    found = account.run(*PROMOTION, "-o", "json").json
    assert found["summary"]["unread"] == 1
    assert {(each["path"], each["version"]) for each in found["unread"]} == {
        ("assistants/support.yaml", "staging"),
        ("assistants/support.yaml", "production"),
    }
    assert account.run(*PROMOTION, "--fail-on-impact", "speech").code == 4


@pytest.mark.usefixtures("both")
def test_what_is_listed_and_not_found_by_its_id_is_not_equal(account: Account) -> None:
    """Of the questions, which no list shows, nobody knows anything then."""
    account.switchboard.faults.append(Fault(lambda sent: sent.path.startswith("/assistants/"), status=404))
    found = account.run(*PROMOTION, "-o", "json").json
    assert [UNREADABLE in each["reason"] for each in found["unread"]] == [True]
    assert found["changes"] == []
