"""What became of an apply that did not end: journal, lock and API put together."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError, RemoteError
from revox_sync.sync.applying.recovery import without_unknown
from revox_sync.sync.applying.write_outcome import sent_leaves
from revox_sync.sync.comparing.leaf_rules import UNSET, LeafState
from revox_sync.sync.comparing.three_way import compare, place_form
from revox_sync.sync.model.lock import Confirmed, Lock, LockEntry, Sent, Tokens
from revox_sync.sync.model.plan import Action, Plan
from revox_sync.sync.remote_state.fetch import Unknown
from revox_sync.sync.state.environments import OpenCreate, OtherEnvironments
from revox_sync.sync.state.journal import Ending, Header, Intent, JournalStep, entry_digest
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.lock_file import lock_digest
from tests.account import Account, Fault
from tests.sync.applying.harness import NOW, Apply, plan_of
from tests.sync.situations import blocked, update

LEAF = ("first_sentence",)
OLD = LockEntry("asst_1", "a", {LEAF: Confirmed("1" * 32, "1" * 32)})
NEW = LockEntry("asst_1", "a", {LEAF: Confirmed("2" * 32, "2" * 32)})
OTHER = LockEntry("asst_9", "a", {})


def crashed(account: Account, *steps: JournalStep, **entries: LockEntry) -> Apply:
    """A lock, and a journal that nobody has finished."""
    apply = Apply(account)
    apply.hold(entries)
    file = JournalFile(apply.journal_path)
    file.start(Header("test", account.base_url, "org_emulator", "0" * 32))
    for step in steps:
        file.append(step)
    file.close()
    return apply


def there(account: Account, assistant_id: str, name: str, **fields: Any) -> None:
    """An assistant of the account."""
    account.store.add({"id": assistant_id, "name": name, "prompt": "x", "organization_id": "org_emulator"} | fields)


def creating(address: str = "a", **fields: Any) -> Intent:
    """A create that began long ago."""
    body = {"name": address, "prompt": "x"}
    leaves = sent_leaves(body, None, {}, body, body)
    return replace(
        Intent(address, Action.CREATE, address, NOW - 60, known=frozenset({"asst_8"}), leaves=leaves), **fields
    )


def form(value: Any, *pointer: str) -> str:
    return place_form(value, assistant_node().at(pointer or LEAF, {}))


def updating(former: LockEntry | None, **fields: Any) -> Intent:
    """An update of `first_sentence` from Hello to Hi."""
    before, after = {"name": "a", "first_sentence": "Hello"}, {"name": "a", "first_sentence": "Hi"}
    leaves = sent_leaves(after, None, before, after, ["first_sentence"])
    intent = Intent("a", Action.UPDATE, "a", NOW, id="asst_1", former=entry_digest(former), entry=NEW, leaves=leaves)
    return replace(intent, **{"token": "t1", **fields})


DONE = Ending("a", happened=True, entry=NEW, organization_id="org_emulator")
NOTHING = Ending("a", happened=False)
GONE = Ending("a", happened=True)
DELETING = Intent("a", Action.DELETE, "a", NOW, id="asst_1", former=entry_digest(OLD))

# Steps of the journal; the lock's entry of `a`; what the entry is after the replay. Nothing is asked for.
TAKEN: list[tuple[list[JournalStep], LockEntry | None, LockEntry | None]] = [
    ([creating(), DONE], None, NEW),
    ([creating(), DONE], NEW, NEW),
    ([creating(), DONE], OTHER, OTHER),
    ([creating(), NOTHING], None, None),
    ([updating(OLD), DONE], OLD, NEW),
    ([updating(OLD), DONE], NEW, NEW),
    ([updating(OLD), DONE], OTHER, OTHER),
    ([updating(OLD), NOTHING], OLD, OLD),
    ([DELETING, GONE], OLD, None),
    ([DELETING, GONE], None, None),
    ([DELETING, GONE], OTHER, OTHER),
    ([creating(), replace(DONE, entry=OLD), updating(OLD), DONE], None, NEW),
    ([creating(), replace(DONE, entry=OLD), updating(OLD), DONE], NEW, NEW),
    ([DONE], None, None),
]


@pytest.mark.parametrize(("steps", "locked", "expected"), TAKEN)
def test_results_are_taken_as_they_are(
    account: Account, steps: list[JournalStep], locked: LockEntry | None, expected: LockEntry | None
) -> None:
    apply = crashed(account, *steps, **({"a": locked} if locked else {}))
    account.switchboard.sent.clear()
    settled = apply.settle()
    assert (settled.lock.entries.get("a"), apply.lock().entries.get("a")) == (expected, expected)
    assert settled.changed is (locked != expected)
    assert account.switchboard.sent == []
    # What has no place in the lock stays in the journal.
    assert apply.journal_path.exists() is (locked == OTHER and steps[-1] == DONE)


# The step that the lock has no place for; the lock's entry; what is said.
STRAYS: list[tuple[Intent, LockEntry | None, str]] = [
    (creating(), OTHER, "created asst_1 for `a`, but the lock has asst_9 there; delete the one that is not needed"),
    (updating(OLD), OTHER, "changed asst_1 for `a`, but the lock has asst_9 there"),
    (creating(former="1" * 32), None, "created asst_1 for `a`, and the lock has nothing there any more"),
]


@pytest.mark.parametrize(("intent", "locked", "words"), STRAYS)
def test_a_stray_assistant_is_named_until_somebody_decides(
    account: Account, intent: Intent, locked: LockEntry | None, words: str
) -> None:
    apply = crashed(account, intent, DONE, **({"a": locked} if locked else {}))
    for _ in range(2):
        (note,) = apply.settle().notes
        assert f"an interrupted apply {words}" in note
    assert apply.recovery().drop("a")
    assert (apply.settle().notes, apply.journal_path.exists()) == ((), False)


def test_an_open_create_whose_address_has_another_id_by_now(account: Account) -> None:
    """Git has brought a colleague's assistant; ours, which nobody knows of yet, is told all the same."""
    there(account, "asst_1", "a")
    apply = crashed(account, creating(), a=OTHER)
    for _ in range(2):
        settled = apply.settle()
        assert "created asst_1 for `a`, but the lock has asst_9 there" in settled.notes[0]
        assert (settled.unknown, sum(apply.waits), apply.lock().entries) == ({}, 0, {"a": OTHER})


