"""What paths and stdin stand for on the command line of lint."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from revox_sync.cli.main import run
from tests.cli.program import SECONDS, started

GOOD: Final = "name: {name}\nprompt: Greet the caller, and ask what you can do.\n"
BROKEN: Final = "promt: Greet the caller.\n"
Captured = pytest.CaptureFixture[str]

FILES: Final = {
    "revox-sync.yaml": "version: 1\ndefaults: !include shared/defaults.yaml\n",
    "shared/defaults.yaml": "voice: !include voice.yaml\n",
    "shared/voice.yaml": "{id: v1, provider: cartesia}\n",
    "shared/retry.yaml": "{}\n",
    "assistants/a.yaml": "name: A\nprompt: !file prompts/a.md\n",
    "assistants/sales/b.yaml": "name: B\nprompt: Greet the caller.\nfaq_items: !include ../_shared/faq.yaml\n",
    "assistants/_shared/faq.yaml": "- {question: Where?, answer: !file ../prompts/where.txt}\n",
    "assistants/_shared/unused.yaml": BROKEN,
    "assistants/.draft.yaml": BROKEN,
    "assistants/prompts/a.md": "Greet the caller.\n",
    "assistants/prompts/where.txt": "Here.\n",
    "assistants/prompts/unused.md": "{{ never closed\n",
    "assistants/code.py": "print()\n",
    "elsewhere/c.yaml": BROKEN,
    "notes.md": "{{ never closed\n",
}
A, B, C = "assistants/a.yaml", "assistants/sales/b.yaml", "elsewhere/c.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.chdir(root)
    return root


def breaking(files: list[str]) -> None:
    """Give assistants a fault of their own, so that a report tells which of them were looked at."""
    for name in files:
        with Path(name).open("a", encoding="utf-8") as stream:
            stream.write(BROKEN)


def findings(capture: Captured, *arguments: str) -> list[dict[str, Any]]:
    run(["lint", "-o", "json", *arguments])
    found: list[dict[str, Any]] = json.loads(capture.readouterr().out)["findings"]
    return found


# Paths, and the assistants they stand for.
NAMED: Final[dict[str, tuple[list[str], list[str]]]] = {
    "nothing": ([], [A, B]),
    "assistant": ([A], [A]),
    "prompt": (["assistants/prompts/a.md"], [A]),
    "prompt of a fragment": (["assistants/prompts/where.txt"], [B]),
    "fragment": (["assistants/_shared/faq.yaml"], [B]),
    "configuration": (["revox-sync.yaml"], [A, B]),
    "included by the configuration": (["shared/voice.yaml"], [A, B]),
    "prompt nobody uses": (["assistants/prompts/unused.md"], []),
    "fragment nobody uses": (["assistants/_shared/unused.yaml"], []),
    "hidden file": (["assistants/.draft.yaml"], []),
    "neither YAML nor text of an assistant": (["assistants/code.py", "notes.md"], []),
    "outside the assistants directory": ([C], [C]),
    "several that mean the same": (["assistants/prompts/a.md", A, "assistants/prompts/../a.yaml"], [A]),
    "some that mean nothing": (["notes.md", "assistants/sales"], [B]),
    "folder": (["assistants"], [A, B]),
    "other folder": (["elsewhere"], [C]),
}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("paths", "meant"), NAMED.values(), ids=NAMED.keys())
def test_paths_stand_for_assistants(capsys: Captured, paths: list[str], meant: list[str]) -> None:
    breaking([A, B])
    found = findings(capsys, "--select", "unknown-field", *paths)
    assert sorted({each["path"] for each in found}) == meant


@pytest.mark.usefixtures("project")
def test_nothing_to_check_is_said_and_no_error(capsys: Captured) -> None:
    assert run(["lint", "notes.md"]) == 0
    assert capsys.readouterr() == ("No findings in 0 files.\n", "Nothing to check: no assistant uses what was named.\n")
    assert run(["lint", "-q", "notes.md"]) == 0
    assert capsys.readouterr().err == ""


def test_a_file_too_large_to_be_used_makes_all_assistants_checked(project: Path, capsys: Captured) -> None:
    (project / "assistants/prompts/a.md").write_bytes(b"x" * (1024 * 1024 + 1))
    (found,) = findings(capsys, "assistants/prompts/a.md")
    assert (found["code"], found["path"]) == ("RVX006", A)


@pytest.mark.usefixtures("project")
def test_a_folder_without_assistants_is_64(capsys: Captured) -> None:
    assert run(["lint", "assistants/prompts"]) == 64
    assert "no assistant files in `assistants/prompts`" in capsys.readouterr().err


def test_a_folder_that_links_out_of_the_project_is_64(project: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.yaml").write_text(BROKEN, "utf-8")
    (project / "link").symlink_to(tmp_path / "other")
    assert run(["lint", "link"]) == 64
    assert "the folder `link` is outside the project" in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["..", "../other", "assistants/sales"])
def test_a_project_is_found_from_its_files(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, folder: str
) -> None:
    breaking([A])
    (project.parent / "other").mkdir()
    monkeypatch.chdir(project / folder)
    (found,) = findings(capsys, "--select", "unknown-field", str(project / "assistants/prompts/a.md"))
    assert found["path"] == A


def test_files_without_a_project_are_checked_where_they_are(project: Path, tmp_path: Path, capsys: Captured) -> None:
    assert project.is_dir()
    (tmp_path / "lonely.yaml").write_text("name: Lonely\nprompt: !file lonely.md\n", "utf-8")
    (tmp_path / "lonely.md").write_text("Greet {{caller.\n", "utf-8")
    (found,) = findings(capsys, "../lonely.yaml")
    assert (found["path"], found["line"]) == ("lonely.md", 1)


def test_files_of_two_projects_are_checked_in_their_own(project: Path, tmp_path: Path, capsys: Captured) -> None:
    breaking([A])
    (tmp_path / "lonely.yaml").write_text(BROKEN, "utf-8")
    assert {each["path"] for each in findings(capsys, A, "../lonely.yaml")} == {f"{project.name}/{A}", "lonely.yaml"}


def test_a_project_inside_a_project_is_another(project: Path, capsys: Captured) -> None:
    (project / "inner").mkdir()
    (project / "inner/revox-sync.yaml").write_text("version: 1\nassistants: .\n", "utf-8")
    (project / "inner/a.yaml").write_text(BROKEN, "utf-8")
    assert {each["path"] for each in findings(capsys, "inner/a.yaml")} == {"a.yaml"}
    breaking([A])
    assert {each["path"] for each in findings(capsys, ".")} == {A, "inner/a.yaml"}


def test_a_project_may_be_reached_through_a_link(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    breaking([A])
    (tmp_path / "link").symlink_to(project)
    monkeypatch.chdir(tmp_path)
    (found,) = findings(capsys, "-C", "link", "--select", "unknown-field", "project/assistants/a.yaml")
    assert found["path"] == A


def from_stdin(text: bytes, *arguments: str) -> tuple[int, list[tuple[str, str, int]], str]:
    """Lint what an editor sends: exit code, code, path and line of each finding, and what was said."""
    pipe = subprocess.PIPE
    with started("lint", "-o", "json", *arguments, stdin=pipe, stdout=pipe, stderr=pipe, encoding="latin-1") as process:
        out, err = process.communicate(text.decode("latin-1"), timeout=SECONDS)
    found = json.loads(out)["findings"] if out else []
    return process.returncode, [(each["code"], each["path"], each["line"]) for each in found], err


# Name of the file, its bytes, exit code and findings; an inherited voice shows that defaults apply.
STDIN: Final[dict[str, tuple[str, bytes, int, list[tuple[str, str, int]]]]] = {
    "good": (A, b"name: A\nprompt: !file prompts/a.md\n", 0, []),
    "bad": (A, b"name: A\npromt: !file prompts/a.md\n", 1, [("RVX101", A, 2)]),
    "no file yet": ("assistants/new/n.yaml", b"name: New\nprompt: !file ../prompts/a.md\n", 0, []),
    "name of another assistant": (
        "assistants/z.yaml",
        b"name: B\nprompt: Hi.\n",
        1,
        [("RVX601", "assistants/z.yaml", 1)],
    ),
    "missing reference": (
        "assistants/n.yaml",
        b"name: New\nprompt: !file a.md\n",
        1,
        [("RVX006", "assistants/n.yaml", 2)],
    ),
    "not UTF-8": (A, b"name: A\nprompt: caf\xe9.\n", 1, [("RVX010", A, 2)]),
    "too large": (A, b"#" * (1024 * 1024 + 1), 1, [("RVX006", A, 1)]),
    "prompt": ("assistants/prompts/a.md", b"Greet.\nGreet {{x.\n", 1, [("RVX201", "assistants/prompts/a.md", 2)]),
    "prompt nobody uses": ("assistants/prompts/z.md", b"Greet {{x.\n", 0, []),
    "fragment": ("assistants/_shared/faq.yaml", b"- {}\n", 1, [("RVX102", "assistants/_shared/faq.yaml", 1)]),
    "configuration": ("revox-sync.yaml", b"version: 1\ndefaults: {promt: x}\n", 1, [("RVX101", "revox-sync.yaml", 2)]),
    "outside": (C, b"name: C\npromt: x\n", 1, [("RVX101", C, 2)]),
}


@pytest.mark.slow
@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("name", "text", "code", "found"), STDIN.values(), ids=STDIN.keys())
def test_text_on_stdin_stands_for_a_file(name: str, text: bytes, code: int, found: list[tuple[str, str, int]]) -> None:
    ended, reported, said = from_stdin(text, "--stdin-filename", name)
    assert (ended, reported) == (code, found), said


@pytest.mark.slow
def test_configuration_on_stdin_replaces_a_broken_one(project: Path) -> None:
    (project / "revox-sync.yaml").write_text("version: 1\ncontract: 0.4\n", "utf-8")
    assert from_stdin(b"version: 1\n", "--stdin-filename", "revox-sync.yaml")[:2] == (0, [])
    code, _, said = from_stdin(b"version: 1\nlnt: {}\n", "--stdin-filename", "revox-sync.yaml")
    assert code == 64
    assert "revox-sync.yaml:2:1" in said


@pytest.mark.slow
def test_an_editor_may_run_anywhere(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, found, _ = from_stdin(b"name: A\npromt: !file prompts/a.md\n", "--stdin-filename", str(project / A))
    assert (code, found) == (1, [("RVX101", A, 2)])


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--stdin-filename", "assistants"], "`assistants` is a folder"),
        (["--stdin-filename", A, B], "do not go together"),
        (["--stdin-filename", A, "--fix"], "cannot be changed in place"),
    ],
)
def test_senseless_uses_of_stdin_are_64(capsys: Captured, arguments: list[str], words: str) -> None:
    assert run(["lint", *arguments]) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
