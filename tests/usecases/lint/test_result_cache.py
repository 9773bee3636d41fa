"""Lint's cache: a warm run says exactly what a cold one says, and a bad cache is no cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from revox_sync.cli.main import run
from revox_sync.errors import ExitCode

BROKEN = "name: A\npromt: Hi\nfaq_items: [{question: Q, answer: A}, {question: Q, answer: A}]\n"
Lint = Callable[..., tuple[int, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "assistants" / "_shared").mkdir(parents=True)
    (root / "assistants" / "a.yaml").write_text(BROKEN)
    (root / "assistants" / "b.yaml").write_text("name: B\nprompt: !file _shared/b.md\n")
    (root / "assistants" / "_shared" / "b.md").write_text("Hello {{name}}.\n")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def lint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Lint:
    def call(*arguments: str) -> tuple[int, str]:
        code = run(["lint", "--cache-dir", str(tmp_path / "cache"), "-o", "json", *arguments])
        return code, capsys.readouterr().out

    return call


def cached(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "cache").iterdir()
    return file


@pytest.mark.usefixtures("project")
def test_a_warm_run_replays_byte_for_byte(lint: Lint, tmp_path: Path) -> None:
    cold = lint()
    written = cached(tmp_path).read_bytes()
    assert cold[0] == ExitCode.FINDINGS
    assert lint() == cold
    assert cached(tmp_path).read_bytes() == written
    assert lint("--no-cache") == cold


def imported(project: Path, cache: Path, *arguments: str) -> set[str]:
    """Modules that a run of lint in a process of its own imports."""
    script = "import sys; from revox_sync.cli.main import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", script, "lint", *arguments]
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    ran = subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True, text=True)
    return set(ran.stderr.splitlines()[-1].split())


def test_a_run_in_which_nothing_has_changed_imports_neither_parser_nor_rules(project: Path, tmp_path: Path) -> None:
    assert "yaml" in imported(project, tmp_path / "cache")
    found = imported(project, tmp_path / "cache")
    assert found.isdisjoint({"yaml", "click", "revox_sync.lint.engine.engine", "revox_sync.source.workspace"})
    (project / "assistants" / "b.yaml").write_text("name: B\nprompt: Hi\n")
    assert "yaml" in imported(project, tmp_path / "cache")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("assistants/a.yaml", "name: A\nprompt: Hi\n"),
        ("assistants/b.yaml", "name: B\nprompt: 3\n"),
        ("assistants/_shared/b.md", "Hello {{name.\n"),
        ("revox-sync.yaml", 'version: 1\nlint: {ignore: ["RVX4"]}\n'),
    ],
)
def test_a_change_is_seen(path: str, text: str, lint: Lint, project: Path) -> None:
    before = lint()
    (project / path).write_text(text)
    after = lint()
    assert after != before
    assert after == lint("--no-cache")


def test_a_change_behind_the_configuration_is_seen(lint: Lint, project: Path) -> None:
    (project / "revox-sync.yaml").write_text("environments: {prod: {vars: !include vars.yaml}}\n")
    (project / "vars.yaml").write_text("hook: https://hooks.example.com\n")
    (project / "assistants" / "b.yaml").write_text('name: B\nprompt: Hi\nwebhook_url: !sub "${hook}/x"\n')
    assert "RVX502" not in lint()[1]
    (project / "vars.yaml").write_text("hook: http://hooks.example.com\n")
    assert "RVX502" in lint()[1]


def test_rules_about_several_files_stay_right(lint: Lint, project: Path) -> None:
    lint()
    (project / "assistants" / "b.yaml").write_text("name: A\nprompt: Hi\n")
    found = json.loads(lint()[1])["findings"]
    assert [each["path"] for each in found if each["code"] == "RVX601"] == ["assistants/b.yaml"]
    (project / "assistants" / "a.yaml").unlink()
    assert json.loads(lint()[1])["findings"] == []


def test_a_file_that_appears_mends_a_reference(lint: Lint, project: Path) -> None:
    (project / "assistants" / "b.yaml").write_text("name: B\nprompt: !file later.md\n")
    assert "RVX006" in lint()[1]
    (project / "assistants" / "later.md").write_text("Hi\n")
    assert "RVX006" not in lint()[1]


def test_a_fix_of_a_shared_file_goes_when_another_assistant_uses_it(lint: Lint, project: Path) -> None:
    (project / "assistants" / "_shared" / "voice.yaml").write_text("provider: cartesia\nid: v\nspede: 1.0\n")
    user = "prompt: Hi\nvoice: !include _shared/voice.yaml\n"
    (project / "assistants" / "b.yaml").write_text(f"name: B\n{user}")
    assert "rename to `speed`" in lint()[1]
    (project / "assistants" / "c.yaml").write_text(f"name: C\n{user}")
    shared = lint()
    assert "rename to `speed`" not in shared[1]
    assert lint("--no-cache") == shared
    (project / "assistants" / "c.yaml").unlink()
    assert "rename to `speed`" in lint()[1]


@pytest.mark.usefixtures("project")
def test_other_options_have_other_results(lint: Lint) -> None:
    everything = lint()
    selected = lint("--select", "RVX4")
    assert len(json.loads(selected[1])["findings"]) == 1
    assert lint() == everything
    assert lint("--select", "RVX4") == selected


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", '{"key": 1}', "\n", "{}\n[]", "report", "record", "entries", "types", "lines", "names"],
)
def test_a_damaged_cache_is_a_cold_run(damage: str, lint: Lint, tmp_path: Path) -> None:
    cold = lint()
    file = cached(tmp_path)
    ran, names, key, *results = file.read_text().splitlines()
    match damage:
        case "report":
            ran = json.dumps({**json.loads(ran), "report": [[1], 2, [3]]})
        case "record":
            ran = json.dumps({**json.loads(ran), "saw": {"read": 1, "listed": 2, "asked": 3}})
        case "entries":
            ran, results = "{}", [line.partition("\t")[0] + '\t["x"]' for line in results]
        case "types":
            ran = "{}"
            results = [line.replace("[]", "[[1, [[2]], 3]]") for line in results]
        case "lines":
            ran, results = "{}", [results[0][:20], "\t", "", results[0], results[0][3:]]
        case "names":
            ran, names = "{}", json.dumps({**json.loads(names), "names": [1]})
    whole = "\n".join([ran, names, key, *results])
    file.write_text(whole if damage in {"report", "record", "entries", "types", "lines", "names"} else damage)
    assert lint() == cold
    assert lint() == cold


@pytest.mark.usefixtures("project")
def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    assert lint("--cache-dir", str(tmp_path / "file" / "below"), "--select", "RVX4")[0] == ExitCode.OK


def test_without_a_home_there_is_no_cache(project: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "XDG_CACHE_HOME"} | {"HOME": "nowhere"}
    command = [sys.executable, "-c", "from revox_sync.cli.main import entry; entry()", "lint"]
    ran = subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (ExitCode.FINDINGS, "")
    assert sorted(each.name for each in project.iterdir()) == ["assistants"]


def test_secrets_are_not_in_the_cache(lint: Lint, project: Path, tmp_path: Path) -> None:
    (project / "assistants" / "c.yaml").write_text(
        "name: C\nprompt: Hi\nllm_model: {type: custom, api_key: sk-canary-4711, api_url: http://x, model_name: 3}\n"
    )
    assert "RVX103" in lint()[1]
    assert "canary-4711" not in cached(tmp_path).read_text()


@pytest.mark.slow
def test_processes_at_once_leave_a_usable_cache(project: Path, tmp_path: Path, lint: Lint) -> None:
    for number in range(40):
        (project / "assistants" / f"n{number}.yaml").write_text(f"name: N{number}\nprompt: Hi {{{{a\n")
    command = [sys.executable, "-c", "from revox_sync.cli.main import entry; entry()", "lint"]
    arguments = ["--cache-dir", str(tmp_path / "cache"), "-o", "json"]
    processes = [
        subprocess.Popen([*command, *arguments], cwd=project, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    outputs = {process.communicate()[0] for process in processes}
    assert outputs == {lint("--no-cache")[1]}
    assert {lint()[1]} == outputs
