"""Exactly one: what a create makes of every way a request can end (docs/design.md, "Exactly one")."""

from __future__ import annotations

import time
from typing import Any

import pytest

from revox_sync.sync.applying.create import AT_ONCE, IN_A_WHILE
from revox_sync.sync.model.outcome import Result
from tests.account import Account, Fault, Sent
from tests.sync.applying.harness import Apply, ids, names, plan_of

GARBAGE: dict[str, Any] = {"status": 200, "body": "no assistant"}
ONCE, LONG = list(AT_ONCE), list(IN_A_WHILE)
UNKNOWN, APPLIED, FAILED = Result.UNKNOWN, Result.APPLIED, Result.FAILED

# What happens to every POST; the outcome; how many are sent; how long it is waited for before each look; what is there.
ENDS = [
    ({"status": 500}, UNKNOWN, 2, ONCE * 2, 0),
    ({"status": 503}, UNKNOWN, 2, ONCE * 2, 0),
    ({"status": 500, "committed": True}, APPLIED, 1, ONCE, 1),
    ({"status": 503, "committed": True}, APPLIED, 1, ONCE, 1),
    ({"status": 502}, UNKNOWN, 1, LONG, 0),
    ({"status": 504}, UNKNOWN, 1, LONG, 0),
    ({"status": 408}, UNKNOWN, 1, LONG, 0),
    ({"status": 520}, UNKNOWN, 1, LONG, 0),
    ({"status": 502, "committed": True}, APPLIED, 1, LONG[:1], 1),
    ({"status": 504, "committed": True}, APPLIED, 1, LONG[:1], 1),
    ({"status": 408, "committed": True}, APPLIED, 1, LONG[:1], 1),
    ({"status": None}, UNKNOWN, 1, LONG, 0),
    ({"status": None, "committed": True}, APPLIED, 1, LONG[:1], 1),
    (GARBAGE, UNKNOWN, 1, LONG, 0),
    (GARBAGE | {"committed": True}, APPLIED, 1, LONG[:1], 1),
    ({"seconds": 1.0, "status": 500}, UNKNOWN, 1, LONG, 0),
    ({"status": 400}, FAILED, 1, [], 0),
    ({"status": 401}, FAILED, 1, [], 0),
    ({"status": 409}, FAILED, 1, [], 0),
    ({"status": 422}, FAILED, 1, [], 0),
    ({"status": 302}, FAILED, 1, [], 0),
]


@pytest.mark.parametrize(("fault", "result", "posts", "waits", "stored"), ENDS)
def test_every_end(
    account: Account, fault: dict[str, Any], result: Result, posts: int, waits: list[float], *, stored: int
) -> None:
    account.disturb("POST", **fault)
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a"), timeout=0.5).outcomes
    assert (outcome.result, apply.posts(), apply.waits, len(account.store.all())) == (result, posts, waits, stored)
    assert apply.lists() == 1 + len(waits)
    assert [each.id for each in apply.lock().entries.values()] == ids(account)
    assert apply.journal_path.exists() is (result is UNKNOWN)


def test_the_looks_take_thirty_seconds() -> None:
    assert (sum(IN_A_WHILE), len(IN_A_WHILE)) == (30, 3)


def test_the_second_post_works(account: Account) -> None:
    account.switchboard.faults.append(Fault(_first_post(account), status=500))
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.posts(), names(account.store.all())) == (APPLIED, 2, ["a"])


def _first_post(account: Account) -> Any:
    return lambda sent: sent.method == "POST" and sum(each.method == "POST" for each in account.switchboard.sent) == 1


def test_a_late_commit_is_found_by_a_later_look(account: Account) -> None:
    account.disturb("POST", seconds=0.4, committed=True)

    def until_it_is_there(seconds: float) -> None:
        deadline = time.monotonic() + 5
        while seconds and not account.store.all() and time.monotonic() < deadline:
            time.sleep(0.02)

    apply = Apply(account, hook=until_it_is_there)
    (outcome,) = apply.run(plan_of("a"), timeout=0.2).outcomes
    assert (outcome.result, outcome.id, apply.posts()) == (APPLIED, account.remote("a")["id"], 1)
    assert apply.waits == LONG[:2]


def test_a_later_commit_is_found_by_the_next_apply(account: Account) -> None:
    account.disturb("POST", status=None)
    apply = Apply(account)
    assert [each.result for each in apply.run(plan_of("a")).outcomes] == [UNKNOWN]
    account.switchboard.faults.clear()
    with account.client() as client:
        client.create_assistant({"name": "a", "prompt": "the first one, at last"})
    settled = apply.settle()
    assert [each.id for each in settled.lock.entries.values()] == ids(account)
    assert settled.lock.entries["a"].leaves == {}
    assert not apply.journal_path.exists()


