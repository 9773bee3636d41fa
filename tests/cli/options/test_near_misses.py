"""Words of other tools, and what they are called here."""

from __future__ import annotations

import pytest

from revox_sync.cli.options.near_misses import command_meant, option_meant
from revox_sync.cli.program import COMMANDS


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("validate", "lint"),
        ("destroy", "apply --prune"),
        ("deploy", "apply"),
        ("drift", "status"),
        ("rollback", "restore"),
        ("nothing", None),
    ],
)
def test_commands_of_others(word: str, line: str | None) -> None:
    assert command_meant(word, COMMANDS) == line


def test_no_command_of_ours_is_taken_for_one_of_others() -> None:
    assert [name for name in COMMANDS if command_meant(name, COMMANDS) is not None] == []


def test_only_options_that_are_there_are_an_answer() -> None:
    assert option_meant("json", "revox-sync plan", {"-o"}) == "revox-sync plan -o json"
    assert option_meant("json", "revox-sync import", {"-e"}) is None
