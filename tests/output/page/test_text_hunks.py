"""Long texts, compared line by line."""

from __future__ import annotations

from time import perf_counter

import pytest

from revox_sync.output.page.text_hunks import compare_texts
from tests.output.samples import ENGLISH


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("a\nb", "a\nc", [(" ", "a"), ("-", "b"), ("+", "c")]),
        ("a\r\nb\n", "a\nb\n\n", []),
        ("a\x0bb", "a\nb", [("-", "a<U+000B>b"), ("+", "a"), ("+", "b")]),
        ("", "a", [("-", ""), ("+", "a")]),
    ],
)
def test_lines_are_those_of_comparison(before: str, after: str, lines: list[tuple[str, str]]) -> None:
    assert [(line.sign, line.text) for hunk in compare_texts(before, after).hunks for line in hunk.lines] == lines


def test_distant_edits_are_separate_hunks_under_their_headings() -> None:
    far = ENGLISH + "\n# Middle\n" + "line\n" * 10 + "\n# End\n" + "line\n" * 5
    found = compare_texts(far, far.replace("You are Emma", "You are Ann") + "last").hunks
    # The first hunk shows its heading among its lines.
    assert [hunk.heading for hunk in found] == ["", "# End"]
    assert found[0].lines[0].text == "# Role"


def test_many_lines_alike_take_no_longer() -> None:
    lines = "Stay calm.\n" * 10_000
    began = perf_counter()
    found = compare_texts(f"# One\n{lines}# End\nBye.", f"# One\n{lines}{lines}# End\nGood bye.")
    assert [hunk.skipped for hunk in found.hunks]
    assert perf_counter() - began < 2


def test_changed_words_are_marked() -> None:
    (hunk,) = compare_texts("Ask for five minutes, politely.", "Ask for ten minutes, politely.").hunks
    assert [[text for text, marked in line.pieces if marked] for line in hunk.lines] == [["five"], ["ten"]]


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("Call https://a.example/hook?x=1 now", "Call https://b.example/hook?x=1 now", ["a", "b"]),
        ("one: two three four five six", "one; a b c d e f g h i j k l m", [":", ";"]),
        (f"start {'old ' * 900}", f"start {'new ' * 900}", ["old", "new"]),
        (f"{'same ' * 900}x end", f"{'same ' * 900}y end", ["x", "y"]),
        ("one\ntwo", "one!\ntwo\nthree", ["!"]),
        ("a", "a  ", ["<U+0020><U+0020>"]),
        ("say a b now, please", "say a\tb now, please", [" ", "<U+0009>"]),
        ("say a b now, please", "say a\xa0b now, please", [" ", "<U+00A0>"]),
        ("the caf\xe9 is open today", "the cafe\u0301 is open today", ["caf<U+00E9>", "cafe<U+0301>"]),
        ("go to acme.example today", "go to \u0430cme.example today", ["acme", "<U+0430>cme"]),
        ("ask for the menu today", "ask for das menu today", ["the", "das"]),
    ],
)
def test_the_first_difference_is_marked(before: str, after: str, marked: list[str]) -> None:
    pieces = [piece for hunk in compare_texts(before, after).hunks for line in hunk.lines for piece in line.pieces]
    assert [text for text, is_marked in pieces if is_marked] == marked


@pytest.mark.parametrize("after", ["Something else entirely, with no word of it.", "a\nb", "x " * 2000])
def test_lines_with_little_in_common_have_no_marks(after: str) -> None:
    (hunk,) = compare_texts("Ask for five minutes, politely.", after).hunks
    assert [line for line in hunk.lines if any(marked for _, marked in line.pieces)] == []


def test_a_text_without_counterpart_is_one_hunk() -> None:
    diff = compare_texts(None, "# Role\none two\n")
    ((hunk,), skipped) = diff.hunks, diff.skipped
    assert [(line.sign, line.text) for line in hunk.lines] == [("+", "# Role"), ("+", "one two")]
    assert skipped == 0
    assert [line.sign for hunk in compare_texts("a\nb", None).hunks for line in hunk.lines] == ["-", "-"]


@pytest.mark.parametrize(("between", "hunks"), [(10, 1), (11, 2)])
def test_a_few_unchanged_lines_are_shown_and_not_counted(between: int, hunks: int) -> None:
    before = "\n".join(["a", *map(str, range(between)), "b"])
    diff = compare_texts(before, before.replace("a", "A").replace("b", "B"))
    assert len(diff.hunks) == hunks
    assert [hunk.skipped for hunk in diff.hunks] == [0, 5][:hunks]


def test_lines_that_are_not_shown_are_counted() -> None:
    before = "\n".join(f"line {number}" for number in range(20))
    diff = compare_texts(before, before.replace("line 10", "line ten"))
    (hunk,) = diff.hunks
    assert (hunk.skipped, len(hunk.lines), diff.skipped) == (7, 8, 6)
    assert hunk.skipped + sum(line.sign != "+" for line in hunk.lines) + diff.skipped == 20
