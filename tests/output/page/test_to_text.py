"""Plans for people: whole outputs, to be read in the diff."""

from __future__ import annotations

import re
import unicodedata

import pytest

from revox_sync.output.page import from_plan as plan_page
from revox_sync.output.page import to_text as page_text
from revox_sync.output.text.style import Paint, ansi, no_style
from revox_sync.sync.model.plan import Plan
from tests.conftest import Golden
from tests.output.samples import KEPT_PLAN, PLANS, REVERTED_PLAN


def shown(plan: Plan, paint: Paint, width: int) -> str:
    return page_text.render(plan_page.plan_page(plan), paint, width)


@pytest.mark.parametrize("width", [60, 100, 160])
@pytest.mark.parametrize("name", PLANS)
def test_whole_output(golden: Golden, name: str, width: int) -> None:
    golden(f"plan/{name}-{width}.txt", shown(PLANS[name], no_style, width))


@pytest.mark.parametrize("name", PLANS)
def test_colour_takes_the_place_of_marks_and_adds_nothing_else(golden: Golden, name: str) -> None:
    text = shown(PLANS[name], ansi, 100)
    golden(f"plan/{name}-colour.txt", text)
    bare = text
    for code in ("0", "1", "2", "31", "32", "33", "1;33", "1;4;31", "1;4;32"):
        bare = bare.replace(f"\x1b[{code}m", "")
    assert bare == re.sub(r"^ +\^[ ^]*\n", "", shown(PLANS[name], no_style, 100), flags=re.MULTILINE)


@pytest.mark.parametrize(("option", "plan"), [("keep", KEPT_PLAN), ("revert", REVERTED_PLAN)])
def test_what_becomes_of_edits_made_outside(golden: Golden, option: str, plan: Plan) -> None:
    golden(f"plan/on-drift-{option}.txt", shown(plan, no_style, 100))


@pytest.mark.parametrize("width", [1, 40, 60, 100, 160])
@pytest.mark.parametrize("name", PLANS)
def test_nothing_steers_the_terminal(name: str, width: int) -> None:
    text = shown(PLANS[name], no_style, width)
    assert {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs"}} <= {"\n"}


@pytest.mark.parametrize("name", PLANS)
def test_no_line_ends_in_space(name: str) -> None:
    text = shown(PLANS[name], no_style, 60)
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_a_plan_without_anything() -> None:
    empty = PLANS["in-sync"]
    where = "Environment production: https://www.getrevox.com/api, organisation org_1"
    assert shown(empty, no_style, 80) == f"{where}\n\nNo changes. The API matches the files.\n"
    assert plan_page.plan_counts(empty) == "Plan: 0 to create, 0 to update, 0 to delete. 1 unchanged."


def test_secrets_are_not_there() -> None:
    texts = [shown(plan, no_style, 160) for plan in PLANS.values()]
    assert [text for text in texts if "a.example.com" in text or "b.example.com" in text] == []


def test_the_order_is_what_is_heard_first() -> None:
    plan: Plan = PLANS["update"]
    text = shown(plan, no_style, 100)
    places = [text.index(f"# {address} ") for address in ("sales/outbound", "recruiting/installateur", "support")]
    assert places == sorted(places)
