"""The work of lint: which files and rules a call names, what is written, and what its results depend on."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from revox_sync.usecases.lint.job import LintJob
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.settings import Settings

TEXT = "name: A\nprompt: Greet the caller, and ask what you can do.\nsms_enabled: yes\n"
FIXED = TEXT.replace("yes", "true")
CONFIGURATION = "version: 1\nenvironments: {one: {}, two: {vars: {x: y}}}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "a.yaml").write_text(TEXT)
    (tmp_path / "revox-sync.yaml").write_text(CONFIGURATION)
    return tmp_path


def job(root: Path, request: LintRequest | None = None, environment: str | None = None) -> LintJob:
    settings = Settings(str(root), environment, color="never")
    return LintJob(str(root), settings, [], request or LintRequest())


def text(root: Path) -> str:
    return (root / "assistants" / "a.yaml").read_text()


def test_the_key_stands_for_configuration_and_options(root: Path) -> None:
    key = job(root).key
    assert job(root).key == key
    (root / "assistants" / "a.yaml").write_text(FIXED)
    assert job(root).key == key
    keys = {
        key,
        job(root, LintRequest(select=("RVX1",))).key,
        job(root, LintRequest(ignore=("RVX1",))).key,
        job(root, environment="two").key,
    }
    (root / "revox-sync.yaml").write_text(CONFIGURATION + "# more\n")
    keys.add(job(root).key)
    assert len(keys) == 5


def test_the_command_line_chooses_instead_of_the_configuration_and_ignores_beside_it(root: Path) -> None:
    (root / "revox-sync.yaml").write_text(CONFIGURATION + "lint: {select: [RVX601], ignore: [RVX602]}\n")
    assert job(root).lint().findings == ()
    assert len(job(root, LintRequest(select=("RVX007",))).lint().findings) == 1
    assert job(root, LintRequest(select=("RVX007",), ignore=("RVX0",))).lint().findings == ()


def test_fixes_are_written_and_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stream = StringIO()
    report, pending = job(root, LintRequest(fix=True)).lint_and_fix(stream)
    assert (text(root), pending, stream.getvalue()) == (FIXED, False, "")
    assert report.findings == ()
    assert capsys.readouterr().err == "Fixed 1 finding in 1 file.\n"


def test_a_diff_shows_fixes_and_writes_none(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stream = StringIO()
    report, pending = job(root, LintRequest(fix=True, diff=True)).lint_and_fix(stream)
    assert (text(root), pending) == (TEXT, True)
    assert "-sms_enabled: yes\n+sms_enabled: true\n" in stream.getvalue()
    assert len(report.findings) == 1
    assert capsys.readouterr().err == "Would fix 1 finding in 1 file.\n"


def test_suppressions_are_written_with_their_reason(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, pending = job(root, LintRequest(add_ignore="on purpose")).lint_and_fix(StringIO())
    assert (report.findings, len(report.suppressed), pending) == ((), 1, False)
    assert "on purpose" in text(root)
    assert capsys.readouterr().err == "Suppressed 1 finding in 1 file.\n"
