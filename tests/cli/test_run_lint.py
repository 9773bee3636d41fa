"""One call of lint: what is reported beside a diff, and which exit code several reasons come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.cli.options.targets import Target
from revox_sync.cli.run_lint import beside_diff, lint_paths
from revox_sync.errors import ExitCode, UsageError
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.settings import Settings
from tests.conftest import Golden

FIXABLE = "name: A\nprompt: Hi\nsms_enabled: yes\n"
BROKEN = FIXABLE + "promt: Hi\n"
GOOD = "name: A\nprompt: Greet the caller, and ask what you can do.\n"
CONCISE = [Target("concise", None)]


@pytest.mark.parametrize(
    ("outputs", "left"),
    [
        ([Target("full", None)], []),
        ([Target("json", None)], [Target("json", None)]),
        ([Target("concise", "x"), Target("full", None)], [Target("concise", "x")]),
    ],
)
def test_a_diff_takes_the_place_of_a_text_report(outputs: list[Target], left: list[Target]) -> None:
    assert beside_diff(outputs) == left


@pytest.fixture
def assistant(tmp_path: Path) -> Path:
    (tmp_path / "assistants").mkdir()
    return tmp_path / "assistants" / "a.yaml"


@pytest.mark.parametrize(
    ("text", "request_", "code"),
    [
        (GOOD, LintRequest(), ExitCode.OK),
        (BROKEN, LintRequest(), ExitCode.FINDINGS),
        (BROKEN, LintRequest(select=("RVX601",)), ExitCode.OK),
        (GOOD, LintRequest(fix=True, diff=True), ExitCode.OK),
        (BROKEN, LintRequest(fix=True, unsafe_fixes=True, diff=True), ExitCode.CHANGES),
        (BROKEN, LintRequest(exit_zero=True), ExitCode.OK),
        (BROKEN, LintRequest(exit_zero=True, fix=True, diff=True), ExitCode.OK),
    ],
)
def test_exit_codes(assistant: Path, text: str, request_: LintRequest, code: ExitCode) -> None:
    assistant.write_text(text)
    settings = Settings(str(assistant.parent.parent), color="never")
    assert lint_paths(settings, [], request_, CONCISE) == code
    assert assistant.read_text() == text


def test_a_path_that_nobody_uses_is_said(assistant: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assistant.write_text(GOOD)
    note = assistant.with_name("notes.md")
    note.write_text("")
    for verbosity, said in ((0, "Nothing to check: no assistant uses what was named.\n"), (-1, "")):
        settings = Settings(str(assistant.parent.parent), color="never", verbosity=verbosity)
        assert lint_paths(settings, [str(note)], LintRequest(), CONCISE) == ExitCode.OK
        assert capsys.readouterr().err == said


def test_a_path_that_does_not_exist_is_refused(assistant: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        lint_paths(Settings(str(assistant.parent.parent)), [str(assistant)], LintRequest(), CONCISE)


@pytest.fixture
def projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two projects below a folder; the second does not want to hear of RVX101."""
    for name, config in (("one", "version: 1\n"), ("two", "version: 1\nlint: {ignore: [RVX101]}\n")):
        (tmp_path / name / "assistants").mkdir(parents=True)
        (tmp_path / name / "revox-sync.yaml").write_text(config)
        (tmp_path / name / "assistants/a.yaml").write_text(GOOD + "zzz: 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def linted(capsys: pytest.CaptureFixture[str], project: Path, *paths: str) -> list[str]:
    """Path and line of each finding, as people read them."""
    settings = Settings(str(project), color="never", verbosity=0)
    lint_paths(settings, paths, LintRequest(), CONCISE)
    return [line.rsplit(":", 2)[0] for line in capsys.readouterr().out.splitlines() if " RVX" in line]


def test_a_folder_above_projects_lints_each_with_its_own_configuration(
    projects: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert linted(capsys, projects, ".") == ["one/assistants/a.yaml:3"]


def test_paths_are_those_of_the_working_directory(
    projects: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert linted(capsys, projects / "one") == ["one/assistants/a.yaml:3"]
    monkeypatch.chdir(projects / "one/assistants")
    assert linted(capsys, projects / "one") == ["a.yaml:3"]
    monkeypatch.chdir(projects / "two")
    assert linted(capsys, projects / "one") == ["../one/assistants/a.yaml:3"]


def test_a_link_that_is_named_is_followed(projects: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (projects / "file.yaml").symlink_to("one/assistants/a.yaml")
    (projects / "folder").symlink_to("one/assistants")
    (projects / ".git").mkdir()
    assert linted(capsys, projects, "file.yaml") == ["one/assistants/a.yaml:3"]
    assert linted(capsys, projects, "folder") == ["one/assistants/a.yaml:3"]


def test_statistics_count_every_finding(assistant: Path, capsys: pytest.CaptureFixture[str], golden: Golden) -> None:
    questions = "".join(f"  - {{question: Q{number}, answer: 'TODO: write it'}}\n" for number in range(150))
    assistant.write_text(GOOD + "faq_items:\n" + questions + "sms_enabled: yes\n")
    settings = Settings(str(assistant.parent.parent), color="never")
    for _ in range(2):  # the second time, from the results of the first
        assert lint_paths(settings, [], LintRequest(statistics=True), CONCISE) == ExitCode.FINDINGS
        golden("lint/statistics.txt", capsys.readouterr().out)
    # What a run without statistics keeps has only the findings that it shows.
    lint_paths(settings, [], LintRequest(), CONCISE)
    capsys.readouterr()
    lint_paths(settings, [], LintRequest(statistics=True), [Target("full", None)])
    golden("lint/statistics.txt", capsys.readouterr().out)


def test_statistics_are_for_people(assistant: Path) -> None:
    assistant.write_text(GOOD)
    with pytest.raises(UsageError, match="--statistics is for people"):
        lint_paths(Settings(str(assistant.parent.parent)), [], LintRequest(statistics=True), [Target("json", None)])
