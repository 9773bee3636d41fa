"""A journey: the commit hooks, installed by the real pre-commit and run by real commits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.checkout import ROOT, project_files

pytestmark = pytest.mark.long

GOOD: Final = "name: Good\nprompt: Greet the caller, and ask what you can do for them.\n"
BROKEN: Final = GOOD.replace("prompt", "promt")
INCLUDING: Final = "name: Good\nprompt: !file prompts/good.md\n"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A git repository somebody works in."""

    root: Path
    environment: Mapping[str, str]

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run git; the result tells how it went."""
        return subprocess.run(
            ["git", *arguments], cwd=self.root, env=self.environment, capture_output=True, text=True, check=False
        )

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def commit(self, files: Mapping[str, str]) -> tuple[bool, str]:
        """Write and commit files, hooks included: whether there is a commit, and what was said about it."""
        self.write(files)
        before = self.git("rev-parse", "HEAD").stdout
        assert self.git("add", "--all").returncode == 0
        committed = self.git("commit", "--message", "Change assistants")
        assert (committed.returncode == 0) == (self.git("rev-parse", "HEAD").stdout != before)
        return committed.returncode == 0, committed.stdout + committed.stderr


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Environment variables of somebody else: nothing of this checkout, and hook environments of their own."""
    home = tmp_path_factory.mktemp("home")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_"))}
    people = {
        f"GIT_{role}_{key}": "tester@example.com" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
    }
    return {
        **inherited,
        **people,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "XDG_CACHE_HOME": str(home / "cache"),
    }


@pytest.fixture(scope="module")
def published(environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """This project as a repository that hooks come from."""
    copy = Checkout(tmp_path_factory.mktemp("published"), environment)
    for path in project_files():
        (copy.root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy.root / path)
    assert copy.git("init", "--quiet").returncode == 0
    committed, said = copy.commit({})
    assert committed, said
    return copy


@pytest.fixture(params=["revox-sync-lint"])
def checkout(request: pytest.FixtureRequest, published: Checkout, tmp_path: Path) -> Checkout:
    """A repository with one assistant, and the hook installed."""
    project = Checkout(tmp_path, published.environment)
    revision = published.git("rev-parse", "HEAD").stdout.strip()
    hooks = {"repo": str(published.root), "rev": revision, "hooks": [{"id": request.param}]}
    project.write({".pre-commit-config.yaml": json.dumps({"repos": [hooks]}), "assistants/first.yaml": GOOD})
    assert project.git("init", "--quiet").returncode == 0
    assert project.commit({})[0]
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=tmp_path, env=project.environment, check=True)
    return project


def named(name: str, text: str = GOOD) -> str:
    """An assistant of another name."""
    return text.replace("name: Good", f"name: {name}")


# Files of one commit, and what the hook says where it does not let it pass.
COMMITS: Final = {
    "good file": ({"assistants/second.yaml": named("Second")}, None),
    "bad file": ({"assistants/second.yaml": named("Second", BROKEN)}, "assistants/second.yaml:2:1"),
    "bad and good file": (
        {"assistants/a.yaml": named("A"), "assistants/b.yml": named("B", BROKEN)},
        "unknown field `promt`",
    ),
    "name of a file that did not change": ({"assistants/second.yaml": GOOD}, "RVX601"),
    "name of a later file that did not change": ({"assistants/a.yaml": GOOD}, "RVX601"),
    "bad configuration": ({"revox-sync.yaml": "version: 1\ncontract: '0.3'\n"}, "contract `0.3` does not exist"),
    "configuration that makes a file bad": (
        {"revox-sync.yaml": "version: 1\ndefaults: {promt: Hi}\n"},
        "revox-sync.yaml:2:12",
    ),
    "file nobody uses": ({"assistants/README.md": "{{ never closed"}, None),
    "file elsewhere": ({"other.yaml": "promt: Hi"}, None),
}


@pytest.mark.parametrize(("files", "said"), COMMITS.values(), ids=COMMITS.keys())
def test_lint_blocks_what_it_finds_fault_with(checkout: Checkout, files: Mapping[str, str], said: str | None) -> None:
    committed, output = checkout.commit(files)
    assert committed == (said is None), output
    assert (said or "") in output


def test_lint_blocks_a_prompt_that_breaks_its_assistant(checkout: Checkout) -> None:
    committed, output = checkout.commit(
        {"assistants/first.yaml": INCLUDING, "assistants/prompts/good.md": "Greet {{caller}}.\n"}
    )
    assert committed, output
    committed, output = checkout.commit({"assistants/prompts/good.md": "Greet {{caller.\n"})
    assert not committed
    assert "--> assistants/prompts/good.md:1:7" in output
    assert "included from here: assistants/first.yaml:2:9" in output


@pytest.mark.parametrize("checkout", ["revox-sync-fix"], indirect=True)
def test_fix_mends_a_file_and_blocks_until_that_is_added(checkout: Checkout) -> None:
    committed, output = checkout.commit({"assistants/second.yaml": named("Second", BROKEN)})
    assert not committed
    assert "files were modified by this hook" in output
    assert (checkout.root / "assistants/second.yaml").read_text("utf-8") == named("Second")
    committed, output = checkout.commit({})
    assert committed, output


@pytest.mark.parametrize("checkout", ["revox-sync-fmt"], indirect=True)
def test_fmt_formats_a_file_and_blocks_until_that_is_added(checkout: Checkout) -> None:
    files = {"assistants/second.yaml": 'prompt: "Hi"\nname: Second\n', "assistants/_part.yaml": "a:   1\n"}
    committed, output = checkout.commit(files | {"assistants/prompts/p.md": "- 'quoted'\n"})
    assert not committed
    assert "files were modified by this hook" in output
    assert "2 files formatted" in output
    assert (checkout.root / "assistants/second.yaml").read_text("utf-8") == "name: Second\nprompt: Hi\n"
    assert (checkout.root / "assistants/_part.yaml").read_text("utf-8") == "a: 1\n"
    committed, output = checkout.commit({})
    assert committed, output
    committed, output = checkout.commit({"assistants/second.yaml": "name: [\n"})
    assert not committed
    assert "assistants/second.yaml:2" in output
