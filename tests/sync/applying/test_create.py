"""Exactly one: what a create makes of every way a request can end (docs/design.md, "Exactly one")."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import Confirmed, LockEntry
from revox_sync.sync.model.outcome import Result
from revox_sync.values.secret import Secret
from tests.account import Account, Fault
from tests.sync.applying.harness import APPLIED, FAILED, LONG, UNKNOWN, Apply, ids, names, plan_of, stored

GARBAGE: dict[str, Any] = {"status": 200, "body": "no assistant"}


# What happens to every POST; the outcome; how many are sent; how long it is waited for before each look; what is there.
ENDS = [
    ({"status": 500}, UNKNOWN, 1, LONG, 0),
    ({"status": 503}, UNKNOWN, 1, LONG, 0),
    ({"status": 500, "committed": True}, APPLIED, 1, LONG[:1], 1),
    ({"status": 503, "committed": True}, APPLIED, 1, LONG[:1], 1),
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
    ({"status": 400}, FAILED, 1, [], 0),
    ({"status": 401}, FAILED, 1, [], 0),
    ({"status": 409}, FAILED, 1, [], 0),
    ({"status": 422}, FAILED, 1, [], 0),
    ({"status": 302}, UNKNOWN, 1, LONG, 0),
    ({"status": 303, "committed": True}, APPLIED, 1, LONG[:1], 1),
]


@pytest.mark.parametrize(("fault", "result", "posts", "waits", "stored"), ENDS)
def test_every_end(
    account: Account, fault: dict[str, Any], result: Result, posts: int, waits: list[float], *, stored: int
) -> None:
    account.disturb("POST", **fault)
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.posts(), apply.waits, len(account.store.all())) == (result, posts, waits, stored)
    assert apply.lists() == 1 + len(waits)
    assert [each.id for each in apply.lock().entries.values()] == ids(account)
    assert apply.journal_path.exists() is (result is UNKNOWN)


def test_what_the_server_has_not_done_is_created_by_the_next_apply(account: Account) -> None:
    account.switchboard.faults.append(Fault(_first_post(account), status=500))
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.posts(), names(account.store.all())) == (UNKNOWN, 1, [])
    assert "no assistant of this name has appeared so far" in str(outcome.error)
    apply.waits.clear()
    settled = apply.settle()
    assert (settled.lock.entries, settled.unknown, sum(apply.waits)) == ({}, {}, 30)
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.posts(), names(account.store.all())) == (APPLIED, 2, ["a"])


def _first_post(account: Account) -> Any:
    return lambda sent: sent.method == "POST" and sum(each.method == "POST" for each in account.switchboard.sent) == 1


@pytest.mark.parametrize(("name", "result"), [("ANNA  bell", APPLIED), ("Anna", UNKNOWN), ("Anna Bell 2", UNKNOWN)])
def test_an_answer_with_another_name(account: Account, name: str, result: Result) -> None:
    account.disturb("POST", rewrite=lambda body: body | {"name": name})
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("Anna Bell")).outcomes
    assert (outcome.result, apply.posts()) == (result, 1)
    assert ("Anna Bell" in apply.lock().entries) is (result is APPLIED)
    if result is UNKNOWN:
        assert f"the name `{name}` (id {ids(account)[0]}), which was not sent" in str(outcome.error)
        assert outcome.candidates == tuple(ids(account))
        assert apply.journal_path.exists()


@pytest.mark.parametrize(("listed", "locked"), [(True, False), (False, True)])
def test_an_answer_with_an_id_that_is_known(account: Account, *, listed: bool, locked: bool) -> None:
    known = stored(account, "Old")
    account.disturb("POST", status=200, body={"assistant": known | {"name": "a"}})
    apply = Apply(account)
    entries = {"b": LockEntry(known["id"], "Old", {})} if locked else {}
    apply.hold(entries)
    if not listed:
        account.store.remove(known["id"])
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, outcome.candidates, apply.posts()) == (UNKNOWN, (known["id"],), 1)
    assert f"the id {known['id']}, which another assistant has" in str(outcome.error)
    assert apply.lock().entries == entries


@pytest.mark.parametrize("answered", [True, False])
def test_what_brings_back_a_snapshot_keeps_what_the_file_said_last(account: Account, *, answered: bool) -> None:
    """So the next plan shows the restored values as edited outside, until somebody brings the file in line."""
    record = Confirmed("1" * 32, "1" * 32)
    former = LockEntry("asst_0", "a", {("prompt",): record, ("sms_template",): record})
    apply = Apply(account)
    apply.hold({"a": former})
    if not answered:
        account.disturb("POST", status=None, committed=True)
    (outcome,) = apply.run(replace(plan_of("a"), restored_from="snapshot")).outcomes
    found = "the answer was lost; it was found by its name"
    assert (outcome.result, outcome.notes) == (APPLIED, () if answered else (found,))
    assert apply.noticed == ([] if answered else ["looking for `a`, whose create got no usable answer"])
    assert apply.lock().entries["a"].leaves == former.leaves
    assert apply.lock().entries["a"].id == account.remote("a")["id"]


def test_a_value_that_the_server_has_put_in_its_place_has_failed(account: Account) -> None:
    account.disturb("POST", rewrite=lambda body: body | {"ivr_navigation_enabled": False, "max_call_duration_secs": 60})
    apply = Apply(account)
    plan = plan_of("a", ivr_navigation_enabled=True, max_call_duration_secs=120, first_sentence="Hi")
    (outcome,) = apply.run(plan).outcomes
    assert outcome.result is FAILED
    assert "the server ignored `ivr_navigation_enabled`" in str(outcome.error)
    assert "another value in `max_call_duration_secs`; `revox-sync pull --theirs a`" in str(outcome.error)
    entry = apply.lock().entries["a"]
    assert entry.unseen == {("max_call_duration_secs",)}
    (change,) = plan.changes
    (found,) = account.store.all()
    states = {leaf.path: leaf.state for leaf in compare(change.declared, found, entry, assistant_node())}
    assert states["ivr_navigation_enabled"] is LeafState.UPDATE
    assert states["max_call_duration_secs"] is LeafState.CONFLICT
    assert states["first_sentence"] is LeafState.IN_SYNC


def test_what_an_answer_leaves_out_and_nobody_can_look_at_is_unseen(account: Account) -> None:
    """Case 4 of the cases of the write path: no crash anywhere, and an edit that comes now must not be overwritten."""
    faq = [{"question": "q", "answer": "a"}]
    account.serve(account.store, "thin-create:faq_items")
    account.switchboard.faults.append(Fault(lambda sent: sent.path.startswith("/assistants/"), status=400))
    apply = Apply(account)
    plan = plan_of("a", faq_items=faq)
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, apply.posts()) == (APPLIED, 1)
    entry = apply.lock().entries["a"]
    assert entry.unseen == {("faq_items",)}
    account.edit("a", faq_items=[{"question": "q", "answer": "edited"}])
    (change,) = plan.changes
    states = {leaf.path: leaf.state for leaf in compare(change.declared, account.remote("a"), entry, assistant_node())}
    assert states["faq_items"] is LeafState.CONFLICT


# An entry of the list that cannot be read; the type of what is created; whether that may be it, listed.
UNREADABLE: list[tuple[dict[str, Any], str | None, bool]] = [
    ({}, None, True),
    ({"name": "A"}, None, True),
    ({"name": "b"}, None, False),
    ({}, "sub-assistant", False),
]


@pytest.mark.parametrize(("entry", "kind", "refused"), UNREADABLE)
def test_an_entry_that_cannot_be_read_may_be_it(
    account: Account, entry: dict[str, Any], kind: str | None, *, refused: bool
) -> None:
    account.disturb("GET", body={"assistants": [entry]})
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a", **({"type": kind} if kind else {}))).outcomes
    assert (outcome.result, apply.posts()) == ((Result.REFUSED, 0) if refused else (APPLIED, 1))


def test_a_file_that_moved_is_journalled_with_its_old_place(account: Account) -> None:
    plan = plan_of("a")
    account.disturb("POST", status=None)
    apply = Apply(account)
    apply.run(replace(plan, changes=(replace(plan.changes[0], previous_address="old"),)))
    journal = apply.journal
    assert journal is not None
    assert [intent.previous_address for intent in journal.open.values()] == ["old"]


@pytest.mark.parametrize("name", ["A", " a", "a\u00a0"])
def test_a_namesake_that_has_appeared_since_the_plan_is_refused(account: Account, name: str) -> None:
    account.store.add({"id": "asst_1", "name": name, "prompt": "x", "organization_id": "org_emulator"})
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.posts()) == (Result.REFUSED, 0)
    assert "has appeared since the plan was made" in str(outcome.error)


def test_a_secret_that_the_server_masks_is_sealed(account: Account) -> None:
    """So the next plan notices where it has changed, though nobody can compare it."""
    key = {"type": "custom", "api_url": "https://llm", "model_name": "m", "api_key": Secret("new")}
    account.disturb("POST", rewrite=lambda body: body | {"llm_model": body["llm_model"] | {"api_key": "***"}})
    apply = Apply(account, sealer=Sealer(Secret("key")))
    apply.run(plan_of("a", llm_model=key))
    assert list(apply.lock().entries["a"].seals) == [("llm_model", "api_key")]
