"""The `.env` file: what is taken from it, and when nothing is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from revox_sync.errors import ConfigError
from revox_sync.source.files.env_file import read_env_file
from tests.source.repository import Repository

CANARY = "canary-3f9a"


def write(root: Path, content: str | bytes) -> None:
    (root / ".env").write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("A=1\n", {"A": "1"}),
        ("\ufeffA=1\r\nB='2 3'\r\n", {"A": "1", "B": "2 3"}),
        ("# a comment\nexport A=x # and another\n\nB=\nC\n", {"A": "x", "B": ""}),
        ('A="two\nlines"\nB="\\n"\n', {"A": "two\nlines", "B": "\n"}),
        ("A=${HOME}$PATH\n", {"A": "${HOME}$PATH"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("A=p#w%!é\n", {"A": "p#w%!é"}),
    ],
)
def test_what_is_read(tmp_path: Path, text: str, values: dict[str, str]) -> None:
    write(tmp_path, text)
    found = read_env_file(tmp_path)
    assert (found.values, found.notes) == (values, ())


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert read_env_file(tmp_path).values == {}


@pytest.mark.parametrize(
    "name", ["REVOX_BASE_URL", "REVOX_SYNC_ALLOW_HOSTS", "HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE"]
)
def test_what_decides_where_the_key_goes_is_never_taken(tmp_path: Path, name: str) -> None:
    write(tmp_path, f"A=1\n{name}={CANARY}\n")
    found = read_env_file(tmp_path)
    assert found.values == {"A": "1"}
    assert found.notes == (f".env: `{name}` is not read from a file; set it in the environment",)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (f"A=1\n{CANARY}: 1\n", 2),
        (f"A=1\n\nB-C={CANARY}\n", 3),
        (f"{CANARY} and more\n", 1),
        (f'A="{CANARY}\n', 1),
    ],
)
def test_a_line_that_sets_nothing_is_named_and_not_shown(tmp_path: Path, content: str, line: int) -> None:
    write(tmp_path, content)
    with pytest.raises(ConfigError) as caught:
        read_env_file(tmp_path)
    assert f"`{tmp_path / '.env'}`, line {line}: " in caught.value.message
    assert CANARY not in caught.value.message + str(caught.value.hint)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    write(tmp_path, b"A=\xff\n")
    with pytest.raises(ConfigError, match="it is not UTF-8"):
        read_env_file(tmp_path)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: path.symlink_to("elsewhere")])
def test_what_is_no_file_is_not_read(tmp_path: Path, make: object) -> None:
    (tmp_path / "elsewhere").write_text("A=1\n")
    make(tmp_path / ".env")  # type: ignore[operator]
    found = read_env_file(tmp_path)
    assert found.values == {}
    assert found.notes[0].startswith(".env is not read: it ")


def test_git_decides(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path)
    folder = tmp_path / "voice"
    folder.mkdir()
    write(folder, "A=1\n")
    found = read_env_file(folder)
    assert found.values == {"A": "1"}
    assert "git does not ignore .env" in found.notes[0]
    (tmp_path / ".gitignore").write_text(".env\n")
    assert read_env_file(folder).notes == ()
    repository.git("add", "--force", "voice/.env")
    found = read_env_file(folder)
    assert found.values == {}
    assert found.notes[0].startswith(".env is not read: git tracks it")


def test_a_repository_that_git_cannot_read(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    write(tmp_path, "A=1\n")
    found = read_env_file(tmp_path)
    assert (found.values, found.notes) == (
        {},
        (".env is not read: git cannot say whether the repository has it",),
    )


def test_several_names_are_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("REVOX_BASE_URL=a\nHTTPS_PROXY=b\n", "utf-8")
    text = ".env: `HTTPS_PROXY`, `REVOX_BASE_URL` are not read from a file; set them in the environment"
    assert text in read_env_file(tmp_path).notes
