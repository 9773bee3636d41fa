"""Plans as pages, and what became of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from revox_sync.output.page import to_html as page_html
from revox_sync.output.page import to_markdown as page_markdown
from revox_sync.output.page import to_text as page_text
from revox_sync.output.page.from_plan import IN_SYNC, apply_page, plan_counts, plan_page
from revox_sync.output.page.model import CardKind
from revox_sync.output.text.style import no_style
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action, Plan
from tests.conftest import Golden
from tests.output.samples import BLOCKED_PLAN, IN_SYNC_PLAN, KEPT_PLAN, MARKUP, PLANS, PRUNED_PLAN

APPLIED = Applied(
    (
        Outcome("collections", Action.CREATE, "asst_0099", Result.APPLIED),
        Outcome(
            "sales/outbound", Action.UPDATE, "asst_0001", Result.APPLIED, notes=("`voice.speed` came back as 1.0",)
        ),
        Outcome("recruiting/installateur", Action.UPDATE, "asst_0002", Result.FAILED, MARKUP),
        Outcome("support", Action.UPDATE, "asst_0004", Result.REFUSED, "it was edited outside"),
        Outcome("retired", Action.DELETE, "asst_0007", Result.SKIPPED),
    ),
    blocked=1,
)
LOCK = ".revox/production.lock.json"


def test_whole_output(golden: Golden) -> None:
    page = apply_page(PLANS["review"], APPLIED, LOCK)
    golden("apply/review-page.txt", page_text.render(page, no_style, 100))
    golden("apply/review-page.md", page_markdown.render(page, 60_000))
    assert page_html.render(page).count("<article ") == len(page.cards)


def test_each_assistant_says_what_became_of_it() -> None:
    cards = {each.address: each for each in apply_page(PLANS["review"], APPLIED, LOCK).cards}
    assert {address: card.verb for address, card in cards.items()} == {
        "retired": "was not started",
        "booking": "was edited outside and in the file",
        "collections": "was created",
        "recruiting/installateur": "failed",
        "sales/outbound": "was updated",
        "support": "was refused",
    }
    assert cards["collections"].id == "asst_0099"
    assert cards["support"].text == "it was edited outside"


def test_what_went_wrong_comes_first() -> None:
    cards = apply_page(PLANS["review"], APPLIED, LOCK).cards
    assert [(each.address, each.kind) for each in cards] == [
        ("recruiting/installateur", CardKind.FAILED),
        ("booking", CardKind.CONFLICT),
        ("support", CardKind.REFUSED),
        ("retired", CardKind.SKIPPED),
        ("sales/outbound", CardKind.UPDATE),
        ("collections", CardKind.CREATE),
    ]


@pytest.mark.parametrize("result", Result)
def test_callers_are_told_of_placeholders_that_are_there(result: Result) -> None:
    applied = Applied((Outcome("sales/outbound", Action.UPDATE, "asst_0001", result),))
    (card,) = (each for each in apply_page(PLANS["review"], applied, None).cards if each.address == "sales/outbound")
    assert card.new_variables == (("agent_name",) if result is Result.APPLIED else ())
    assert card.gone_variables == ()


def test_a_lock_that_is_not_written_is_no_success() -> None:
    plan = PLANS["in-sync"]
    assert apply_page(plan, Applied(()), None).quiet == IN_SYNC
    assert apply_page(plan, Applied((), unsaved="No space left on device"), None).quiet is None


def test_the_lock_is_named() -> None:
    plan = PLANS["review"]
    assert apply_page(plan, APPLIED, LOCK).notes[-1].text == f"Lock written: {LOCK}"
    assert [each for each in apply_page(plan, APPLIED, None).notes if "Lock" in each.text] == []
    unsaved = Applied(APPLIED.outcomes, unsaved="No space left on device")
    assert "No space left on device" in apply_page(plan, unsaved, LOCK).notes[-1].text


def test_what_is_lost_comes_before_what_waits_and_what_is_new() -> None:
    kinds = [card.kind for card in plan_page(PRUNED_PLAN).cards]
    assert kinds == [CardKind.DELETE, CardKind.DELETE, CardKind.DRIFT, CardKind.REFUSED, CardKind.CREATE]


@pytest.mark.parametrize(
    ("plan", "quiet"),
    [
        (IN_SYNC_PLAN, IN_SYNC),
        (replace(IN_SYNC_PLAN, changes=KEPT_PLAN.changes[:1]), "Nothing to send. The edits made outside are kept."),
        (
            replace(IN_SYNC_PLAN, restored_from="2026-03-05T09:30:00Z"),
            "Nothing to send. What can come back is as it was.",
        ),
        (
            replace(IN_SYNC_PLAN, left_out=1_200),
            "No changes. The API matches the 1 file that was looked at; 1,200 not looked at.",
        ),
        (BLOCKED_PLAN, None),
    ],
)
def test_a_plan_without_changes_says_why(plan: Plan, quiet: str | None) -> None:
    assert plan_page(plan).quiet == quiet


def test_the_counts_name_what_is_blocked() -> None:
    counts = "Plan: 1 to create, 1 to update, 0 to delete. 0 unchanged. 4 blocked."
    assert plan_counts(BLOCKED_PLAN) == plan_page(BLOCKED_PLAN).summary == counts


def test_the_advice_fits_what_was_edited_outside() -> None:
    both, drift = plan_page(BLOCKED_PLAN).notes[-1].text, plan_page(PRUNED_PLAN).notes[-1].text
    assert "Left alone: 2 assistants edited outside." in both
    assert "or `pull --theirs`" in both
    assert "Left alone: 1 assistant edited outside." in drift
    assert "--theirs" not in drift
