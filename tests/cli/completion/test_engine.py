"""What completion offers in each place of a command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from revox_sync.cli.completion.engine import TABLE, answer_shell, complete
from revox_sync.cli.main import run
from revox_sync.cli.program import COMMANDS
from revox_sync.cli.reports.formats import REPORT_FORMATS
from revox_sync.contract.schema_files import schema_names
from tests.checkout import ROOT
from tools.make_completion import text as table_text

CONFIG = "version: 1\ndefault_environment: staging\nenvironments: {staging: {}, production: {}}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    for address in ("sales/in", "sales/out", "support"):
        path = root / "assistants" / f"{address}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name: {address}\nprompt: Hi\n")
    (root / "revox-sync.yaml").write_text(CONFIG)
    (root / "plan.json").write_text('{"format": "revox-sync/saved-plan"}')
    (root / "other.json").write_text("{}")
    (root / ".revox/backup").mkdir(parents=True)
    (root / ".revox/backup/staging.json").write_text('{"format": "revox-sync/snapshot"}')
    (root / ".revox/staging.lock.json").write_text('{"assistants": {"gone": {}, "support": {}, "": ""}}')
    monkeypatch.chdir(root)
    return root


CASES: dict[str, list[str]] = {
    "pl": ["plan"],
    "zz": [],
    "-C . pl": ["plan"],
    "help pl": ["plan"],
    "plan ": ["sales/in", "sales/out", "support"],
    "plan sa": ["sales/in", "sales/out"],
    "plan sales/in ": ["sales/out", "support"],
    "plan -- s": ["sales/in", "sales/out", "support"],
    "plan --exclude su": ["support"],
    "plan --exclude support --ex": ["--exclude"],
    "plan --prune --pru": [],
    "plan --rec": ["--recreate"],
    "plan --on-drift ke": ["keep"],
    "plan --on-drift su": ["support="],
    "plan --on-drift support=k": ["support=keep"],
    "plan -e ": ["staging", "production"],
    "plan --env=pr": ["--env=production"],
    "-e pr": ["production"],
    "plan -o ma": ["markdown"],
    "lint -o ": list(REPORT_FORMATS["lint"]),
    "lint --fail-on w": ["warning"],
    "lint --select RVX704": ["RVX704"],
    "lint --ignore RVX101,RVX70": [f"RVX101,RVX70{digit}" for digit in "123456"],
    "explain RVX013": ["RVX013"],
    "schema lo": ["lock"],
    "show ": ["plan.json"],
    "show p": ["plan.json"],
    "apply ": ["plan.json", "sales/in", "sales/out", "support"],
    "apply plan.json --au": ["--auto-approve"],
    "forget ": ["gone", "support"],
    "import su": ["support"],
    "import support ": [],
    "restore .revox/backup/s": [".revox/backup/staging.json"],
    "restore ": [".revox/backup/staging.json"],
    "restore x s": ["sales/in", "sales/out", "support"],
    "completion z": ["zsh"],
    "init --ci g": ["github", "gitlab"],
    "rules x": [],
    "emulate --port ": [],
}


@pytest.mark.parametrize(("line", "offered"), CASES.items(), ids=CASES)
@pytest.mark.usefixtures("project")
def test_what_is_offered(line: str, offered: list[str]) -> None:
    answer = complete(["revox-sync", *line.split(" ")])
    assert [value for value, _ in answer.candidates] == offered
    assert answer.kind == "words"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("lint ", "files"),
        ("plan --save ", "files"),
        ("plan -o json:re", "files"),
        ("-C ", "folders"),
        ("lint --cache-dir=x", "folders"),
    ],
)
def test_what_the_shell_completes_itself(line: str, kind: str) -> None:
    answer = complete(["revox-sync", *line.split(" ")])
    assert (answer.kind, answer.candidates) == (kind, ())


def test_every_command_and_schema_is_offered() -> None:
    assert [value for value, _ in complete(["revox-sync", ""]).candidates] == list(COMMANDS)
    assert [value for value, _ in complete(["revox-sync", "schema", ""]).candidates] == [*schema_names(), "editor"]


def test_another_project(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["-C", str(project)], [f"--project={project}"]):
        assert [value for value, _ in complete(["revox-sync", *words, "plan", "su"]).candidates] == ["support"]


def test_a_broken_project_offers_nothing(project: Path) -> None:
    (project / "revox-sync.yaml").write_text("version: [")
    assert complete(["revox-sync", "plan", ""]).candidates == ()
    (project / "revox-sync.yaml").unlink()
    (project / "assistants/a\x1b[2Jb.yaml").write_text("")
    (project / "assistants/line\nbreak.yaml").write_text("")
    assert [value for value, _ in complete(["revox-sync", "plan", "a"]).candidates] == []
    assert [value for value, _ in complete(["revox-sync", "plan", "li"]).candidates] == []


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("revox-sync pl", "words\nplan\n"),
        ("revox-sync plan --env=pr", "words\nproduction\n"),
        ("revox-sync plan --on-drift support=k", "words\nkeep\n"),
        ("revox-sync plan 'su", "words\nsupport\n"),
        ("revox-sync plan su\\p", "words\nsupport\n"),
        ("revox-sync plan two", "words\ntwo\\ words\n"),
        ("revox-sync plan 'two", "words\ntwo words\n"),
        ("revox-sync   -C  .  plan sup", "words\nsupport\n"),
    ],
)
def test_bash_gets_what_it_replaces(project: Path, line: str, answer: str) -> None:
    (project / "assistants/two words.yaml").write_text("name: T\nprompt: Hi\n")
    assert answer_shell(["bash", line, str(len(line)), " \t\n\"'><=;|&(:"]) == answer
    assert answer_shell(["bash", f"{line} and more", str(len(line)), " \t\n\"'><=;|&(:"]) == answer


def test_others_get_what_it_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["__complete", "zsh", "revox-sync", "-C", str(project), "plan", "su"]) == 0
    assert capsys.readouterr().out == "words\nsupport\tassistants/support.yaml\n"
    assert answer_shell([]).startswith("words\n")
    assert answer_shell(["bash"]).startswith("words\n")


def test_the_table_is_that_of_the_commands() -> None:
    assert Path(TABLE).read_text("utf-8") == table_text(), "run make docs"


def test_nothing_slow_is_imported(project: Path) -> None:
    code = (
        "import sys, json; from revox_sync.cli.main import run\n"
        "for word in ('--s', 's'): run(['__complete', 'fish', 'revox-sync', 'plan', word])\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env={"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(json.loads(ran.stderr))
    assert not loaded & {"click", "httpx", "pydantic", "deepdiff", "rich", "jsonschema", "ruamel"}
    assert "support\tassistants/support.yaml" in ran.stdout
