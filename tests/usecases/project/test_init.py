"""What a project starts with; the files themselves, and what stops init, are in tests/cli/commands/test_init.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from revox_sync.errors import RefusedError
from revox_sync.usecases.project.init import (
    Started,
    Starter,
    guess_code_host,
    init_report,
    starters,
    write_starters,
)
from revox_sync.usecases.project.settings import Settings
from tests.source.repository import Repository


@pytest.mark.parametrize(
    ("remote", "host"),
    [
        ("git@github.com:acme/voice.git", "github"),
        ("https://token@gitlab.example.com:8443/acme/voice", "gitlab"),
        ("https://example.com/github/voice", "none"),
        ("/srv/github/voice.git", "none"),
        (None, "none"),
    ],
)
def test_the_host_of_a_remote_decides(tmp_path: Path, remote: str | None, host: str) -> None:
    repository = Repository.create(tmp_path)
    if remote:
        repository.git("remote", "add", "origin", remote)
    assert guess_code_host(tmp_path) == host


def test_without_git_there_is_no_host(tmp_path: Path) -> None:
    assert guess_code_host(tmp_path) == "none"


def test_everything_fits_an_empty_folder(tmp_path: Path) -> None:
    files = starters(tmp_path, "gitlab")
    assert [starter.unfit for starter in files] == [None] * 9
    assert [starter.path for starter in files if starter.shared] == [
        ".gitignore",
        ".pre-commit-config.yaml",
        ".gitlab-ci.yml",
        ".vscode/settings.json",
        ".vscode/extensions.json",
    ]


def test_each_starter_is_written_kept_or_unfit(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    new, kept, unfit = Starter("a", "A"), Starter("b", "B", unfit="no"), Starter("c", "C", unfit="no")
    assert write_starters(tmp_path, [new, kept, unfit]) == Started((new,), (kept,), (unfit,))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "A", "b": "mine"}


def test_none_is_written_if_one_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path.parent)
    with pytest.raises(RefusedError):
        write_starters(tmp_path, [Starter("a", "A"), Starter("out/b", "B")])
    assert not (tmp_path / "a").exists()


def test_the_report_says_what_is_left_to_do(tmp_path: Path) -> None:
    (tmp_path / "hooks").write_text("other: lines\n")
    (tmp_path / "ours").write_text("uses: revox-sync\n")
    started = Started(
        written=(Starter("flow", "uses: OWNER/revox-sync@SHA # v1\n"),),
        kept=(Starter("hooks", "one\ntwo\n", shared=True), Starter("ours", "one\n", shared=True)),
        unfit=(Starter("c\x1b", "C", unfit="it is not for you"),),
    )
    report = init_report(tmp_path, started, Settings(str(tmp_path)), undecided=True)
    head, _, tail = report.partition("\nNext:\n")
    assert head.splitlines() == [
        "written  flow",
        "kept     hooks",
        "kept     ours",
        "skipped  c<U+001B>: it is not for you",
        "skipped  a review workflow: no remote is on GitHub or GitLab; --ci github or --ci gitlab writes one",
        "",
        "Add to hooks:",
        "",
        "  one",
        "  two",
        "",
        "In flow, write the owner of the repository you get revox-sync from in place of OWNER,",
        "and the commit of its release in place of SHA.",
    ]
    option = f" -C {min(os.path.relpath(tmp_path), str(tmp_path), key=len)}"
    assert tail.startswith(f"  revox-sync lint{option}\n")
    assert "a review workflow" not in init_report(tmp_path, started, Settings(str(tmp_path)), undecided=False)