def test_a_server_that_rewrites_what_it_stores(account: Account) -> None:
    def tidy(body: Any) -> Any:
        return {key: " ".join(each.split()) if isinstance(each, str) else each for key, each in body.items()}

    account.disturb("PATCH", rewrite=tidy)
    account.disturb("POST", status=500)
    apply = Apply(account, hook=lambda _: _commit(account, tidy))
    (outcome,) = apply.run(plan_of(" a  b", first_sentence="  Hello  ")).outcomes
    assert (outcome.result, apply.posts(), names(account.store.all())) == (APPLIED, 1, ["a b"])
    assert "the server changed `name`; its form is accepted" in outcome.notes


def _commit(account: Account, rewrite: Any) -> None:
    (post,) = (each for each in account.switchboard.sent if each.method == "POST")
    account.store.add({"id": "asst_1", "organization_id": "org_emulator", **rewrite(post.body)})


def test_what_differs_is_sent(account: Account) -> None:
    account.disturb("POST", status=500)
    apply = Apply(account, hook=lambda _: _commit(account, lambda body: body | {"first_sentence": "Bonjour"}))
    (outcome,) = apply.run(plan_of("a", first_sentence="Hello")).outcomes
    assert (outcome.result, outcome.id) == (APPLIED, "asst_1")
    assert account.writes[-1] == Sent("PATCH", "/assistants/asst_1", {"first_sentence": "Hello"})
    assert len(apply.lock().entries["a"].leaves) == 3


def test_what_cannot_be_sent_is_left_to_the_next_apply(account: Account) -> None:
    account.disturb("POST", status=500)
    account.disturb("PATCH", status=422)
    apply = Apply(account, hook=lambda _: _commit(account, lambda body: body | {"first_sentence": "Bonjour"}))
    (outcome,) = apply.run(plan_of("a", first_sentence="Hello")).outcomes
    assert (outcome.result, outcome.id) == (FAILED, "asst_1")
    assert "it was created, but not all of it was sent" in str(outcome.error)
    assert apply.lock().entries["a"].leaves == {}
    assert not apply.journal_path.exists()


def test_several_candidates_are_named(account: Account) -> None:
    def twins(_: float) -> None:
        for number in (2, 1):
            account.store.add({"id": f"asst_{number}", "name": "a", "prompt": "x", "organization_id": "org_emulator"})

    account.disturb("POST", status=500)
    apply = Apply(account, hook=twins)
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, outcome.candidates, apply.posts()) == (UNKNOWN, ("asst_1", "asst_2"), 1)
    assert "`revox-sync import a ID` if it exists" in str(outcome.error)
    assert apply.lock().entries == {}


def test_what_was_there_before_is_no_candidate(account: Account) -> None:
    account.store.add({"id": "asst_1", "name": "Old", "prompt": "x", "organization_id": "org_emulator"})
    account.disturb("POST", status=500)
    apply = Apply(account, hook=lambda _: account.edit("Old", name="a") if len(apply.waits) == 1 else None)
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.posts(), apply.lock().entries) == (UNKNOWN, 2, {})


@pytest.mark.parametrize(("status", "posts", "waits"), [(500, 1, ONCE), (None, 1, LONG)])
def test_a_list_that_fails_is_no_look(account: Account, status: int | None, posts: int, waits: list[float]) -> None:
    account.disturb("POST", status=status, committed=True)
    apply = Apply(account)
    account.switchboard.faults.append(Fault(lambda sent: sent.path == "/assistants" and apply.posts() > 0, status=400))
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.posts(), apply.waits) == (UNKNOWN, posts, waits)
    assert "the list could not be read either" in str(outcome.error)
    account.switchboard.faults.clear()
    assert [each.id for each in apply.settle().lock.entries.values()] == ids(account)


def test_a_list_that_fails_once(account: Account) -> None:
    account.disturb("POST", status=None, committed=True)
    apply = Apply(account)
    account.switchboard.faults.append(Fault(lambda sent: sent.method == "GET" and len(apply.waits) == 1, status=400))
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.waits) == (APPLIED, LONG[:2])


@pytest.mark.parametrize("committed", [True, False])
def test_a_sub_assistant_is_always_unknown(account: Account, *, committed: bool) -> None:
    account.disturb("POST", status=500, committed=committed)
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a", type="sub-assistant")).outcomes
    assert (outcome.result, apply.posts(), apply.waits) == (UNKNOWN, 1, [])
    assert "`revox-sync forget a` if it does not" in str(outcome.error)
    assert list(apply.settle().unknown) == ["a"]


def test_an_interrupt_ends_the_looking(account: Account) -> None:
    account.disturb("POST", status=None)
    apply = Apply(account)
    apply.hook = lambda seconds: apply.stop.set() if seconds else None
    applied = apply.run(plan_of("a"))
    assert (applied.outcomes[0].result, apply.waits, applied.interrupted) == (UNKNOWN, LONG[:2], True)


def test_two_files_never_claim_one(account: Account) -> None:
    account.disturb("POST", status=None, committed=True)
    apply = Apply(account)
    applied = apply.run(plan_of(*"abcdef"))
    assert {each.result for each in applied.outcomes} == {APPLIED}
    assert {each.address: each.id for each in applied.outcomes} == {
        each["name"]: each["id"] for each in account.store.all()
    }