def test_an_open_update_whose_address_has_another_id_by_now(account: Account) -> None:
    there(account, "asst_1", "a")
    apply = crashed(account, updating(OLD), a=OTHER)
    for _ in range(2):
        settled = apply.settle()
        (note,) = settled.notes
        assert "changed asst_1 for `a`, but the lock has asst_9 there" in note
        assert "`revox-sync import a ID` with the other ends this note" in note
        assert (apply.lock().entries, apply.journal_path.exists()) == ({"a": OTHER}, True)


def test_an_open_update_of_what_the_lock_has_anew_is_over(account: Account) -> None:
    apply = crashed(account, updating(OLD), a=NEW)
    settled = apply.settle()
    assert (settled.notes, settled.lock.entries, apply.journal_path.exists()) == ((), {"a": NEW}, False)


def test_an_id_that_git_has_brought_at_another_address(account: Account) -> None:
    apply = crashed(account, creating(), DONE, moved=NEW)
    settled = apply.settle()
    assert (settled.lock.entries, settled.notes, apply.journal_path.exists()) == ({"moved": NEW}, (), False)


def test_a_moved_entry_leaves_its_old_place(account: Account) -> None:
    apply = crashed(account, updating(OLD, previous_address="old"), DONE, old=OLD, b=OTHER)
    assert apply.settle().lock.entries == {"a": NEW, "b": OTHER}


# What the server has, and its token; whether the update is taken for done; what a file that says so now leads to.
UPDATED = [
    ("Hi", "t2", True, LeafState.UPDATE),
    (" Hi", "t2", True, LeafState.UPDATE),
    ("Hi", None, True, LeafState.UPDATE),
    ("Hello", "t1", False, LeafState.UPDATE),
    ("Hello", "t2", False, LeafState.CONFLICT),
    ("Hello", None, False, LeafState.CONFLICT),
    ("Bonjour", "t2", False, LeafState.CONFLICT),
    ("Bonjour", "t1", False, LeafState.CONFLICT),
    (None, "t2", False, LeafState.CONFLICT),
]


