"""What an update makes of every way a request can end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.leaf_rules import ABSENT, LeafState
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.model.lock import Confirmed, Lock, LockEntry, Sent, Tokens
from revox_sync.sync.model.outcome import Result
from revox_sync.sync.model.plan import Action
from revox_sync.sync.model.server_facts import ServerFacts
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.values.secret import Secret
from tests.account import Account, Fault
from tests.sync.applying.harness import (
    APPLIED,
    FAILED,
    LEAF,
    REFUSED,
    UNKNOWN,
    WANTED,
    Apply,
    entry_of,
    states,
    stored,
    update_plan,
)
from tests.sync.records import form
from tests.sync.situations import Situation, declared

# What happens to every PATCH, and to every GET after it; the outcome; whether the new value is there; what the lock
# knows of it after the journal was settled: confirmed, sent and not seen, or what it knew before.
UPDATES = [
    ({"status": 500}, {}, FAILED, "Hello", "sent"),
    ({"status": 500, "committed": True}, {}, APPLIED, "Hi", "confirmed"),
    ({"status": 503}, {}, FAILED, "Hello", "sent"),
    ({"status": 503, "committed": True}, {}, APPLIED, "Hi", "confirmed"),
    ({"status": 408}, {}, FAILED, "Hello", "sent"),
    ({"status": 408, "committed": True}, {}, APPLIED, "Hi", "confirmed"),
    ({"status": None}, {}, FAILED, "Hello", "sent"),
    ({"status": None, "committed": True}, {}, APPLIED, "Hi", "confirmed"),
    ({"status": None, "committed": True}, {"status": 400}, UNKNOWN, "Hi", "confirmed"),
    ({"status": None}, {"status": 400}, UNKNOWN, "Hello", "sent"),
    ({"status": 422}, {}, FAILED, "Hello", "before"),
    ({"status": 409}, {}, FAILED, "Hello", "before"),
    ({"status": 429}, {}, FAILED, "Hello", "before"),
    ({"status": 404}, {}, REFUSED, "Hello", "before"),
]


@pytest.mark.parametrize(("patch", "get", "result", "value", "known"), UPDATES)
def test_every_end_of_an_update(  # noqa: PLR0917 — columns of the table
    account: Account, patch: dict[str, Any], get: dict[str, Any], result: Result, value: str, known: str
) -> None:
    found = stored(account, "a", first_sentence="Hello")
    plan = update_plan(found, "a", first_sentence="Hi")
    apply = Apply(account)
    entry = entry_of(found, first_sentence="Hello")
    apply.hold({"a": entry})
    account.disturb("PATCH", **patch)
    if get:
        account.switchboard.faults.append(Fault(lambda sent: sent.method == "GET" and bool(account.writes), **get))
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, outcome.id) == (result, entry.id)
    assert account.remote("a")["first_sentence"] == value
    assert apply.journal_path.exists() is (result is UNKNOWN)
    if result is UNKNOWN:
        assert apply.lock().entries == {"a": entry}, "nobody has looked, so nothing is written"
    account.switchboard.faults.clear()
    settled = apply.settle()
    record = settled.lock.entries["a"].leaves.get(LEAF)
    assert settled.unknown == {}
    old, new = form(LEAF, "Hello"), form(LEAF, "Hi")
    if known == "before":
        assert settled.lock.entries["a"] == entry
    elif known == "sent":
        assert record == Sent((new,), old, found["updated_at"], answered=False)
    else:
        declared_digest = value_digest("Hi", assistant_node().at(LEAF, {}))
        assert record == Confirmed(declared_digest, declared_digest, old)


def test_a_file_that_moved_takes_its_entry_along(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    plan = update_plan(found, "a", first_sentence="Hi")
    apply = Apply(account)
    apply.hold({"old": entry_of(found, first_sentence="Hello")})
    apply.run(replace(plan, changes=(replace(plan.changes[0], previous_address="old"),)))
    assert list(apply.lock().entries) == ["a"]


ASKED = {"question": "Open?", "answer": "", "source": "ai", "needs_human_answer": True, "id": "faq_9"}


@pytest.mark.parametrize("answered", [True, False])
def test_questions_of_callers_are_remembered_as_such(account: Account, *, answered: bool) -> None:
    """Sent again with their list they come back as written by people; a request for another field forgets none."""
    faq = [{"question": "q", "answer": "a"}]
    stored(account, "a", faq_items=[{"question": "q", "answer": "b"}])
    account.edit("a", faq_items=[*account.remote("a")["faq_items"], ASKED])
    found = account.remote("a")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, faq_items=[{"question": "q", "answer": "b"}])})
    if not answered:
        account.disturb("PATCH", status=None, committed=True)
    made = Situation()
    before = declared("a", faq_items=[{"question": "q", "answer": "b"}])
    made.known("a", declared("a", faq_items=faq), remote_assistant(found), before)
    (outcome,) = apply.run(replace(made.plan(), organization_id=None)).outcomes
    assert [each["source"] for each in account.remote("a")["faq_items"]] == ["human", "human"]
    remembered = apply.lock().entries["a"].appended
    assert (outcome.result, [len(each) for each in remembered.values()]) == (APPLIED, [1])
    made = Situation()
    wanted = declared("a", faq_items=faq, first_sentence="Hi")
    current = remote_assistant(account.remote("a"), apply.lock().entries["a"])
    made.known("a", wanted, current, declared("a", faq_items=faq))
    apply.run(replace(made.plan(), organization_id=None))
    assert account.remote("a")["first_sentence"] == "Hi"
    assert apply.lock().entries["a"].appended == remembered


@pytest.mark.parametrize("answered", [True, False])
def test_what_brings_back_a_snapshot_keeps_what_the_file_said_last(account: Account, *, answered: bool) -> None:
    voice = {"provider": "cartesia", "id": "v1"}
    found = stored(account, "a", first_sentence="Hello", voice=voice | {"speed": 1.1})
    unseen = Sent((form(("sms_template",), "x"),), ABSENT, None, answered=True)
    former = entry_of(found, first_sentence="Hello")
    former = replace(former, leaves={**former.leaves, ("sms_template",): unseen})
    apply = Apply(account)
    apply.hold({"a": former})
    if not answered:
        account.disturb("PATCH", status=None, committed=True)
    plan = update_plan(found, "a", first_sentence="Hi", voice=voice)
    (outcome,) = apply.run(replace(plan, restored_from="snapshot")).outcomes
    assert (outcome.result, account.remote("a")["first_sentence"]) == (APPLIED, "Hi")
    assert "speed" not in account.remote("a")["voice"], "a snapshot brings back fields whole"
    entry = apply.lock().entries["a"]
    assert (entry.leaves, entry.tokens.last) == (former.leaves, account.remote("a")["updated_at"])


def test_a_restored_assistant_that_the_lock_does_not_know_stays_new_to_it(account: Account) -> None:
    found = stored(account, "a", faq_items=[{"question": "q", "answer": "b"}])
    account.edit("a", faq_items=[*found["faq_items"], ASKED])
    made = Situation()
    wanted = declared("a", faq_items=[{"question": "q", "answer": "a"}])
    made.known("a", wanted, remote_assistant(account.remote("a")), declared("a", faq_items=found["faq_items"]))
    apply = Apply(account)
    apply.run(replace(made.plan(), organization_id=None, restored_from="snapshot"))
    entry = apply.lock().entries["a"]
    assert (entry.id, entry.name, entry.leaves, entry.outdated) == (found["id"], "a", {}, True)
    assert (len(entry.appended), entry.tokens.last) == (1, account.remote("a")["updated_at"])


class NoConnection(httpx.HTTPTransport):
    """A network that answers to reads only."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        if request.method == "PATCH":
            raise httpx.ConnectError("refused", request=request)
        return super().handle_request(request)


