"""What a create whose answer was lost finds of it, by its name: one assistant, several, or none yet."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.outcome import Result
from revox_sync.values.secret import Secret
from tests.account import Account, Fault
from tests.sync.applying.harness import APPLIED, LONG, UNKNOWN, Apply, ids, names, plan_of


class TooLate(httpx.HTTPTransport):
    """A network on which the answer to a create arrives when nobody waits for it any more."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        response = super().handle_request(request)
        if request.method != "POST":
            return response
        response.read()
        raise httpx.ReadTimeout("timed out", request=request)


@pytest.mark.parametrize(("committed", "result", "waits"), [(False, UNKNOWN, LONG), (True, APPLIED, LONG[:1])])
def test_an_answer_that_comes_too_late(
    account: Account, result: Result, waits: list[float], *, committed: bool
) -> None:
    account.disturb("POST", committed=committed)
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a"), transport=TooLate()).outcomes
    assert (outcome.result, apply.posts(), apply.waits) == (result, 1, waits)
    assert len(account.store.all()) == committed


# The number of the look that shows it first; a server may list what it has created late.
@pytest.mark.parametrize("look", [1, 2, 3])
@pytest.mark.parametrize("status", [500, 503, 504, None])
def test_a_list_that_lags_behind_leads_to_no_second_create(account: Account, look: int, status: int | None) -> None:
    account.disturb("POST", status=status)
    apply = Apply(account)
    apply.hook = lambda _: _commit(account, dict) if len(apply.waits) == look else None
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, outcome.id, apply.posts(), apply.waits) == (APPLIED, "asst_1", 1, LONG[:look])


def test_a_late_commit_is_found_by_a_later_look(account: Account) -> None:
    account.disturb("POST")
    apply = Apply(account)
    apply.hook = lambda _: _commit(account, dict) if len(apply.waits) == 2 else None
    (outcome,) = apply.run(plan_of("a"), transport=TooLate()).outcomes
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
    entry = settled.lock.entries["a"]
    assert entry.unseen == entry.leaves.keys() == {("name",), ("prompt",)}
    assert not apply.journal_path.exists()


def test_a_server_that_rewrites_what_it_stores(account: Account) -> None:
    def tidy(body: Any) -> Any:
        return {key: " ".join(each.split()) if isinstance(each, str) else each for key, each in body.items()}

    account.disturb("POST", status=500)
    apply = Apply(account, hook=lambda _: _commit(account, tidy))
    plan = plan_of(" a  b", first_sentence="  Hello  ")
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, apply.posts(), names(account.store.all())) == (APPLIED, 1, ["a b"])
    assert outcome.notes == ("the answer was lost; it was found by its name",)
    (change,) = plan.changes
    (found,) = account.store.all()
    leaves = compare(change.declared, found, apply.lock().entries[" a  b"], assistant_node())
    assert {leaf.state for leaf in leaves} <= {LeafState.IN_SYNC, LeafState.ACCEPTED}
    assert account.writes[1:] == []


@pytest.mark.parametrize("name", ["Zoe\u0301", "ZO\u00c9", " zo\u00e9 ", "zo\u00e9"])
def test_a_server_that_stores_another_form_of_the_name(account: Account, name: str) -> None:
    account.disturb("POST", status=None)
    apply = Apply(account, hook=lambda _: _commit(account, lambda body: body | {"name": name}))
    (outcome,) = apply.run(plan_of("Zo\u00e9")).outcomes
    assert (outcome.result, outcome.id, apply.posts()) == (APPLIED, "asst_1", 1)


def _commit(account: Account, rewrite: Any) -> None:
    (post,) = (each for each in account.switchboard.sent if each.method == "POST")
    account.store.add({"id": "asst_1", "organization_id": "org_emulator", **rewrite(post.body)})