@pytest.mark.parametrize(("value", "token", "done", "state"), UPDATED)
def test_an_update_of_unknown_end(
    account: Account, value: str | None, token: str | None, state: LeafState, *, done: bool
) -> None:
    there(account, "asst_1", "a", first_sentence=value, updated_at=token)
    apply = crashed(account, updating(OLD), a=OLD)
    settled = apply.settle()
    entry = settled.lock.entries["a"]
    record = entry.leaves[LEAF]
    assert (entry, settled.unknown) == (apply.lock().entries["a"], {})
    if done:
        assert isinstance(record, Confirmed)
        assert (record.declared, record.previous) == ("2" * 32, form("Hello"))
    else:
        assert record == Sent((form("Hi"),), form("Hello"), "t1", answered=False)
    assert entry.tokens == Tokens("t1").seen(token)
    (leaf,) = compare({"first_sentence": "Hey"}, account.remote("a"), entry, assistant_node())
    assert leaf.state is state
    assert not apply.journal_path.exists()


def test_an_update_that_adds_a_field_and_is_killed_never_hides_an_edit(account: Account) -> None:
    """Case 1 of the cases of the write path: the field had no record, so an edit of it looked like nothing at all."""
    bare = LockEntry("asst_1", "a", {})
    adding = {"name": "a", "first_sentence": "Hi"}
    leaves = sent_leaves(adding, bare, {"name": "a"}, adding, ["first_sentence"])
    there(account, "asst_1", "a", first_sentence="edited", updated_at="t3")
    apply = crashed(account, updating(bare, leaves=leaves), a=bare)
    entry = apply.settle().lock.entries["a"]
    assert entry.leaves[LEAF] == Sent((form("Hi"),), UNSET, "t1", answered=False)
    (leaf,) = compare({"first_sentence": "Hi"}, account.remote("a"), entry, assistant_node())
    assert leaf.state is LeafState.CONFLICT


def test_a_change_to_and_fro_is_no_sign_that_nothing_was_done(account: Account) -> None:
    """Case 26: applied, killed, edited back to the former text in the dashboard."""
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t3")
    entry = crashed(account, updating(OLD), a=OLD).settle().lock.entries["a"]
    (leaf,) = compare({"first_sentence": "Hi"}, account.remote("a"), entry, assistant_node())
    assert leaf.state is LeafState.CONFLICT


SEEN = replace(OLD, tokens=Tokens("t1", ("t0",)))


def test_a_look_that_shows_an_older_version_settles_nothing(account: Account) -> None:
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t0")
    apply = crashed(account, updating(SEEN), a=SEEN)
    apply.stop.set()
    settled = apply.settle()
    assert (settled.lock.entries, list(settled.unknown)) == ({"a": SEEN}, ["a"])
    assert "still shows an older version" in settled.unknown["a"].reason
    assert apply.journal_path.exists()
    account.edit("a", first_sentence="Hi", updated_at="t2")
    settled = apply.settle()
    assert settled.unknown == {}
    assert isinstance(settled.lock.entries["a"].leaves[LEAF], Confirmed)


def test_the_version_before_the_one_that_the_update_was_based_on_is_older(account: Account) -> None:
    known = replace(OLD, tokens=Tokens("t0"))
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t0")
    apply = crashed(account, updating(known), a=known)
    apply.stop.set()
    assert list(apply.settle().unknown) == ["a"]


@pytest.mark.parametrize("age", [0.0, 60.0, 86_400.0])
def test_an_older_version_is_believed_after_thirty_seconds_of_it_only(account: Account, age: float) -> None:
    """However long ago the apply was killed: a server that lags behind now shows an older version now."""
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t0")
    apply = crashed(account, updating(SEEN, at=NOW - age), a=SEEN)
    settled = apply.settle()
    assert list(settled.unknown) == ["a"] or sum(apply.waits) >= 30
    if not settled.unknown:
        assert settled.lock.entries["a"].tokens == Tokens("t0"), "what was taken for older is forgotten"


def test_an_update_of_what_is_gone_now(account: Account) -> None:
    """If it comes back, it may come back with what was sent."""
    entry = crashed(account, updating(OLD), a=OLD).settle().lock.entries["a"]
    assert entry.leaves == {**OLD.leaves, LEAF: Sent((form("Hi"),), form("Hello"), "t1", answered=False)}


def test_an_update_seen_in_an_older_version_is_waited_for_by_an_apply_only(account: Account) -> None:
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t0")
    apply = crashed(account, updating(SEEN), a=SEEN)
    with account.client() as client:
        assert list(apply.recovery().recall(client).unknown) == ["a"]
    assert apply.waits == []
    apply.hook = lambda _: account.edit("a", first_sentence="Hi", updated_at="t2")
    settled = apply.settle()
    assert (settled.unknown, apply.waits) == ({}, [10])


