"""Which rules run, how severe they are, and what comments suppress."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from revox_sync.cli.main import run
from tests.account import Account

PATH: Final = "assistants/old/a.yaml"
# RVX007 in line 1 (a warning), RVX101 in line 3, RVX105 in line 4.
FAULTY: Final = "name: 2024-01-15\nprompt: Greet the caller.\npromt: Hi\nvoice: {id: v1, provider: gradium, speed: 9}\n"
EVERY: Final = [("RVX007", "warning"), ("RVX101", "error"), ("RVX105", "error")]
WARNED, UNKNOWN, RANGE = EVERY
Captured = pytest.CaptureFixture[str]
Found: TypeAlias = list[tuple[str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "assistants").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(project: Path, name: str, text: str) -> None:
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def configure(project: Path, lint: str) -> None:
    write(project, "revox-sync.yaml", f"version: 1\nlint: {lint}\n")


def report(capture: Captured, *arguments: str) -> Any:
    run(["lint", "-o", "json", *arguments])
    captured = capture.readouterr()
    assert captured.out, captured.err
    return json.loads(captured.out)


# The lint section, arguments, and the code and severity of each finding.
SELECTED: Final[dict[str, tuple[str, list[str], Found]]] = {
    "nothing chosen": ("{}", [], EVERY),
    "code": ("{}", ["--select", "RVX101"], [UNKNOWN]),
    "prefix": ("{}", ["--select", "RVX1"], [UNKNOWN, RANGE]),
    "name": ("{}", ["--select", "ambiguous-scalar"], [WARNED]),
    "list": ("{}", ["--select", "RVX007, out-of-range"], [WARNED, RANGE]),
    "repeated": ("{}", ["--select", "RVX007", "--select", "RVX101"], [WARNED, UNKNOWN]),
    "all": ("{}", ["--select", "ALL"], EVERY),
    "ignored code": ("{}", ["--ignore", "RVX101"], [WARNED, RANGE]),
    "ignored prefix": ("{}", ["--ignore", "RVX1"], [WARNED]),
    "ignored name": ("{}", ["--ignore", "unknown-field"], [WARNED, RANGE]),
    "ignored list": ("{}", ["--ignore", "RVX0,RVX105"], [UNKNOWN]),
    "everything ignored": ("{}", ["--ignore", "ALL"], []),
    "ignore wins over select": ("{}", ["--select", "RVX1", "--ignore", "RVX101"], [RANGE]),
    "configured": ("{select: [RVX1], ignore: [out-of-range]}", [], [UNKNOWN]),
    "select replaces the configured one": ("{select: [RVX1]}", ["--select", "RVX0"], [WARNED]),
    "ignore adds to the configured one": ("{ignore: [RVX101]}", ["--ignore", "RVX105"], [WARNED]),
    "configured ignore wins over select": ("{ignore: [RVX101]}", ["--select", "RVX1"], [RANGE]),
    "severity of a code": ("{severity: {RVX101: info}}", [], [WARNED, ("RVX101", "info"), RANGE]),
    "severity of a family": (
        "{severity: {RVX1: warning}}",
        [],
        [WARNED, ("RVX101", "warning"), ("RVX105", "warning")],
    ),
    "severity of a name": ("{severity: {ambiguous-scalar: error}}", [], [("RVX007", "error"), UNKNOWN, RANGE]),
    "ignored for the file": ("{per-file-ignores: {'old/*': [RVX1]}}", [], [WARNED]),
    "ignored for the file, though selected": ("{per-file-ignores: {old/a: [RVX1]}}", ["--select", "ALL"], [WARNED]),
    "ignored for the file with suffix": ("{per-file-ignores: {old/a.yaml: [unknown-field]}}", [], [WARNED, RANGE]),
    "ignored for another file": ("{per-file-ignores: {'new/*': [ALL]}}", [], EVERY),
}


@pytest.mark.parametrize(("section", "arguments", "found"), SELECTED.values(), ids=SELECTED.keys())
def test_rules_are_chosen(project: Path, capsys: Captured, section: str, arguments: list[str], found: Found) -> None:
    configure(project, section)
    write(project, PATH, FAULTY)
    findings = report(capsys, *arguments)["findings"]
    assert [(each["code"], each["severity"]) for each in findings] == found


# Arguments, the lint section, and the exit code for a file with a warning alone.
FAILING: Final = {
    "warning": ([], "{}", 0),
    "from warnings on": (["--fail-on", "warning"], "{}", 1),
    "from notes on": (["--fail-on", "info"], "{}", 1),
    "made an error": ([], "{severity: {RVX007: error}}", 1),
    "made a note": (["--fail-on", "warning"], "{severity: {RVX007: info}}", 0),
    "made a note, from notes on": (["--fail-on", "info"], "{severity: {RVX007: info}}", 1),
    "ignored": (["--fail-on", "info", "--ignore", "RVX007"], "{}", 0),
}


@pytest.mark.parametrize(("arguments", "section", "code"), FAILING.values(), ids=FAILING.keys())
def test_severity_decides_the_exit_code(project: Path, arguments: list[str], section: str, code: int) -> None:
    configure(project, section)
    write(project, PATH, "name: 2024-01-15\nprompt: Greet the caller.\n")
    assert run(["lint", *arguments]) == code


# Arguments, the lint section, and words of the message.
WRONG: Final = {
    "code": (["--select", "RVX1O1"], "{}", "did you mean"),
    "name": (["--ignore", "unknown-feild"], "{}", "did you mean `unknown-field`?"),
    "one of a list": (["--select", "RVX101,RVX9"], "{}", "no rule is called `RVX9`"),
    "far from any": (["--select", "zzzzzz"], "{}", "`revox-sync rules` lists them"),
    "configured select": ([], "{select: [unknown-feild]}", "did you mean `unknown-field`?"),
    "configured ignore": ([], "{ignore: [unknown-feild]}", "did you mean `unknown-field`?"),
    "configured severity": ([], "{severity: {unknown-feild: info}}", "did you mean `unknown-field`?"),
    "configured for files": ([], "{per-file-ignores: {a: [unknown-feild]}}", "did you mean `unknown-field`?"),
}


@pytest.mark.parametrize(("arguments", "section", "words"), WRONG.values(), ids=WRONG.keys())
def test_unknown_rules_are_64(project: Path, capsys: Captured, arguments: list[str], section: str, words: str) -> None:
    configure(project, section)
    write(project, PATH, FAULTY)
    assert run(["lint", *arguments]) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err


@pytest.mark.parametrize(
    ("arguments", "section", "codes"),
    [
        ([], "{}", []),
        (["--select", "ALL"], "{}", []),
        (["--select", "RVX6"], "{}", []),
        (["--select", "RVX604"], "{}", ["RVX604"]),
        (["--select", "ALL,sub-assistant-without-lock"], "{}", ["RVX604"]),
        ([], "{select: [ALL, RVX604]}", ["RVX604"]),
        (["--select", "RVX604", "--ignore", "RVX604"], "{}", []),
    ],
)
def test_a_rule_that_is_off_runs_only_when_it_is_named(
    project: Path, capsys: Captured, arguments: list[str], section: str, codes: list[str]
) -> None:
    configure(project, section)
    write(project, "assistants/sub.yaml", "name: Sub\nprompt: Find another day.\ntype: sub-assistant\n")
    assert [each["code"] for each in report(capsys, *arguments)["findings"]] == codes


# Files beside the configuration, codes of what is left, and code and reason of what is suppressed.
SUPPRESSED: Final[dict[str, tuple[dict[str, str], list[str], Found]]] = {
    "same line": (
        {PATH: "name: A\nprompt: Hi.\npromt: x # revox: ignore[RVX101] soon\n"},
        [],
        [("RVX101", "soon")],
    ),
    "line above": (
        {PATH: "name: A\nprompt: Hi.\n# revox: ignore[RVX101] it comes soon\npromt: x\n"},
        [],
        [("RVX101", "it comes soon")],
    ),
    "line above, with another comment between": (
        {PATH: "name: A\nprompt: Hi.\n# revox: ignore[RVX101]\n# Really.\n\npromt: x\n"},
        [],
        [("RVX101", "")],
    ),
    "prefix": ({PATH: "name: A\nprompt: Hi.\npromt: x # revox: ignore[RVX1] why\n"}, [], [("RVX101", "why")]),
    "name": ({PATH: "name: A\nprompt: Hi.\npromt: x # revox: ignore[unknown-field] why\n"}, [], [("RVX101", "why")]),
    "several codes": (
        {PATH: "name: 2024-01-15 # revox: ignore[RVX007, RVX209] a date\nprompt: REPLACE_ME\n"},
        ["RVX602", "RVX209"],
        [("RVX007", "a date")],
    ),
    "another line": (
        {PATH: "name: A # revox: ignore[RVX101] why\nprompt: Hi.\npromt: x\n"},
        ["RVX602", "RVX101"],
        [],
    ),
    "another rule": ({PATH: "name: A\nprompt: Hi.\npromt: x # revox: ignore[RVX102] why\n"}, ["RVX101", "RVX602"], []),
    "key line of a block": (
        {PATH: "name: A\nprompt: | # revox: ignore[RVX209] draft\n  Greet the caller.\n\n  REPLACE_ME\n"},
        [],
        [("RVX209", "draft")],
    ),
    "line above a block": (
        {PATH: "name: A\n# revox: ignore[RVX209] draft\nprompt: >-\n  Greet the caller.\n\n  REPLACE_ME.\n"},
        [],
        [("RVX209", "draft")],
    ),
    "text of a block is no comment": (
        {PATH: "name: A\nprompt: |\n  Greet the caller.\n  # revox: ignore[RVX209] draft\n  REPLACE_ME.\n"},
        ["RVX209"],
        [],
    ),
    "whole file": (
        {PATH: "# revox: ignore-file[RVX101, RVX209] old\nname: A\nprompt: REPLACE_ME\npromt: x\n"},
        [],
        [("RVX209", "old"), ("RVX101", "old")],
    ),
    "whole file, below the top": (
        {PATH: "name: A\n# revox: ignore-file[RVX101] old\nprompt: Hi.\npromt: x\n"},
        ["RVX603", "RVX101"],
        [],
    ),
    "tag line of a text": (
        {
            PATH: "name: A\nprompt: !file p.md # revox: ignore[RVX209] draft\n",
            "assistants/old/p.md": "Greet the caller.\nREPLACE_ME.\n",
        },
        [],
        [("RVX209", "draft")],
    ),
    "file with the tag of a text": (
        {
            PATH: "# revox: ignore-file[RVX209] draft\nname: A\nprompt: !file p.md\n",
            "assistants/old/p.md": "Greet the caller.\nREPLACE_ME.\n",
        },
        [],
        [("RVX209", "draft")],
    ),
    "included file": (
        {
            PATH: "name: A\nprompt: Hi.\nvoice: !include ../_shared/voice.yaml\n",
            "assistants/_shared/voice.yaml": ("id: v1\nprovider: gradium\nspeeed: 1 # revox: ignore[RVX101] theirs\n"),
        },
        [],
        [("RVX101", "theirs")],
    ),
    "tag line of an include": (
        {
            PATH: "name: A\nprompt: Hi.\nvoice: !include ../_shared/voice.yaml # revox: ignore[RVX101] theirs\n",
            "assistants/_shared/voice.yaml": "id: v1\nprovider: gradium\nspeeed: 1\n",
        },
        [],
        [("RVX101", "theirs")],
    ),
    "defaults": (
        {
            "revox-sync.yaml": "version: 1\ndefaults:\n  promt: x # revox: ignore[RVX101] everywhere\n",
            PATH: "name: A\nprompt: Hi.\n",
        },
        [],
        [("RVX101", "everywhere")],
    ),
    "unused": ({PATH: "name: A # revox: ignore[RVX101] why\nprompt: Hi.\n"}, ["RVX602"], []),
    "unknown": ({PATH: "name: A # revox: ignore[RVX1O1] why\nprompt: Hi.\n"}, ["RVX603"], []),
    "no code": ({PATH: "name: A\nprompt: Hi.\npromt: x # revox: ignore\n"}, ["RVX101", "RVX603"], []),
    "rule about several files": (
        {PATH: "name: Z\nprompt: Hi.\n", "assistants/z.yaml": "name: Z # revox: ignore[RVX601] twins\nprompt: Hi.\n"},
        [],
        [("RVX601", "twins")],
    ),
}


@pytest.mark.parametrize(("files", "left", "suppressed"), SUPPRESSED.values(), ids=SUPPRESSED.keys())
def test_comments_suppress(
    project: Path, capsys: Captured, files: dict[str, str], left: list[str], suppressed: Found
) -> None:
    for name, text in files.items():
        write(project, name, text)
    document = report(capsys)
    assert [each["code"] for each in document["findings"]] == left
    assert [(each["code"], each["reason"]) for each in document["suppressed"]] == suppressed


@pytest.mark.parametrize("arguments", [["--select", "RVX0,RVX6"], ["--ignore", "RVX101"]])
def test_a_suppression_is_not_unused_when_its_rule_did_not_run(
    project: Path, capsys: Captured, arguments: list[str]
) -> None:
    write(project, PATH, "name: A # revox: ignore[RVX101] why\nprompt: Hi.\n")
    assert report(capsys, *arguments)["findings"] == []


def test_what_is_suppressed_does_not_fail(project: Path, capsys: Captured) -> None:
    write(project, PATH, "name: A\nprompt: Hi.\npromt: x # revox: ignore[RVX101] soon\n")
    assert run(["lint", "--fail-on", "info"]) == 0
    assert capsys.readouterr().out.startswith("No findings in 1 file")


def test_a_plan_heeds_neither_comments_nor_selection(account: Account) -> None:
    account.configure(lint={"ignore": ["RVX1"], "per-file-ignores": {"*": ["ALL"]}})
    account.write("assistants/a.yaml", "name: A\nprompt: Hi.\npromt: x # revox: ignore[RVX101] soon\n")
    assert account.run("lint").code == 0
    planned = account.run("plan")
    assert planned.code == 1
    assert "RVX101" in planned.err
    assert account.writes == []
