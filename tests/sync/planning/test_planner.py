"""Decisions of the planner that no server can provoke; the rest is in tests/cli/commands/test_plan.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action, OnDrift, Plan, PlanOptions
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.planner import PlanContext, make_plan
from revox_sync.sync.planning.saved_plan import plan_digest
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.remote_state.match import Match, Matches, MatchKind
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.values.secret import Secret
from tests.strategies import assistants

LOCK = Lock("test", "http://127.0.0.1/api", "org_1", {})
MODEL = {"type": "custom", "api_url": "https://llm", "model_name": "m"}


def plan_of(
    declared: dict[str, Any], server: dict[str, Any] | None, applied: dict[str, Any] | None, **options: Any
) -> Plan:
    """The plan of one assistant: its file, the server's object, and what was applied last time."""
    node = assistant_node()
    found = Match("a", MatchKind.CREATE)
    if server is not None:
        remote = Remote("asst_1", "A", wrap_schema_secrets(server, node))
        before = Remote("asst_1", "A", wrap_schema_secrets(applied or {}, node))
        entry = entry_in_sync(before.value, before, None) if applied is not None else None
        found = Match("a", MatchKind.LOCKED if entry else MatchKind.ADOPTED, remote, entry)
    return make_plan(
        [Desired("a", "A", wrap_schema_secrets(declared, node))],
        State("org_1", Matches((found,), ()), LOCK, lock_digest(LOCK)),
        PlanContext("test", LOCK.base_url, PlanOptions(**options)),
    )


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(assistants(), assistants())
def test_a_plan_sends_only_what_the_file_declares(declared: dict[str, Any], other: dict[str, Any]) -> None:
    plan = plan_of(declared, other, other, on_drift=OnDrift.REVERT)
    for change in plan.changes:
        assert change.body.keys() <= declared.keys()
        assert bool(change.fields) == (change.action is Action.UPDATE)
    assert len(plan.changes) + len(plan.refused) == 1


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(assistants())
def test_what_is_there_is_left_alone(declared: dict[str, Any]) -> None:
    for applied in (declared, None):
        plan = plan_of(declared, declared, applied)
        assert [each.action for each in plan.changes] == [Action.NOOP]
        assert plan.in_sync


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(assistants())
def test_a_create_sends_everything_but_nulls(declared: dict[str, Any]) -> None:
    (change,) = plan_of(declared, None, None).changes
    assert change.body.keys() == {key for key, value in declared.items() if value is not None}
    assert all(each.added for each in change.fields)


def test_a_secret_only_the_server_has_is_not_sent_back() -> None:
    base = {"name": "A", "prompt": "x"}
    server = base | {"llm_model": MODEL | {"api_key": "canary"}}
    plan = plan_of(base | {"llm_model": MODEL | {"model_name": "n"}}, server, base | {"llm_model": MODEL})
    (refusal,) = plan.refused
    assert "declare `llm_model.api_key` with `!env`" in refusal.reason
    assert plan.changes == ()
    assert "canary" not in repr(plan)


def test_what_was_a_secret_stays_one() -> None:
    base = {"name": "A", "prompt": "x"}
    applied = base | {"webhook_url": Secret("https://canary", "HOOK")}
    plan = plan_of(base | {"webhook_url": "https://open"}, base | {"webhook_url": "https://canary"}, applied)
    (field,) = plan.changes[0].fields
    assert (field.path, field.before, field.sensitive) == ("webhook_url", None, True)


def test_drift_of_one_leaf_and_an_edit_of_another() -> None:
    applied = {"name": "A", "prompt": "x", "first_sentence": "Hello"}
    server, declared = applied | {"first_sentence": "Bonjour"}, applied | {"prompt": "y"}
    assert [each.path for each in plan_of(declared, server, applied).drift[0].fields] == ["first_sentence"]
    kept = plan_of(declared, server, applied, on_drift=OnDrift.KEEP)
    assert kept.changes[0].body == {"prompt": "y"}
    assert kept.changes[0].keep == {("first_sentence",)}
    assert kept.notes == ("a: `first_sentence` was edited outside; the edit is kept",)
    assert kept.changes[0].reason is None
    reverted = plan_of(declared, server, applied, on_drift=OnDrift.REVERT)
    assert reverted.changes[0].body == {"prompt": "y", "first_sentence": "Hello"}
    assert reverted.changes[0].reason == "overwrites edits made outside"
    assert plan_of(declared, applied, applied, on_drift=OnDrift.REVERT).changes[0].reason is None


def test_impacts_are_sorted_by_what_is_heard() -> None:
    (change,) = plan_of({"name": "A", "prompt": "x", "sms_enabled": True, "voice": {"id": "v"}}, None, None).changes
    assert change.impact[0] == "speech"
    assert change.impact[-1] == "cosmetic"


