"""What a plan says about every assistant."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Action, Blocked, Change, FieldChange, Orphan, Plan, PlanOptions, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.model.status import AssistantStatus, Standing, Status, Unmanaged
from revox_sync.sync.planning.status import make_status
from revox_sync.sync.remote_state.match import Match, Matches, MatchKind

FIELDS = tuple(FieldChange(path, "a", "b", sensitive=False) for path in ("prompt", "voice.speed", "prompt"))
PATHS = ("prompt", "voice.speed")
QUESTION = {"question": "When?", "answer": "Daily."}
GROWN = {"question": "How?", "answer": "", "source": "ai"}
ASKED = {"question": "Why?", "answer": "", "needs_human_answer": True}
ENTRY = LockEntry("asst_0", "Former", {})
REMOTE = Remote("asst_1", "There", {})


def plan(**parts: Any) -> Plan:
    return Plan("test", "https://api", "org_1", PlanOptions(), "0" * 32, **({"changes": ()} | parts))


def change(action: Action, **parts: Any) -> dict[str, Any]:
    return {"changes": (Change("a", "A", None if action is Action.CREATE else "asst_1", action, **parts),)}


def outside() -> tuple[Blocked, ...]:
    return (Blocked("a", "A", "asst_1", FIELDS, None),)


def refused() -> dict[str, Any]:
    return {"refused": (Refusal("a", "A", "why"),)}


# Parts of the plan, the file's match, and where the assistant stands.
ROWS: dict[str, tuple[dict[str, Any], Match, AssistantStatus]] = {
    "nothing to do": (
        change(Action.NOOP),
        Match("a", MatchKind.LOCKED, REMOTE, ENTRY),
        AssistantStatus("a", "A", "asst_1", Standing.IN_SYNC),
    ),
    "moved": (
        change(Action.NOOP, reason="moved from b", previous_address="b"),
        Match("a", MatchKind.MOVED, REMOTE, ENTRY, "b"),
        AssistantStatus("a", "A", "asst_1", Standing.IN_SYNC),
    ),
    "create": (
        change(Action.CREATE, fields=FIELDS),
        Match("a", MatchKind.CREATE),
        AssistantStatus("a", "A", None, Standing.NEW),
    ),
    "update": (
        change(Action.UPDATE, fields=FIELDS, reason="moved from b"),
        Match("a", MatchKind.MOVED, REMOTE, ENTRY, "b"),
        AssistantStatus("a", "A", "asst_1", Standing.LOCAL_CHANGE, PATHS, reason="moved from b"),
    ),
    "drift": (
        {"drift": outside()},
        Match("a", MatchKind.LOCKED, REMOTE, ENTRY),
        AssistantStatus("a", "A", "asst_1", Standing.DRIFT, PATHS),
    ),
    "conflict": (
        {"conflicts": outside()},
        Match("a", MatchKind.LOCKED, REMOTE, ENTRY),
        AssistantStatus("a", "A", "asst_1", Standing.CONFLICT, PATHS),
    ),
    "missing": (
        refused(),
        Match("a", MatchKind.MISSING, None, ENTRY),
        AssistantStatus("a", "A", "asst_0", Standing.MISSING, reason="why"),
    ),
    "ambiguous": (
        refused(),
        Match("a", MatchKind.AMBIGUOUS, candidates=("asst_1", "asst_2")),
        AssistantStatus("a", "A", None, Standing.AMBIGUOUS, reason="why"),
    ),
    "refused although it is known": (
        refused(),
        Match("a", MatchKind.LOCKED, REMOTE, ENTRY),
        AssistantStatus("a", "A", "asst_1", Standing.BLOCKED, reason="why"),
    ),
}


def status(made: Plan, *matches: Match, declared: dict[str, Any] | None = None) -> Status:
    desired = [Desired(each.address, "A", declared or {"name": "A"}) for each in matches]
    return make_status(made, desired, Matches(matches, ()))


@pytest.mark.parametrize(("parts", "match", "expected"), ROWS.values(), ids=ROWS.keys())
def test_a_row_of_the_plan(parts: dict[str, Any], match: Match, expected: AssistantStatus) -> None:
    assert status(plan(**parts), match).assistants == (expected,)


@pytest.mark.parametrize(
    ("declared", "server", "number"),
    [
        ([QUESTION], [QUESTION, GROWN, ASKED], 2),
        ([QUESTION, GROWN], [QUESTION, GROWN, ASKED], 1),
        ([QUESTION], [QUESTION], 0),
        ([], [QUESTION, GROWN], 1),
        (None, [GROWN], 1),
        ([QUESTION], None, 0),
    ],
)
def test_entries_the_server_added_are_counted(declared: Any, server: Any, number: int) -> None:
    match = Match("a", MatchKind.LOCKED, Remote("asst_1", "A", {"faq_items": server}), ENTRY)
    (found,) = status(plan(**change(Action.NOOP)), match, declared={"name": "A", "faq_items": declared}).assistants
    assert (found.state, found.grown) == (Standing.IN_SYNC, number)


def test_a_list_the_file_does_not_declare_is_not_counted() -> None:
    match = Match("a", MatchKind.LOCKED, Remote("asst_1", "A", {"faq_items": [GROWN]}), ENTRY)
    assert status(plan(**change(Action.NOOP)), match).assistants[0].grown == 0


def test_orphans_and_unmanaged_assistants() -> None:
    orphans = (Orphan("a-former", "Former", "asst_0"), Orphan("z/last", "Last", "asst_9"))
    made = plan(**change(Action.NOOP), notes=("a note",), orphaned=orphans)
    found = make_status(made, [], Matches((), ()), [Remote("asst_7", "Stray", {"prompt": "canary"})])
    assert [(each.address, each.name, each.id, each.state) for each in found.assistants] == [
        ("a", "A", "asst_1", Standing.IN_SYNC),
        ("a-former", "Former", "asst_0", Standing.ORPHANED),
        ("z/last", "Last", "asst_9", Standing.ORPHANED),
    ]
    assert found.unmanaged == (Unmanaged("asst_7", "Stray"),)
    assert found.notes == ("a note",)
    assert (found.count(Standing.ORPHANED), found.count(Standing.DRIFT)) == (2, 0)


def test_of_an_assistant_that_was_edited_outside_the_edits_of_its_file_are_told_apart() -> None:
    fields, local = (
        (FieldChange("voice.speed", 1, 2, sensitive=False),),
        (FieldChange("name", "A", "B", sensitive=False),),
    )
    made = plan(drift=(Blocked("a", "A", "asst_1", fields, None, local),))
    (found,) = make_status(made, [], Matches((), ())).assistants
    assert (found.state, found.fields, found.local) == (Standing.DRIFT, ("voice.speed",), ("name",))
