"""`--prune`: what is deleted, what is not, and how much of it is allowed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.account import Account
from tests.cli.commands.plans import FAQ, IN_SYNC, changes, fields

LIMIT = ("--prune", "--max-deletes", "9")


def lose(account: Account, *addresses: str) -> None:
    """Remove the files of some assistants."""
    for address in addresses:
        (account.root / f"assistants/{address}.yaml").unlink()


@pytest.fixture
def three(account: Account) -> Account:
    """Three applied assistants, of which two have lost their files."""
    for address in ("a", "old/one", "old/two"):
        account.declare(address)
    account.applied()
    lose(account, "old/one", "old/two")
    return account


def test_orphans_are_deleted_and_leave_the_lock(three: Account) -> None:
    plan = three.plan(*LIMIT)
    assert changes(plan) == {"old/one": "delete", "old/two": "delete"}
    assert plan["orphaned"] == []
    assert plan["summary"]["delete"] == 2
    assert "2 to delete" in three.run("plan", *LIMIT).out
    three.applied(*LIMIT)
    assert [each["name"] for each in three.store.all()] == ["a"]
    assert list(three.lock) == ["a"]
    assert three.run("plan").told == IN_SYNC


def test_a_delete_says_what_is_lost(account: Account) -> None:
    account.declare("a", voice={"provider": "cartesia", "id": "v1"}, faq_items=FAQ)
    account.applied()
    lose(account, "a")
    plan = account.plan(*LIMIT)
    lost = {path: before for path, before, after in fields(plan, "a") if after is None}
    questions = [{"question": each["question"], "answer": each["answer"]} for each in lost.pop("faq_items")]
    assert questions == FAQ
    assert lost == {"name": "a", "prompt": "You are a.", "voice.id": "v1", "voice.provider": "cartesia"} | {
        path: lost[path] for path in lost if path.startswith("llm_model")
    }


@pytest.mark.parametrize(
    ("limit", "options", "code"),
    [
        (None, [], 4),
        (1, [], 4),
        (2, [], 0),
        (None, ["--max-deletes", "1"], 4),
        (None, ["--max-deletes", "2"], 0),
        (5, ["--max-deletes", "0"], 4),
    ],
)
def test_the_limit(three: Account, limit: int | None, options: list[str], code: int) -> None:
    if limit is not None:
        three.configure(safety={"max_deletes": limit})
    for command in (("plan",), ("apply", "--auto-approve")):
        ran = three.run(*command, "--prune", *options)
        assert ran.code == code, ran.err
        if code:
            expected = ("delete 2", "`old/one`", "`old/two`", "limit is", "--max-deletes 2", "safety.max_deletes")
            assert [each for each in expected if each not in ran.err] == []
            assert three.writes == []


def test_creations_again_count_too(three: Account) -> None:
    three.store.remove(three.remote("a")["id"])
    options = ("--prune", "--recreate", "--max-deletes")
    ran = three.run("plan", *options, "2")
    assert ran.code == 4
    assert "delete 2 (`old/one`, `old/two`) and create 1 again (`a`), 3 in all; the limit is 2" in ran.err
    assert changes(three.plan(*options, "3")) == {"a": "create", "old/one": "delete", "old/two": "delete"}


def test_protected_assistants_are_refused(three: Account) -> None:
    three.configure(safety={"max_deletes": 9, "protect": ["old/t*"]})
    plan = three.plan("--prune")
    assert changes(plan) == {"old/one": "delete"}
    (refusal,) = plan["refused"]
    assert refusal["address"] == "old/two"
    assert "`safety.protect`" in refusal["reason"]
    assert three.apply("--prune").code == 4
    assert sorted(each["name"] for each in three.store.all()) == ["a", "old two"]


@pytest.mark.parametrize(
    ("addresses", "deleted"),
    [
        (["old/*"], {"old/one", "old/two"}),
        (["old/one"], {"old/one"}),
        (["a"], set()),
        (["--exclude", "old/t*"], {"old/one"}),
    ],
)
def test_addresses_choose_what_is_deleted(three: Account, addresses: list[str], deleted: set[str]) -> None:
    plan = three.plan(*LIMIT, *addresses)
    assert set(changes(plan)) == deleted
    assert plan["orphaned"] == []


@pytest.mark.parametrize(
    ("addresses", "listed"),
    [([], {"old/one", "old/two"}), (["old/one"], {"old/one"}), (["a"], set()), (["--exclude", "old/one"], {"old/two"})],
)
def test_only_orphans_that_are_named_are_listed(three: Account, addresses: list[str], listed: set[str]) -> None:
    assert {each["address"] for each in three.plan(*addresses)["orphaned"]} == listed


def test_nothing_is_said_of_orphans_that_are_not_named(three: Account) -> None:
    three.edit("old one", prompt="Edited.")
    assert "old/one: it has no file, and was edited outside" in three.run("plan").out
    assert "old/one" not in three.run("plan", "old/two").out


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_over_the_limit_the_deletes_are_shown_all_the_same(three: Account, command: str) -> None:
    saved = three.root / "plan.json"
    ran = three.run(command, "--prune", *(["--save", str(saved)] if command == "plan" else ["--auto-approve"]))
    assert ran.code == 4
    assert "# old/one will be deleted" in ran.out
    assert "# old/two will be deleted" in ran.out
    assert "Note: over the safety limit: the plan would delete 2" in ran.out
    assert "--max-deletes 2" in ran.err
    assert not saved.exists()
    assert len(list(three.store.all())) == 3


def test_over_the_limit_every_report_shows_the_deletes(three: Account) -> None:
    ran = three.run("plan", "--prune", "-o", "json")
    assert ran.code == 4
    plan = json.loads(ran.out)
    assert {change["address"] for change in plan["changes"] if change["action"] == "delete"} == {"old/one", "old/two"}
    assert plan["notes"][0].startswith("over the safety limit: ")


def test_an_orphan_may_be_named_and_misspelt(three: Account) -> None:
    assert three.run("plan", "old/one").code == 0
    ran = three.run("plan", "old/onee")
    assert ran.code == 64
    assert "did you mean `old/one`" in ran.err


def test_what_is_gone_already_leaves_the_lock(three: Account) -> None:
    three.store.remove(three.remote("old one")["id"])
    assert {each["address"] for each in three.plan()["orphaned"]} == {"old/one", "old/two"}
    plan = three.plan("--prune", "--max-deletes", "1")
    assert changes(plan) == {"old/two": "delete"}
    assert "only the lock changes" in plan["notes"][0]
    three.applied("--prune", "old/one")  # nothing is deleted, so no limit is reached
    assert three.writes == []
    assert sorted(three.lock) == ["a", "old/two"]


def test_sub_assistants_are_found_by_their_id(account: Account) -> None:
    account.declare("a")
    account.declare("step", type="sub-assistant")
    account.applied()
    lose(account, "step")
    assert changes(account.plan(*LIMIT)) == {"step": "delete"}
    account.applied(*LIMIT)
    assert [each["name"] for each in account.store.all()] == ["a"]


def test_a_moved_file_is_not_gone(account: Account) -> None:
    account.declare("a")
    account.declare("old", name="B")
    account.applied()
    (account.root / "assistants/old.yaml").rename(account.root / "assistants/new.yaml")
    for addresses in ([], ["a"], ["old"]):  # whether its new place is looked at or not
        assert changes(account.plan(*LIMIT, *addresses)) == {}


def test_a_file_nobody_can_read_may_be_the_new_place(account: Account) -> None:
    account.declare("a")
    account.declare("old")
    account.applied()
    lose(account, "old")
    account.write("assistants/new.yaml", "name: [")
    plan = account.plan(*LIMIT, "a", "old")
    assert changes(plan) == {}
    (refusal,) = plan["refused"]
    assert (refusal["address"], "`new`" in refusal["reason"]) == ("old", True)


def test_a_broken_or_unselected_file_is_not_gone(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.declare("c")
    account.applied()
    account.write("assistants/b.yaml", "name: [")
    plan = account.plan(*LIMIT, "a")
    assert (changes(plan), plan["orphaned"]) == ({}, [])


def test_an_orphan_that_was_edited_since_the_plan_is_kept(three: Account) -> None:
    assert three.run("plan", "--save", str(three.root / "plan.json"), *LIMIT).code == 0
    three.edit("old one", first_sentence="Still in use")
    ran = three.run("apply", str(three.root / "plan.json"))
    assert ran.code == 4
    assert sorted(each["name"] for each in three.store.all()) == ["a", "old one"]


def test_a_saved_plan_records_what_was_asked(three: Account) -> None:
    path = three.root / "plan.json"
    three.configure(safety={"max_deletes": 5})
    assert three.run("plan", "--save", str(path), "--prune", "--on-drift", "keep", "--on-drift", "a=revert").code == 0
    assert json.loads(path.read_text())["options"] == {
        "on_drift": "keep",
        "recreate": False,
        "resend_secrets": False,
        "prune": True,
        "max_deletes": 5,
        "drift_rules": [{"pattern": "a", "choice": "revert"}],
        "even_if_used": [],
    }
    for option in (("--prune",), ("--max-deletes", "3"), ("--on-drift", "a=keep")):
        assert three.run("apply", str(path), *option).code == 64
    three.applied(str(path))
    assert [each["name"] for each in three.store.all()] == ["a"]


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ({"webhook_url": "!env T_HOOK"}, "(sensitive value removed)"),
        ({"faq_items": "[{question: q, answer: !env T_HOOK}]"}, 'answer: "(sensitive)"'),
    ],
)
def test_secrets_of_a_deleted_assistant_stay_secret(
    account: Account, monkeypatch: pytest.MonkeyPatch, field: dict[str, Any], shown: str
) -> None:
    monkeypatch.setenv("T_HOOK", "https://canary.example.com")
    ((key, value),) = field.items()
    account.write("assistants/a.yaml", f"name: A\nprompt: x\n{key}: {value}\n")
    account.applied()
    lose(account, "a")
    path = account.root / "plan.json"
    texts = [account.run("plan", *LIMIT, "-o", form, "--save", str(path)).out for form in ("text", "json")]
    assert [text for text in (*texts, path.read_text()) if "canary" in text] == []
    assert shown in texts[0]


def test_a_delete_says_what_was_edited_outside(account: Account) -> None:
    """Without a file the three-way table says nothing: the edit would go with the assistant, and nobody be told."""
    account.declare("a", first_sentence="Hello", custom_tools=[], voice={"provider": "cartesia", "id": "v1"})
    account.declare("b", faq_items=FAQ)
    account.applied()
    lose(account, "a", "b")
    untouched = account.plan(*LIMIT)
    assert [each["reason"] for each in untouched["changes"]] == ["its file is gone"] * 2
    assert not [note for note in untouched["notes"] if "edited outside" in note]
    account.edit("a", first_sentence="theirs", voice={"provider": "cartesia", "id": "v2"})
    told = "a: it has no file, and was edited outside since it was last applied: `first_sentence`, `voice.id`"
    plan = account.plan(*LIMIT)
    assert [each["reason"] for each in plan["changes"]] == [
        "its file is gone; it was edited outside since it was last applied",
        "its file is gone",
    ]
    assert [note for note in plan["notes"] if note.startswith(("a:", "b:"))] == [told]
    for command in ("plan", "status"):
        assert told in " ".join(account.run(command).out.split())
    account.applied(*LIMIT)
    assert account.store.all() == []


def test_a_delete_says_what_nobody_has_seen(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    account.declare("a", first_sentence="Hi")
    answer = account.remote("a") | {"first_sentence": "Hey"}
    account.disturb("PATCH", status=200, body={"assistant": answer})
    assert account.apply().code == 3
    account.switchboard.faults.clear()
    lose(account, "a")
    for command in (("status",), ("plan",), ("plan", *LIMIT)):
        told = " ".join(account.run(*command).out.split())
        assert "a: it has no file, and `first_sentence`: sent by an apply, but nobody has seen it arrive." in told
    (change,) = account.plan(*LIMIT)["changes"]
    assert change["reason"] == "its file is gone; it may have been edited outside"
    account.edit("a", first_sentence="Hi")
    assert not [note for note in account.plan()["notes"] if note.startswith("a:")], "it has arrived"


def test_callers_questions_are_no_edit_of_an_orphan(account: Account) -> None:
    account.declare("a", faq_items=FAQ)
    account.applied()
    lose(account, "a")
    asked = {"question": "Parking?", "answer": None, "id": "faq_9", "source": "ai", "needs_human_answer": True}
    account.edit("a", faq_items=[*account.remote("a")["faq_items"], asked])
    assert [each["reason"] for each in account.plan(*LIMIT)["changes"]] == ["its file is gone"]
