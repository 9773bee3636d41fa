"""Outcomes for people: whole outputs."""

from __future__ import annotations

import unicodedata

import pytest

from revox_sync.output.text import apply as apply_text
from revox_sync.output.text.style import Paint, ansi, no_style
from revox_sync.sync.model.outcome import Applied
from tests.conftest import Golden
from tests.output.outcomes import OUTCOMES

LOCK = ".revox/production.lock.json"


def shown(applied: Applied, paint: Paint, lock_path: str | None = LOCK) -> str:
    lines = [apply_text.outcome_line(each, paint) + "\n" for each in applied.outcomes]
    return "".join(lines) + apply_text.apply_summary(applied, lock_path, paint)


@pytest.mark.parametrize(("look", "paint"), [("plain", no_style), ("colour", ansi)])
@pytest.mark.parametrize("name", OUTCOMES)
def test_whole_output(golden: Golden, name: str, look: str, paint: Paint) -> None:
    golden(f"apply/{name}-{look}.txt", shown(OUTCOMES[name], paint))


def test_nothing_steers_the_terminal() -> None:
    text = shown(OUTCOMES["hostile"], no_style)
    assert {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs"}} == {"\n"}


def test_the_lock_is_named_last_when_it_changed() -> None:
    assert shown(OUTCOMES["complete"], no_style).endswith(f"\nLock written: {LOCK}\n")
    assert "Lock" not in shown(OUTCOMES["complete"], no_style, None)
