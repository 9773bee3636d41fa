"""Pages as HTML: what they are made of, and what a real browser makes of them."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path

import pytest

from revox_sync.lint.model.finding import Severity
from revox_sync.output.page.field_view import field_views
from revox_sync.output.page.from_plan import plan_page
from revox_sync.output.page.model import Card, CardKind, FindingView, Note, Page
from revox_sync.output.page.to_html import render
from revox_sync.sync.model.plan import FieldChange
from tests.browser import Outline, browse
from tests.conftest import Golden
from tests.output.samples import MARKUP, PLANS, many

LIMIT = 2_000_000
OWN = {
    *("html", "head", "meta", "title", "style", "script", "body", "header", "main", "footer", "section", "article"),
    *(
        "nav",
        "a",
        "thead",
        "th",
        "h1",
        "h2",
        "p",
        "span",
        "code",
        "div",
        "pre",
        "table",
        "tbody",
        "tr",
        "td",
        "ins",
        "del",
        "mark",
        "ul",
        "li",
    ),
    *("form", "fieldset", "legend", "label", "input", "button", "b"),
}


def shown(name: str) -> str:
    return render(plan_page(PLANS[name], "0" * 32))


@pytest.mark.parametrize("name", PLANS)
def test_whole_output(golden: Golden, name: str) -> None:
    body = shown(name).partition("</head>")[2].rpartition("<script>")[0]
    golden(f"plan/{name}.html", re.sub(r"(</(?:p|h\d|tr|pre|form|div|article|table)>)", r"\1\n", body) + "\n")


@pytest.mark.parametrize("name", PLANS)
def test_it_is_made_of_our_elements(name: str) -> None:
    outline = Outline(shown(name))
    assert outline.left_open == []
    assert {tag for tag, _ in outline.elements} <= OWN
    attributes = {key for _, each in outline.elements for key in each}
    assert {key for key in attributes if key.startswith("on") or key in {"src", "style", "action"}} == set()
    # The only links lead to the cards of the page.
    cards = {f"#{each['id']}" for each in outline.all("article")}
    assert {each["href"] for each in outline.all("a")} <= cards
    assert len(outline.all("script")) == len(outline.all("style")) == len(outline.all("h1")) == 1


@pytest.mark.parametrize("name", PLANS)
def test_the_policy_allows_its_own_script_and_style_only(name: str) -> None:
    text = shown(name)
    (policy,) = (each["content"] or "" for each in Outline(text).all("meta") if "http-equiv" in each)
    assert policy.startswith("default-src 'none'; ")
    for part in ("script", "style"):
        (content,) = re.findall(f"<{part}>(.*?)</{part}>", text, re.DOTALL)
        assert f"{part}-src 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy


def test_what_others_wrote_is_there_as_text() -> None:
    assert MARKUP in Outline(shown("markup")).text


def test_everything_is_visible_without_a_script() -> None:
    hidden = [tag for tag, attributes in Outline(shown("review")).elements if "hidden" in attributes]
    assert hidden == ["form"]


def test_a_screen_reader_finds_its_way() -> None:
    outline = Outline(shown("review"))
    tags = [tag for tag, _ in outline.elements]
    assert [tag for tag in tags if tag in {"header", "main", "footer"}] == ["header", "main", "footer"]
    ids = {attributes.get("id") for _, attributes in outline.elements}
    assert {each["aria-labelledby"] for each in outline.all("article")} <= ids
    assert [each for each in outline.all("p") if each.get("aria-live") == "polite"]
    assert outline.all("html") == [{"lang": "en"}]


def test_secrets_are_not_there() -> None:
    assert [name for name in PLANS if re.search(r"//[ab]\.example\.com", shown(name))] == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("short", "<del>1</del> → <ins>&quot;short&quot;</ins>"),
        ({"a": 1}, "<ins>a: 1</ins>"),
        ("one\ntwo", "<ins>&quot;one\\ntwo&quot;</ins>"),
        ([0] * 1_000, "<ins>- 0</ins>" * 1_000),
        ({"a" * 3_000: 1}, f"<ins>{'a' * 3_000}: 1</ins>"),
    ],
)
def test_a_value_is_shown_whole(value: object, shown: str) -> None:
    change = FieldChange("field", 1, value, sensitive=False)
    page = Page("plan:a", "Plan", "a", (Card(CardKind.UPDATE, "a", "A", "", fields=field_views([change])),), "")
    assert shown.replace("&quot;", '"') in render(page).replace("&quot;", '"').replace("<mark>", "").replace(
        "</mark>", ""
    )


def test_equal_plans_give_equal_bytes() -> None:
    assert shown("review") == shown("review")


def test_three_hundred_assistants_stay_small() -> None:
    text = render(plan_page(many(300), "0" * 32))
    assert text.count("<article ") == 300
    assert len(text.encode()) < LIMIT


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "review.html"
    path.write_text(shown("review"), "utf-8")
    return path


EVERYTHING = ["retired", "booking", "sales/outbound", "recruiting/installateur", "support", "collections"]
FILTERS = [
    ("", EVERYTHING),
    ("action=create", ["collections"]),
    ("action=create&action=delete", ["retired", "collections"]),
    ("impact=routing", ["support"]),
    ("action=update&impact=speech", ["sales/outbound", "recruiting/installateur"]),
    ("q=AGENT_name", ["sales/outbound"]),
    ("q=nothing+of+this", []),
    ("action=nonsense", EVERYTHING),
]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(("fragment", "expected"), FILTERS)
def test_the_filter_works(page: Path, fragment: str, expected: list[str]) -> None:
    seen = browse(page, fragment)
    assert seen.visible == expected
    assert f"{len(expected)} of {len(EVERYTHING)} shown" in seen.dom
    assert '<form id="filters"' in seen.dom
    assert seen.console == []


@pytest.mark.slow
@pytest.mark.browser
def test_the_view_can_be_switched(page: Path) -> None:
    assert re.search(r"<body class=\"split\">.*aria-pressed=\"true\"", browse(page, "view=split").dom, re.DOTALL)
    assert '<body class="split">' not in browse(page).dom


WINDOWS = (320, 400, 800, 1600)
LONG = "x" * 300
WIDE = Card(
    *(CardKind.UPDATE, LONG, LONG, "will be updated", LONG, ("speech", "routing", "data", "cosmetic")),
    fields=field_views(
        [FieldChange(LONG, LONG, f"{LONG}y", sensitive=False), FieldChange("a", 1, {LONG: 1}, sensitive=False)]
    ),
    new_variables=(LONG,),
    findings=(FindingView(is_new=True, severity=Severity.ERROR, rule=f"RVX999 {LONG}", sentence=LONG, place=LONG),),
)


@pytest.mark.slow
@pytest.mark.browser
def test_nothing_is_wider_than_the_window(tmp_path: Path) -> None:
    wide = Page("plan:a", LONG, LONG, (WIDE,) * 4, LONG, LONG, notes=(Note(LONG, ((LONG, LONG),)),), base_url=LONG)
    pages = {**{name: shown(name) for name in ("review", "markup", "hostile")}, "wide": render(wide)}
    # A frame has the width of a window, and one start of the browser measures all of them, in both views.
    frames = "".join(
        f'<iframe width="{width}" height="900" srcdoc="{escape(page)}"></iframe>'
        for page in pages.values()
        for width in WINDOWS
    )
    script = (
        "const measure = () => Array.from(frames, (each) => each.document.scrollingElement.scrollWidth);"
        "addEventListener('load', () => { const seen = measure();"
        "for (const each of Array.from(frames)) each.document.body.classList.add('split');"
        "document.title = [...seen, ...measure()].join(' '); });"
    )
    path = tmp_path / "frames.html"
    path.write_text(f"<!doctype html><title></title>{frames}<script>{script}</script>", "utf-8")
    (title,) = re.findall("<title>([0-9 ]+)</title>", browse(path).dom)
    widths = zip([*WINDOWS] * len(pages) * 2, map(int, title.split()), strict=True)
    assert [(window, width) for window, width in widths if width > window] == []


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name", ["markup", "hostile"])
def test_nothing_of_others_runs(tmp_path: Path, name: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(shown(name), "utf-8")
    seen = browse(path)
    assert seen.console == []
    assert "<title>Plan for production" in seen.dom
    assert {tag for tag, _ in Outline(seen.dom.partition("</script>")[0]).elements} <= OWN
    assert len(seen.visible) == len(plan_page(PLANS[name]).cards)


@pytest.mark.slow
@pytest.mark.browser
def test_the_policy_holds_where_escaping_would_fail(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    injected = (
        "<script>document.title='owned'</script><img src='https://evil.example.com/' onerror=\"document.title='x'\">"
    )
    path.write_text(shown("review").replace("<main>", f"<main>{injected}"), "utf-8")
    seen = browse(path)
    assert "<title>Plan for production" in seen.dom
    assert len([each for each in seen.console if "Content Security Policy" in each]) >= 2


@pytest.mark.slow
@pytest.mark.browser
def test_many_assistants_stay_usable(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(plan_page(many(300), "0" * 32)), "utf-8")
    seen = browse(path, "action=create&q=team/00")
    assert seen.visible == ["team/000", "team/003", "team/006", "team/009"]


def test_what_a_sentence_has_in_backticks_is_code() -> None:
    notes = (Note("run `revox-sync pull` & see"), Note("`a` and `b"), Note("`<b>`"))
    text = render(Page("plan:a", "Plan", "a", (), "", notes=notes))
    assert "<p>run <code>revox-sync pull</code> &amp; see</p>" in text
    assert "<p><code>a</code> and `b</p>" in text
    assert "<p><code>&lt;b&gt;</code></p>" in text
