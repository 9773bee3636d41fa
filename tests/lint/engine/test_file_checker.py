"""One file in every environment that makes a difference to it, and what a later run may reuse."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.config import LintOptions
from revox_sync.lint.engine.file_checker import MOST_PROOFS, FileChecker
from revox_sync.lint.model.file_result import FileResult
from revox_sync.lint.registry import select
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace

HEAD: Final = "name: A\nprompt: Hi\n"
CONFIG: Final = "version: 1\nenvironments: {a: {vars: {v: 1}}, b: {vars: {v: 2}}}\n"
CONTRACTS: Final = "version: 1\nenvironments: {a: {contract: '0.2'}, b: {contract: '0.4'}}\n"


def checked(text: str, config: str = "version: 1\n", **files: str) -> FileResult:
    return checker(text, config, **files)[1]


def checker(text: str, config: str = "version: 1\n", **files: str) -> tuple[FileChecker, FileResult]:
    """Checks `assistants/a.yaml`; `files`: further files by name, with `_` for the dot."""
    named = {f"assistants/{name.replace('_', '.')}": content for name, content in files.items()}
    project = Workspace(MemoryTree({"revox-sync.yaml": config, "assistants/a.yaml": text, **named}))
    made = FileChecker(project, list(project.config.environments.values()), select(LintOptions()))
    return made, made.check(project.files[0])


@pytest.mark.parametrize(
    ("text", "config", "environments"),
    [
        (HEAD, CONFIG, [None]),
        (HEAD + "max_call_duration_seconds: !var v\n", CONFIG, ["a", "b"]),
        (HEAD, CONTRACTS, ["a", "b"]),
    ],
    ids=["no difference", "a variable", "contracts"],
)
def test_environments_that_make_a_difference(text: str, config: str, environments: list[str | None]) -> None:
    assert [shown.environment for shown in checked(text, config).environments] == environments


def test_what_was_read_beside_the_file_itself() -> None:
    result = checked("name: A\nprompt: !file p.md\n", p_md="Hello.")
    assert result.read == {"assistants/p.md"}
    assert result.complete


@pytest.mark.parametrize("prompt", ["!file gone.md", "!include gone.yaml"])
def test_a_file_that_is_missing_has_no_text_whose_change_could_be_noticed(prompt: str) -> None:
    assert not checked(f"name: A\nprompt: {prompt}\n").complete


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        (HEAD, []),
        (HEAD + "webhook_url: !env HOOK\n", [(3, 3)]),
        (HEAD + "x: [\n", [(None, None)]),
        ("\ufeff" + HEAD, []),
    ],
    ids=["all", "a secret", "broken", "harmless"],
)
def test_lines_that_no_rule_could_read(text: str, unread: list[tuple[int | None, int | None]]) -> None:
    found = checked(text).unread
    if unread == [(None, None)]:
        assert [lines.path for lines in found] == ["assistants/a.yaml"]
    else:
        assert [(lines.first, lines.last) for lines in found] == unread


@pytest.mark.parametrize(
    ("text", "commented"),
    [(HEAD, set()), (HEAD + "# revox: ignore[RVX101] x\n", {"assistants/a.yaml"}), (HEAD + "# why\n", set())],
)
def test_files_with_comments_to_us(text: str, commented: set[str]) -> None:
    assert checked(text).commented == commented


def test_fixes_are_proven_up_to_a_bound() -> None:
    tools = "".join(f"  - {{nam: t{n}}}\n" for n in range(MOST_PROOFS + 10))
    (shown,) = checked(f"{HEAD}custom_tools:\n{tools}").environments
    assert sum(found.fix is not None for found in shown.findings) == MOST_PROOFS


def test_a_file_that_another_assistant_uses_is_not_its_own() -> None:
    alone, _ = checker("name: A\nprompt: !file p.md\n", p_md="Hello.")
    shared, _ = checker("name: A\nprompt: !file p.md\n", p_md="Hello.", b_yaml="name: B\nprompt: !file p.md\n")
    for made, expected in ((alone, True), (shared, False)):
        file = AssistantFile("a", "assistants/a.yaml")
        assert made.is_own(file, file.path)
        assert made.is_own(file, "assistants/p.md") is expected


def test_a_name_is_known_only_where_it_can_be_read() -> None:
    assert [shown.fact.name if shown.fact else None for shown in checked(HEAD).environments] == ["A"]
    assert [shown.fact for shown in checked("name: !env NAME\nprompt: Hi\n").environments] == [None]
