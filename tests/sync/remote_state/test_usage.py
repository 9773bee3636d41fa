"""Which assistants are in use: what answers say, and what they leave open."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.errors import NotAuthorisedError
from revox_sync.sync.model.usage import Usage, Use
from revox_sync.sync.remote_state.usage import fetch_usage

NUMBER: dict[str, Any] = {"id": "pn_1", "phone_number": "+33199001200", "label": "Sales"}
CAMPAIGN: dict[str, Any] = {"id": "camp_1", "name": "Spring", "assistant_id": "asst_1", "status": "running"}


class Answers:
    """What an API says; an error is raised."""

    def __init__(self, numbers: Any = (), campaigns: Any = ()) -> None:
        self._numbers, self._campaigns = numbers, campaigns
        self.asked: list[str] = []

    def phone_numbers(self) -> list[dict[str, Any]]:
        return self._answer("numbers", self._numbers)

    def campaigns(self) -> list[dict[str, Any]]:
        return self._answer("campaigns", self._campaigns)

    def _answer(self, asked: str, answer: Any) -> list[dict[str, Any]]:
        self.asked.append(asked)
        if isinstance(answer, Exception):
            raise answer
        return list(answer)


@pytest.mark.parametrize(
    ("number", "uses"),
    [
        ({}, {}),
        ({"inbound_assistant": None}, {}),
        ({"inbound_assistant": {"id": "asst_1"}}, {"asst_1": (Use("+33199001200", "+33199001200 (Sales)"),)}),
        ({"inbound_assistant": {"id": "asst_1"}, "label": None}, {"asst_1": (Use("+33199001200", "+33199001200"),)}),
    ],
)
def test_numbers(number: dict[str, Any], uses: dict[str, tuple[Use, ...]]) -> None:
    assert fetch_usage(Answers([NUMBER | number])) == Usage(uses)


@pytest.mark.parametrize(
    ("campaign", "is_used"),
    [
        ({}, True),
        ({"status": "paused"}, True),
        ({"status": "a new state"}, True),
        ({"status": None}, True),
        ({"status": "completed"}, False),
        ({"is_cancelled": True}, False),
        ({"is_cancelled": False}, True),
    ],
)
def test_campaigns(campaign: dict[str, Any], *, is_used: bool) -> None:
    used = {"asst_1": (Use(None, 'campaign "Spring"'),)} if is_used else {}
    assert fetch_usage(Answers(campaigns=[CAMPAIGN | campaign])) == Usage(used)


@pytest.mark.parametrize(
    ("answers", "unknown"),
    [
        (Answers([NUMBER | {"inbound_assistant": {}}]), "does not say which assistant answers +33199001200 (Sales)"),
        (Answers([NUMBER | {"inbound_assistant": "asst_1"}]), "does not say which assistant answers"),
        (Answers(campaigns=[CAMPAIGN | {"assistant_id": None}]), 'which assistant campaign "Spring" dials with'),
        (Answers(NotAuthorisedError("no")), "no"),
        (Answers(campaigns=NotAuthorisedError("not that")), "not that"),
    ],
)
def test_what_is_not_said_is_not_nobody(answers: Answers, unknown: str) -> None:
    found = fetch_usage(answers)
    assert found.uses == {}
    assert len(found.unknown) == 1
    assert unknown in found.unknown[0]


def test_one_refusal_does_not_hide_the_other_answer() -> None:
    found = fetch_usage(Answers(NotAuthorisedError("no"), [CAMPAIGN]))
    assert (list(found.uses), found.unknown) == (["asst_1"], ("no",))


def test_campaigns_are_asked_about_only_where_it_matters() -> None:
    answers = Answers()
    fetch_usage(answers, campaigns=False)
    assert answers.asked == ["numbers"]
