"""What the README shows is what happens: its file is linted, planned and applied, and its transcripts are compared.

`--rewrite-golden` writes the transcripts anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from revox_sync.cli.main import run
from revox_sync.cli.program import COMMANDS
from revox_sync.contract.schema_files import schema_directory
from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.store import Store
from revox_sync.errors import ExitCode

README = Path(__file__).parent.parent / "README.md"
ASSISTANT = Path("assistants/support.yaml")
SLIPS = {
    "first_sentence_mode: static": "first_sentence_mode: statc",
    "max_retry_attempts": "max_retry_atempts",
    '"18:30"': "18:30",
}
CHANGE = {"at a time.": "at a time. Never promise a date.", "speed: 1.1": "speed: 1.05"}
IDS = re.compile(r"asst_\w+")
PORTS = re.compile(r"127\.0\.0\.1:\d+")
COMMANDS_OF = {"slips": (["lint"],), "change": (["plan"], ["apply", "--auto-approve"], ["plan"])}


def block(marker: str) -> re.Match[str]:
    """The fenced block behind a marker comment: fence, content, fence."""
    found = re.search(rf"(<!-- {re.escape(marker)} -->\n```\w+\n)(.*?)(```\n)", README.read_text("utf-8"), re.DOTALL)
    assert found, marker
    return found


def transcript(commands: tuple[list[str], ...], capsys: pytest.CaptureFixture[str]) -> str:
    parts = []
    for arguments in commands:
        run(arguments)
        parts.append(f"$ revox-sync {' '.join(arguments)}\n{capsys.readouterr().out}")
    return PORTS.sub("127.0.0.1:8787", IDS.sub("asst_81f2", "\n".join(parts)))


def changed(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    ASSISTANT.parent.mkdir()
    text = block("file: assistants/support.yaml")[2]
    ASSISTANT.write_text(text, "utf-8")
    return text


def compare(name: str, shown: str, request: pytest.FixtureRequest) -> None:
    found = block(f"transcript: {name}")
    if request.config.getoption("rewrite_golden"):
        text = README.read_text("utf-8")
        README.write_text(text[: found.start(2)] + shown + text[found.end(2) :], "utf-8")
        found = block(f"transcript: {name}")
    assert found[2] == shown


def test_the_slips(project: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint"]) == ExitCode.OK
    capsys.readouterr()
    ASSISTANT.write_text(changed(project, SLIPS), "utf-8")
    compare("slips", transcript(COMMANDS_OF["slips"], capsys), request)


def test_the_change(
    project: str,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Store(None) as store, running(create_app(Path(schema_directory()), store)) as base_url:
        monkeypatch.setenv("REVOX_BASE_URL", base_url)
        monkeypatch.setenv("REVOX_API_KEY", "emulator")
        assert run(["apply", "--auto-approve"]) == ExitCode.OK
        capsys.readouterr()
        ASSISTANT.write_text(changed(project, CHANGE), "utf-8")
        compare("change", transcript(COMMANDS_OF["change"], capsys), request)


def test_every_command_is_in_the_table() -> None:
    rows = set(re.findall(r"revox-sync (\w+)", README.read_text("utf-8")))
    assert set(COMMANDS) <= rows


def test_every_exit_code_is_in_the_table() -> None:
    rows = {int(code) for code in re.findall(r"^\| (\d+) \|", README.read_text("utf-8"), re.MULTILINE)}
    assert rows == {int(code) for code in ExitCode}


def test_the_configuration_example_is_valid(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert project
    (text,) = re.findall(r"```yaml\n(version: 1\n.*?)```", README.read_text("utf-8"), re.DOTALL)
    Path("revox-sync.yaml").write_text(text, "utf-8")
    assert run(["lint"]) == ExitCode.OK, capsys.readouterr().err
