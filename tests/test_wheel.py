"""What `pip install revox-sync` gives: built from the project's files alone, in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.checkout import ROOT, project_files

pytestmark = pytest.mark.long

GOOD = "name: Good\nprompt: Greet the caller, and ask what you can do for them.\n"
BROKEN = "name: Broken\npromt: Greet the caller.\n"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that must not see this checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("source")
    for path in project_files():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy / path)
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", cwd=copy)
    assert built.returncode == 0, built.stderr
    (path,) = (copy / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script of a fresh environment that holds only the wheel and what it asks for."""
    directory = tmp_path_factory.mktemp("environment")
    venv.create(directory, with_pip=True)
    python = directory / "bin" / "python"
    installed = run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=directory)
    assert installed.returncode == 0, installed.stderr
    return directory / "bin" / "revox-sync"


def test_wheel_holds_schemas_types_and_assets(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    schemas = {f"revox_sync/schemas/{path.name}" for path in (ROOT / "schemas").glob("*.json")}
    assert schemas
    assets = {f"revox_sync/output/page/{name}" for name in ("page.css", "page.js")}
    assert {"revox_sync/py.typed", *assets, *schemas} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"revox_sync"}


@pytest.mark.parametrize(
    ("text", "code", "first_line"),
    [
        (GOOD, 0, "No findings in 1 file."),
        (BROKEN, 1, "error[RVX101 unknown-field]: unknown field `promt`"),
    ],
    ids=["good", "broken"],
)
def test_installed_command_lints(command: Path, tmp_path: Path, text: str, code: int, first_line: str) -> None:
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "example.yaml").write_text(text, "utf-8")
    linted = run(command, "lint", cwd=tmp_path)
    assert linted.stdout.splitlines()[:1] == [first_line], linted.stderr
    assert linted.returncode == code


def test_installed_command_starts_a_project(command: Path, tmp_path: Path) -> None:
    for host in ("github", "gitlab"):
        started = run(command, "init", "--ci", host, cwd=tmp_path)
        assert started.returncode == 0, started.stderr
    linted = run(command, "lint", "--select", "ALL", cwd=tmp_path)
    assert linted.stdout == "No findings in 1 file.\n", linted.stderr
