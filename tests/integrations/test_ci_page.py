"""docs/ci.md says what action.yml and the templates do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.integrations.runner import document

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
ACTION = document(ROOT / "action.yml")
BLOCKS = [
    re.sub(r"(?m)^ {3}", "", each) if each.startswith("   ") else each
    for each in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
]


def rows(heading: str) -> dict[str, str]:
    """The rows of the table with a heading: name, and the rest."""
    (table,) = re.findall(rf"(?m)^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE)
    return dict(re.findall(r"(?m)^\| `([\w-]+)` \| (.*) \|$", table))


def parsed(text: str, folder: Path) -> Any:
    (folder / "block.yml").write_text(text, "utf-8")
    return document(folder / "block.yml")


def test_every_input_is_in_the_table_with_its_default() -> None:
    table = rows("input")
    assert list(table) == list(ACTION["inputs"])
    defaults = {name: each["default"] for name, each in ACTION["inputs"].items()} | {"token": "the job's"}
    assert {name: row.split("|")[0].strip(" `") for name, row in table.items()} == defaults


def test_every_output_is_in_the_table() -> None:
    assert list(rows("output")) == list(ACTION["outputs"])


def test_links_lead_to_files() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert targets
    assert [each for each in targets if not (ROOT / "docs" / each).is_file()] == []


def test_anchors_are_headings() -> None:
    headings = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"(?m)^#+ (.*)$", PAGE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= headings


@pytest.mark.parametrize("text", BLOCKS)
def test_examples_are_yaml(text: str, tmp_path: Path) -> None:
    assert parsed(text, tmp_path)


def test_the_example_of_the_action_uses_inputs_and_outputs_it_has(tmp_path: Path) -> None:
    checkout, review, upload = parsed(BLOCKS[0], tmp_path)
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert review["with"].keys() <= ACTION["inputs"].keys()
    (output,) = re.findall(r"steps\.revox\.outputs\.([\w-]+)", upload["with"]["sarif_file"])
    assert output in ACTION["outputs"]


def test_names_of_jobs_and_variables_are_those_of_the_templates() -> None:
    template = (ROOT / "integrations" / "gitlab" / "revox-sync.gitlab-ci.yml").read_text("utf-8")
    workflows = "".join(path.read_text("utf-8") for path in (ROOT / "integrations" / "github").glob("*.yml"))
    for name in re.findall(r"`(revox-sync-\w+|REVOX_SYNC_\w+|GITLAB_TOKEN)", PAGE):
        assert name in template
    for name in ("revox-plan", "revox-production", "revox-review", "Somebody looks", "Assistants approved", "backup"):
        assert name in PAGE
        assert name in workflows
