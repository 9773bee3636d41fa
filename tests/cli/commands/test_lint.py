from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from revox_sync.cli.main import run
from revox_sync.contract.schema_files import load_schema

GOOD = "name: Support\nprompt: Help the caller.\n"
WARNED = "name: 2024-01-15\nprompt: Hi\n"
BROKEN = "name: Broken\npromt: Hi\n"
PROGRAM = [sys.executable, "-c", "from revox_sync.cli.main import entry; entry()"]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "assistants").mkdir(parents=True)
    (root / "assistants" / "good.yaml").write_text(GOOD)
    (root / "revox-sync.yaml").write_text("version: 1\n")
    monkeypatch.chdir(root)
    return root


def add(project: Path, name: str, text: str) -> None:
    path = project / "assistants" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_clean_files_are_0(project: Path, capsys: Captured) -> None:
    assert project.is_dir()
    assert run(["lint"]) == 0
    assert capsys.readouterr() == ("No findings in 1 file.\n", "")


def test_an_error_is_1(project: Path, capsys: Captured) -> None:
    add(project, "broken.yaml", BROKEN)
    assert run(["lint"]) == 1
    assert "  --> assistants/broken.yaml:2:1\n" in capsys.readouterr().out


@pytest.mark.parametrize(("threshold", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on_decides_what_a_warning_is(project: Path, threshold: str, code: int) -> None:
    add(project, "warned.yaml", WARNED)
    assert run(["lint", "--fail-on", threshold]) == code


def test_several_reports_of_one_run(project: Path, capsys: Captured) -> None:
    add(project, "broken.yaml", BROKEN)
    assert run(["lint", "-o", "concise", "-o", "json:reports/lint.json"]) == 1
    assert capsys.readouterr().out.startswith("assistants/broken.yaml:2:1: error RVX101 unknown field `promt`; did you")
    document = json.loads((project / "reports" / "lint.json").read_text())
    jsonschema.Draft202012Validator(load_schema("lint")).validate(document)
    assert document["summary"]["errors"] == 1


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["assistants/broken.yaml"], ["assistants/broken.yaml"]),
        (["assistants/good.yaml"], []),
        (["assistants"], ["assistants/broken.yaml", "assistants/sales/broken.yaml"]),
        (["."], ["assistants/broken.yaml", "assistants/sales/broken.yaml"]),
        (["assistants/sales", "assistants/sales/broken.yaml"], ["assistants/sales/broken.yaml"]),
        (["elsewhere.yaml"], ["elsewhere.yaml"]),
    ],
)
def test_paths_name_files_and_folders(project: Path, capsys: Captured, paths: list[str], found: list[str]) -> None:
    add(project, "broken.yaml", BROKEN)
    add(project, "sales/broken.yaml", BROKEN.replace("Broken", "Sales"))
    add(project, "../elsewhere.yaml", BROKEN.replace("Broken", "Elsewhere"))
    run(["lint", *paths, "-o", "json"])
    assert [each["path"] for each in json.loads(capsys.readouterr().out)["findings"]] == found


# Arguments, and words of the message.
REFUSED = {
    "missing path": (["lint", "assistants/gone.yaml"], "`assistants/gone.yaml` does not exist"),
    "unknown command": (["lnt"], "did you mean `lint`?"),
    "unknown option": (["lint", "--fail-no", "error"], "--fail-on"),
    "unknown threshold": (["lint", "--fail-on", "eror"], "error"),
    "unknown format": (["lint", "-o", "jsno"], "did you mean `json`?"),
    "two reports on stdout": (["lint", "-o", "json", "-o", "full"], "only one report can go to stdout"),
    "unwritable report": (["lint", "-o", "json:revox-sync.yaml/x.json"], "cannot write"),
    "unknown environment": (["lint", "-e", "defualt"], "did you mean `default`?"),
    "missing project": (["lint", "-C", "gone"], "gone"),
    "unknown schema": (["schema", "lnt"], "did you mean `lint`?"),
    "unknown rule": (["explain", "RVX1O1"], "did you mean"),
}