def test_an_update_that_never_left_has_changed_nothing(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    entry = entry_of(found, first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry})
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi"), transport=NoConnection()).outcomes
    assert (outcome.result, apply.lock().entries, apply.journal_path.exists()) == (FAILED, {"a": entry}, False)


@pytest.mark.parametrize("answered", [True, False])
def test_a_lock_learns_its_organisation_from_an_update(account: Account, *, answered: bool) -> None:
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.save(Lock("test", account.base_url, None, {"a": entry_of(found, first_sentence="Hello")}))
    if not answered:
        account.disturb("PATCH", status=None, committed=True)
    apply.run(update_plan(found, "a", first_sentence="Hi"))
    assert apply.lock().organization_id == "org_emulator"


def test_what_the_server_lost_is_told(account: Account) -> None:
    voice = {"provider": "cartesia", "id": "v1"}
    found = stored(account, "a", voice=voice | {"speed": 1.1})
    made = Situation()
    made.known("a", declared("a", voice=voice | {"id": "v2"}), remote_assistant(found), declared("a", voice=voice))
    apply = Apply(account)
    apply.hold({"a": entry_of(found, voice=voice)})
    account.disturb("PATCH", rewrite=lambda body: body | {"voice": voice | {"id": "v2"}})
    (outcome,) = apply.run(replace(made.plan(), organization_id=None)).outcomes
    assert outcome.notes == ("the server lost `voice.speed`, which was sent as it was",)


