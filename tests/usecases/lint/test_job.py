"""The work of lint: which files and rules a call names, what is written, and what its results depend on."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from revox_sync.lint.cache.cache import Cache
from revox_sync.source.files.tree import DiskTree
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
    (root / "revox-sync.yaml").write_text(CONFIGURATION + "lint: {ignore: [RVX007]}\n")
    assert job(root, LintRequest(select=("RVX007",))).lint().findings == ()


def test_what_is_found_is_remembered(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The results of files that are checked, and the names of those with which they are compared."""
    others = [f"assistants/{number}.yaml" for number in range(20)]
    for path in others:
        (root / path).write_text("name: B\nprompt: Hi\n")
    monkeypatch.chdir(root)
    memory = remembering(root, tmp_path)
    checking = LintJob(str(root), Settings(str(root), color="never"), ["assistants/a.yaml"], LintRequest(), memory.tree)
    assert checking.lint(memory=memory) == checking.lint()
    memory.save(["assistants/a.yaml", *others], None)
    again = remembering(root, tmp_path)
    (file,) = checking.files
    assert again.recall(file) is not None
    assert all(again.names(path) == {"b"} for path in others)


def remembering(root: Path, folder: Path) -> Cache:
    cache = Cache(str(folder / "cache"), "key", DiskTree(root), 0)
    cache.open_results("files")
    return cache


def test_fixes_are_written_and_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stream = StringIO()
    fixing = job(root, LintRequest(fix=True))
    written = [fixing.has_written]
    report, pending = fixing.lint_and_fix(stream)
    assert [*written, fixing.has_written] == [False, True]
    assert (text(root), pending, stream.getvalue()) == (FIXED, False, "")
    assert report.findings == ()
    assert capsys.readouterr().err == "Fixed 1 finding in 1 file.\n"


def test_a_diff_shows_fixes_and_writes_none(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stream = StringIO()
    showing = job(root, LintRequest(fix=True, diff=True))
    report, pending = showing.lint_and_fix(stream)
    assert not showing.has_written
    assert (text(root), pending) == (TEXT, True)
    assert "-sms_enabled: yes\n+sms_enabled: true\n" in stream.getvalue()
    assert len(report.findings) == 1
    assert capsys.readouterr().err == "Would fix 1 finding in 1 file.\n"


def test_what_is_not_asked_for_is_not_fixed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "assistants" / "a.yaml").write_text(TEXT + "first_sentence_delay: 400\n")
    for request in (LintRequest(), LintRequest(diff=True)):
        assert job(root, request).lint_and_fix(StringIO())[1] is False
    assert text(root) == TEXT + "first_sentence_delay: 400\n"
    assert capsys.readouterr().err == ""
    job(root, LintRequest(fix=True)).lint_and_fix(StringIO())
    assert text(root) == FIXED + "first_sentence_delay: 400\n"
    report, _ = job(root, LintRequest(unsafe_fixes=True)).lint_and_fix(StringIO())
    assert text(root) == FIXED + "first_sentence_delay_ms: 400\n"
    assert report.findings == ()
    unchanged = job(root, LintRequest(fix=True))
    assert unchanged.lint_and_fix(StringIO())[1] is False
    assert not unchanged.has_written
    nothing = job(root, LintRequest(fix=True, diff=True)).lint_and_fix(StringIO())
    assert nothing[1] is False
    assert capsys.readouterr().err == "Fixed 1 finding in 1 file.\n" * 2


def test_what_cannot_be_suppressed_is_told(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    (root / "assistants" / "b.yaml").write_text("name: B\nprompt: [\n")
    report, _ = job(root, LintRequest(add_ignore="on purpose")).lint_and_fix(StringIO())
    told = capsys.readouterr().err
    assert "Suppressed 1 finding in 1 file.\n" in told
    (finding,) = report.findings
    assert f"Not suppressed: assistants/b.yaml:{finding.region.line}:{finding.region.column}: {finding.code}: " in told


def test_suppressions_are_written_with_their_reason(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, pending = job(root, LintRequest(add_ignore="on purpose")).lint_and_fix(StringIO())
    assert (report.findings, len(report.suppressed), pending) == ((), 1, False)
    assert "on purpose" in text(root)
    assert capsys.readouterr().err == "Suppressed 1 finding in 1 file.\n"


def test_only_new_suppressions_are_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("", "ivr_navigation_enabled: no\n"):
        (root / "assistants" / "a.yaml").write_text(text(root) + line)
        job(root, LintRequest(add_ignore="on purpose")).lint_and_fix(StringIO())
        assert capsys.readouterr().err == "Suppressed 1 finding in 1 file.\n"


def test_where_fixes_leave_nothing_to_suppress_they_are_written_all_the_same(root: Path) -> None:
    both = job(root, LintRequest(fix=True, add_ignore="on purpose"))
    both.lint_and_fix(StringIO())
    assert (text(root), both.has_written) == (FIXED, True)
