"""What the package index shows leads somewhere."""

from __future__ import annotations

import re

import pytest

from tests.checkout import ROOT
from tools.readme_hook import with_whole_links

HOME = "https://example.com/acme/voice"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[a](docs/ci.md)", f"[a]({HOME}/blob/v1/docs/ci.md)"),
        ("[a](docs/ci.md#b)", f"[a]({HOME}/blob/v1/docs/ci.md#b)"),
        ("[a](https://b.example)", "[a](https://b.example)"),
        ("[a](#b)", "[a](#b)"),
        ("`[a](b c)`", "`[a](b c)`"),
    ],
)
def test_links_to_files_are_whole(text: str, shown: str) -> None:
    assert with_whole_links(text, HOME, "v1") == shown


def test_no_link_of_ours_is_left() -> None:
    shown = with_whole_links((ROOT / "README.md").read_text("utf-8"), HOME, "v1")
    assert {target for target in re.findall(r"\]\(([^)]+)\)", shown) if not re.match(r"https?://|#", target)} == set()
