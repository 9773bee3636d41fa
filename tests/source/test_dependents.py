"""Which assistants a file of the project matters to."""

from __future__ import annotations

import pytest

from revox_sync.source.dependents import Dependents
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace

HEAD = "name: A\nprompt: "
FILES = {
    "revox-sync.yaml": "version: 1\ndefaults: !include defaults.yaml\nenvironments: {e: {vars: {v: x}}}\n",
    "defaults.yaml": "sms_enabled: true\n",
    "assistants/a.yaml": f"{HEAD}!file texts/both.md\nvoice: !include _voice.yaml\n",
    "assistants/b.yaml": f"{HEAD}!file texts/both.md\nfirst_sentence: !file texts/b.md\n",
    "assistants/broken.yaml": "name: 'A\nprompt: !file texts/lost.md\n",
    "assistants/_voice.yaml": "id: x\nprovider: !include /_deep.yaml\n",
    "assistants/texts/both.md": "Hi",
    "assistants/texts/b.md": "Hi",
    "assistants/texts/lost.md": "Hi",
    "assistants/texts/unused.md": "Hi",
    "assistants/_unused.yaml": "id: x\n",
    "draft.yaml": "name: D\n",
}
ALL = {"a", "b", "broken"}


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace(MemoryTree(FILES))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("assistants/a.yaml", {"a"}),
        ("revox-sync.yaml", ALL),
        ("defaults.yaml", ALL),
        ("assistants/texts/both.md", {"a", "b"}),
        ("assistants/texts/b.md", {"b"}),
        ("assistants/_voice.yaml", {"a"}),
        ("assistants/texts/unused.md", set()),
        ("assistants/_unused.yaml", set()),
        ("draft.yaml", {"draft"}),
        ("texts/gone.md", ALL),
    ],
)
def test_who_depends_on_a_file(workspace: Workspace, path: str, expected: set[str]) -> None:
    assert {file.address for file in Dependents(workspace).of(path)} == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("assistants/texts/b.md", True), ("assistants/texts/both.md", False), ("assistants/_voice.yaml", False)],
)
def test_who_is_alone_with_a_file(workspace: Workspace, path: str, *, expected: bool) -> None:
    assert Dependents(workspace).is_alone(workspace.file_at("assistants/b.yaml"), path) is expected


def test_a_broken_file_may_use_every_file_that_it_names() -> None:
    files = {**FILES, "assistants/b.yaml": f"{HEAD}!file texts/lost.md\n"}
    workspace = Workspace(MemoryTree(files))
    user = workspace.file_at("assistants/b.yaml")
    assert Dependents(workspace).of("assistants/texts/lost.md") == [user]
    assert not Dependents(workspace).is_alone(user, "assistants/texts/lost.md")


def test_readers_of_several_files(workspace: Workspace) -> None:
    readers = Dependents(workspace).readers(["assistants/texts/b.md", "assistants/a.yaml", "draft.yaml"])
    assert {file.address for file in readers} == {"a", "b"}
