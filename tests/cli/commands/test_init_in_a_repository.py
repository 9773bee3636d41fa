"""`init` in a git repository: workflows, hooks, and what git ignores."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.checkout import ROOT
from tests.cli.commands.fresh import ALWAYS, GITHUB, GITLAB, SCHEMA, VSCODE, Init, fates, git, present, write
from tests.integrations.runner import document

INTEGRATIONS: Final = ROOT / "integrations"


def test_the_owner_is_asked_for(init: Init, root: Path) -> None:
    ran = init("--ci", "github")
    assert "OWNER/revox-sync@" in (root / GITHUB[0]).read_text("utf-8")
    assert f"\nIn {GITHUB[0]}, write the owner of the repository" in ran.out
    assert "OWNER" not in init("--ci", "github").out


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@github.com:a/voice.git", GITHUB),
        ("https://token@github.example.com:8443/a/voice", GITHUB),
        ("ssh://git@gitlab.com/a/voice.git", GITLAB),
        ("https://gitlab.example.com/github/voice.git", GITLAB),
        ("https://code.example.com/github.com/voice.git", []),
        ("/srv/github.com/voice.git", []),
        (None, []),
    ],
)
def test_the_workflow_is_that_of_the_remote(init: Init, root: Path, remote: str | None, expected: list[str]) -> None:
    git(root, "init", "--quiet")
    if remote:
        git(root, "remote", "add", "upstream", remote)
    out = init().out
    assert present(root) == sorted(ALWAYS + expected)
    assert ("--ci github or --ci gitlab writes one" in out) == (not expected)
    assert "token" not in out


@pytest.mark.parametrize(("ci", "expected"), [("github", GITHUB), ("gitlab", GITLAB), ("none", [])])
def test_the_option_decides(init: Init, root: Path, ci: str, expected: list[str]) -> None:
    git(root, "init", "--quiet")
    git(root, "remote", "add", "origin", "git@github.com:a/voice.git")
    assert "--ci" not in init("--ci", ci).out
    assert present(root) == sorted(ALWAYS + expected)


def test_workflows_are_those_of_the_integrations(init: Init, root: Path) -> None:
    init("--ci", "github")
    init("--ci", "gitlab")
    assert (root / GITHUB[0]).read_bytes() == (INTEGRATIONS / "github" / "review.yml").read_bytes()
    assert (root / GITLAB[1]).read_bytes() == (INTEGRATIONS / "gitlab" / "revox-sync.gitlab-ci.yml").read_bytes()
    assert document(root / GITLAB[0]) == {"include": [{"local": GITLAB[1]}]}


def test_the_hook_looks_at_what_the_published_one_looks_at(init: Init, root: Path) -> None:
    init()
    ((hook,),) = (each["hooks"] for each in document(root / ".pre-commit-config.yaml")["repos"])
    (published,) = (each for each in document(ROOT / ".pre-commit-hooks.yaml") if each["id"] == "revox-sync-lint")
    for key in ("id", "name", "entry", "require_serial"):
        assert hook[key] == published[key]
    assert hook["files"] == published["files"].replace("(^|/)", "^")


@pytest.mark.slow
def test_the_hook_runs(init: Init, root: Path) -> None:
    git(root, "init", "--quiet")
    init()
    git(root, "add", "--all")
    programs = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(root.parent / "pre-commit"),
    }

    def hooked() -> tuple[int, str]:
        command = [str(programs / "pre-commit"), "run", "--all-files"]
        ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout

    code, out = hooked()
    assert (code, "Passed" in out) == (0, True), out
    write(root, {"assistants/hello.yaml": "name: Hello\npromt: Hello.\n"})
    code, out = hooked()
    assert (code, "RVX101" in out) == (1, True), out


def test_the_lines_of_a_hook_name_the_folders(init: Init, root: Path) -> None:
    write(root, {"revox-sync.yaml": "assistants: [voice, ./a.b]\n", ".pre-commit-config.yaml": "repos: []\n"})
    ran = init()
    assert fates(ran)[".pre-commit-config.yaml"] == "kept"
    assert "\n          files: ^(voice/.+|a\\.b/.+|revox-sync\\.yaml)$\n" in ran.out


@pytest.mark.parametrize(("ci", "above"), [("github", GITHUB[0]), ("gitlab", GITLAB[0])])
def test_a_folder_of_a_repository_gets_its_lines_told(init: Init, root: Path, ci: str, above: str) -> None:
    git(root, "init", "--quiet")
    (root / "a" / "voice").mkdir(parents=True)
    write(root, {".pre-commit-config.yaml": "repos: []\n"})
    out = init("--ci", ci, at=root / "a" / "voice").out
    assert "\nAdd to ../../.pre-commit-config.yaml:\n" in out
    assert "\n          files: ^a/voice/(assistants/.+|revox-sync\\.yaml)$\n" in out
    lines = out.partition(f"\nWrite into ../../{above}:\n\n")[2].partition("\n\nIn ")[0]
    written = yaml.safe_load(textwrap.dedent(lines))
    if ci == "github":
        assert written["jobs"]["review"]["steps"][-1]["with"]["working-directory"] == "a/voice"
    else:
        assert written == {
            "include": [{"local": f"a/voice/{GITLAB[1]}"}],
            "variables": {"REVOX_SYNC_FOLDER": "a/voice"},
        }
        assert (root / "a" / "voice" / GITLAB[1]).is_file()
    write(root, {".pre-commit-config.yaml": "files: ^a/voice/\n"})
    assert ".pre-commit-config.yaml:\n\n" not in init("--ci", ci, at=root / "a" / "voice").out


@pytest.mark.parametrize("rule", [".env", ".env*", "*"])
def test_git_ignores_the_keys(init: Init, root: Path, rule: str) -> None:
    git(root, "init", "--quiet")
    init()
    git(root, "check-ignore", ".env")
    other = root.parent / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    write(other, {".gitignore": f"{rule}\n"})
    assert ".env\n" not in init(at=other).out
    write(other, {".gitignore": "dist/\n"})
    assert "\nAdd to .gitignore:\n\n  # Keys" in init(at=other).out


def test_a_folder_of_a_repository_gets_no_hooks(init: Init, root: Path) -> None:
    git(root, "init", "--quiet")
    git(root, "remote", "add", "origin", "git@github.com:a/voice.git")
    (root / "voice").mkdir()
    ran = init(at=root / "voice")
    assert fates(ran) == {
        "revox-sync.yaml": "written",
        "assistants/hello.yaml": "written",
        ".gitignore": "written",
        ".pre-commit-config.yaml": "skipped",
        GITHUB[0]: "skipped",
        SCHEMA: "written",
        **dict.fromkeys(VSCODE, "skipped"),
    }
    assert f"the top of the repository, `{root}`" in ran.out
    below = [".gitignore", "assistants/hello.yaml", SCHEMA, "revox-sync.yaml"]
    assert present(root) == [f"voice/{path}" for path in below]
