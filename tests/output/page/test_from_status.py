"""Where assistants stand, as a page."""

from __future__ import annotations

import re

import pytest

from revox_sync.output.page import to_html as page_html
from revox_sync.output.page import to_markdown as page_markdown
from revox_sync.output.page.from_status import SHOWN, status_page
from revox_sync.sync.model.status import Standing
from tests.browser import Outline
from tests.conftest import Golden
from tests.output.page.test_to_html import OWN
from tests.output.page.test_to_markdown import prose
from tests.output.standings import EVERY, STATUSES


@pytest.mark.parametrize("name", STATUSES)
def test_markdown(golden: Golden, name: str) -> None:
    text = page_markdown.render(status_page(STATUSES[name]), 60_000)
    golden(f"status/{name}.md", text)
    assert text.startswith("<!-- revox-sync:status:production -->\n")
    assert re.search(r"[@#]\w|https?:|\x1b", prose(text)) is None


@pytest.mark.parametrize("name", STATUSES)
def test_html(name: str) -> None:
    outline = Outline(page_html.render(status_page(STATUSES[name])))
    assert {tag for tag, _ in outline.elements} <= OWN


def test_whoever_is_not_in_sync_has_a_card() -> None:
    assert set(SHOWN) == set(Standing) - {Standing.IN_SYNC}
    wanted = {each.address for each in EVERY.assistants if each.state is not Standing.IN_SYNC}
    assert {each.address for each in status_page(EVERY).cards} == wanted
