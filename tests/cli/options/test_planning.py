"""The options of the commands that plan and apply: what they mean, and what does not go together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from revox_sync.cli.options.planning import drift_rules, planning_options, snapshot_options, writing_options
from revox_sync.errors import UsageError
from revox_sync.sync.model.plan import DriftRule, OnDrift, PlanOptions


@pytest.mark.parametrize(
    ("values", "default", "rules"),
    [
        ([], OnDrift.FAIL, ()),
        (["keep"], OnDrift.KEEP, ()),
        (["sales/*=revert"], OnDrift.FAIL, (DriftRule("sales/*", OnDrift.REVERT),)),
        (["a=keep", "revert"], OnDrift.REVERT, ()),
        (["keep", "a=revert"], OnDrift.KEEP, (DriftRule("a", OnDrift.REVERT),)),
        (["x=y=keep"], OnDrift.FAIL, (DriftRule("x=y", OnDrift.KEEP),)),
    ],
)
def test_the_last_choice_wins(values: list[str], default: OnDrift, rules: tuple[DriftRule, ...]) -> None:
    assert drift_rules(values) == (default, rules)


@pytest.mark.parametrize(("value", "hint"), [("revrt", "did you mean `revert`?"), ("a=", "--on-drift revert, or for")])
def test_what_is_no_choice_is_refused(value: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"--on-drift {value}: ") as caught:
        drift_rules([value])
    assert str(caught.value.hint).startswith(hint)


def given(decorate: Any, *arguments: str) -> dict[str, Any]:
    """What a command with these options is called with."""
    received: dict[str, Any] = {}

    def command(**options: Any) -> None:
        received.update(options)

    result = CliRunner().invoke(click.command()(decorate(command)), arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return received


def test_planning_options_are_one_value() -> None:
    assert given(planning_options) == {"options": PlanOptions()}
    arguments = ("--prune", "--max-deletes", "2", "--on-drift", "keep", "--recreate", "--resend-secrets")
    assert given(planning_options, *arguments) == {
        "options": PlanOptions(OnDrift.KEEP, recreate=True, resend_secrets=True, prune=True, max_deletes=2)
    }


def test_snapshot_options() -> None:
    assert given(snapshot_options) == {"remote_snapshot": None, "save_snapshot": None}
    assert given(snapshot_options, "--save-snapshot", "a.json")["save_snapshot"] == Path("a.json")
    with pytest.raises(UsageError, match="exclude each other"):
        given(snapshot_options, "--save-snapshot", "a.json", "--remote-snapshot", "b.json")
    with pytest.raises(UsageError, match=r"ends in \.json") as caught:
        given(snapshot_options, "--save-snapshot", "a.txt")
    assert caught.value.hint == "--save-snapshot a.txt.json"


def test_writing_options() -> None:
    assert given(writing_options) == {"parallelism": 8, "lock_timeout": 0.0}
