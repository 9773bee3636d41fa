from __future__ import annotations

import pytest

from revox_sync.sync.model.plan import Action, Change, DriftRule, OnDrift, Plan, PlanOptions, Refusal

RULES = (DriftRule("sales/*", OnDrift.KEEP), DriftRule("sales/eu", OnDrift.REVERT))


def plan(*changes: Change, refused: tuple[Refusal, ...] = ()) -> Plan:
    return Plan("test", "https://api", "org_1", PlanOptions(), "0", changes, refused=refused)


@pytest.mark.parametrize(
    ("address", "choice"),
    [("support", OnDrift.FAIL), ("sales/us", OnDrift.KEEP), ("sales/eu", OnDrift.REVERT)],
)
def test_the_last_drift_rule_that_fits_counts(address: str, choice: OnDrift) -> None:
    assert PlanOptions(drift_rules=RULES).drift_choice(address) is choice


def test_a_plan_without_requests_and_refusals_is_in_sync() -> None:
    same = Change("a", "A", "asst_1", Action.NOOP)
    new = Change("b", "B", None, Action.CREATE)
    assert plan(same).in_sync
    assert not plan(same, new).in_sync
    assert not plan(same, refused=(Refusal("c", "C", "why"),)).in_sync
    assert plan(same, new).pending == (new,)
    assert plan(same, new).count(Action.CREATE) == 1


def test_a_change_is_completed_when_somebody_asks() -> None:
    whole = Change("a", "A", "asst_1", Action.NOOP, fingerprint="f")
    part = Change("a", "A", "asst_1", Action.NOOP, completed=lambda: whole)
    assert part.fingerprint is None
    assert plan(part, whole).complete.changes == (whole, whole)
