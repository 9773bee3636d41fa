"""What an update does where somebody else has edited or deleted: nothing that the plan has not shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.sync.comparing.leaf_rules import ABSENT, LeafState
from revox_sync.sync.model.lock import LockEntry, Sent, Tokens
from revox_sync.sync.model.plan import OnDrift
from revox_sync.sync.remote_state.fetch import remote_assistant
from tests.account import Account, Fault
from tests.sync.applying.harness import (
    APPLIED,
    LEAF,
    REFUSED,
    Apply,
    edited_when,
    entry_of,
    states,
    stored,
    update_plan,
)
from tests.sync.records import form
from tests.sync.situations import Situation, declared


@pytest.mark.parametrize("edited", [{"first_sentence": "edited"}, {"sms_template": "edited"}])
def test_what_was_edited_since_the_plan_is_not_overwritten(account: Account, edited: dict[str, Any]) -> None:
    found = stored(account, "a", first_sentence="Hello")
    plan = update_plan(found, "a", first_sentence="Hi")
    account.edit("a", **edited)
    (outcome,) = Apply(account).run(plan).outcomes
    assert (outcome.result, outcome.error, account.writes) == (
        REFUSED,
        "it was edited outside since the plan was made; plan again",
        [],
    )


def test_what_the_plan_does_not_show_is_not_changed(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    plan = update_plan(found, "a", first_sentence="Hi")
    other = replace(plan.changes[0], before={"first_sentence": "something else"})
    (outcome,) = Apply(account).run(replace(plan, changes=(other,))).outcomes
    assert (outcome.result, account.writes) == (REFUSED, [])


@pytest.mark.parametrize("fault", [{"committed": True}, {"committed": False}, None])
@pytest.mark.parametrize("moved", [True, False])
def test_a_drifted_leaf_that_is_kept_stays_drift(
    account: Account, fault: dict[str, Any] | None, *, moved: bool
) -> None:
    voice = {"provider": "cartesia", "id": "v1", "speed": 1.1}
    found = stored(account, "a", voice=voice)
    entry = entry_of(found, voice=voice)
    account.edit("a", voice=voice | {"speed": 1.3})
    with account.client() as client:
        current = client.get_assistant(found["id"])
    assert current is not None
    wanted = declared("a", voice=voice | {"id": "v2"})
    made = Situation()
    made.known("a", wanted, remote_assistant(current), declared("a", voice=voice))
    plan = replace(made.plan(on_drift=OnDrift.KEEP), organization_id=None)
    (change,) = plan.changes
    assert change.keep == {("voice", "speed")}
    apply = Apply(account)
    apply.hold({"a": entry})
    if moved and fault == {"committed": False}:
        edited_when(account, "PATCH", status=None)
    if fault is not None:
        account.disturb("PATCH", status=None, **fault)
    (outcome,) = apply.run(plan).outcomes
    assert fault is not None or (outcome.result, outcome.notes) == (APPLIED, ())
    account.switchboard.faults.clear()
    after = apply.lock().entries["a"]
    assert states(account, wanted, after)["voice.speed"] is LeafState.DRIFT, "never an update, and never accepted"
    assert after.leaves["voice", "speed"] == entry.leaves["voice", "speed"]


def test_what_is_unseen_is_sent_only_to_the_version_that_the_plan_has_shown(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    unseen = Sent((form(LEAF, "Hello"),), ABSENT, None, answered=False)
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {LEAF: unseen}, tokens=Tokens(found["updated_at"]))})
    plan = update_plan(found, "a", first_sentence="Hi")
    account.edit("a")  # twice, to and fro
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, account.writes) == (REFUSED, [])
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    (outcome,) = apply.run(plan).outcomes
    assert outcome.result is APPLIED, "without doubt the values decide"


def test_an_update_of_what_is_gone_is_explained(account: Account) -> None:
    plan = update_plan(stored(account, "a"), "a", first_sentence="Hi")
    account.store.remove(account.remote("a")["id"])
    (outcome,) = Apply(account).run(plan).outcomes
    assert (outcome.result, outcome.error) == (REFUSED, "it was deleted outside since the plan was made")


def test_an_edit_beside_what_is_sent_shows_as_drift(account: Account) -> None:
    account.declare("a", first_sentence="Hello", end_of_call_sentence="Bye")
    account.applied()
    account.declare("a", first_sentence="Hi", end_of_call_sentence="Bye")

    def edited(body: Any) -> Any:
        account.edit("a", end_of_call_sentence="edited")
        return body

    account.disturb("PATCH", rewrite=edited)
    account.applied()
    account.switchboard.faults.clear()
    (drifted,) = account.plan()["drift"]
    assert [each["path"] for each in drifted["fields"]] == ["end_of_call_sentence"]


@pytest.mark.parametrize("gone", [True, False])
def test_what_happens_while_the_server_asks_to_wait(account: Account, *, gone: bool) -> None:
    """After a 429 nothing was done: the journal says so, and the entry stays as it was."""
    found = stored(account, "a", first_sentence="Hello")
    entry = entry_of(found, first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry})

    def limited(sent: Any) -> bool:
        if sent.method == "PATCH" and gone:
            account.store.remove(found["id"])
        elif sent.method == "PATCH":
            account.edit("a", first_sentence="edited")
        return bool(sent.method == "PATCH")

    account.switchboard.faults.append(Fault(limited, status=429))
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    told = "deleted outside while it was being updated" if gone else "edited outside while it was being updated"
    assert (outcome.result, told in str(outcome.error), len(account.writes)) == (REFUSED, True, 1)
    assert (apply.lock().entries, apply.journal_path.exists()) == ({"a": entry}, False)
