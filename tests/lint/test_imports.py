"""Start-up time is a feature: what a fresh process imports for each task."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from revox_sync.cli.program import COMMANDS

NEVER = {"httpx", "pydantic", "deepdiff", "rich", "starlette", "uvicorn", "asyncio", "jsonschema_rs"}
EXPLAINING = {"jsonschema", "difflib", "email_validator", "ruamel", "zoneinfo"}
SLOW = {"click", "dataclasses", "hashlib", "inspect", "ipaddress", "pathlib", "shutil", "urllib"}
"""What takes a millisecond or more to import, and one lint in a commit hook can do without."""
REPORT = (
    "import sys; from revox_sync.cli.main import run; code = run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
)
GOOD = """\
name: Support
prompt: Help the caller.
voice: {id: v1, provider: cartesia}
sms_enabled: true
webhook_url: https://hooks.example.com/revox
email_notification_address: team@example.com, ops@example.com
email_notification_outcomes: [completed]
call_retry_config:
  max_retry_attempts: 2
  timezone: Europe/Paris
  allowed_days: [monday]
  call_twice_in_a_row: false
  calling_windows:
    - {calling_window_start_time: "9:00", calling_window_end_time: 6pm, retry_delay_seconds: 600}
"""


def imported(project: Path, *arguments: str) -> set[str]:
    """Modules that a process has imported when the command is done."""
    process = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments], cwd=project, capture_output=True, text=True, check=True
    )
    return set(process.stderr.splitlines()[-1].split())


def packages(modules: set[str]) -> set[str]:
    return {each.partition(".")[0] for each in modules}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "good.yaml").write_text(GOOD)
    (tmp_path / "revox-sync.yaml").write_text("version: 1\n")
    return tmp_path


@pytest.mark.parametrize("arguments", [(), ("--no-cache",), ("assistants/good.yaml",)], ids=" ".join)
def test_linting_good_files_imports_only_what_it_needs(project: Path, arguments: tuple[str, ...]) -> None:
    found = packages(imported(project, "lint", *arguments))
    assert found.isdisjoint(NEVER | EXPLAINING | SLOW)


@pytest.mark.parametrize("arguments", [(), ("--check",), ("assistants/good.yaml",)], ids=" ".join)
def test_formatting_imports_only_what_it_needs(project: Path, arguments: tuple[str, ...]) -> None:
    (project / "assistants" / "good.yaml").write_text("name: A\nprompt: |\n  Hi\n  there\n")
    found = packages(imported(project, "fmt", *arguments))
    assert found.isdisjoint(NEVER | EXPLAINING | SLOW)


def test_linting_makes_no_class_that_nobody_needs(project: Path) -> None:
    """A named tuple of typing compiles each annotation; ours waits for the first instance."""
    eager = "[each for each in tuple.__subclasses__() if NamedTuple in getattr(each, '__orig_bases__', ())]"
    code = f"from typing import NamedTuple; {REPORT}; print(*{eager}, file=sys.stderr)"
    process = subprocess.run(
        [sys.executable, "-c", code, "lint", "--no-cache"], cwd=project, capture_output=True, text=True, check=True
    )
    assert "revox_sync" not in process.stderr.splitlines()[-1]


def test_linting_good_files_imports_nothing_for_findings(project: Path) -> None:
    found = imported(project, "lint", "--no-cache")
    own = (
        "lint.suppressions.apply_suppressions",
        "lint.fixes.contract_fixes",
        "lint.rules.online",
        "source.edits.edit",
    )
    assert found.isdisjoint({*(f"revox_sync.{each}" for each in own), "pickle", "threading"})


@pytest.mark.parametrize(
    "broken", ["name: A\npromt: Hi\n", "name: 'A\n", "name: A\nprompt: !flie x\n", "name: A\nprompt: \u202e\n"]
)
def test_explaining_broken_files_imports_nothing_of_the_network(project: Path, broken: str) -> None:
    (project / "assistants" / "broken.yaml").write_text(broken)
    assert packages(imported(project, "lint")).isdisjoint(NEVER)
    assert packages(imported(project, "lint", "-o", "json")).isdisjoint(NEVER)


def test_the_version_needs_next_to_nothing(project: Path) -> None:
    found = imported(project, "--version")
    assert packages(found).isdisjoint(NEVER | EXPLAINING | SLOW | {"yaml", "json"})
    assert sum(each.startswith("revox_sync.") for each in found) <= 16


@pytest.mark.parametrize("arguments", [("--quiet", "--version"), ("--help",)])
def test_version_and_help_import_no_command(project: Path, arguments: tuple[str, ...]) -> None:
    found = imported(project, *arguments)
    assert packages(found).isdisjoint(NEVER | EXPLAINING | {"yaml", "json"})
    own = {each for each in found if each.startswith(("revox_sync.cli.", "revox_sync.usecases."))}
    assert own == {
        *(
            f"revox_sync.cli{each}"
            for each in (".main", ".options", ".options.command", ".options.common", ".options.targets", ".program")
        ),
        *(f"revox_sync.cli.terminal{each}" for each in ("", ".streams")),
        *(f"revox_sync.usecases.project{each}" for each in ("", ".settings")),
    }


def test_the_help_of_a_command_imports_only_what_it_shows(project: Path) -> None:
    asked = "; ".join(f"run(['{name}', '--help'])" for name in COMMANDS)
    code = f"import sys; from revox_sync.cli.main import run; {asked}; print(*sys.modules, file=sys.stderr)"
    process = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    found = set(process.stderr.splitlines()[-1].split())
    assert {f"revox_sync.cli.commands.{name}" for name in ("plan", "server")} <= found
    assert packages(found).isdisjoint(NEVER | EXPLAINING | {"yaml"})
    used = {
        name for name in found if name.startswith(("revox_sync.usecases.", "revox_sync.output.", "revox_sync.lint."))
    }
    used -= {name for name in used if f"{name}." in " ".join(used)}
    requests = {f"revox_sync.usecases.{room}.request" for room in ("format", "lint", "project")}
    models = {"revox_sync.output.text.style", "revox_sync.lint.model.finding", "revox_sync.usecases.project.settings"}
    assert used == requests | models


@pytest.mark.parametrize("word", ["--", "assist"])
def test_completing_imports_neither_click_nor_a_command(project: Path, word: str) -> None:
    found = imported(project, "__complete", "fish", "revox-sync", "lint", word)
    assert packages(found).isdisjoint(NEVER | EXPLAINING | SLOW | {"yaml"})
    assert not {each for each in found if each.startswith(("revox_sync.cli.commands.", "revox_sync.lint."))}


@pytest.mark.parametrize("arguments", [("rules",), ("explain", "RVX101"), ("schema",)])
def test_reading_about_rules_imports_nothing_of_the_network(project: Path, arguments: tuple[str, ...]) -> None:
    assert packages(imported(project, *arguments)).isdisjoint(NEVER)


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "--fix", "--unsafe-fixes", "--diff"),
        ("lint", "-o", "sarif"),
        ("lint", "-o", "gitlab"),
        ("lint", "-o", "github"),
        ("lint", "--add-ignore", "later"),
        ("explain", "RVX101", "-o", "markdown"),
        ("rules", "-o", "json"),
    ],
    ids=" ".join,
)
def test_nothing_of_lint_imports_the_network(project: Path, arguments: tuple[str, ...]) -> None:
    (project / "assistants" / "broken.yaml").write_text("name: A\npromt: Hi\nsms_enabled: yes\n")
    assert packages(imported(project, *arguments)).isdisjoint(NEVER)