@pytest.mark.parametrize(("arguments", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_wrong_arguments_are_64(project: Path, capsys: Captured, arguments: list[str], words: str) -> None:
    (project.parent / "outside.yaml").write_text(GOOD)
    assert run(arguments) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert words in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("before", [True, False])
def test_the_project_may_be_named_before_and_after_the_command(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, *, before: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    option = ["-C", str(project)]
    assert run([*option, "lint"] if before else ["lint", *option]) == 0
    assert capsys.readouterr().out == "No findings in 1 file.\n"


def test_colour_is_asked_for_and_never_in_files(project: Path, capsys: Captured) -> None:
    add(project, "broken.yaml", BROKEN)
    run(["lint", "--color", "always", "-o", "full", "-o", "full:report.txt"])
    coloured = capsys.readouterr().out
    run(["lint"])
    assert "\x1b[1;31m" in coloured
    assert "\x1b" not in capsys.readouterr().out + (project / "report.txt").read_text()


def test_a_broken_configuration_is_64_and_named(project: Path, capsys: Captured) -> None:
    (project / "revox-sync.yaml").write_text("version: 1\ncontract: 0.4\n")
    assert run(["lint"]) == 64
    error = capsys.readouterr().err
    assert error.startswith("error: revox-sync.yaml:2:11: `contract` is the number `0.4`")
    assert "put it in quotes" in error


def test_nothing_to_check_is_64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["lint"]) == 64
    error = capsys.readouterr().err
    assert "no assistant files in `assistants`" in error
    assert "`revox-sync init` writes a first one; -C DIR names another project" in error
    (tmp_path / "assistants").mkdir()
    assert run(["lint"]) == 64


def test_stray_files_are_findings_and_stop_nobody_else(project: Path, capsys: Captured) -> None:
    for name in ("good.yml", "Other.YAML", "c.json", "broken.yaml"):
        add(project, name, '{"name": "C", "prompt": "Greet the caller."}' if name != "broken.yaml" else "name: [\n")
    add(project, "data.json", "[1, 2]")
    assert run(["lint", "-o", "concise"]) == 1
    shown = capsys.readouterr().out
    for line in (
        "assistants/good.yml:1:1: error RVX014 `assistants/good.yaml` has the same address; rename one of them",
        "assistants/Other.YAML:1:1: error RVX014 the file is not read: its suffix is `.YAML`; rename it to `.yaml`",
        "assistants/c.json:1:1: error RVX014 the file is not read: its suffix is `.json`; rename it to `c.yaml`",
        "assistants/broken.yaml:",
    ):
        assert line in shown
    assert "data.json" not in shown


def test_a_file_that_cannot_be_read_is_a_finding(project: Path, capsys: Captured) -> None:
    (project.parent / "secret.yaml").write_text("name: Secret words\n")
    (project / "assistants" / "dangling.yaml").symlink_to("gone.yaml")
    (project / "assistants" / "leaving.yaml").symlink_to(project.parent / "secret.yaml")
    assert run(["lint", "-o", "concise"]) == 1
    out = capsys.readouterr().out
    assert "assistants/dangling.yaml:1:1: error RVX006" in out
    assert "assistants/leaving.yaml:1:1: error RVX006" in out
    assert "is outside the project" in out
    assert "Secret words" not in out


# The lint section of revox-sync.yaml, and the codes that are reported, with their severities.
CONFIGURED = {
    "default": ("{}", [("RVX007", "warning"), ("RVX101", "error")]),
    "select family": ("{select: [RVX0]}", [("RVX007", "warning")]),
    "select name": ("{select: [unknown-field]}", [("RVX101", "error")]),
    "ignore": ("{ignore: [RVX101]}", [("RVX007", "warning")]),
    "severity": ("{severity: {RVX1: info, RVX007: error}}", [("RVX007", "error"), ("RVX101", "info")]),
    "per file": ("{per-file-ignores: {'old/*': [RVX0, RVX1]}}", []),
    "per file with suffix": ("{per-file-ignores: {'old/a.yaml': [RVX007]}}", [("RVX101", "error")]),
    "per other file": ("{per-file-ignores: {new/*: [ALL]}}", [("RVX007", "warning"), ("RVX101", "error")]),
}


@pytest.mark.parametrize(("section", "found"), CONFIGURED.values(), ids=CONFIGURED.keys())
def test_configuration_chooses_rules(
    project: Path, capsys: Captured, section: str, found: list[tuple[str, str]]
) -> None:
    (project / "revox-sync.yaml").write_text(f"version: 1\nlint: {section}\n")
    add(project, "old/a.yaml", "name: 2024-01-15\npromt: Hi\n")
    run(["lint", "-o", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["code"], each["severity"]) for each in findings] == found


def test_an_unknown_rule_in_the_configuration_is_64(project: Path, capsys: Captured) -> None:
    (project / "revox-sync.yaml").write_text("version: 1\nlint: {ignore: [unknown-feild]}\n")
    assert run(["lint"]) == 64
    assert "did you mean `unknown-field`?" in capsys.readouterr().err


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error(project: Path) -> None:
    for number in range(400):
        add(project, f"broken{number}.yaml", BROKEN.replace("Broken", f"Broken {number}"))
    process = subprocess.Popen([*PROGRAM, "lint"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in {0, 1}
