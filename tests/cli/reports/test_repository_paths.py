"""Annotations point at files of the repository, wherever in it the project lies."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from revox_sync.cli.main import run
from revox_sync.cli.reports.repository_paths import seen_from_repository
from revox_sync.lint.model.finding import Region
from tests.output.findings import AMBIGUOUS, REPORT
from tests.source.repository import Repository

INCLUDING = "name: A\nprompt: !include _shared.yaml#/prompt\nvoice: {idd: x, provider: cartesia}\n"
FILES = {
    "revox-sync.yaml": "version: 1\n",
    "assistants/a b.yaml": INCLUDING,
    "assistants/_shared.yaml": "prompt: Hi {{x\n",
}
PATHS = ["assistants/_shared.yaml", "assistants/a b.yaml"]
Captured = pytest.CaptureFixture[str]


def project(repository: Repository, folder: str) -> Path:
    repository.write({f"{folder}/{path}": content for path, content in FILES.items()})
    return repository.root / folder


def lint(root: Path, style: str, capsys: Captured) -> str:
    assert run(["-C", str(root), "lint", "-o", style]) == 1
    return capsys.readouterr().out


def paths(root: Path, style: str, capsys: Captured) -> list[str]:
    """The files of the findings."""
    shown = lint(root, style, capsys)
    if style == "github":
        return sorted(re.findall(r"file=([^,]*),", shown))
    if style == "gitlab":
        return sorted(each["location"]["path"] for each in json.loads(shown))
    if style == "sarif":
        return sorted(uris(json.loads(shown)["runs"][0]["results"]))
    return sorted(each["path"] for each in json.loads(shown)["findings"])


def uris(found: Any) -> list[str]:
    """Every file named anywhere in SARIF results, once."""
    if isinstance(found, dict):
        own = [found["uri"].replace("%20", " ")] if "uri" in found else []
        return sorted({*own, *(uri for each in found.values() for uri in uris(each))})
    return sorted({uri for each in found for uri in uris(each)}) if isinstance(found, list) else []


@pytest.mark.parametrize("style", ["github", "gitlab", "sarif"])
@pytest.mark.parametrize(("folder", "prefix"), [(".", ""), ("voice", "voice/"), ("apps/voice", "apps/voice/")])
def test_paths_start_at_the_top_of_the_repository(
    tmp_path: Path, style: str, folder: str, prefix: str, capsys: Captured
) -> None:
    root = project(Repository.create(tmp_path), folder)
    assert paths(root, style, capsys) == [f"{prefix}{path}" for path in PATHS]


def test_reports_for_people_and_programs_stay_in_the_project(tmp_path: Path, capsys: Captured) -> None:
    root = project(Repository.create(tmp_path), "voice")
    assert paths(root, "json", capsys) == PATHS


def test_the_nearest_repository_counts(tmp_path: Path, capsys: Captured) -> None:
    outer = Repository.create(tmp_path)
    root = project(outer, "module/voice")
    (tmp_path / "module" / ".git").write_text("gitdir: ../.git/modules/module\n")
    assert paths(root, "github", capsys) == [f"voice/{path}" for path in PATHS]


def test_a_project_that_is_reached_through_a_link_is_where_it_really_is(tmp_path: Path, capsys: Captured) -> None:
    project(Repository.create(tmp_path / "repository"), "voice")
    (tmp_path / "link").symlink_to(tmp_path / "repository" / "voice")
    assert paths(tmp_path / "link", "gitlab", capsys) == [f"voice/{path}" for path in PATHS]


def test_every_place_of_a_finding_moves_and_nothing_else(tmp_path: Path) -> None:
    Repository.create(tmp_path)
    (tmp_path / "voice").mkdir()
    moved = seen_from_repository(REPORT, str(tmp_path / "voice"))
    assert repr(moved).count("path='voice/") == repr(REPORT).count("path='")
    assert repr(moved).replace("path='voice/", "path='") == repr(REPORT)


def test_a_path_outside_the_project_stays(tmp_path: Path) -> None:
    Repository.create(tmp_path)
    (tmp_path / "voice").mkdir()
    outside = AMBIGUOUS._replace(region=Region("/elsewhere/a.yaml", 1, 1, 1, 2))
    moved = seen_from_repository(REPORT._replace(findings=(outside,)), str(tmp_path / "voice"))
    assert moved.findings[0].region == outside.region
