"""`revox-sync fmt`: which files, what is said, and that nothing is written that should not be."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import pytest

from revox_sync.cli.main import run

UGLY: Final = "prompt: \"Hi\\nthere\"\nname: 'A'\n"
FINE: Final = "name: A\nprompt: |-\n  Hi\n  there\n"
FRAGMENT: Final = "x:   1\na: 'b'\n"


class Ran(NamedTuple):
    """Exit code, stdout and stderr of a call."""

    code: int
    out: str
    err: str


class Fmt(Protocol):
    """`fmt(*arguments)` runs the command in the project."""

    def __call__(self, *arguments: str, stdin: bytes | None = None) -> Ran: ...


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    write(root, {"revox-sync.yaml": "version: 1\n", "assistants/a.yaml": UGLY})
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def fmt(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Fmt:
    assert project.exists()

    def call(*arguments: str, stdin: bytes | None = None) -> Ran:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run(["fmt", *arguments])
        return Ran(code, *capsys.readouterr())

    return call


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def texts(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def test_all_assistants_and_fragments_are_formatted(fmt: Fmt, project: Path) -> None:
    others = {
        "revox-sync.yaml": "version:   1\n",
        "other.yaml": FRAGMENT,
        "assistants/prompts/p.md": "x:   'y'\n",
        "assistants/.hidden.yaml": FRAGMENT,
        "assistants/b.yml": "prompt: Hi\nname: B\n".replace("\n", "\r\n"),
    }
    write(project, {**others, "assistants/_part.yaml": FRAGMENT, "assistants/c.yaml": "name: C\nprompt: Hi\n"})
    assert fmt() == Ran(0, "", "3 files formatted, 1 file formatted already.\n")
    assert texts(project) == {
        **others,
        "assistants/a.yaml": FINE,
        "assistants/_part.yaml": "x: 1\na: b\n",
        "assistants/b.yml": "name: B\r\nprompt: Hi\r\n",
        "assistants/c.yaml": "name: C\nprompt: Hi\n",
    }
    assert fmt() == Ran(0, "", "4 files formatted already.\n")
    assert fmt("--check").code == fmt("--diff").code == fmt("-q").code == 0


@pytest.mark.parametrize(
    ("paths", "formatted"),
    [
        (["assistants/sub"], ["assistants/sub/b.yaml"]),
        (["assistants/a.yaml", "./assistants/sub/../a.yaml"], ["assistants/a.yaml"]),
        (["."], ["assistants/a.yaml", "assistants/sub/b.yaml"]),
        (["revox-sync.yaml", "other/c.yaml"], ["other/c.yaml"]),
        (["other"], ["other/c.yaml"]),
        (["assistants/p.md"], []),
    ],
)
def test_paths_say_what_is_formatted(fmt: Fmt, project: Path, paths: list[str], formatted: list[str]) -> None:
    write(project, {"assistants/sub/b.yaml": UGLY, "other/c.yaml": FRAGMENT, "assistants/p.md": "a:   b\n"})
    before = texts(project)
    assert fmt(*paths).code == 0
    after = texts(project)
    assert [path for path in sorted(after) if after[path] != before[path]] == formatted
    assert after["other/c.yaml"] in {FRAGMENT, "x: 1\na: b\n"}


def test_check_names_files_and_writes_nothing(fmt: Fmt, project: Path) -> None:
    write(project, {"assistants/b.yaml": "name: B\nprompt: Hi\n"})
    before = texts(project)
    said = "1 file would be formatted, 1 file formatted already.\n"
    assert fmt("--check") == Ran(1, "Would format assistants/a.yaml\n", said)
    assert fmt("--check", "-q") == Ran(1, "Would format assistants/a.yaml\n", "")
    assert texts(project) == before


def test_diff_shows_it_and_no_secret(fmt: Fmt, project: Path) -> None:
    write(
        project, {"assistants/a.yaml": "webhook_secret:   'x'\nname: 'A'\nprompt: k=sk_live_4eC39HqLyjWDarjtT1zdp7dc\n"}
    )
    before = texts(project)
    ran = fmt("--diff")
    assert (ran.code, ran.err) == (1, "1 file would be formatted.\n")
    assert ran.out.startswith("--- assistants/a.yaml\n+++ assistants/a.yaml\n@@ ")
    assert "+name: A\n" in ran.out
    assert "sk_live" not in ran.out
    assert texts(project) == before


def test_stdin_goes_to_stdout(fmt: Fmt, project: Path) -> None:
    before = texts(project)
    assert fmt("-", stdin=UGLY.encode()) == Ran(0, FINE, "")
    assert fmt("--stdin-filename", "assistants/new.yaml", stdin=UGLY.encode()) == Ran(0, FINE, "")
    assert fmt("--stdin-filename", "assistants/_part.yaml", stdin=FRAGMENT.encode()) == Ran(0, "x: 1\na: b\n", "")
    assert fmt("-", stdin=b"b: 1\r\na:   2\r\n").out == "b: 1\r\na: 2\r\n"
    assert fmt("-", stdin=b"? a\n").out == "? a\n"
    assert fmt("--check", "-", stdin=UGLY.encode()) == Ran(1, "Would format assistants/stdin.yaml\n", "")
    broken = fmt("--stdin-filename", "assistants/new.yaml", stdin=b"a: [\n")
    assert (broken.code, broken.out) == (1, "")
    assert broken.err.startswith("error: assistants/new.yaml:2: ")
    assert texts(project) == before


def test_what_cannot_be_read_is_an_error_and_the_others_are_formatted(fmt: Fmt, project: Path) -> None:
    broken = {"assistants/b.yaml": "name: [\n", "assistants/c.yaml": "name: C\n? prompt\n: x\n"}
    write(project, broken)
    ran = fmt()
    assert ran.code == 1
    error, left, summary = ran.err.splitlines()
    assert error == "error: assistants/b.yaml:2: a value is expected here"
    assert left == "Left as it is: assistants/c.yaml:2 has a key behind `?`."
    assert summary == "1 file formatted."
    assert {path: text for path, text in texts(project).items() if path in broken} == broken
    assert texts(project)["assistants/a.yaml"] == FINE
    assert fmt("assistants/c.yaml").code == 0


def test_links_are_not_followed(fmt: Fmt, project: Path, tmp_path: Path) -> None:
    write(tmp_path, {"outside/x.yaml": UGLY})
    (project / "assistants/link.yaml").symlink_to(tmp_path / "outside/x.yaml")
    (project / "assistants/folder").symlink_to(tmp_path / "outside")
    (project / "assistants/same.yaml").symlink_to("a.yaml")
    assert fmt().code == 0
    assert texts(project)["assistants/a.yaml"] == FINE
    assert (project / "assistants/link.yaml").is_symlink()
    for path in ("assistants/link.yaml", "assistants/folder/x.yaml"):
        ran = fmt(path)
        assert ran.code == 1
        assert "is outside the project" in ran.err
    (project / "assistants/inner").symlink_to(project / "parts")
    write(project, {"parts/b.yaml": UGLY})
    assert fmt("assistants/inner/b.yaml", "parts/b.yaml") == Ran(0, "", "1 file formatted.\n")
    assert texts(tmp_path / "outside") == {"x.yaml": UGLY}


def test_modes_stay(fmt: Fmt, project: Path) -> None:
    (project / "assistants/a.yaml").chmod(0o640)
    assert fmt().code == 0
    assert (project / "assistants/a.yaml").stat().st_mode & 0o777 == 0o640


def test_variables_and_the_environment_are_not_read(fmt: Fmt, project: Path) -> None:
    write(project, {"assistants/a.yaml": "prompt: !var nothing\nname: !env NOT_SET\nfaq_items: !include gone.yaml\n"})
    assert fmt().code == 0
    assert texts(project)["assistants/a.yaml"].startswith("name: !env NOT_SET\nprompt: !var nothing\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["assistants/none.yaml"], "`assistants/none.yaml` does not exist"),
        (["-", "assistants/a.yaml"], "stdin and other paths do not go together"),
        (["--stdin-filename", "x.yaml", "assistants/a.yaml"], "stdin and other paths do not go together"),
    ],
)
def test_wrong_arguments(fmt: Fmt, arguments: list[str], words: str) -> None:
    ran = fmt(*arguments)
    assert ran.code == 64
    assert words in ran.err


def test_nothing_to_format(fmt: Fmt, project: Path) -> None:
    (project / "assistants/a.yaml").unlink()
    ran = fmt()
    assert ran.code == 64
    assert "no assistant files" in ran.err
    write(project, {"x.md": "a"})
    assert fmt("x.md") == Ran(0, "", "Nothing to format: no YAML file was named.\n")


def test_paths_are_shown_as_from_here(fmt: Fmt, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "assistants")
    assert fmt("--check", "a.yaml").out == "Would format a.yaml\n"
    assert fmt("--check").out == "Would format a.yaml\n"
    monkeypatch.chdir(os.sep)
    assert fmt("-C", str(project), "--check").code == 1
