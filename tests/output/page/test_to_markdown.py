"""Pages as comments: whole outputs, and what a CommonMark parser makes of hostile text in them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from revox_sync.output.page.field_view import FieldView
from revox_sync.output.page.from_plan import plan_page
from revox_sync.output.page.model import Card, CardKind, Page
from revox_sync.output.page.text_hunks import compare_texts
from revox_sync.output.page.to_markdown import render
from revox_sync.sync.model.plan import Plan
from tests.conftest import Golden
from tests.output.samples import MARKUP, PLANS, many

DEFAULT = 60_000
OURS = re.compile(r"<!-- revox-sync:[\w:-]+ -->|</?details>|<(summary|p)>[^<>]*</\1>|")
CODE = re.compile(r"<code>[^<>]*</code>")
MARKER = "<!-- revox-sync:plan:production -->"


def shown(plan: Plan, most: int = DEFAULT) -> str:
    return render(plan_page(plan, "0" * 32), most)


@cache
def parser() -> MarkdownIt:
    """CommonMark with tables and what else GitHub adds, links found in plain text included."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": True})


def tokens(text: str) -> list[Token]:
    """All tokens, those within lines included."""
    return [each for token in parser().parse(text) for each in (token, *(token.children or ()))]


def prose(text: str) -> str:
    """What a code host would look for mentions and references in: all text that is no code."""
    found = [each.content for each in tokens(text) if each.type == "text"]
    blocks = [each.content for each in tokens(text) if each.type in {"html_block", "html_inline"}]
    return " ".join([*found, *(CODE.sub("", each) for each in blocks)])


@pytest.mark.parametrize("name", PLANS)
def test_whole_output(golden: Golden, name: str) -> None:
    golden(f"plan/{name}.md", shown(PLANS[name]))


@pytest.mark.parametrize("most", [2_000, 3_000, 5_000, DEFAULT])
@pytest.mark.parametrize("name", PLANS)
def test_nothing_of_others_is_interpreted(name: str, most: int) -> None:
    text = shown(PLANS[name], most)
    kinds = {each.type for each in tokens(text)}
    assert kinds & {"link_open", "image", "em_open", "s_open", "blockquote_open", "hr"} == set()
    html = [each.content for each in tokens(text) if each.type in {"html_block", "html_inline"}]
    assert html
    assert [line for each in html for line in CODE.sub("", each).splitlines() if not OURS.fullmatch(line)] == []
    assert re.search(r"[@#]\w|https?:|www\.|GH-\d|[0-9a-f]{40}|evil", prose(text)) is None


@pytest.mark.parametrize("name", PLANS)
def test_every_block_is_closed(name: str) -> None:
    for most in range(2_000, 12_000, 777):
        text = shown(PLANS[name], most)
        assert text.count("<details>\n") == text.count("\n</details>\n")
        assert len(text) <= most
        fences = [each for each in parser().parse(text) if each.type == "fence"]
        assert all(each.map and text.split("\n")[each.map[1] - 1] == each.markup for each in fences)


@pytest.mark.parametrize("name", PLANS)
def test_no_control_character_is_left(name: str) -> None:
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", shown(PLANS[name])) is None


def test_the_first_line_is_the_marker() -> None:
    assert shown(PLANS["review"]).splitlines()[0] == MARKER


def test_equal_plans_give_equal_bytes() -> None:
    assert shown(PLANS["review"]) == shown(PLANS["review"])


def test_the_digest_is_there_however_little_room() -> None:
    for most in (2_000, 4_000, DEFAULT):
        assert "apply --expect-digest " + "0" * 32 in shown(PLANS["markup"], most)


def test_secrets_are_not_there() -> None:
    assert [name for name, plan in PLANS.items() if re.search(r"//[ab]\.example\.com", shown(plan))] == []


def test_three_hundred_assistants_fit_into_a_comment() -> None:
    text = render(plan_page(many(300), "0" * 32), DEFAULT)
    assert 0.9 * DEFAULT < len(text) <= DEFAULT
    (left,) = re.findall(r"^Left out to stay within the limit: (.*)\.$", text, re.MULTILINE)
    numbers = [int(each.replace(",", "")) for each in re.findall(r"[\d,]*\d", left)]
    assert text.count("<summary>") + numbers[-1] == 300


def test_what_is_lost_comes_first() -> None:
    text, whole = shown(PLANS["review"], 3_000), shown(PLANS["review"])
    deleted, conflict = re.findall(r"<details>.*?</details>", whole, re.DOTALL)[:2]
    assert "will be deleted" in deleted
    assert "was edited outside and in the file" in conflict
    assert deleted in text
    assert conflict in text
    assert "Left out to stay within the limit: " in text


def test_one_huge_prompt_leaves_room_for_others() -> None:
    huge = "\n".join(f"Line {number} of a very long prompt." for number in range(20_000))
    page = plan_page(PLANS["review"], "0" * 32)
    lines = FieldView("prompt", "~", text=compare_texts("x", huge))
    first = Card(CardKind.DELETE, "a", "A", "will be deleted", fields=(lines,))
    text = render(replace(page, cards=(first, *page.cards)), DEFAULT)
    assert len(text) <= DEFAULT
    assert text.count("<summary>") == 1 + len(page.cards)
    assert re.search(r"… 1\d,\d{3} more lines\n```", text)
    assert "Left out to stay within the limit: parts of 1 block." in text


def test_a_page_without_assistants() -> None:
    page = Page("diff", "Changes", "production", (), "Diff: nothing.", subject=MARKUP, quiet="No changes.")
    text = render(page, 2_000)
    assert text.splitlines()[0] == "<!-- revox-sync:diff -->"
    assert [each.type for each in tokens(text) if each.type in {"link_open", "image", "html_inline"}] == []