@pytest.mark.parametrize("look", ["refused", "deleted", "older"])
def test_what_could_not_be_read_after_the_write_is_told(account: Account, look: str) -> None:
    """Not by the answer, and not by the look after it; one that shows an older version says nothing either."""
    faq = [{"question": "q", "answer": "a"}]
    older = stored(account, "a")
    account.edit("a", first_sentence="Hi")
    found = account.remote("a")
    apply = Apply(account)
    apply.hold({"a": replace(entry_of(found), tokens=Tokens(found["updated_at"], (older["updated_at"],)))})
    answer = {"assistant": {key: value for key, value in found.items() if key != "faq_items"}}
    account.disturb("PATCH", status=200, body=answer)
    gets: dict[str, dict[str, Any]] = {"refused": {"status": 400}, "deleted": {"status": 404}, "older": {"body": older}}
    account.switchboard.faults.append(Fault(lambda sent: sent.method == "GET" and bool(account.writes), **gets[look]))
    (outcome,) = apply.run(update_plan(found, "a", faq_items=faq)).outcomes
    record = apply.lock().entries["a"].leaves["faq_items",]
    assert (outcome.result, isinstance(record, Sent)) == (APPLIED, True)
    assert outcome.notes == ("`faq_items` could not be read after the write; `revox-sync status` shows it",)


def test_what_an_answer_leaves_out_is_read_once_more(account: Account) -> None:
    found = stored(account, "a")
    apply = Apply(account)
    apply.hold({"a": entry_of(found)})
    answer = {"assistant": {key: value for key, value in found.items() if key != "faq_items"}}
    account.disturb("PATCH", committed=True, body=answer)
    faq = [{"question": "q", "answer": "a"}]
    (outcome,) = apply.run(update_plan(found, "a", faq_items=faq)).outcomes
    record = apply.lock().entries["a"].leaves["faq_items",]
    assert (outcome.result, outcome.notes, isinstance(record, Confirmed)) == (APPLIED, (), True)


@pytest.mark.parametrize("known", [True, False])
def test_a_server_that_is_known_to_merge_is_sent_nulls(account: Account, *, known: bool) -> None:
    slack = {"connection_id": "s", "channel_id": "C1", "channel_name": "calls", "outcomes": ["completed"]}
    found = stored(account, "a", slack=slack)
    made = Situation()
    wanted = declared("a", slack={"connection_id": "s", "channel_id": "C2", "outcomes": ["completed"]})
    made.known("a", wanted, remote_assistant(found), declared("a", slack=slack))
    apply = Apply(account, facts=ServerFacts(patch_merges=known))
    apply.hold({"a": entry_of(found, slack=slack)})
    apply.run(replace(made.plan(), organization_id=None))
    (patch,) = account.writes
    assert patch.body["slack"].get("channel_name", "left out") == (None if known else "left out")