@pytest.mark.parametrize("exists", [True, False])
def test_a_delete_of_unknown_end(account: Account, *, exists: bool) -> None:
    if exists:
        there(account, "asst_1", "a")
    apply = crashed(account, DELETING, a=OLD, b=OTHER)
    assert apply.settle().lock.entries == ({"a": OLD, "b": OTHER} if exists else {"b": OTHER})


ADOPTED = LockEntry(
    "asst_1",
    "a",
    {
        ("name",): Sent((form("a", "name"),), UNSET, None, answered=False),
        ("prompt",): Sent((form("x", "prompt"),), UNSET, None, answered=False),
    },
)

# A create without end: what the account has by id; the entry after the replay; whether it stays unknown.
CREATED: list[tuple[dict[str, str], LockEntry | None, bool]] = [
    ({}, None, False),
    ({"asst_1": "a"}, ADOPTED, False),
    ({"asst_1": " a\n"}, ADOPTED, False),
    ({"asst_1": "A"}, ADOPTED, False),
    ({"asst_1": "A", "asst_2": " a"}, None, True),
    ({"asst_1": "b"}, None, False),
    ({"asst_8": "a"}, None, False),
    ({"asst_8": "a", "asst_1": "a"}, ADOPTED, False),
    ({"asst_2": "a", "asst_1": "a"}, None, True),
    ({"asst_1": "a", "asst_2": "a "}, None, True),
]


@pytest.mark.parametrize(("remote", "expected", "unknown"), CREATED)
def test_a_create_of_unknown_end(
    account: Account, remote: dict[str, str], expected: LockEntry | None, *, unknown: bool
) -> None:
    for assistant_id, name in remote.items():
        there(account, assistant_id, name)
    apply = crashed(account, creating(), b=OTHER)
    settled = apply.settle()
    assert settled.lock.entries.get("a") == expected
    never_done = expected is None and not unknown
    assert (list(settled.unknown), sum(apply.waits)) == (["a"] if unknown else [], 30 if never_done else 0)
    assert apply.journal_path.exists() is unknown
    assert apply.settle().unknown == settled.unknown


def test_an_edit_of_what_a_killed_create_has_made_is_a_conflict(account: Account) -> None:
    """Case 3 of the cases of the write path."""
    there(account, "asst_1", "a", prompt="edited")
    entry = crashed(account, creating()).settle().lock.entries["a"]
    leaves = compare({"name": "a", "prompt": "x"}, account.remote("a"), entry, assistant_node())
    assert [leaf.state for leaf in leaves] == [LeafState.IN_SYNC, LeafState.CONFLICT]


def test_what_brings_back_a_snapshot_keeps_its_digests(account: Account) -> None:
    there(account, "asst_1", "a")
    old = replace(OLD, id="asst_0")
    apply = crashed(account, creating(entry=old, former=entry_digest(old)), a=old)
    assert apply.settle().lock.entries == {"a": OLD}


def test_what_the_lock_has_is_no_candidate(account: Account) -> None:
    there(account, "asst_9", "a")
    assert crashed(account, creating(), b=OTHER).settle().lock.entries == {"b": OTHER}


# Keys of an entry of the list that cannot be read; whether it may be what the create has made.
BROKEN: list[tuple[dict[str, Any], bool]] = [({}, True), ({"name": "a "}, True), ({"name": "b"}, False)]
BROKEN += [({"id": "asst_8"}, False), ({"id": "asst_7"}, True)]


@pytest.mark.parametrize(("entry", "doubtful"), BROKEN)
def test_an_entry_that_cannot_be_read_may_be_it(account: Account, entry: dict[str, Any], *, doubtful: bool) -> None:
    apply = crashed(account, creating())
    account.disturb("GET", body={"assistants": [entry]})
    settled = apply.settle()
    assert ("a" in settled.unknown, apply.journal_path.exists()) == (doubtful, doubtful)
    assert bool(apply.waits) is not doubtful, "no time makes it readable"
    assert all("may be it: `revox-sync import a ID`" in each.reason for each in settled.unknown.values())


