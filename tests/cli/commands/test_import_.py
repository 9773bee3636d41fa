"""`import`: a file and a remote assistant become one, and nothing else changes."""

from __future__ import annotations

import pytest

from tests.account import Account, digests_only
from tests.cli.commands.plans import IN_SYNC, changes

UNKNOWN = "asst_unknown"


def lose(account: Account, address: str) -> str:
    """Forget an applied assistant, and give its id."""
    found: str = account.lock[address]["id"]
    assert account.run("forget", address).code == 0
    return found


def rename(account: Account, address: str, name: str) -> None:
    account.declare(address, name=name, prompt=f"You are {address}.")


def test_equal_sides_are_in_sync(account: Account) -> None:
    account.declare("a")
    account.applied()
    before, found = account.lock, lose(account, "a")
    ran = account.run("import", "a", found)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"Bound `a` to {found} in environment `test`.\nLock written: .revox/local/test.lock.json\n"
    assert account.writes == []
    assert digests_only(account.lock) == digests_only(before)
    assert account.run("plan").told == IN_SYNC


def test_sides_that_differ_are_a_conflict_until_somebody_decides(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.edit("a", prompt="Edited in the dashboard.")
    rename(account, "a", "New name")
    ran = account.run("import", "a", lose(account, "a"))
    assert ran.code == 0
    assert 'Its name on the server is "a"; the file says "New name".' in ran.out
    assert "File and server differ in `name`, `prompt`." in ran.out
    plan = account.plan()
    assert changes(plan) == {}
    assert [each["address"] for each in plan["conflicts"]] == ["a"]
    assert account.apply().code == 4
    assert account.remote("a")["prompt"] == "Edited in the dashboard."
    account.applied("--on-drift", "revert")
    assert account.remote("New name")["prompt"] == "You are a."
    assert account.run("plan").told == IN_SYNC


def test_importing_twice_changes_nothing(account: Account) -> None:
    account.declare("a")
    account.applied()
    before = account.lock_path.read_bytes()
    found = account.lock["a"]["id"]
    ran = account.run("import", "a", found)
    assert (ran.code, ran.out) == (0, f"`a` is bound to {found} already; nothing changed.\n")
    assert account.lock_path.read_bytes() == before


def test_quiet(account: Account) -> None:
    account.declare("a")
    account.applied()
    ran = account.run("import", "-q", "a", lose(account, "a"))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert "a" in account.lock


def test_one_of_two_namesakes(account: Account) -> None:
    account.declare("a")
    account.applied()
    first = account.remote("a")
    account.store.add(first | {"id": "asst_twin"})
    lose(account, "a")
    assert account.plan()["refused"]
    assert account.run("import", "a", "asst_twin").code == 0
    assert account.lock["a"]["id"] == "asst_twin"
    assert account.run("plan").out.endswith(IN_SYNC)


def test_a_sub_assistant(account: Account) -> None:
    account.declare("step", type="sub-assistant")
    account.declare("a")
    account.applied()
    found = lose(account, "step")
    assert changes(account.plan()) == {"step": "create"}
    assert account.run("import", "step", found).code == 0
    assert account.run("plan").told == IN_SYNC


def test_an_interrupted_create(account: Account) -> None:
    account.declare("step", type="sub-assistant")
    account.disturb("POST", status=None, committed=True)
    assert account.apply().code == 3
    account.switchboard.faults.clear()
    assert account.plan()["refused"]
    assert account.run("import", "step", account.remote("step")["id"]).code == 0
    ran = account.run("plan")
    assert (ran.told, ran.err) == (IN_SYNC, "")
    assert len(account.store.all()) == 1


def test_moved_and_renamed_at_once(account: Account) -> None:
    account.declare("old", first_sentence="Hello")
    account.applied()
    found = account.lock["old"]["id"]
    (account.root / "assistants/old.yaml").unlink()
    account.declare("new", prompt="You are old.", first_sentence="Hello")
    ran = account.run("import", "new", found)
    assert ran.code == 0
    assert "The entry moved here from `old`" in ran.out
    assert {address: entry["id"] for address, entry in account.lock.items()} == {"new": found}
    assert changes(account.plan()) == {"new": "update"}
    account.applied()
    assert [each["name"] for each in account.store.all()] == ["new"]


def test_another_assistant_for_one_that_was_deleted_outside(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    gone = account.remote("a")
    account.store.remove(gone["id"])
    account.store.add(gone | {"id": "asst_again"})
    ran = account.run("import", "a", "asst_again")
    assert ran.code == 0
    assert f"It was bound to {gone['id']}, which no longer exists on the server." in ran.out
    assert account.run("plan").told == IN_SYNC


def refusal(account: Account, code: int, *arguments: str) -> str:
    """What is said; the lock stays as it was."""
    before = account.lock_path.read_bytes()
    ran = account.run("import", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert account.lock_path.read_bytes() == before
    assert account.writes == []
    return ran.err


# Address and id, where {a} and {b} stand for the ids of two applied assistants; exit code and words.
WRONG = {
    "misspelt address": ("suport", "{a}", 64, "did you mean `support`?"),
    "path": ("assistants/support.yaml", "{a}", 64, "did you mean `support`?"),
    "pattern": ("*", "{a}", 64, "no file has the address `*`"),
    "unknown id": ("fresh", UNKNOWN, 64, f"the API has no assistant `{UNKNOWN}` (404)"),
    "empty id": ("fresh", "", 64, "cannot be the id of an assistant"),
    "dots": ("fresh", "..", 64, "cannot be the id of an assistant"),
    "another endpoint": ("fresh", "../voices", 64, "the API has no assistant `../voices` (404)"),
    "hostile id": ("fresh", "\x1b[31m", 64, "`<U+001B>[31m` cannot be the id of an assistant"),
    "id of another file": ("fresh", "{a}", 4, "is bound to `support`\n  `revox-sync forget support` lets go of it"),
    "address of another id": ("support", "{b}", 4, "`support` is bound to {a}"),
}


@pytest.mark.parametrize(("address", "assistant_id", "code", "words"), WRONG.values(), ids=WRONG.keys())
def test_refusals(account: Account, address: str, assistant_id: str, code: int, words: str) -> None:
    account.declare("support")
    account.declare("sales")
    account.applied()
    account.declare("fresh")
    ids = {"a": account.lock["support"]["id"], "b": account.lock["sales"]["id"]}
    assert words.format(**ids) in refusal(account, code, address, assistant_id.format(**ids))


def test_another_organisation(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    stranger = account.remote("a") | {
        "id": "asst_theirs",
        "name": "c",
        "organization_id": "org_other",
        "type": "sub-assistant",
    }
    account.store.add(stranger)
    account.declare("c")
    assert "asst_theirs belongs to organisation org_other" in refusal(account, 4, "c", "asst_theirs")
    for name in ("a", "b"):
        account.edit(name, organization_id="org_other")
    assert "belongs to organisation org_emulator" in refusal(account, 4, "c", "asst_theirs")


def test_an_assistant_of_another_environment(account: Account) -> None:
    endpoint = f'{{base_url: "{account.base_url}", api_key: emulator}}'
    text = f"version: 1\ndefault_environment: test\nenvironments: {{test: {endpoint}, other: {endpoint}}}\n"
    account.write("revox-sync.yaml", text)
    account.declare("a")
    account.applied()
    found = account.lock["a"]["id"]
    ran = account.run("import", "a", found, "--env", "other")
    assert ran.code == 4
    assert f"{found} is bound to `a` in environment `test`\n  `revox-sync forget a -e test` lets go of it" in ran.err
    assert not account.lock_path.with_name("other.lock.json").exists()
    account.store.add(account.remote("a") | {"id": "asst_other"})
    assert account.run("import", "a", "asst_other", "--env", "other").code == 0
    assert account.lock["a"]["id"] == found
    assert account.run("plan", "--env", "other").out.endswith(IN_SYNC)


def test_an_unusable_lock_of_another_environment(account: Account) -> None:
    account.declare("a")
    account.applied()
    found = lose(account, "a")
    account.write(".revox/local/other.lock.json", "<<<<<<< ours\n")
    assert "unresolved merge conflicts" in refusal(account, 4, "a", found)


def test_a_broken_file(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.write("assistants/b.yaml", "name: B\npromt: x\n")
    assert "RVX101" in refusal(account, 1, "b", UNKNOWN)


@pytest.mark.parametrize("server", ["canary-theirs", "canary-own", "****"])
def test_secrets_are_not_shown(account: Account, monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.setenv("T_KEY", "canary-own")
    model = "{type: custom, api_url: https://llm.example.com, model_name: m, api_key: !env T_KEY}"
    account.write("assistants/a.yaml", f"name: A\nprompt: x\nllm_model: {model}\n")
    account.applied()
    account.edit("A", llm_model=account.remote("A")["llm_model"] | {"api_key": server})
    ran = account.run("import", "a", lose(account, "a"), "-v")
    assert ran.code == 0
    assert ("differ in `llm_model.api_key`" in ran.out) == (server == "canary-theirs")
    assert "canary" not in ran.out + ran.err + account.lock_path.read_text()


def test_hostile_names_are_visible(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.edit("a", name="\x1b[31mred \u202eevil")
    ran = account.run("import", "a", lose(account, "a"))
    assert 'Its name on the server is "<U+001B>[31mred <U+202E>evil"' in ran.out


def test_the_address_comes_first(account: Account) -> None:
    account.declare("a")
    ran = account.run("import", UNKNOWN, "a")
    assert ran.code == 64
    assert ran.err == (
        f"error: `{UNKNOWN}` is no address: the address comes first, then the id\n  `revox-sync import a {UNKNOWN}`\n"
    )
