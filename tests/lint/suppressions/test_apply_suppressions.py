"""Which findings a comment suppresses, and which comments are findings themselves."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.finding import MOST_FINDINGS
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace
from tests.lint.project import lint_files

HIDDEN: Final = "a\u200b " * MOST_FINDINGS
PATH: Final = "assistants/a.yaml"
HEAD: Final = "name: A\nprompt: Hi\n"

# What the file says below name and prompt, the codes that are reported, and the reasons of suppressed findings.
ROWS: Final[dict[str, tuple[str, list[str], list[str]]]] = {
    "none": ("zzz: 1\n", ["RVX101"], []),
    "behind the value": ("zzz: 1 # revox: ignore[RVX101] why\n", [], ["why"]),
    "above": ("# revox: ignore[RVX101] why\nzzz: 1\n", [], ["why"]),
    "by name": ("zzz: 1 # revox: ignore[unknown-field] why\n", [], ["why"]),
    "by prefix": ("zzz: 1 # revox: ignore[RVX1] why\n", [], ["why"]),
    "of several": ("zzz: 1 # revox: ignore[RVX101, RVX102] why\n", ["RVX602"], ["why"]),
    "without a reason": ("zzz: 1 # revox: ignore[RVX101]\n", [], [""]),
    "on another line": ("zzz: 1\nsms_enabled: true # revox: ignore[RVX101] why\n", ["RVX101", "RVX602"], []),
    "of another rule": ("zzz: 1 # revox: ignore[RVX102] why\n", ["RVX101", "RVX602"], []),
    "of no rule": ("zzz: 1 # revox: ignore[RVX999] why\n", ["RVX101", "RVX603"], []),
    "of nothing": ("zzz: 1 # revox: ignore\n", ["RVX101", "RVX603"], []),
    "something else": ("zzz: 1 # revox: allow this\n", ["RVX101", "RVX603"], []),
    "several": ("zzz: 'a' # revox: ignore[RVX101] why, ignore[RVX102] old\n", ["RVX602"], ["why"]),
    "several signs": ("zzz: 1 # revox: ignore[RVX999] why # revox: ignore[RVX101] as is\n", ["RVX603"], ["as is"]),
    "spelt otherwise": ("zzz: 1 # Revox: ignore[RVX101] why\n", ["RVX101", "RVX603"], []),
    "of a rule that is not selected": ("zzz: 1 # revox: ignore[RVX209] why\n", ["RVX101"], []),
    "of a text in quotes": ("# revox: ignore[RVX104] why\nfirst_sentence_mode: 'a\n  b'\n", [], ["why"]),
    "of the file, too low": ("# revox: ignore-file[RVX101] why\nzzz: 1\n", ["RVX603", "RVX101"], []),
}


@pytest.mark.parametrize(("text", "codes", "reasons"), ROWS.values(), ids=ROWS)
def test_suppressions(text: str, codes: list[str], reasons: list[str]) -> None:
    report = lint_files({PATH: HEAD + text}, "RVX1", "RVX602", "RVX603")
    assert [finding.code for finding in report.findings] == codes
    assert [suppressed.reason for suppressed in report.suppressed] == reasons


def test_at_the_top_of_a_file_all_of_its_findings_are_suppressed() -> None:
    text = f"# revox: ignore-file[RVX101] why\n{HEAD}zzz: 1\naaa: 1\n"
    report = lint_files({PATH: text, "assistants/b.yaml": "name: B\nprompt: Hi\nzzz: 1\n"}, "RVX101")
    assert [finding.region.path for finding in report.findings] == ["assistants/b.yaml"]
    assert [suppressed.finding.region.line for suppressed in report.suppressed] == [4, 5]


def test_at_the_tag_that_includes_a_file_its_findings_are_suppressed_but_comments_there_are_not_judged() -> None:
    files = {
        PATH: HEAD + "voice: !include _voice.yaml # revox: ignore[RVX101] why\n",
        "assistants/_voice.yaml": "id: x\nprovider: cartesia\nspede: 1\nspeed: 1 # revox: ignore[RVX103] for others\n",
    }
    report = lint_files(files, "RVX101", "RVX103", "RVX602")
    assert report.findings == ()
    assert [suppressed.reason for suppressed in report.suppressed] == ["why"]


def test_a_rule_about_comments_may_be_ignored_for_a_file() -> None:
    config = "version: 1\nlint: {select: [RVX101, RVX602], per-file-ignores: {a: [RVX602]}}\n"
    text = HEAD + "sms_enabled: true # revox: ignore[RVX101] why\n"
    report = lint_files({"revox-sync.yaml": config, PATH: text, "assistants/b.yaml": text})
    assert [finding.region.path for finding in report.findings] == ["assistants/b.yaml"]


# Files in which a rule could not look at the place, or did not run, so that nobody knows whether the comment is needed.
UNJUDGED: Final[dict[str, dict[str, str]]] = {
    "broken": {PATH: HEAD + "zzz: no # revox: ignore[RVX007] x\nfoo: a: b\n"},
    "a file that is missing": {PATH: "name: A\nprompt: !file p.md # revox: ignore[RVX209] x\n"},
    "a secret": {PATH: HEAD + "webhook_url: !env URL # revox: ignore[RVX106] x\n"},
    "a rule that asks the account": {PATH: HEAD + "voice: {id: x, provider: gradium} # revox: ignore[RVX701] x\n"},
    "a rule that is ignored for the file": {
        "revox-sync.yaml": "version: 1\nlint: {per-file-ignores: {a: [RVX101]}}\n",
        PATH: HEAD + "zzz: 1 # revox: ignore[RVX101] x\n",
    },
}


@pytest.mark.parametrize("files", UNJUDGED.values(), ids=UNJUDGED)
def test_a_suppression_is_called_unused_only_where_its_rule_could_look(files: dict[str, str]) -> None:
    assert "RVX602" not in {finding.code for finding in lint_files(files).findings}


def test_a_suppression_is_called_unused_only_where_all_environments_are_tried() -> None:
    config = "version: 1\nenvironments: {dev: {vars: {d: 400}}, prod: {vars: {d: soon}}}\n"
    text = HEAD + "first_sentence_delay_ms: !var d # revox: ignore[RVX103] why\n"
    workspace = Workspace(MemoryTree({"revox-sync.yaml": config, PATH: text}))
    everywhere = list(workspace.config.environments.values())
    assert lint(workspace, workspace.files, everywhere).findings == ()
    assert lint(workspace, workspace.files, everywhere[:1]).findings == ()


SPELLINGS: Final = {
    "# Revox: ignore[RVX209] x": "# revox: ignore[RVX209] x",
    "# revox-sync: ignore[RVX209] x": "# revox: ignore[RVX209] x",
    "## revox: ignore[RVX209] x": "# revox: ignore[RVX209] x",
    "# revox ignore[RVX209] x": "# revox: ignore[RVX209] x",
    "# revox: Ignore[RVX209] x": "# revox: ignore[RVX209] x",
    "# revox: ignore RVX209 x": "# revox: ignore[RVX209] x",
    "# revox: ignore(RVX209, RVX501): x": "# revox: ignore[RVX209, RVX501] x",
    "# revox: disable=RVX209": "# revox: ignore[RVX209]",
    "# revox ignore_file[RVX209]": "# revox: ignore-file[RVX209]",
}


@pytest.mark.parametrize(("written", "meant"), SPELLINGS.items())
def test_a_near_miss_is_reported_with_the_right_spelling(written: str, meant: str) -> None:
    (finding,) = lint_files({PATH: HEAD + written + "\n"}, "RVX603").findings
    assert f"`{meant}`" in finding.label


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # One comment about a text must not hide what the rule never came to.
        (f'# revox: ignore[RVX009] seen\nprompt: "{HIDDEN}"\nfirst_sentence: "a\u200bb"\n', 1),
        (f'# revox: ignore-file[RVX009] seen\nname: A\nprompt: "{HIDDEN}"\n', 0),
        # Nor is it unused where the rule never came to it.
        (f'prompt: "{HIDDEN}"\n# revox: ignore[RVX009] seen\nfirst_sentence: "a\u200bb"\n', MOST_FINDINGS),
    ],
)
def test_where_a_rule_stopped_only_the_whole_file_can_be_suppressed(text: str, shown: int) -> None:
    report = lint_files({PATH: text}, "RVX009", "RVX602")
    assert [finding.code for finding in report.findings] == ["RVX009"] * shown
    assert [finding.stopped for finding in report.findings[-1:]] == [True] * bool(shown)