def test_a_secret_that_the_server_masks_is_sealed(account: Account) -> None:
    model = {"type": "custom", "api_url": "https://llm", "model_name": "m"}
    found = stored(account, "a", llm_model=model | {"api_key": "old"})
    wanted = declared("a", llm_model=model | {"api_key": Secret("new")})
    made = Situation()
    made.known("a", wanted, remote_assistant(found), declared("a", llm_model=model | {"api_key": Secret("older")}))
    apply = Apply(account, sealer=Sealer(Secret("key")))
    apply.hold({"a": LockEntry(found["id"], "a", {("llm_model", "api_key"): None})})
    account.disturb("PATCH", rewrite=lambda body: body | {"llm_model": body["llm_model"] | {"api_key": "***"}})
    apply.run(replace(made.plan(), organization_id=None))
    assert list(apply.lock().entries["a"].seals) == [("llm_model", "api_key")]


# What the server makes of the PATCH; the outcome's error; the record.
ANSWERED: list[tuple[dict[str, Any], str | None, str]] = [
    ({"first_sentence": "Hi"}, None, "confirmed"),
    ({"first_sentence": " Hi "}, None, "confirmed"),
    ({"first_sentence": "Hello"}, "the server ignored `first_sentence`", "dropped"),
    ({"first_sentence": "Hey"}, "put another value in `first_sentence`; `revox-sync pull --theirs a`", "sent"),
    ({"first_sentence": None}, "put another value in `first_sentence`", "sent"),
]


@pytest.mark.parametrize(("stores", "error", "kind"), ANSWERED)
def test_what_an_own_answer_tells(account: Account, stores: dict[str, Any], error: str | None, kind: str) -> None:
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})

    def commit(sent: Any) -> bool:
        if sent.method == "PATCH":
            account.edit("a", **stores)
            answer["assistant"] = account.remote("a")
        return bool(sent.method == "PATCH")

    answer: dict[str, Any] = {}
    account.switchboard.faults.append(Fault(commit, status=200, body=answer))
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert outcome.result is (FAILED if error else APPLIED)
    assert error is None or error in str(outcome.error)
    record = apply.lock().entries["a"].leaves[LEAF]
    if kind == "sent":
        assert record == Sent((form(LEAF, "Hi"),), form(LEAF, "Hello"), found["updated_at"], answered=True)
    else:
        assert isinstance(record, Confirmed)
        assert (record.declared is None, record.previous) == (
            kind == "dropped",
            form(LEAF, "Hello") if error is None else None,
        )
    if kind == "dropped":
        assert states(account, WANTED, apply.lock().entries["a"]) == {"first_sentence": LeafState.UPDATE}
    assert not apply.journal_path.exists()


def test_a_server_that_merges_mappings_is_found_out(account: Account) -> None:
    account.serve(account.store, "merge-patch")
    voice = {"provider": "cartesia", "id": "v1", "speed": 1.1}
    found = stored(account, "a", voice=voice)
    apply = Apply(account)
    apply.hold({"a": entry_of(found, voice=voice)})
    wanted = declared("a", voice={"provider": "cartesia", "id": "v1"})
    made = Situation()
    made.known("a", wanted, remote_assistant(found), declared("a", voice=voice))
    plan = replace(made.plan(), organization_id=None)
    assert [change.action for change in plan.changes] == [Action.UPDATE]
    (outcome,) = apply.run(plan).outcomes
    assert outcome.result is FAILED
    assert "the server kept `voice.speed`, which the file has no more" in str(outcome.error)
    assert states(account, wanted, apply.lock().entries["a"]) == {"voice.speed": LeafState.REMOVED}
