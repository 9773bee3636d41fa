"""Lock and journal files that are no files, or hold other kinds of values than they should."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from revox_sync.errors import RefusedError
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Header, Intent, header_line, load_journal, read_journal, step_line
from revox_sync.sync.state.lock_file import load_lock

HEADER = Header("production", "https://x/api", "org_1", "digest")
INTENT = Intent(
    "a",
    Action.UPDATE,
    "A",
    1.0,
    id="asst_1",
    previous_address="b",
    former="digest",
    token="t1",  # noqa: S106 — a version token
)
ENDING = Ending("a", happened=True, entry=None, organization_id="org_1")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [pipe, device, Path.mkdir])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "state"
    make(path)
    with pytest.raises(RefusedError, match=r"is (not a regular file|a folder|a link)"):
        load_lock(path, "production", None)
    with pytest.raises(RefusedError, match=r"is (not a regular file|a folder|a link)"):
        load_journal(path)


def test_a_journal_with_other_kinds_of_values_is_refused() -> None:
    lines = [json.loads(each) for each in (header_line(HEADER), step_line(INTENT), step_line(ENDING))]
    assert read_journal(text(lines)).steps == (INTENT, ENDING)
    for number, line in enumerate(lines):
        for key in line:
            for value in ([None], {"a": 1}, 1.5):
                broken = [*lines[:number], line | {key: value}, *lines[number + 1 :]]
                try:
                    read_journal(text(broken))
                except ValueError:
                    continue
                assert (key, value) == ("at", 1.5) or key in {"hidden", "restores"}, (key, value)


def text(lines: list[Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in lines)
