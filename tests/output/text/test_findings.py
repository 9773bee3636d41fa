from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest

from revox_sync.lint.model.finding import LintReport, Region, RelatedRegion
from revox_sync.output.text.findings import concise, full
from revox_sync.output.text.style import ansi, no_style
from revox_sync.output.text.visible import columns
from tests.conftest import Golden
from tests.output.lint_reports import EMPTY, HOSTILE, ORDINARY

WIDTHS = (60, 100, 160)
COLOUR = re.compile(r"\x1b\[[0-9;]+m")


@pytest.mark.parametrize("width", WIDTHS)
def test_full(golden: Golden, width: int) -> None:
    golden(f"lint/full-{width}.txt", full(ORDINARY, no_style, width))


@pytest.mark.parametrize("width", WIDTHS)
def test_full_in_colour(golden: Golden, width: int) -> None:
    text = full(ORDINARY, ansi, width)
    golden(f"lint/full-{width}.ansi", text)
    assert COLOUR.sub("", text) == full(ORDINARY, no_style, width)


def test_concise(golden: Golden) -> None:
    text = concise(ORDINARY, no_style)
    golden("lint/concise.txt", text)
    assert COLOUR.sub("", concise(ORDINARY, ansi)) == text


def test_concise_in_colour(golden: Golden) -> None:
    golden("lint/concise.ansi", concise(ORDINARY, ansi))


def test_nothing_found() -> None:
    assert full(EMPTY, no_style, 80) == concise(EMPTY, no_style) == "No findings in 3 files.\n"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("report", [ORDINARY, HOSTILE], ids=["ordinary", "hostile"])
def test_source_lines_keep_to_the_width(report: LintReport, width: int) -> None:
    quoted = [line for line in full(report, no_style, width).splitlines() if re.match(r" *\d+ \|", line)]
    assert quoted
    assert all(columns(line) <= width for line in quoted)


def test_marks_stand_under_the_marked_text() -> None:
    lines = full(ORDINARY, no_style, 160).splitlines()
    source, marks = next((a, b) for a, b in pairwise(lines) if "cartesiaa," in a)
    assert columns(source[: source.index("cartesiaa")]) == marks.index("^")
    assert marks.count("^") == len("cartesiaa")


def test_many_related_places_are_counted() -> None:
    first = ORDINARY.findings[0]
    places = tuple(RelatedRegion("included from here", Region(f"a{n}.yaml", 1, 1, 1, 2)) for n in range(40))
    text = full(LintReport((first._replace(related=places),), 40), no_style, 100)
    assert text.count("included from here") == 5
    assert "  = note: and 35 more places\n" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_cannot_steer_a_terminal(golden: Golden, width: int) -> None:
    text = full(HOSTILE, no_style, width)
    golden(f"lint/hostile-{width}.txt", text)
    for rendered in (text, concise(HOSTILE, no_style)):
        strange = {each for each in rendered if not each.isprintable()}
        assert strange == {"\n"}, [unicodedata.name(each, repr(each)) for each in strange]
    assert concise(HOSTILE, no_style).count("\n") == 2


def test_hostile_text_adds_no_colour_of_its_own() -> None:
    allowed = set(COLOUR.findall(full(ORDINARY, ansi, 100)))
    assert set(re.findall(r"\x1b[^m]*m?", full(HOSTILE, ansi, 100))) <= allowed
