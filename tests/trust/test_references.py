"""A file of a pull request brings in what lies beside the project's files: keys, settings, states of programs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.account import Account
from tests.source.repository import Repository

CANARY = "ghp_canary4f1e"
SECRET = f"token: {CANARY}\n"
STOLEN = {
    "of git": ".git/config",
    "of ours": ".revox/notes.yaml",
    "hidden": ".env",
    "in a hidden folder": "assistants/.cache/notes.yaml",
    "ignored": "secret.yaml",
    "ignored in a folder": "assistants/build/deep/_notes.yaml",
    "ignored by a file beside it": "assistants/own.yaml.bak",
    "ignored by nobody else": "local.yaml",
}


@pytest.fixture
def project(account: Account) -> Account:
    """A project in git, with secrets beside its files."""
    repository = Repository.create(account.root)
    account.write(".gitignore", "secret*\nbuild/\n.env\n")
    account.write("assistants/.gitignore", "*.bak\n")
    account.write(".git/info/exclude", "local.yaml\n")
    repository.commit()
    for path in STOLEN.values():
        before = (account.root / path).read_text() if path == ".git/config" else ""
        # What is read as a file of variables has to be one; only a reference must not lead there.
        secret = f"TOKEN={CANARY}\n" if path == ".env" else SECRET
        account.write(path, f"{before}# {SECRET}" if before else secret)
    return account


def refused(account: Account, commands: tuple[str, ...] = ("plan", "apply --auto-approve")) -> str:
    """What lint says; nothing quotes the secret, and no command goes on."""
    linted = account.run("lint", "--no-cache", "-o", "concise")
    assert linted.code == 1
    for command in commands:
        ran = account.run(*command.split())
        assert (ran.code, account.writes) == (1, [])
        assert CANARY not in ran.out + ran.err
    compared = account.run("diff", "HEAD", "-o", "json")
    assert compared.code == 1, compared
    assert CANARY not in compared.out + compared.err + linted.out
    return linted.out


@pytest.mark.parametrize("path", STOLEN.values(), ids=STOLEN.keys())
@pytest.mark.parametrize("tag", ["file", "include"])
def test_what_lies_beside_the_project_is_not_read(project: Account, path: str, tag: str) -> None:
    reference = os.path.relpath(path, "assistants")
    project.write("assistants/a.yaml", f"name: A\nprompt: !{tag} {reference}\n")
    said = refused(project)
    assert f"`{reference}` is " in said
    assert "RVX006" in said


@pytest.mark.parametrize("path", STOLEN.values(), ids=STOLEN.keys())
@pytest.mark.parametrize("through", ["file", "folder", "assistant"])
def test_a_link_leads_there_no_more(project: Account, path: str, through: str) -> None:
    folder = project.root / "assistants"
    target, name = project.root / path, Path(path).name
    if through == "assistant":
        (folder / "a.yaml").symlink_to(target)
    else:
        link = folder / "prompts"
        link.symlink_to(target if through == "file" else target.parent)
        reference = "prompts" if through == "file" else f"prompts/{name}"
        project.write("assistants/a.yaml", f"name: A\nprompt: !file {reference}\n")
    refused(project)


def test_of_a_committed_link_to_a_hidden_file_nothing_is_shown(project: Account) -> None:
    project.write(".env.example", SECRET)
    (project.root / "assistants" / "_prompt").symlink_to("../.env.example")
    project.write("assistants/a.yaml", "name: A\nprompt: !file _prompt\n")
    repository = Repository(project.root)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "-m", "link")
    for revisions in ("HEAD~1..HEAD", "HEAD"):
        ran = project.run("diff", revisions)
        assert CANARY not in ran.out + ran.err


def test_what_the_project_keeps_is_read(project: Account) -> None:
    """Tracked against a pattern, untracked, in a folder with odd letters, through a link."""
    for path in ("assistants/_é ü/secret ä.md", "assistants/_new.md", "assistants/_to.md"):
        project.write(path, "Say hello.")
    Repository(project.root).git("add", "--force", "assistants/_é ü/secret ä.md")
    (project.root / "assistants" / "_link.md").symlink_to("_to.md")
    for address, path in {"a": "_é ü/secret ä.md", "b": "_new.md", "c": "_link.md"}.items():
        project.write(f"assistants/{address}.yaml", f'name: {address}\nprompt: !file "{path}"\n')
    assert project.run("lint", "--no-cache").code == 0
    assert [change["action"] for change in project.plan()["changes"]] == ["create"] * 3


def test_without_git_hidden_files_are_left_alone(account: Account) -> None:
    account.write(".env", SECRET)
    account.write("assistants/a.yaml", "name: A\nprompt: !file ../.env\n")
    assert account.run("lint", "--no-cache").code == 1
    assert CANARY not in account.run("plan").out


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a line for each call of git."""
    found = next(Path(folder) / "git" for folder in os.environ["PATH"].split(":") if (Path(folder) / "git").exists())
    log, program = tmp_path / "calls", tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {found} "$@"\n')
    program.chmod(0o755)
    log.touch()
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return log


@pytest.mark.parametrize("number", [1, 3, 240])
def test_git_is_asked_once(project: Account, asked: Path, number: int) -> None:
    project.write("assistants/_hello.md", "Say hello.")
    for each in range(number):
        project.write(f"assistants/a{each}.yaml", f"name: A {each}\nprompt: !file _hello.md\n")
    assert project.run("lint", "--no-cache").code == 0
    assert len(asked.read_text().splitlines()) == 1


def test_git_is_not_asked_without_a_reference(project: Account, asked: Path) -> None:
    project.declare("a")
    assert project.run("lint", "--no-cache").code == 0
    assert asked.read_text() == ""


@pytest.mark.parametrize("paths", [[], ["assistants/a.yaml"]])
def test_a_cached_result_does_not_outlive_the_decision_to_ignore_a_file(
    project: Account, tmp_path: Path, paths: list[str]
) -> None:
    project.write("assistants/_hello.md", "Say hello.")
    project.write("assistants/a.yaml", "name: A\nprompt: !file _hello.md\n")
    named = [str(project.root / path) for path in paths]

    def linted() -> int:
        return project.run("lint", "--cache-dir", str(tmp_path / "cache"), *named).code

    assert [linted(), linted()] == [0, 0]
    project.write("assistants/.gitignore", "_hello.md\n")
    assert [linted(), linted()] == [1, 1]
    (project.root / "assistants" / ".gitignore").unlink()
    assert linted() == 0


def test_a_hook_of_git_asks_about_the_right_folder(project: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git sets GIT_INDEX_FILE for the top of the repository, relative to it; a project may be a folder in it."""
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.setenv("GIT_DIR", ".git")
    inner = project.root / "voice"
    project.write("voice/revox-sync.yaml", (project.root / "revox-sync.yaml").read_text())
    project.write("voice/assistants/_secret.md", "Say hello.")
    project.write("voice/assistants/a.yaml", json.dumps({"name": "A", "prompt": "Hi"}))
    project.write("voice/assistants/b.yaml", "name: B\nprompt: !file ../../.env\n")
    project.write("voice/assistants/c.yaml", "name: C\nprompt: !file ../secret.yaml\n")
    project.write("voice/secret.yaml", SECRET)
    ran = project.run("lint", "-C", str(inner), "--no-cache", "-o", "concise")
    assert ran.code == 1
    assert "`../secret.yaml` is ignored by git" in ran.out