def test_an_outdated_entry_is_compared_two_way() -> None:
    node = assistant_node()
    remote = Remote("asst_1", "A", {"name": "A", "prompt": "other"})
    found = Match("a", MatchKind.LOCKED, remote, LockEntry("asst_1", "A", {}, outdated=True))
    plan = make_plan(
        [Desired("a", "A", wrap_schema_secrets({"name": "A", "prompt": "x"}, node))],
        State("org_1", Matches((found,), ()), LOCK, lock_digest(LOCK)),
        PlanContext("test", LOCK.base_url, PlanOptions()),
    )
    assert [each.address for each in plan.conflicts] == ["a"]


def test_what_only_a_saved_plan_holds_is_worked_out_for_it() -> None:
    value = {"name": "A", "prompt": "x", "llm_model": MODEL}
    plan = plan_of(value, value | {"id": "asst_1"}, value)
    (change,) = plan.changes
    assert (change.action, change.fingerprint, change.entry) == (Action.NOOP, None, None)
    (complete,) = plan.complete.changes
    assert complete.fingerprint == fingerprint(value, value, assistant_node())
    assert complete.entry == entry_in_sync(value, Remote("asst_1", "A", value), None)
    assert complete.complete is complete
    assert plan_digest(plan) == plan_digest(plan.complete)


def test_an_update_says_what_it_changes_and_from_which_version() -> None:
    applied = {"name": "A", "prompt": "x", "updated_at": "t1"}
    (change,) = plan_of({"name": "A", "prompt": "y"}, applied, applied).changes
    assert (change.action, change.impact, change.token) == (Action.UPDATE, ("speech",), "t1")


@pytest.mark.parametrize(("merges", "channel"), [(False, "left out"), (True, None)])
def test_a_key_that_goes_is_sent_as_null_to_a_server_that_merges(channel: str | None, *, merges: bool) -> None:
    base, slack = {"name": "A", "prompt": "x"}, {"connection_id": "s", "channel_id": "C1", "outcomes": ["completed"]}
    remote = Remote("asst_1", "A", base | {"slack": slack | {"channel_name": "calls"}})
    context = PlanContext("test", LOCK.base_url, PlanOptions())
    found = Match("a", MatchKind.LOCKED, remote, entry_in_sync(remote.value, remote, None))
    plan = make_plan(
        [Desired("a", "A", base | {"slack": slack | {"channel_id": "C2"}})],
        State("org_1", Matches((found,), ()), LOCK, lock_digest(LOCK)),
        replace(context, merges=True) if merges else context,
    )
    assert plan.changes[0].body["slack"].get("channel_name", "left out") == channel


def test_a_secret_in_what_belongs_to_the_dashboard_is_not_sent_back() -> None:
    base, voice = {"name": "A", "prompt": "x"}, {"provider": "cartesia", "id": Secret("v1", "VOICE")}
    applied = base | {"voice": voice | {"speed": 1.1}}
    remote = Remote("asst_1", "A", base | {"voice": {"provider": "cartesia", "id": "canary", "speed": 1.1}})
    found = Match("a", MatchKind.LOCKED, remote, entry_in_sync(applied, remote, None))
    plan = make_plan(
        [Desired("a", "A", base | {"voice": voice | {"speed": 1.2}}, ignored=frozenset({("voice", "id")}))],
        State("org_1", Matches((found,), ()), LOCK, lock_digest(LOCK)),
        PlanContext("test", LOCK.base_url, PlanOptions()),
    )
    assert [each.reason for each in plan.refused] == [
        "the server holds a secret the file does not: declare `voice.id` with `!env`"
    ]
    assert "canary" not in repr(plan)


KEY = ("llm_model", "api_key")


# What the server returns of a secret; whether the lock knows the assistant; whether anybody can break its seal; what
# becomes of it, whether that is sent, and what is said.
@pytest.mark.parametrize(
    ("returned", "locked", "sealed", "resend", "reason", "told"),
    [
        ("***", True, True, False, "secret changed", False),
        ("***", True, False, False, None, True),
        ("***", False, True, False, "found by its name", True),
        ("***", True, False, True, None, False),
    ],
)
def test_a_secret_that_may_have_changed(
    returned: str, reason: str | None, *, locked: bool, sealed: bool, resend: bool, told: bool
) -> None:
    sealer, node = Sealer(Secret("key")), assistant_node()
    value = {"name": "A", "prompt": "x", "llm_model": MODEL | {"api_key": Secret("new", "K")}}
    remote = Remote("asst_1", "A", wrap_schema_secrets(value | {"llm_model": MODEL | {"api_key": returned}}, node))
    seal = sealer.seal("asst_1", KEY, Secret("old"), node.at(KEY, value))
    assert seal is not None
    entry = replace(entry_in_sync(value, remote, None), seals={KEY: seal})
    found = Match("a", MatchKind.LOCKED if locked else MatchKind.ADOPTED, remote, entry if locked else None)
    plan = make_plan(
        [Desired("a", "A", value)],
        State("org_1", Matches((found,), ()), LOCK, lock_digest(LOCK)),
        PlanContext("test", LOCK.base_url, PlanOptions(resend_secrets=resend), sealer=sealer if sealed else None),
    )
    (change,) = plan.changes
    sends = resend or reason == "secret changed"
    assert (change.reason, change.action) == (reason, Action.UPDATE if sends else Action.NOOP)
    assert any("cannot be compared; --resend-secrets sends it" in note for note in plan.notes) is told