def test_several_are_named_with_the_way_on(account: Account) -> None:
    there(account, "asst_1", "a")
    there(account, "asst_2", "a")
    apply = crashed(account, creating())
    (unknown,) = apply.settle().unknown.values()
    assert "asst_1, asst_2" in unknown.reason
    assert "`revox-sync import a ID`" in unknown.reason
    assert apply.recovery().drop("a")
    assert not apply.recovery().drop("a")
    assert apply.settle().unknown == {}


def test_one_address_is_dropped_alone(account: Account) -> None:
    apply = crashed(account, creating(hidden=True), creating("b", hidden=True))
    assert list(apply.settle().unknown) == ["a", "b"]
    assert apply.recovery().drop("a")
    assert list(apply.settle().unknown) == ["b"]


def test_a_sub_assistant_stays_unknown(account: Account) -> None:
    apply = crashed(account, creating(hidden=True))
    assert "the API does not list sub-assistants" in apply.settle().unknown["a"].reason
    assert apply.journal_path.exists()


@pytest.mark.parametrize("age", [1.0, 29.0, 60.0, 86_400.0, -9999.0])
def test_a_create_was_never_done_after_two_looks_thirty_seconds_apart(account: Account, age: float) -> None:
    """By one's own elapsed time: the clock may have been set, and a list may lag behind whenever it is asked."""
    apply = crashed(account, creating(at=NOW - age))
    apply.hook = passing(apply)
    account.switchboard.sent.clear()
    settled = apply.settle()
    assert (settled.lock.entries, settled.unknown) == ({}, {})
    assert (sum(apply.waits), apply.lists()) == (30, len(apply.waits) + 1)
    assert not apply.journal_path.exists()


def test_a_list_that_cannot_be_read_is_no_look(account: Account) -> None:
    apply = crashed(account, creating())
    account.disturb("GET", status=400)
    with pytest.raises(RemoteError):
        apply.settle()
    assert apply.journal_path.exists()


def test_planning_never_waits(account: Account) -> None:
    apply = crashed(account, creating(), creating("b"))
    there(account, "asst_1", "b")
    with account.client() as client:
        recalled = apply.recovery().recall(client)
    assert (apply.waits, list(recalled.unknown), list(recalled.lock.entries)) == ([], ["a"], ["b"])
    assert "no assistant of this name has appeared so far" in recalled.unknown["a"].reason
    assert apply.journal_path.exists()


def passing(apply: Apply) -> Callable[[float], None]:
    """A clock that goes on while somebody waits."""

    def wait(seconds: float) -> None:
        apply.now += seconds

    return wait


def test_it_comes_meanwhile(account: Account) -> None:
    apply = crashed(account, creating(at=NOW))
    apply.hook = lambda _: there(account, "asst_1", "a")
    assert (apply.settle().lock.entries, apply.waits) == ({"a": ADOPTED}, [10])


def test_who_does_not_wait_does_not_know(account: Account) -> None:
    apply = crashed(account, creating(at=NOW))
    apply.stop.set()
    assert list(apply.settle().unknown) == ["a"]
    assert apply.journal_path.exists()


def test_recalling_writes_nothing(account: Account) -> None:
    there(account, "asst_1", "a")
    apply = crashed(account, creating(), Intent("b", Action.CREATE, "b", 0.0), Ending("b", happened=True, entry=NEW))
    before = apply.journal_path.read_bytes(), apply.lock_path.read_bytes()
    with account.client() as client:
        recalled = apply.recovery().recall(client)
    assert sorted(recalled.lock.entries) == ["b"]
    assert (apply.journal_path.read_bytes(), apply.lock_path.read_bytes()) == before
    assert lock_digest(recalled.lock) == lock_digest(apply.settle().lock)
    assert account.writes == []


def test_what_another_environment_holds_or_may_have_made_is_not_taken(account: Account) -> None:
    there(account, "asst_1", "a")
    apply = crashed(account, creating())
    held = OtherEnvironments({"asst_1": ("staging", "x")})
    doubtful = OtherEnvironments(creates=(OpenCreate("staging", creating("x", name="a")),))
    with account.client() as client:
        assert list(replace(apply.recovery(), others=lambda: held).recall(client).lock.entries) == []
        (unknown,) = replace(apply.recovery(), others=lambda: doubtful).recall(client).unknown.values()
    assert "staging" in unknown.reason


