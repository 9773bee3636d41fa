"""Links of the site that lead out of it: what they lead to comes along."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site_links import bring_along


def written(site: Path, page: str, *links: str) -> Path:
    path = site / page
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(f'<a class="x" href="{link}">x</a>' for link in links), "utf-8")
    return path


def test_what_a_page_links_to_comes_along(tmp_path: Path) -> None:
    workflow = tmp_path / "integrations" / "github" / "review.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("on: pull_request\n", "utf-8")
    kept = ("../apply/", "#top", "https://example.com/a", "/search", "?x", "mailto:a@example.com")
    page = written(tmp_path / "site", "ci/index.html", "../../integrations/github/review.yml#L3", *kept)
    written(tmp_path / "site", "apply/index.html")
    bring_along(tmp_path, tmp_path / "site")
    expected = written(tmp_path / "expected", "index.html", "../integrations/github/review.yml#L3", *kept)
    assert page.read_text("utf-8") == expected.read_text("utf-8")
    copy = page.parent / "../integrations/github/review.yml"
    assert copy.read_text("utf-8") == "on: pull_request\n"
    bring_along(tmp_path, tmp_path / "site")
    assert page.read_text("utf-8") == expected.read_text("utf-8")


@pytest.mark.parametrize("link", ["../../gone.yml", "../../../outside.yml"])
def test_a_link_to_nothing_is_named(tmp_path: Path, link: str) -> None:
    root = tmp_path / "root"
    (tmp_path / "outside.yml").touch()
    written(root / "site", "ci/index.html", link)
    with pytest.raises(FileNotFoundError, match=r"^ci/index\.html: \S+\.yml leads to nothing$"):
        bring_along(root, root / "site")
