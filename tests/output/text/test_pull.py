"""Pulls, and the new files they write, for people: whole outputs."""

from __future__ import annotations

import unicodedata

import pytest

from revox_sync.output.text import pull as pull_text
from revox_sync.output.text.style import Paint, ansi, no_style
from tests.conftest import Golden
from tests.output.adopt_reports import ADOPTIONS
from tests.output.pull_reports import REPORTS


@pytest.mark.parametrize(("look", "paint"), [("plain", no_style), ("colour", ansi)])
@pytest.mark.parametrize("name", REPORTS)
def test_whole_output(golden: Golden, name: str, look: str, paint: Paint) -> None:
    golden(f"pull/{name}-{look}.txt", pull_text.render(REPORTS[name], paint))


def test_nothing_steers_the_terminal() -> None:
    text = pull_text.render(REPORTS["hostile"], no_style)
    assert {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs"}} == {"\n"}


@pytest.mark.parametrize(("look", "paint"), [("", no_style), ("-color", ansi)])
@pytest.mark.parametrize("name", ADOPTIONS)
def test_new_files(golden: Golden, name: str, look: str, paint: Paint) -> None:
    golden(f"adopt/{name}{look}.txt", pull_text.render_adopted(ADOPTIONS[name], paint, 100))
