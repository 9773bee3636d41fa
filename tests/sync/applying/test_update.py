"""What an update makes of every way a request can end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.leaf_rules import ABSENT, LeafState
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.comparing.three_way import compare, place_form
from revox_sync.sync.model.lock import Confirmed, Lock, LockEntry, Sent, Tokens
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action, OnDrift
from revox_sync.sync.model.server_facts import ServerFacts
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.account import Account, Fault
from tests.sync.applying.harness import Apply, entry_of, stored, update_plan
from tests.sync.situations import Situation, declared

LEAF = ("first_sentence",)
FAILED, APPLIED, UNKNOWN, REFUSED = Result.FAILED, Result.APPLIED, Result.UNKNOWN, Result.REFUSED

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
    old, new = form("Hello"), form("Hi")
    if known == "before":
        assert settled.lock.entries["a"] == entry
    elif known == "sent":
        assert record == Sent((new,), old, found["updated_at"], answered=False)
    else:
        declared_digest = value_digest("Hi", assistant_node().at(LEAF, {}))
        assert record == Confirmed(declared_digest, declared_digest, old)


def form(value: Any, pointer: Pointer = LEAF) -> str:
    return place_form(value, assistant_node().at(pointer, {}))


def states(account: Account, value: Mapping[str, Any], entry: LockEntry) -> dict[str, LeafState]:
    """What the next plan says of each leaf that is not in sync."""
    leaves = compare(value, remote_assistant(account.remote("a"), entry).value, entry, assistant_node())
    return {leaf.path: leaf.state for leaf in leaves if leaf.state is not LeafState.IN_SYNC}


WANTED = declared("a", first_sentence="Hi")


def lost(account: Account, *, committed: bool, **fault: Any) -> tuple[Apply, Outcome]:
    """An update from Hello to Hi whose answers are lost."""
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    account.disturb("PATCH", status=None, committed=committed, **fault)
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    account.switchboard.faults.clear()
    return apply, outcome


def test_what_was_never_done_is_an_update_again(account: Account) -> None:
    apply, outcome = lost(account, committed=False)
    assert (outcome.result, len(account.writes) > 1) == (FAILED, True)
    assert states(account, WANTED, apply.lock().entries["a"]) == {"first_sentence": LeafState.UPDATE}
    account.edit("a", sms_template="something else")
    assert states(account, WANTED, apply.lock().entries["a"]) == {"first_sentence": LeafState.CONFLICT}


def test_an_edit_after_a_lost_answer_is_never_overwritten(account: Account) -> None:
    apply, _ = lost(account, committed=False)
    account.edit("a", first_sentence="edited")
    assert states(account, WANTED, apply.lock().entries["a"]) == {"first_sentence": LeafState.CONFLICT}
    account.edit("a", first_sentence="Hi")  # or it came late
    assert states(account, WANTED, apply.lock().entries["a"]) == {}
    assert states(account, declared("a", first_sentence="Hey"), apply.lock().entries["a"]) == {
        "first_sentence": LeafState.UPDATE
    }


def edited_when(account: Account, method: str, *, status: int | None, **fields: Any) -> None:
    """Somebody edits the assistant while the first request of a method fails."""

    def matches(sent: Any) -> bool:
        if sent.method != method or any(each.method == method for each in account.switchboard.sent[:-1]):
            return False
        account.edit("a", **fields)
        return True

    account.switchboard.faults.append(Fault(matches, status=status))


# What somebody does while the PATCH fails; the record of what was sent.
@pytest.mark.parametrize(
    "edit", [{"sms_template": "x"}, {"first_sentence": "edited"}, {}], ids=["another field", "the field", "no field"]
)
@pytest.mark.parametrize("status", [503, None])
def test_an_edit_while_the_answer_is_lost(account: Account, edit: dict[str, Any], status: int | None) -> None:
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    edited_when(account, "PATCH", status=status, **edit)
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, [each.method for each in account.writes]) == (UNKNOWN, ["PATCH"])
    assert "the next plan shows whether it was applied" in str(outcome.error)
    entry = apply.lock().entries["a"]
    assert entry.leaves[LEAF] == Sent((form("Hi"),), form("Hello"), found["updated_at"], answered=False)
    assert entry.tokens.last == account.remote("a")["updated_at"]
    assert found["updated_at"] in entry.tokens.older
    assert states(account, WANTED, entry) == {"first_sentence": LeafState.CONFLICT}
    assert not apply.journal_path.exists()


def test_one_leaf_that_arrived_shows_that_the_write_was_done(account: Account) -> None:
    """The others are remembered as sent and answered: dropped, or edited since; nobody can tell."""
    found = stored(account, "a", first_sentence="Hello", sms_template="x")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello", sms_template="x")})
    plan = update_plan(found, "a", first_sentence="Hi", sms_template="y")

    def both(sent: Any) -> bool:
        if sent.method != "PATCH":
            return False
        account.edit("a", first_sentence="Hi")
        return True

    account.switchboard.faults.append(Fault(both, status=None))
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, len(account.writes)) == (UNKNOWN, 1)
    assert "`sms_template` may have been dropped by the server, or edited since" in str(outcome.error)
    entry = apply.lock().entries["a"]
    assert entry.unseen == {("sms_template",)}
    assert isinstance(entry.leaves[LEAF], Confirmed)
    wanted = declared("a", first_sentence="Hi", sms_template="y")
    assert states(account, wanted, entry) == {"sms_template": LeafState.CONFLICT}


def test_what_a_first_attempt_left_open_is_not_forgotten_when_the_second_is_refused(account: Account) -> None:
    """The first request may still be carried out: the lock must not say that nothing was sent."""
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    count = 0

    def first(sent: Any) -> bool:
        nonlocal count
        count += sent.method == "PATCH"
        return bool(sent.method == "PATCH" and count == 1)

    account.switchboard.faults.append(Fault(first, status=504))
    account.disturb("PATCH", status=422)
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, count) == (FAILED, 2)
    record = apply.lock().entries["a"].leaves[LEAF]
    assert record == Sent((form("Hi"),), form("Hello"), found["updated_at"], answered=False)


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


@pytest.mark.parametrize("applied", ["Hi", "Hello"], ids=["drift", "conflict"])
def test_an_edit_that_was_overwritten_is_none_of_our_values(account: Account, applied: str) -> None:
    """If it is still there after a lost answer, the next run has to be told, too."""
    found = stored(account, "a", first_sentence="edited")
    made = Situation()
    made.known("a", WANTED, remote_assistant(found), declared("a", first_sentence=applied))
    apply = Apply(account)
    apply.hold({"a": entry_of(found | {"first_sentence": applied}, first_sentence=applied)})
    account.disturb("PATCH", status=None)
    apply.run(replace(made.plan(on_drift=OnDrift.REVERT), organization_id=None))
    account.switchboard.faults.clear()
    entry = apply.lock().entries["a"]
    assert entry.leaves[LEAF] == Sent((form("Hi"),), form("edited"), None, answered=False)
    assert states(account, WANTED, entry) == {"first_sentence": LeafState.CONFLICT}


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
    unseen = Sent((form("x", ("sms_template",)),), ABSENT, None, answered=True)
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


def test_what_is_gone_after_a_lost_answer_is_unknown(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})

    def gone(sent: Any) -> bool:
        if sent.method == "PATCH":
            account.store.remove(found["id"])
        return bool(sent.method == "PATCH")

    account.switchboard.faults.append(Fault(gone, status=None))
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, len(account.writes), apply.journal_path.exists()) == (UNKNOWN, 1, True)
    assert "the next plan shows whether it was applied" in str(outcome.error)


# What an edit in the dashboard changes while the answer is lost; the token before and after; how often it is sent.
@pytest.mark.parametrize(
    ("edit", "before", "after", "writes"),
    [({}, None, None, 1), ({}, "t1", "t1", 5), ({"sms_template": "x"}, "t1", "t1", 1)],
)
def test_only_what_has_provably_not_changed_is_sent_again(
    account: Account, edit: dict[str, Any], before: str | None, after: str | None, writes: int
) -> None:
    stored(account, "a", first_sentence="Hello")
    account.edit("a", updated_at=before)
    found = account.remote("a")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    edited_when(account, "PATCH", status=None, updated_at=after, **edit)
    account.disturb("PATCH", status=None)
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, len(account.writes)) == (FAILED if after else UNKNOWN, writes)


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


def test_what_could_not_be_read_after_the_write_is_told(account: Account) -> None:
    faq = [{"question": "q", "answer": "a"}]
    found = stored(account, "a")
    apply = Apply(account)
    apply.hold({"a": entry_of(found)})
    answer = {"assistant": {key: value for key, value in found.items() if key != "faq_items"}}
    account.disturb("PATCH", status=200, body=answer)
    account.switchboard.faults.append(Fault(lambda sent: sent.method == "GET" and bool(account.writes), status=400))
    (outcome,) = apply.run(update_plan(found, "a", faq_items=faq)).outcomes
    assert outcome.result is APPLIED
    assert outcome.notes == ("`faq_items` could not be read after the write; `revox-sync status` shows it",)


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


def test_a_look_at_an_older_version_leaves_the_journal_open(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    held = entry_of(found, first_sentence="Hello")
    held = replace(held, tokens=Tokens(found["updated_at"], ("t0",)))
    apply.hold({"a": held})
    old = found | {"updated_at": "t0"}
    account.disturb("PATCH", status=None, committed=True)
    account.switchboard.faults.append(
        Fault(lambda sent: sent.method == "GET" and bool(account.writes), status=200, body=old)
    )
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, len(account.writes)) == (UNKNOWN, 1)
    assert apply.lock().entries["a"] == held
    assert apply.journal_path.exists()
    account.switchboard.faults.clear()
    record = apply.settle().lock.entries["a"].leaves[LEAF]
    assert isinstance(record, Confirmed)


def test_what_is_unseen_is_sent_only_to_the_version_that_the_plan_has_shown(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    unseen = Sent((form("Hello"),), ABSENT, None, answered=False)
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {LEAF: unseen}, tokens=Tokens(found["updated_at"]))})
    plan = update_plan(found, "a", first_sentence="Hi")
    account.edit("a")  # twice, to and fro
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, account.writes) == (REFUSED, [])
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    (outcome,) = apply.run(plan).outcomes
    assert outcome.result is APPLIED, "without doubt the values decide"


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
        assert record == Sent((form("Hi"),), form("Hello"), found["updated_at"], answered=True)
    else:
        assert isinstance(record, Confirmed)
        assert (record.declared is None, record.previous) == (
            kind == "dropped",
            form("Hello") if error is None else None,
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


@pytest.mark.parametrize("committed", [True, False])
def test_a_secret_alone_is_never_said_to_have_arrived(account: Account, *, committed: bool) -> None:
    """There is no digest of it, so no look can tell what became of it."""
    hook = Secret("https://hooks.example.com/new", "HOOK")
    found = stored(account, "a", webhook_url="https://hooks.example.com/old")
    made, before = Situation(), declared("a", webhook_url=Secret("https://hooks.example.com/old", "HOOK"))
    made.known("a", declared("a", webhook_url=hook), remote_assistant(found), before)
    plan = replace(made.plan(), organization_id=None)
    assert [change.action for change in plan.changes] == [Action.UPDATE]
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {("webhook_url",): None}, tokens=Tokens(found["updated_at"]))})
    account.disturb("PATCH", status=None, committed=committed)
    (outcome,) = apply.run(plan).outcomes
    assert outcome.result is UNKNOWN
    assert "the next plan shows whether it was applied" in str(outcome.error)
