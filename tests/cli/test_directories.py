"""Several commands: assistants directories that are not what they seem."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from revox_sync.cli.main import run
from revox_sync.errors import ExitCode, UsageError
from revox_sync.source.files.tree import DiskTree, MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace, selected
from revox_sync.values.address import Selection

GOOD = "name: A\nprompt: Hi\n"


def test_a_file_is_one_assistant_however_directories_overlap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "assistants" / "sub").mkdir(parents=True)
    (tmp_path / "assistants" / "sub" / "x.yaml").write_text(GOOD)
    (tmp_path / "revox-sync.yaml").write_text("assistants: [assistants, assistants/sub]\n")
    assert run(["-C", str(tmp_path), "lint"]) == ExitCode.USAGE
    assert "is in two assistants directories" in capsys.readouterr().err


def test_the_configuration_is_no_assistant() -> None:
    workspace = Workspace(MemoryTree({"revox-sync.yaml": "assistants: .\n", "a.yaml": GOOD}))
    assert [each.path for each in workspace.files] == ["a.yaml"]


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_directory_that_does_not_exist_is_no_empty_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REVOX_API_KEY", "k")
    monkeypatch.setenv("REVOX_BASE_URL", "http://127.0.0.1:9/api")
    (tmp_path / "revox-sync.yaml").write_text("assistants: nope\n")
    assert run(["-C", str(tmp_path), command]) == ExitCode.USAGE
    assert "no assistant files in `nope`" in capsys.readouterr().err


def test_a_folder_that_cannot_be_listed_is_no_empty_one(tmp_path: Path) -> None:
    """Root may list everything, so the folder is too deep for any path to name it."""
    top = tmp_path / "assistants"
    top.mkdir()
    folder = os.open(top, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=folder)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    try:
        with pytest.raises(UsageError, match="`assistants` holds a folder that has too long a name"):
            Workspace(DiskTree(tmp_path))
    finally:
        shutil.rmtree(top)


FILES = [AssistantFile("sales/out", "assistants/sales/out.yaml"), AssistantFile("[x]*", "assistants/[x]*.yaml")]


def test_an_address_that_looks_like_a_glob_names_its_file() -> None:
    assert [each.address for each in selected(FILES, Selection(("[x]*",)))] == ["[x]*"]


@pytest.mark.parametrize(
    "path", ["assistants/sales/out.yaml", "sales/out.yaml", "./sales/out", "assistants/sales/out", "sales/oot"]
)
def test_a_path_is_answered_with_its_address(path: str) -> None:
    with pytest.raises(UsageError) as error:
        selected(FILES, Selection((path,)))
    assert error.value.hint == "did you mean `sales/out`?"
