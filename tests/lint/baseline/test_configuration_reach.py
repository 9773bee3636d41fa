"""What makes no difference of a default that a file takes, and what may; whole diffs are in tests/usecases/review."""

from __future__ import annotations

import pytest

from revox_sync.lint.baseline.configuration_reach import ConfigurationReach
from revox_sync.lint.model.file_result import FileResult
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace

BASE = "# of the project\nversion: 1\ndefaults: {prompt: Greet.}\nlint: {ignore: [RVX301]}\n"
INHERITS = FileResult((), frozenset({"revox-sync.yaml"}), frozenset(), (), complete=True, inherits=True)


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        (BASE, False),
        (BASE.replace("[RVX301]", "[]"), False),
        (BASE.replace("lint: {ignore: [RVX301]}\n", ""), False),
        (BASE.replace("version: 1\n", "safety: {max_deletes: 3}\nversion: 1\n"), False),
        (BASE.replace("Greet.", "'Greet.'"), True),
        (BASE.replace("of the project", "of ours"), True),
        (BASE.replace("[RVX301]}", "[RVX301]}  # revox: ignore[RVX2] so"), True),
        (BASE.replace("[RVX301]", "[&a RVX301]"), True),
        (BASE.replace("lint: {ignore: [RVX301]}", "lint: !include lint.yaml"), True),
    ],
)
def test_a_default_and_what_stands_beside_it(text: str, *, reached: bool) -> None:
    first, second = (
        Workspace(MemoryTree({"revox-sync.yaml": each, "lint.yaml": "ignore: [RVX301]\n"})) for each in (BASE, text)
    )
    environments = first.config.environment(None), second.config.environment(None)
    assert ConfigurationReach(first, second, environments).reaches(INHERITS) is reached
