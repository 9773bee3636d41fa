"""Which findings a change brings and takes away, and what two runs share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from revox_sync.lint.baseline.broken_files import broken_files, needed_to_plan
from revox_sync.lint.baseline.delta import delta
from revox_sync.lint.baseline.reused_results import SharedResults
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.file_result import FileResult
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace
from tests.lint.project import lint_files

Files = Mapping[str, str]
GOOD = "name: A\nprompt: Greet the caller.\n"
TWO = "name: A\nprompt: Greet.\nvoicemail_message: 'https://a.example.com'\nend_of_call_sentence: 'https://b.example.com'\n"


def changed(before: Files, after: Files, moved: Mapping[str, str] | None = None) -> tuple[list[str], list[str]]:
    found = delta(lint_files(before), lint_files(after), moved or {})
    return [each.code for each in found.new], [each.code for each in found.gone]


def at(text: str, path: str = "assistants/a.yaml") -> Files:
    return {path: text}


@pytest.mark.parametrize(
    ("before", "after", "new", "gone"),
    [
        (GOOD, GOOD, [], []),
        (GOOD, GOOD + "promt: x\n", ["RVX101"], []),
        (GOOD + "promt: x\n", GOOD, [], ["RVX101"]),
        (GOOD + "promt: x\n", "# a comment\n" + GOOD + "promt: x\n", [], []),
        (GOOD + "promt: x\n", GOOD + "voise: x\n", ["RVX101"], ["RVX101"]),
        (GOOD + "promt: x\n", GOOD + "# revox: ignore[RVX101] wanted\npromt: x\n", [], ["RVX101"]),
        (TWO, TWO.replace("https://b.example.com", "Bye."), [], ["RVX207"]),
    ],
)
def test_only_what_one_side_has(before: str, after: str, new: list[str], gone: list[str]) -> None:
    assert changed(at(before), at(after)) == (new, gone)


def test_a_second_one_alike_is_new() -> None:
    once = GOOD.replace("Greet", "TODO greet")
    assert changed(at(once), at(once + "voicemail_message: TODO\n"))[0]


def test_findings_move_with_their_file() -> None:
    broken = GOOD + "promt: x\n"
    before, after = at(broken), at(broken, "assistants/b.yaml")
    assert changed(before, after) == (["RVX101"], ["RVX101"])
    assert changed(before, after, {"assistants/a.yaml": "assistants/b.yaml"}) == ([], [])


class Nothing:
    """A memory without any."""

    def recall(self, _: AssistantFile) -> None:
        pass

    def keep(self, _: AssistantFile, __: FileResult) -> None:
        pass


def test_broken_files_are_those_that_cannot_be_planned() -> None:
    files = {
        "revox-sync.yaml": "version: 1\nlint: {ignore: [ALL]}\n",
        "assistants/good.yaml": GOOD,
        "assistants/unspeakable.yaml": GOOD.replace("A", "B") + "voicemail_message: 'https://a.example.com'\n",
        "assistants/one.yaml": "name: C\nprompt: !include _p.yaml#/p\n",
        "assistants/two.yaml": "name: D\nprompt: !include _p.yaml#/p\n",
        "assistants/_p.yaml": "p: [1]\n",
        "assistants/suppressed.yaml": "# revox: ignore-file[RVX101]\n" + GOOD + "promt: x\n",
        "assistants/syntax.yaml": "name: [\n",
    }
    workspace = Workspace(MemoryTree(files))
    found = broken_files(needed_to_plan(workspace, workspace.config.environment(None), Nothing()))
    assert [each.address for each in found] == ["one", "suppressed", "syntax", "two"]
    assert all(found.values())


@dataclass(slots=True)
class Counting:
    """An echo that knows which files it was no help with."""

    echo: SharedResults
    checked: list[str] = field(default_factory=list)

    def recall(self, file: AssistantFile) -> FileResult | None:
        return self.echo.recall(file)

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        self.checked.append(file.address)
        self.echo.keep(file, result)


SHARED = {
    "revox-sync.yaml": "version: 1\nenvironments: {e: {vars: {who: Ann}}}\n",
    "assistants/a.yaml": "name: A\nprompt: !file p.md\npromt: x\n",
    "assistants/b.yaml": "name: B\nprompt: Greet the caller.\n",
    "assistants/p.md": "Greet the caller.\n",
}


@pytest.mark.parametrize(
    ("changes", "checked"),
    [
        ({}, []),
        ({"assistants/p.md": "Greet them.\n"}, ["a"]),
        ({"assistants/b.yaml": "name: B\nprompt: Greet.\n"}, ["b"]),
        ({"assistants/c.yaml": "name: C\nprompt: Greet.\n"}, ["c"]),
        ({"revox-sync.yaml": "version: 1\n"}, ["a", "b"]),
    ],
)
def test_what_is_the_same_is_checked_once(changes: Files, checked: list[str]) -> None:
    first, second = (Workspace(MemoryTree(each)) for each in (SHARED, {**SHARED, **changes}))
    memory = Counting(SharedResults(first, second))
    lint(first, first.files, list(first.config.environments.values()), cache=memory)
    memory.checked.clear()
    environments = list(second.config.environments.values())
    report = lint(second, second.files, environments, cache=memory)
    assert memory.checked == checked
    assert report == lint(second, second.files, environments)
