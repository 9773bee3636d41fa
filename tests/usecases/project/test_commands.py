"""Commands in messages work as they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from revox_sync.errors import RefusedError
from revox_sync.sync.model.plan import Plan, PlanOptions, Refusal
from revox_sync.usecases.project.commands import runnable, runnable_errors, runnable_report
from revox_sync.usecases.project.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, a project with another one inside."""
    for path in (tmp_path, tmp_path / "in side"):
        path.mkdir(exist_ok=True)
        (path / "revox-sync.yaml").touch()
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("project", "environment", "text", "shown"),
    [
        ("", None, "`revox-sync pull` brings", "`revox-sync pull` brings"),
        ("sub", None, "`revox-sync pull`", "`revox-sync pull`"),
        ("", "test", "do `revox-sync import a ID`, then `revox-sync plan`.", None),
        ("in side", "test", "`revox-sync pull`", "`revox-sync pull -e test -C 'in side'`"),
        ("", "test", "`revox-sync forget a -e other`", "`revox-sync forget a -e other`"),
        ("", "test", "`revox-sync import -- -a ID`", "`revox-sync import -e test -- -a ID`"),
        ("in side", "test", "`revox-sync import -- -a ID`", "`revox-sync import -e test -C 'in side' -- -a ID`"),
        ("", "test", "`revox-sync import 'a -- b' ID`", "`revox-sync import 'a -- b' ID -e test`"),
        ("", "test", "`revox-sync import -- '-a -- b' ID`", "`revox-sync import -e test -- '-a -- b' ID`"),
        ("", "test", "`revox-sync forget -e st -- -a`", "`revox-sync forget -e st -- -a`"),
        ("", "test", "`revox-sync apply plan.json`", "`revox-sync apply plan.json`"),
        ("in side", "test", "`revox-sync apply plan.json`", "`revox-sync apply plan.json -C 'in side'`"),
        ("in side", "test", "`revox-sync explain RVX101`", "`revox-sync explain RVX101`"),
        ("", "test", "a newer revox-sync, `pull`, `--prune`", "a newer revox-sync, `pull`, `--prune`"),
    ],
)
def test_commands_are_completed(
    folder: Path, project: str, environment: str | None, text: str, shown: str | None
) -> None:
    settings = Settings(str(folder / project), environment)
    shown = shown or "do `revox-sync import a ID -e test`, then `revox-sync plan -e test`."
    assert runnable(text, settings) == shown
    assert runnable(shown, settings) == shown


COMMAND = "`revox-sync pull`"


@dataclass(frozen=True)
class Told:
    """As a report: what we say, and what a file holds."""

    notes: tuple[str, ...]
    name: str


def test_what_files_hold_is_left_as_it_is(folder: Path) -> None:
    settings = Settings(str(folder), "test")
    assert runnable_report(Told((COMMAND, "x"), COMMAND), settings) == Told(("`revox-sync pull -e test`", "x"), COMMAND)
    plan = Plan("test", COMMAND, None, PlanOptions(), "0", (), refused=(Refusal(COMMAND, COMMAND, COMMAND),))
    (refusal,) = runnable_report(plan, settings).refused
    assert refusal == Refusal(COMMAND, COMMAND, "`revox-sync pull -e test`")


def test_a_report_without_commands_is_the_same_object(folder: Path) -> None:
    told = Told(("x",), COMMAND)
    assert runnable_report(told, Settings(str(folder), "test")) is told


def test_what_stops_a_command_is_completed(folder: Path) -> None:
    with pytest.raises(RefusedError) as caught, runnable_errors(Settings(str(folder), "test")):
        raise RefusedError("stopped", hint=COMMAND)
    assert caught.value.hint == "`revox-sync pull -e test`"