def test_what_differs_in_what_was_found_is_left_to_the_next_plan(account: Account) -> None:
    """A person may have edited it meanwhile, and the plan has not shown that."""
    account.disturb("POST", status=500)
    apply = Apply(account, hook=lambda _: _commit(account, lambda body: body | {"first_sentence": "Bonjour"}))
    plan = plan_of("a", first_sentence="Hello")
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, outcome.id) == (APPLIED, "asst_1")
    assert [each.method for each in account.writes] == ["POST"]
    assert "`first_sentence` is not as sent" in outcome.notes[0]
    entry = apply.lock().entries["a"]
    assert entry.unseen == entry.leaves.keys() == {("name",), ("prompt",), ("first_sentence",)}
    (change,) = plan.changes
    (found,) = account.store.all()
    states = {leaf.path: leaf.state for leaf in compare(change.declared, found, entry, assistant_node())}
    assert states == {"name": LeafState.IN_SYNC, "prompt": LeafState.IN_SYNC, "first_sentence": LeafState.CONFLICT}


def test_everything_that_differs_is_told(account: Account) -> None:
    edit = {"first_sentence": "Bonjour", "sms_template": "Salut"}
    account.disturb("POST", status=500)
    apply = Apply(account, hook=lambda _: _commit(account, lambda body: body | edit))
    (outcome,) = apply.run(plan_of("a", first_sentence="Hello", sms_template="Hi")).outcomes
    assert "`first_sentence`, `sms_template` are not as sent" in outcome.notes[0]


def test_a_masked_secret_does_not_differ_from_what_was_sent(account: Account) -> None:
    model = {"type": "custom", "api_url": "https://llm", "model_name": "m", "api_key": Secret("new")}
    account.disturb("POST", status=None)
    apply = Apply(
        account, hook=lambda _: _commit(account, lambda body: body | {"llm_model": model | {"api_key": "***"}})
    )
    (outcome,) = apply.run(plan_of("a", llm_model=model)).outcomes
    assert outcome.notes == ("the answer was lost; it was found by its name",)


def test_a_lock_learns_its_organisation_from_what_was_found(account: Account) -> None:
    account.disturb("POST", status=None, committed=True)
    apply = Apply(account)
    apply.run(plan_of("a"))
    assert apply.lock().organization_id == "org_emulator"


def test_what_was_found_and_cannot_be_read_is_adopted_unseen(account: Account) -> None:
    account.disturb("POST", status=500, committed=True)
    account.switchboard.faults.append(Fault(lambda sent: sent.path.startswith("/assistants/"), status=400))
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a", first_sentence="Hello")).outcomes
    assert (outcome.result, outcome.id, apply.posts()) == (APPLIED, ids(account)[0], 1)
    assert "what it holds could not be read" in outcome.notes[0]
    assert apply.lock().entries["a"].unseen == {("name",), ("prompt",), ("first_sentence",)}
    assert not apply.journal_path.exists()


def test_what_is_listed_and_not_there_stays_unknown(account: Account) -> None:
    account.disturb("POST", status=500, committed=True)
    account.switchboard.faults.append(Fault(lambda sent: sent.path.startswith("/assistants/"), status=404))
    apply = Apply(account)
    (outcome,) = apply.run(plan_of("a")).outcomes
    assert (outcome.result, apply.posts(), apply.lock().entries) == (UNKNOWN, 1, {})
    account.switchboard.faults.clear()
    assert [each.id for each in apply.settle().lock.entries.values()] == ids(account)


def test_places_of_secrets_are_journalled_before_the_request(account: Account) -> None:
    account.disturb("POST", status=None)
    apply = Apply(account)
    hook = Secret("https://canary.example.com", "HOOK")
    tools = [{"name": "t", "url": Secret("https://canary.example.com", "TOOL")}]
    apply.run(plan_of("a", webhook_url=hook, custom_tools=tools))
    journal = apply.journal
    assert journal is not None
    (intent,) = journal.open.values()
    assert "canary" not in apply.journal_path.read_text()
    assert ("webhook_url",) in intent.secrets
    assert {place[0] for place in intent.secrets} == {"webhook_url", "custom_tools"}
    assert intent.leaves.keys() == {("name",), ("prompt",)}
    account.switchboard.faults.clear()
    _commit(account, lambda body: body)
    entry = apply.settle().lock.entries["a"]
    assert entry.secret_places == intent.secrets


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
    assert (outcome.result, apply.posts(), apply.lock().entries) == (UNKNOWN, 1, {})


@pytest.mark.parametrize("status", [500, None])
def test_a_list_that_fails_is_no_look(account: Account, status: int | None) -> None:
    posts, waits = 1, LONG
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
