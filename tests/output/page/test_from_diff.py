"""Comparisons in every format: whole outputs, to be read in the diff."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from revox_sync.output.json import diff as diff_json
from revox_sync.output.page import to_html as page_html
from revox_sync.output.page import to_markdown as page_markdown
from revox_sync.output.page import to_text as page_text
from revox_sync.output.page.from_diff import diff_page
from revox_sync.output.page.model import Page
from revox_sync.output.text.style import no_style
from tests.account import SCHEMAS
from tests.browser import Outline
from tests.conftest import Golden
from tests.output.comparisons import COMPARISONS
from tests.output.page.test_to_html import OWN
from tests.output.page.test_to_markdown import prose

SCHEMA = json.loads((SCHEMAS / "diff.schema.json").read_text("utf-8"))


def page(name: str) -> Page:
    comparison, delta, addresses = COMPARISONS[name]()
    return diff_page(comparison, delta, addresses, diff_json.comparison_digest(comparison, delta))


def document(name: str) -> str:
    comparison, delta, _ = COMPARISONS[name]()
    return diff_json.render(comparison, delta)


@pytest.mark.parametrize("width", [60, 100, 160])
@pytest.mark.parametrize("name", COMPARISONS)
def test_text(golden: Golden, name: str, width: int) -> None:
    golden(f"diff/{name}-{width}.txt", page_text.render(page(name), no_style, width))


@pytest.mark.parametrize("name", COMPARISONS)
def test_markdown(golden: Golden, name: str) -> None:
    text = page_markdown.render(page(name), 60_000)
    golden(f"diff/{name}.md", text)
    assert text.startswith("<!-- revox-sync:diff -->\n")
    assert re.search(r"[@#]\w|https?:|www\.|evil", prose(text)) is None


@pytest.mark.parametrize("name", COMPARISONS)
def test_html(name: str) -> None:
    outline = Outline(page_html.render(page(name)))
    assert {tag for tag, _ in outline.elements} <= OWN
    assert len(outline.all("article")) == len(page(name).cards)


@pytest.mark.parametrize("name", COMPARISONS)
def test_json(golden: Golden, name: str) -> None:
    text = document(name)
    golden(f"diff/{name}.json", text)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert json.loads(text)["digest"] == page(name).digest


def test_the_digest_is_that_of_the_content() -> None:
    digests = {json.loads(document(name))["digest"] for name in COMPARISONS}
    assert len(digests) == len(COMPARISONS)
    assert document("reviewed") == document("reviewed")


def test_findings_stand_beside_their_change() -> None:
    found = {card.address: [(each.is_new, each.sentence) for each in card.findings] for card in page("reviewed").cards}
    assert found["sales/outbound"] == [(True, "`TODO` is left over; remove it")]
    assert found["recruiting/installateur"] == [(False, "`FIXME` is left over; remove it")]
    assert found["broken"] == [(True, "unknown field `promt`; remove it")]
    assert [each.sentence for each in page("reviewed").findings] == ["name used twice; remove it"]


def test_new_and_gone_variables_are_named() -> None:
    (card,) = (each for each in page("reviewed").cards if each.address == "sales/outbound")
    # The prompt still greets `contact_name`, which only the first sentence has lost.
    assert (card.new_variables, card.gone_variables) == (("number",), ())


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"surprise": 1},
        {"summary": {}},
        {"unread": [{"version": "HEAD", "path": "a.yaml", "errors": 0}]},
        {"findings": {"new": []}},
        {"changes": [{"address": "a", "name": "a", "action": "delete", "impact": [], "fields": []}]},
    ],
)
def test_the_schema_is_strict(change: dict[str, object]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(json.loads(document("reviewed")) | change)


def test_findings_and_fields_have_the_shape_they_have_elsewhere() -> None:
    lint, plan = (
        json.loads((SCHEMAS / f"{each}.schema.json").read_text("utf-8"))["$defs"] for each in ("lint", "plan")
    )
    del lint["finding"]["properties"]["reason"]
    shared = {name: SCHEMA["$defs"][name] for name in ("finding", "fix", "edit", "related", "position", "path")}
    assert shared == {name: lint[name] for name in shared}
    assert SCHEMA["$defs"]["field"] == plan["field"]
