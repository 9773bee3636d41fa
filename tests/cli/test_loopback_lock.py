"""A journey: the lock of an API on this machine; the port says nothing, the ids do."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.cli.main import run
from revox_sync.contract.schema_files import schema_directory
from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.store import Store

IN_SYNC = "No changes. The API matches the files."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "a.yaml").write_text("name: A\nprompt: Hi\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(project: Path, base_url: str) -> None:
    (project / "revox-sync.yaml").write_text(
        f"version: 1\nenvironments: {{local: {{base_url: {base_url}, api_key: emulator}}}}\n"
    )


def test_the_same_api_on_another_port_keeps_the_lock(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(project / "data.sqlite3") as store:
        for round_trip in ("first", "second"):
            with running(create_app(Path(schema_directory()), store)) as base_url:
                configure(project, base_url)
                assert run(["apply", "--auto-approve"]) == 0
                out = capsys.readouterr().out
                assert ("1 created" in out) == (round_trip == "first")
                assert "forgotten" not in out


def test_a_new_api_on_another_port_starts_the_lock_anew(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with Store(None) as store, running(create_app(Path(schema_directory()), store)) as base_url:
            configure(project, base_url)
            assert run(["apply", "--auto-approve"]) == 0
            assert "1 created" in capsys.readouterr().out
            assert run(["plan"]) == 0
            assert capsys.readouterr().out.endswith(f"\n\n{IN_SYNC}\n")
