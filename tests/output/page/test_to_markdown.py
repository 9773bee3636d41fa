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
from revox_sync.output.page.model import Card, CardKind, Note, Page, in_order
from revox_sync.output.page.to_markdown import fitted, render
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


def left_out(text: str) -> str:
    found = re.search(r"^\*\*Left out to stay within .*", text, re.MULTILINE)
    assert found
    return found[0]


def test_three_hundred_assistants_fit_into_a_comment() -> None:
    text, missing = fitted(plan_page(many(300), "0" * 32), DEFAULT)
    assert 0.7 * DEFAULT < len(text) <= DEFAULT
    assert text.count("<summary>") + len(missing) == 300
    assert text.index("Left out to stay within 60,000 characters:") < text.index("| Assistant |")
    assert "The whole report: `-o html:FILE`" in left_out(text)


def test_new_assistants_never_push_a_live_one_out() -> None:
    prompt = FieldView("prompt", "+", after="Line of a prompt.\n" * 40)
    creates = [
        Card(CardKind.CREATE, f"new/{n}", "N", "will be created", impacts=("speech",), fields=(prompt,))
        for n in range(400)
    ]
    changed = Card(CardKind.UPDATE, "zz/live", "L", "will be updated", impacts=("cosmetic",), fields=(prompt,))
    page = replace(plan_page(PLANS["in-sync"], "0" * 32), cards=in_order([*creates, changed]), quiet=None)
    text, missing = fitted(page, DEFAULT)
    assert len(text) <= DEFAULT
    assert "<code>zz/live</code> will be updated" in text
    assert "update | cosmetic | `zz/live`" in text
    assert {card.kind for card in missing} == {CardKind.CREATE}
    assert re.search(r"`new/\d+` \(create: speech\), ", left_out(text))
    assert re.search(r"(\d+) more assistants \(\1 create: \1 speech\)", left_out(text))


def test_an_update_that_is_left_out_is_left_out_whole_and_named_with_its_impact() -> None:
    huge = FieldView(
        "prompt", "~", before="x", after="\n".join(f"Line {n} of a very long prompt." for n in range(20_000))
    )
    page = plan_page(PLANS["review"], "0" * 32)
    first = Card(CardKind.UPDATE, "a", "A", "will be updated", impacts=("speech", "data"), fields=(huge,))
    text, missing = fitted(replace(page, cards=(first, *page.cards)), DEFAULT)
    assert len(text) <= DEFAULT
    assert missing == (first,)
    assert "of a very long prompt" not in text
    assert left_out(text).startswith("**Left out to stay within 60,000 characters:** `a` (update: speech, data). ")
    assert text.count("<summary>") == len(page.cards)


def test_what_is_lost_comes_first() -> None:
    text, whole = shown(PLANS["review"], 4_000), shown(PLANS["review"])
    deleted = re.findall(r"<details>.*?</details>", whole, re.DOTALL)[0]
    assert "will be deleted" in deleted
    assert deleted in text
    assert left_out(text)


@pytest.mark.parametrize("most", [2_000, 2_500, 4_000, 10_000])
def test_the_limit_holds_whatever_is_left_out(most: int) -> None:
    long = [Card(CardKind.DELETE, f"{n} {MARKUP * 3}", "N", "will be deleted", reason=MARKUP) for n in range(200)]
    notes = tuple(Note(MARKUP * 20) for _ in range(9))
    page = replace(plan_page(PLANS["markup"], "0" * 32), cards=tuple(long), notes=notes)
    text, missing = fitted(page, most)
    assert len(text) <= most
    assert len(missing) > 100
    assert "more assistants (" in left_out(text)
    assert "the notes" in left_out(text)


def test_a_page_without_assistants() -> None:
    page = Page("diff", "Changes", "production", (), "Diff: nothing.", subject=MARKUP, quiet="No changes.")
    text = render(page, 2_000)
    assert text.splitlines()[0] == "<!-- revox-sync:diff -->"
    assert [each.type for each in tokens(text) if each.type in {"link_open", "image", "html_inline"}] == []
