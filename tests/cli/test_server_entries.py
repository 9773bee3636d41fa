"""A journey: questions that callers asked survive whatever happens to the list they are in, over a socket."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.account import Account, Fault
from tests.cli.commands.plans import IN_SYNC, changes, fields

DELIVERY = {"question": "Do you deliver?", "answer": "Yes."}
HOURS = {"question": "When?", "answer": "Now."}
ASKED = {"question": "How?", "answer": "", "source": "ai", "needs_human_answer": True, "id": "faq_9"}


def questions(account: Account) -> list[str]:
    return [each["question"] for each in account.remote("a")["faq_items"]]


def edit(account: Account, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Edit the questions as the dashboard or a caller would."""
    account.edit("a", faq_items=change(account.remote("a")["faq_items"]))


@pytest.fixture
def resent(account: Account) -> Account:
    """An account in which a caller's question was sent again: the server calls it written by people."""
    account.declare("a", faq_items=[DELIVERY])
    account.applied()
    edit(account, lambda entries: [*entries, ASKED])
    account.declare("a", faq_items=[DELIVERY, HOURS])
    account.applied()
    assert [each["source"] for each in account.remote("a")["faq_items"]] == ["human"] * 3
    return account


def test_it_is_no_difference_counted_and_not_pulled(resent: Account) -> None:
    assert resent.run("plan").told == IN_SYNC
    assert "1 question grown" in resent.run("status").out
    before = (resent.root / "assistants/a.yaml").read_bytes()
    assert resent.run("pull", "--all-fields", "--theirs").code == 0
    assert b"How?" not in (resent.root / "assistants/a.yaml").read_bytes()
    assert b"Do you deliver?" in before


def test_the_lock_remembers_what_it_is_called_without_content(resent: Account) -> None:
    assert [len(names) for names in resent.lock["a"]["appended"].values()] == [1]
    assert "How?" not in resent.lock_path.read_text("utf-8")


def test_an_answer_somebody_gave_it_is_an_edit_like_any_other(resent: Account) -> None:
    edit(resent, lambda entries: [each | ({"answer": "So."} if each["question"] == "How?" else {}) for each in entries])
    (drift,) = resent.plan()["drift"]
    assert [each["path"] for each in drift["fields"]] == ['faq_items["How?"]']
    assert resent.run("pull").code == 0
    assert "So." in (resent.root / "assistants/a.yaml").read_text("utf-8")
    assert resent.run("plan").told == IN_SYNC


def test_one_that_somebody_deleted_is_forgotten(resent: Account) -> None:
    edit(resent, lambda entries: [each for each in entries if each["question"] != "How?"])
    assert resent.run("plan").told == IN_SYNC
    resent.declare("a", faq_items=[HOURS])
    resent.applied()
    assert questions(resent) == ["When?"]
    assert "appended" not in resent.lock["a"]


def test_one_that_the_file_takes_over_is_the_files(resent: Account) -> None:
    resent.declare("a", faq_items=[DELIVERY, {"question": "How?", "answer": "So."}])
    resent.applied()
    assert "appended" not in resent.lock["a"]
    resent.declare("a", faq_items=[DELIVERY])
    assert [path for path, *_ in fields(resent.plan(), "a")] == ['faq_items["How?"]']
    resent.applied()
    assert questions(resent) == ["Do you deliver?"]


def test_it_is_remembered_while_the_file_says_nothing_of_questions(resent: Account) -> None:
    resent.declare("a", first_sentence="Hello")
    resent.applied()
    resent.declare("a", first_sentence="Hello", faq_items=[HOURS])
    # The lock knows nothing any more of what the field held: somebody may have edited it since.
    assert [each["address"] for each in resent.plan()["conflicts"]] == ["a"]
    assert [path for path, *_ in fields(resent.plan("--on-drift", "revert"), "a")] == ['faq_items["Do you deliver?"]']
    resent.applied("--on-drift", "revert")
    assert questions(resent) == ["When?", "How?"]


