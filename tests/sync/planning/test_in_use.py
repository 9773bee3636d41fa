"""What a plan takes away, and what is left of it where somebody uses that."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.sync.model.plan import Action, Change, Plan, PlanOptions
from revox_sync.sync.model.usage import Usage, Use
from revox_sync.sync.planning.in_use import is_heard, keep_in_use, may_take_away, takes_away

NUMBER = Use("+33199001200", "+33199001200 (Sales)")
CAMPAIGN = Use(None, 'campaign "Spring"')


def change(action: Action, address: str = "a", **fields: Any) -> Change:
    assistant_id = None if action is Action.CREATE else "asst_1"
    return Change(**{"address": address, "name": "A", "id": assistant_id, "action": action, **fields})


def plan(*changes: Change) -> Plan:
    return Plan("test", "https://api.example.com", None, PlanOptions(), "digest", changes)


@pytest.mark.parametrize(
    ("planned", "former", "takes"),
    [
        (change(Action.DELETE), {}, True),
        (change(Action.NOOP), {}, False),
        (change(Action.CREATE), {}, False),
        (change(Action.CREATE), {"a": "asst_0"}, True),
        (change(Action.UPDATE, body={"prompt": "x"}), {"a": "asst_1"}, False),
        (change(Action.UPDATE, body={"type": "sub-assistant"}, before={"type": "standalone"}), {}, True),
        (change(Action.UPDATE, body={"type": "standalone"}, before={"type": "standalone"}), {}, False),
        (change(Action.UPDATE, body={"type": "sub-assistant"}), {}, True),
    ],
    ids=["delete", "noop", "create", "recreate", "update", "type", "same type", "unknown type"],
)
def test_what_takes_away(planned: Change, former: dict[str, str], *, takes: bool) -> None:
    assert takes_away(planned, former) is takes
    assert may_take_away(plan(planned), former) is takes


@pytest.mark.parametrize(
    ("uses", "unknown", "reason"),
    [
        ((NUMBER,), (), "it answers +33199001200 (Sales); --even-if-used=a does it all the same"),
        ((CAMPAIGN,), (), 'campaign "Spring" dials with it; --even-if-used=a does it all the same'),
        ((), ("no",), "whether it is in use is unknown: no; --even-if-used=a does it all the same"),
    ],
)
def test_what_is_used_is_refused(uses: tuple[Use, ...], unknown: tuple[str, ...], reason: str) -> None:
    usage = Usage({"asst_1": uses} if uses else {}, unknown)
    other = change(Action.DELETE, "b", id="asst_2")
    left = keep_in_use(plan(change(Action.DELETE), other), usage, {}, ())
    first = left.refused[0]
    assert (first.address, first.reason) == ("a", reason)
    assert [each.address for each in left.changes] == ([] if unknown else ["b"])


def test_what_is_created_again_is_known_by_its_lock_entry() -> None:
    left = keep_in_use(plan(change(Action.CREATE)), Usage({"asst_0": (CAMPAIGN,)}), {"a": "asst_0"}, ())
    assert [refusal.address for refusal in left.refused] == ["a"]


@pytest.mark.parametrize("excused", ["a", "*"])
def test_what_is_named_is_taken_away_and_said(excused: str) -> None:
    left = keep_in_use(plan(change(Action.DELETE)), Usage({"asst_1": (NUMBER,)}), {}, (excused,))
    assert [each.address for each in left.changes] == ["a"]
    assert left.notes == ("a: it answers +33199001200 (Sales), and --even-if-used names it",)


@pytest.mark.parametrize(("impact", "notes"), [(("speech",), 1), (("routing",), 0)])
def test_callers_who_hear_a_change_are_named(impact: tuple[str, ...], notes: int) -> None:
    planned = plan(change(Action.UPDATE, body={"prompt": "x"}, impact=impact))
    assert is_heard(planned) is bool(notes)
    left = keep_in_use(planned, Usage({"asst_1": (NUMBER, CAMPAIGN)}), {}, ())
    assert left.changes == planned.changes
    assert left.notes == ("a: callers of +33199001200 (Sales) will hear this",) * notes


def test_callers_that_nobody_told_of_are_not_nobody() -> None:
    planned = plan(change(Action.UPDATE, body={"prompt": "x"}, impact=("speech",)))
    left = keep_in_use(planned, Usage({}, ("no",)), {}, ())
    assert left.changes == planned.changes
    assert left.notes == ("whose callers will hear this is not all known: no",)


def test_an_address_is_quoted_for_a_shell() -> None:
    left = keep_in_use(plan(change(Action.DELETE, "-a b")), Usage({"asst_1": (NUMBER,)}), {}, ())
    assert "--even-if-used='-a b'" in left.refused[0].reason