@pytest.mark.parametrize("organization", ["org_emulator", None])
def test_a_lock_learns_its_organisation_from_what_it_finds(account: Account, organization: str | None) -> None:
    there(account, "asst_8", "b", organization_id="org_emulator")
    there(account, "asst_1", "a", organization_id=organization)
    apply = crashed(account, creating())
    loaded = replace(apply.lock(), organization_id=None)
    with account.client() as client:
        found = replace(apply.recovery(), load=lambda: loaded).recall(client).lock
    assert (list(found.entries), found.organization_id) == (["a"], organization)


def test_an_update_for_another_organisation_is_refused(account: Account) -> None:
    there(account, "asst_1", "a", organization_id="org_other")
    apply = crashed(account, updating(OLD), a=OLD)
    with pytest.raises(RefusedError, match="for organisation org_emulator, but the key belongs to org_other"):
        apply.settle()


def test_a_sub_assistant_beside_another_create_is_left_for_the_user(account: Account) -> None:
    apply = crashed(account, creating(hidden=True), creating("b"))
    settled = apply.settle()
    assert list(settled.unknown) == ["a"]
    assert "the API does not list sub-assistants" in settled.unknown["a"].reason


def test_another_organisation_is_refused(account: Account) -> None:
    there(account, "asst_7", "x", organization_id="org_other")
    apply = crashed(account, creating())
    with pytest.raises(RefusedError, match="for organisation org_emulator, but the key belongs to org_other"):
        apply.settle()
    assert apply.journal_path.exists()


def test_a_lock_that_cannot_be_written(account: Account) -> None:
    apply = crashed(account, creating(), DONE)

    def full(_: Lock) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(RefusedError, match="No space left on device; nothing was sent"), account.client() as client:
        replace(apply.recovery(), save=full).settle(client)
    assert apply.journal_path.exists()


def test_a_local_api_may_have_another_port_by_now(account: Account) -> None:
    apply = crashed(account, creating(), DONE)
    moved = replace(apply.recovery(), load=lambda: replace(apply.lock(), base_url="http://127.0.0.1:1/api"))
    with account.client() as client:
        assert replace(moved, any_url=True).recall(client).lock.entries == {"a": NEW}
        with pytest.raises(RefusedError):
            moved.recall(client)


def test_a_server_that_is_known_to_lag_is_waited_for_longer(account: Account) -> None:
    apply = crashed(account, creating())
    with account.client() as client:
        replace(apply.recovery(), looks=(40.0, 50.0)).settle(client)
    assert apply.waits == [40.0, 50.0]


def test_no_journal_asks_nobody(account: Account) -> None:
    apply = Apply(account)
    apply.hold({"a": OLD})
    account.switchboard.faults.append(Fault(lambda _: True, status=500))
    assert apply.settle().lock.entries == {"a": OLD}


def test_what_is_unknown_is_refused() -> None:
    plan: Plan = blocked()
    why = {"drifted": "one", "flow/step": "two", "twins": "three", "elsewhere": "four", "conflicting": "five"}
    unknown = {address: Unknown(address, reason) for address, reason in why.items()}
    left = without_unknown(plan, unknown)
    assert (left.drift, left.conflicts) == ((), ())
    assert "flow/step" not in {each.address for each in left.changes}
    assert left.notes == (*plan.notes, "elsewhere: four"), "nobody would settle what has no file, if nobody named it"
    reasons = {each.address: each.reason for each in left.refused}
    assert len(left.refused) == len(reasons), "each is refused once"
    assert reasons.pop("gone")
    assert reasons == {each: reason for each, reason in why.items() if each != "elsewhere"}
    assert without_unknown(plan, {}) is plan


def test_a_moved_file_is_not_created_again_while_its_create_is_unknown() -> None:
    plan = plan_of("new/place")
    (create,) = plan.changes
    left = without_unknown(plan, {"old/place": Unknown(create.name, "why")})
    assert left.changes == ()
    ((address, reason),) = ((each.address, each.reason) for each in left.refused)
    assert address == "new/place"
    same = {"old/place": Unknown(create.name.upper(), "why")}
    assert without_unknown(plan, same).changes == (), "two names that differ in case only cannot be told apart"
    assert without_unknown(plan, {"old/place": Unknown("Other", "why")}).changes == plan.changes
    assert [each.reason for each in without_unknown(plan, {"new/place": Unknown(create.name, "why")}).refused] == [
        "why"
    ]
    assert without_unknown(updates := update(), {"old": Unknown("Assistant 4", "why")}).changes == updates.changes
    assert "`revox-sync import new/place ID` if it exists" in reason
    assert "`revox-sync forget old/place`" in reason