def test_a_moved_file_takes_the_memory_with_it(resent: Account) -> None:
    (resent.root / "assistants/a.yaml").unlink()
    resent.declare("b", name="a", prompt="You are a.", faq_items=[DELIVERY])
    resent.applied()
    assert questions(resent) == ["Do you deliver?", "How?"]
    assert list(resent.lock["b"]["appended"]) == ["/faq_items"]


def test_a_saved_plan_carries_the_memory(resent: Account) -> None:
    path = resent.root / "plan.json"
    resent.run("plan", "--save", str(path))
    (change,) = json.loads(path.read_text("utf-8"))["changes"]
    assert change["entry"]["appended"] == resent.lock["a"]["appended"]
    resent.declare("a", faq_items=[HOURS])
    resent.run("plan", "--save", str(path))
    resent.applied(str(path))
    assert questions(resent) == ["When?", "How?"]


def test_an_answer_that_was_lost_loses_no_question(resent: Account) -> None:
    edit(resent, lambda entries: [*entries, ASKED | {"question": "Why?"}])
    resent.declare("a", faq_items=[HOURS])
    resent.disturb("PATCH", status=500, committed=True)
    assert resent.apply().code == 0
    assert questions(resent) == ["When?", "How?", "Why?"]
    resent.switchboard.faults.clear()
    resent.declare("a", faq_items=[DELIVERY])
    resent.applied()
    assert questions(resent) == ["Do you deliver?", "How?", "Why?"]


def test_an_interrupted_apply_loses_no_question(resent: Account) -> None:
    edit(resent, lambda entries: [*entries, ASKED | {"question": "Why?"}])
    resent.declare("a", faq_items=[HOURS])
    resent.disturb("PATCH", status=500, committed=True)
    resent.switchboard.faults.append(Fault(lambda sent: sent.method == "GET" and bool(resent.writes), status=404))
    assert resent.apply().code == 3
    assert resent.journal_path.exists()
    resent.switchboard.faults.clear()
    assert changes(resent.plan()) == {}
    resent.declare("a", faq_items=[DELIVERY])
    resent.applied()
    assert questions(resent) == ["Do you deliver?", "How?", "Why?"]


def test_a_snapshot_brings_back_the_list_and_leaves_the_question(resent: Account) -> None:
    resent.declare("a", faq_items=[HOURS])
    resent.applied()
    backup = max((resent.root / ".revox/backup").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    path = resent.root / "plan.json"
    assert resent.run("restore", str(backup), "--save", str(path)).code == 0
    resent.applied(str(path))
    assert sorted(questions(resent)) == ["Do you deliver?", "How?", "When?"]
    assert changes(resent.plan("--on-drift", "revert")) == {"a": "update"}
    resent.applied("--on-drift", "revert")
    assert questions(resent) == ["When?", "How?"]


@pytest.mark.parametrize("seed", range(4))
def test_no_question_is_ever_lost_unless_somebody_deletes_it(account: Account, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's choices
    mine, asked = [DELIVERY], set()
    account.declare("a", faq_items=mine)
    account.applied()
    for step in range(8):
        match chance.choice(["file", "file", "grow", "grow", "delete", "silence"]):
            case "file":
                mine = [{"question": f"Mine {each}?", "answer": str(step)} for each in chance.sample(range(4), 2)]
                account.declare("a", faq_items=mine)
            case "silence":
                account.declare("a", first_sentence=f"Hello {step}")
            case "grow":
                asked.add(f"Asked {step}?")
                edit(account, partial(_asked, question=f"Asked {step}?"))
            case "delete" if asked:
                gone = chance.choice(sorted(asked))
                asked.discard(gone)
                edit(account, partial(_without, question=gone))
        # A list that comes back into the file meets one that nobody has compared for a while.
        account.applied("--on-drift", "revert")
        assert asked <= set(questions(account))


def _asked(entries: list[dict[str, Any]], question: str) -> list[dict[str, Any]]:
    return [*entries, ASKED | {"question": question}]


def _without(entries: list[dict[str, Any]], question: str) -> list[dict[str, Any]]:
    return [each for each in entries if each["question"] != question]
