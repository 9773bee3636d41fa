"""The project's own workflows: what they may do, and that they do what a person does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.integrations.runner import EXPRESSION, document, scripts
from tests.integrations.test_templates import PINNED

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
OTHERS = re.compile(r"uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
WRITES = {
    ("release.yml", "attest"): {"id-token": "write", "attestations": "write"},
    ("release.yml", "publish"): {"id-token": "write"},
    ("release.yml", "release"): {"contents": "write"},
}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_job_may_do_what_it_needs(path: Path) -> None:
    workflow = document(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"] == WRITES.get((path.name, name), {"contents": "read"})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_named_by_commit_and_scripts_have_no_expressions(path: Path) -> None:
    text = path.read_text("utf-8")
    used = re.findall(r"(?m)^.*\buses: .*$", text)
    assert [line for line in used if not OTHERS.search(line)] == []
    assert [script for script in scripts(document(path)) if EXPRESSION.search(script)] == []
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


def test_one_action_is_of_one_commit_here_and_in_what_we_ship() -> None:
    files = [*WORKFLOWS, ROOT / "action.yml", *(ROOT / "integrations/github").glob("*.yml")]
    pins = {
        match[0] for path in files for match in re.finditer(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", path.read_text("utf-8"))
    }
    assert len({pin.partition("@")[0] for pin in pins}) == len(pins)
    assert PINNED.search("uses: actions/checkout@" + "0" * 40 + " # v1.2.3")


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall(r"(?m)^([\w-]+):", (ROOT / "Makefile").read_text("utf-8")))
    called = {word for path in WORKFLOWS for word in re.findall(r"\bmake ([\w-]+)", path.read_text("utf-8"))}
    assert called <= targets