def test_a_broken_seal_is_no_leave_to_overwrite_an_edit() -> None:
    """A list is one leaf: a secret in it has changed here, and something else of it on the server."""
    sealer, node, place = Sealer(Secret("key")), assistant_node(), ("custom_tools",)

    def tools(url: str, header: Any) -> dict[str, Any]:
        return {"name": "A", "custom_tools": [{"name": "t", "url": url, "headers": [{"key": "A", "value": header}]}]}

    applied, declared = tools("https://a", Secret("old")), tools("https://a", Secret("new"))
    before = Remote("asst_1", "A", wrap_schema_secrets(tools("https://a", "***"), node))
    remote = Remote("asst_1", "A", wrap_schema_secrets(tools("https://b", "***"), node))
    seal = sealer.seal("asst_1", place, applied["custom_tools"], node.at(place, applied))
    assert seal is not None
    found = Match("a", MatchKind.LOCKED, remote, replace(entry_in_sync(applied, before, None), seals={place: seal}))
    plan = make_plan(
        [Desired("a", "A", declared)],
        State("org_1", Matches((found,), ()), LOCK, lock_digest(LOCK)),
        PlanContext("test", LOCK.base_url, PlanOptions(), sealer=sealer),
    )
    assert ([each.address for each in (*plan.drift, *plan.conflicts)], plan.changes) == (["a"], ())


def planned(match: Match, **options: Any) -> Plan:
    """The plan of the file `a` with a match."""
    return make_plan(
        [Desired("a", "A", {"name": "A", "prompt": "x"})],
        State("org_1", Matches((match,), ()), LOCK, lock_digest(LOCK)),
        PlanContext("test", LOCK.base_url, PlanOptions(**options)),
    )


@pytest.mark.parametrize(
    ("candidates", "words"),
    [
        (("asst_1",), "several files and one assistant have this name (asst_1); "),
        (("asst_1", "asst_2"), "several remote assistants have this name (asst_1, asst_2); "),
    ],
)
def test_a_name_that_does_not_say_which_is_meant_is_refused(candidates: tuple[str, ...], words: str) -> None:
    plan = planned(Match("a", MatchKind.AMBIGUOUS, candidates=candidates))
    assert [each.reason for each in plan.refused] == [words + "`revox-sync import a ID` says which one is meant"]


GONE = LockEntry("asst_9", "A", {})


@pytest.mark.parametrize(
    ("candidates", "recreate", "words"),
    [
        ((), False, "asst_9 no longer exists on the server; --recreate creates it again"),
        (
            ("asst_1",),
            True,
            "asst_9 no longer exists on the server, and asst_1 has its name by now; `revox-sync import a asst_1`",
        ),
        (
            ("asst_1", "asst_2"),
            True,
            "asst_9 no longer exists on the server, and asst_1, asst_2 have its name by now; `revox-sync import a ID` ",
        ),
    ],
)
def test_what_is_gone_is_refused(candidates: tuple[str, ...], words: str, *, recreate: bool) -> None:
    plan = planned(Match("a", MatchKind.MISSING, None, GONE, candidates=candidates), recreate=recreate)
    (refusal,) = plan.refused
    assert refusal.reason.startswith(words)
    assert plan.changes == ()


def test_what_is_created_again_says_so() -> None:
    (change,) = planned(Match("a", MatchKind.MISSING, None, GONE), recreate=True, max_deletes=1).changes
    assert (change.action, change.reason) == (Action.CREATE, "it was deleted outside")
    assert planned(Match("a", MatchKind.CREATE)).changes[0].reason is None


def test_an_entry_that_stays_as_it_is_is_there_once() -> None:
    value = {"name": "A", "prompt": "x"}
    remote = Remote("asst_1", "A", value)
    entry = entry_in_sync(value, remote, None)
    plan = make_plan(
        [Desired("a", "A", value)],
        State("org_1", Matches((Match("a", MatchKind.LOCKED, remote, entry),), ()), LOCK, lock_digest(LOCK)),
        PlanContext("test", LOCK.base_url, PlanOptions()),
    )
    assert plan.complete.changes[0].entry is entry
