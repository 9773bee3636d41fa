"""Where assistants stand, for people: whole outputs, to be read in the diff."""

from __future__ import annotations

import unicodedata

import pytest

from revox_sync.output.text import status as status_text
from revox_sync.output.text.style import ansi, no_style
from revox_sync.output.text.visible import columns
from revox_sync.sync.model.status import AssistantStatus, Standing, Status
from tests.conftest import Golden
from tests.output.standings import EVERY, STATUSES


@pytest.mark.parametrize("width", [60, 100, 160])
@pytest.mark.parametrize("name", STATUSES)
def test_whole_output(golden: Golden, name: str, width: int) -> None:
    golden(f"status/{name}-{width}.txt", status_text.render(STATUSES[name], no_style, width))


@pytest.mark.parametrize("name", STATUSES)
def test_colour_adds_nothing_but_colour(golden: Golden, name: str) -> None:
    text = status_text.render(STATUSES[name], ansi, 100)
    golden(f"status/{name}-colour.txt", text)
    bare = text
    for code in ("0", "1", "2", "32", "33", "1;31", "1;33", "1;36"):
        bare = bare.replace(f"\x1b[{code}m", "")
    assert bare == status_text.render(STATUSES[name], no_style, 100)


@pytest.mark.parametrize("width", [1, 40, 60, 100, 160])
@pytest.mark.parametrize("name", STATUSES)
def test_nothing_steers_the_terminal(name: str, width: int) -> None:
    text = status_text.render(STATUSES[name], no_style, width)
    assert {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs"}} <= {"\n"}
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("width", [60, 100, 160])
def test_lines_fit(width: int) -> None:
    text = status_text.render(EVERY, no_style, width)
    assert [line for line in text.splitlines() if columns(line) > width] == []


@pytest.mark.parametrize("width", [60, 100, 160])
def test_addresses_and_ids_are_whole(width: int) -> None:
    words = status_text.render(EVERY, no_style, width).split()
    cells = [cell for each in EVERY.assistants for cell in (each.address, each.id) if cell]
    assert [cell for cell in cells if cell not in words] == []


@pytest.mark.parametrize("state", Standing)
def test_a_state_is_readable_without_colour(state: Standing) -> None:
    one = Status("test", (AssistantStatus("a", "A", "asst_1", state),))
    assert status_text.render(one, no_style, 100).splitlines()[2].split() == [*state.words.split(), "a", "asst_1", "A"]


def test_counts() -> None:
    assert status_text.status_counts(Status("test", ())) == "0 assistants."
    assert status_text.status_counts(STATUSES["in-sync"]) == "1 assistant: 1 in sync."
