"""docs/review.md shows what happens: its files are changed, compared and planned, and its transcripts are compared.

`--rewrite-golden` writes the transcripts anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from revox_sync.cli.main import run
from revox_sync.contract.schema_files import schema_directory
from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.store import Store
from revox_sync.errors import ExitCode
from tests.source.repository import Repository

PAGE = Path(__file__).parent.parent / "docs" / "review.md"
CHANGES = {
    "assistants/outbound.yaml": {
        "Greet {{contact_name}} by name.": "Greet {{contact_name}} by name and say that {{advisor_name}} sent you.",
        "Offer two slots": "Offer three slots",
        "speed: 1.0": "speed: 1.1",
        "I will call again tomorrow.": "Write to https://solvara.example.com.",
    },
    "assistants/rappel.yaml": {
        "  - Êtes-vous à l’aise": "  - Avez-vous déjà posé des panneaux ?\n  - Êtes-vous à l’aise",
    },
}
IDS = re.compile(r"asst_\w+")
PORTS = re.compile(r"127\.0\.0\.1:\d+")


def block(marker: str) -> re.Match[str]:
    """The fenced block behind a marker comment: fence, content, fence."""
    pattern = rf"(<!-- {re.escape(marker)} -->\n(`{{3,}})\w+\n)(.*?)(\2\n)"
    found = re.search(pattern, PAGE.read_text("utf-8"), re.DOTALL)
    assert found, marker
    return found


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The project of the page, committed to `main`, changed on a branch."""
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SURVEY_HOOK", "https://hooks.example.com/survey")
    made = Repository.create(tmp_path)
    made.commit({path: block(f"file: {path}")[3] for path in CHANGES})
    made.git("checkout", "--quiet", "-b", "friendlier")
    monkeypatch.chdir(tmp_path)
    return made


def change(repository: Repository) -> None:
    for path, replacements in CHANGES.items():
        text = (repository.root / path).read_text("utf-8")
        for old, new in replacements.items():
            assert old in text
            text = text.replace(old, new)
        repository.write({path: text})


def transcript(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = ExitCode.OK) -> str:
    capsys.readouterr()
    assert run(arguments) == code
    out, err = capsys.readouterr()
    return f"$ revox-sync {' '.join(arguments)}\n{out}{err}"


def compare(name: str, shown: str, request: pytest.FixtureRequest) -> None:
    found = block(f"transcript: {name}")
    if request.config.getoption("rewrite_golden"):
        text = PAGE.read_text("utf-8")
        PAGE.write_text(text[: found.start(3)] + shown + text[found.end(3) :], "utf-8")
        found = block(f"transcript: {name}")
    assert found[3] == shown


def test_the_pull_request_in_every_format(
    repository: Repository, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    change(repository)
    compare("text", transcript(capsys, "diff"), request)
    compare("markdown", transcript(capsys, "diff", "-o", "markdown").partition("\n")[2], request)
    document = json.loads(transcript(capsys, "diff", "-o", "json").partition("\n")[2])
    (small,) = (each for each in document["changes"] if each["address"] == "outbound")
    small["fields"] = [each for each in small["fields"] if each["path"] == "voice.speed"]
    shortened = {"format": document["format"], "version": document["version"], "title": document["title"]}
    shortened |= {"changes": [small], "summary": document["summary"], "digest": document["digest"]}
    compare("json", json.dumps(shortened, indent=2, ensure_ascii=False) + "\n", request)
    refused = transcript(capsys, "diff", "-q", "-o", "json:out.json", "--fail-on-impact", "speech", code=4)
    compare("impact", refused.replace("-q -o json:out.json ", ""), request)


def test_the_plan(
    repository: Repository,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Store(None) as store, running(create_app(Path(schema_directory()), store)) as base_url:
        monkeypatch.setenv("REVOX_BASE_URL", base_url)
        monkeypatch.setenv("REVOX_API_KEY", "emulator")
        assert run(["apply", "--auto-approve"]) == ExitCode.OK
        change(repository)
        shown = transcript(capsys, "plan", "rappel", "--save", "plan.json")
        compare("plan", PORTS.sub("127.0.0.1:8787", IDS.sub("asst_81f2", shown)), request)


def test_the_page_names_what_exists() -> None:
    text = PAGE.read_text("utf-8")
    for name in ("diff", "plan"):
        assert f"schema {name}" in text
        assert (Path(schema_directory()) / f"{name}.schema.json").is_file()
