"""`lint --fix`, `--diff` and `--add-ignore` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from revox_sync.cli.main import run

Captured = pytest.CaptureFixture[str]
BROKEN: Final = "name: A # us\r\npromt: Hé\r\nfirst_sentence_mode: statc\r\n"
SAFE: Final = BROKEN.replace("promt", "prompt")
BOTH: Final = SAFE.replace("statc", "static")
DIFF: Final = """\
--- assistants/a.yaml
+++ assistants/a.yaml
@@ -1,3 +1,3 @@
 name: A # us
-promt: Hé
+prompt: Hé
 first_sentence_mode: statc
"""
NO_CACHE: Final = "--no-cache"


@pytest.fixture
def assistant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "assistants" / "a.yaml"
    path.parent.mkdir()
    path.write_bytes(BROKEN.encode())
    (tmp_path / "revox-sync.yaml").write_text("version: 1\nlint: {select: [RVX0, RVX1]}\n")
    monkeypatch.chdir(tmp_path)
    return path


def test_safe_fixes_are_written_and_the_rest_is_reported(assistant: Path, capsys: Captured) -> None:
    assert run(["lint", "--fix", "-o", "concise", NO_CACHE]) == 1
    assert assistant.read_bytes() == SAFE.encode()
    captured = capsys.readouterr()
    assert captured.out.startswith("assistants/a.yaml:3:22: error RVX104")
    assert captured.err == "Fixed 1 finding in 1 file.\n"


def test_unsafe_fixes_are_asked_for(assistant: Path, capsys: Captured) -> None:
    assert run(["lint", "--unsafe-fixes", NO_CACHE]) == 0
    assert assistant.read_bytes() == BOTH.encode()
    assert capsys.readouterr() == ("No findings in 1 file.\n", "Fixed 2 findings in 1 file.\n")
    assert run(["lint", "--unsafe-fixes", NO_CACHE]) == 0
    assert capsys.readouterr() == ("No findings in 1 file.\n", "")


def test_a_diff_is_shown_in_place_of_a_text_report(assistant: Path, capsys: Captured) -> None:
    assert run(["lint", "--fix", "--diff", NO_CACHE]) == 2
    assert capsys.readouterr() == (DIFF, "Would fix 1 finding in 1 file.\n")
    assert assistant.read_bytes() == BROKEN.encode()


def test_without_a_difference_the_report_is_shown(assistant: Path, capsys: Captured) -> None:
    assistant.write_bytes(SAFE.encode())
    assert run(["lint", "--fix", "--diff", "-o", "concise", NO_CACHE]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("assistants/a.yaml:3:22: error RVX104")
    assert captured.err == ""


@pytest.mark.parametrize("name", ["json", "sarif", "gitlab"])
def test_a_diff_leaves_stdout_to_programs(assistant: Path, capsys: Captured, name: str) -> None:
    assert run(["lint", "--fix", "--diff", "-o", name, NO_CACHE]) == 2
    captured = capsys.readouterr()
    json.loads(captured.out)
    assert captured.err == DIFF + "Would fix 1 finding in 1 file.\n"
    assert assistant.read_bytes() == BROKEN.encode()


def test_a_diff_goes_beside_a_report_in_a_file(assistant: Path, capsys: Captured) -> None:
    assert run(["-q", "lint", "--fix", "--diff", "-o", "full:report.txt", NO_CACHE]) == 2
    assert capsys.readouterr() == (DIFF, "")
    assert "RVX101" in (assistant.parents[1] / "report.txt").read_text()


def test_a_diff_shows_no_secret(assistant: Path, capsys: Captured) -> None:
    model = "llm_model: {type: custom, api_key: hunter2}\n"
    assistant.write_text("name: A\npromt: Hi\n" + model)
    assert run(["lint", "--fix", "--diff", NO_CACHE]) == 2
    assert capsys.readouterr().out.endswith("-promt: Hi\n+prompt: Hi\n llm_model: {type: custom, api_key: •••••••}\n")


def test_a_file_is_replaced_with_its_mode_and_behind_its_link(assistant: Path) -> None:
    target = assistant.with_name("_target.yaml")
    assistant.rename(target)
    target.chmod(0o640)
    assistant.symlink_to(target.name)
    assert run(["lint", "--fix", NO_CACHE]) == 1
    assert assistant.is_symlink()
    assert target.read_bytes() == SAFE.encode()
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in assistant.parent.iterdir()) == ["_target.yaml", "a.yaml"]


def test_findings_are_suppressed_for_a_reason(assistant: Path, capsys: Captured) -> None:
    assert run(["lint", "--add-ignore", "known", NO_CACHE]) == 0
    assert capsys.readouterr() == ("No findings in 1 file.\n", "Suppressed 2 findings in 1 file.\n")
    assert assistant.read_bytes().decode() == (
        "name: A # us\r\n# revox: ignore[RVX101] known\r\npromt: Hé\r\n"
        "# revox: ignore[RVX104] known\r\nfirst_sentence_mode: statc\r\n"
    )


@pytest.mark.parametrize(("folder", "path"), [(".", "assistants/a.yaml"), ("assistants", "a.yaml")])
def test_what_cannot_be_suppressed_is_reported(
    assistant: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, folder: str, path: str
) -> None:
    assistant.write_text("name: 'A\n")
    monkeypatch.chdir(folder)
    assert run(["lint", "--add-ignore", "known", "-o", "concise", NO_CACHE]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{path}:1:7: error RVX001")
    assert f"Not suppressed: {path}:1:7: RVX001: nothing of the file can be read.\n" in captured.err
    assert assistant.read_text() == "name: 'A\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--diff"],
        ["--fix", "--add-ignore", "known"],
        ["--add-ignore", ""],
        ["--add-ignore", "two\nlines"],
        ["--fix", "--stdin-filename", "assistants/a.yaml"],
    ],
)
def test_what_makes_no_sense_is_64(assistant: Path, capsys: Captured, arguments: list[str]) -> None:
    assert run(["lint", *arguments, NO_CACHE]) == 64
    assert capsys.readouterr().err.startswith("error: ")
    assert assistant.read_bytes() == BROKEN.encode()
