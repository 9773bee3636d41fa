"""On files that did not change, only the rules run that the other version does not run on them."""

from __future__ import annotations

import pytest

from revox_sync.config import LintOptions
from revox_sync.lint.baseline.changed_rules import differ_in_rules_only, results_of_changed_rules
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace

SPOKEN = "name: A\nprompt: Greet. TODO\nvoicemail_message: 'https://a.example.com'\n"
FILES = {"assistants/a.yaml": SPOKEN, "assistants/b.yaml": SPOKEN.replace("name: A", "name: B")}


@pytest.mark.parametrize(
    ("other", "codes"),
    [
        (LintOptions(), {}),
        (LintOptions(severity={"RVX2": "error"}), {}),
        (LintOptions(ignore=("RVX601",)), {}),
        (LintOptions(ignore=("RVX207",)), {"a": {"RVX207"}, "b": {"RVX207"}}),
        (LintOptions(select=("RVX209",)), {"a": {"RVX207"}, "b": {"RVX207"}}),
        (LintOptions(per_file_ignores={"b": ("RVX207", "RVX209")}), {"b": {"RVX207", "RVX209"}}),
    ],
)
def test_what_runs_here_alone(other: LintOptions, codes: dict[str, set[str]]) -> None:
    workspace = Workspace(MemoryTree(FILES))
    found = results_of_changed_rules(workspace, workspace.config.environment(None), workspace.files, other, 1)
    shown = {
        path: {finding.code for each in result.environments for finding in each.findings}
        for path, result in found.items()
    }
    assert shown == {f"assistants/{name}.yaml": each for name, each in codes.items()}


def test_another_option_is_no_matter_of_rules() -> None:
    assert differ_in_rules_only(LintOptions(), LintOptions(("RVX1",), ("RVX110",), {"RVX2": "info"}, {"a": ("RVX2",)}))
    assert not differ_in_rules_only(LintOptions(), LintOptions(variables=("name",)))
