"""What the tests of `init` begin with: an empty folder, and the command in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.cli.main import run
from tests.account import Ran
from tests.cli.commands.fresh import Init


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty folder, with room beside it."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    return folder


@pytest.fixture
def init(root: Path, capsys: pytest.CaptureFixture[str]) -> Init:
    """`init(*arguments)` runs the command in `root`; `at` names another folder."""

    def call(*arguments: str, at: Path = root) -> Ran:
        code = run(["init", "-C", str(at), *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    return call
