"""Naming some files finds every assistant of the project with one of their names, and loads few others."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.finding import Finding
from revox_sync.source.documents.document import Document
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace

NAME: Final = "It's the A-desk, café 7"
HEAD: Final = "prompt: Hi\n"

# Ways to write that name.
WRITTEN: Final[dict[str, bytes | str]] = {
    "plain": HEAD + f"name: {NAME}\n",
    "as the server may return it": HEAD + f'name: "{NAME}  "\n',
    "in single quotes": HEAD + "name: 'It''s the A-desk, café 7'\n",
    "folded": HEAD + "name: It's the\n  A-desk,\n  café 7\n",
    "as a block": HEAD + "name: >-\n  It's the\n  A-desk, café 7\n",
    "with escapes": HEAD + 'name: "It\\x27s the \\u0041-desk, caf\\u00e9 7"\n',
    "with escaped line breaks": HEAD + 'name: "It\'s the A-d\\\n  esk, café 7"\n',
    "as an alias": f"prompt: &it {NAME}\nname: *it\n",
    "merged": f"voice: &it {{name: {NAME!r}}}\nprompt: Hi\n<<: *it\n",
    "with a tag": HEAD + f"name: !!str {NAME}\n",
    "with a tag of another name": f"%TAG !e! !\n---\n{HEAD}name: !e!var desk\n",
    "as a variable": HEAD + "name: !var desk\n",
    "with a variable": HEAD + 'name: !sub "It\'s the ${letter}-desk, café 7"\n',
    "included": HEAD + "name: !include _desk.yaml#/name\n",
    "as a file": HEAD + "name: !file desk.txt\n",
    "with a byte order mark": b"\xef\xbb\xbf" + f"name: {NAME}\n{HEAD}".encode(),
    "in UTF-16": f"name: {NAME}\n{HEAD}".encode("utf-16"),
}
CONFIG: Final = (
    "environments:\n  one: {vars: {desk: Another desk, letter: B}}\n"
    f'  two: {{vars: {{desk: "{NAME}", letter: A}}}}\n'
)
SHARED: Final = {"assistants/_desk.yaml": f"name: {NAME}\n", "assistants/desk.txt": NAME}


class Counting(Workspace):
    """Knows which assistants were loaded."""

    def __init__(self, tree: MemoryTree) -> None:
        self.loaded: set[str] = set()
        super().__init__(tree)

    def load(self, file: AssistantFile, environment: Environment) -> Document:
        self.loaded.add(file.path)
        return super().load(file, environment)


def names_used_twice(workspace: Workspace, *paths: str) -> list[Finding]:
    files = [each for each in workspace.files if not paths or each.path in paths]
    found = lint(workspace, files, list(workspace.config.environments.values())).findings
    return [each for each in found if each.code == "RVX601"]


def project(**files: bytes | str) -> Counting:
    others = {f"assistants/other{number}.yaml": f"name: Other {number}!\n{HEAD}" for number in range(5)}
    named = {f"assistants/{name}.yaml": text for name, text in files.items()}
    return Counting(MemoryTree({CONFIG_NAME: CONFIG, **SHARED, **others, **named}))


@pytest.mark.parametrize("other", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("own", WRITTEN.values(), ids=WRITTEN)
def test_it_is_found_however_it_is_written(own: bytes | str, other: bytes | str) -> None:
    whole = names_used_twice(project(first=other, second=own))
    assert names_used_twice(project(first=other, second=own), "assistants/second.yaml") == whole
    assert names_used_twice(project(first=other, second=own), "assistants/first.yaml") == whole


def test_every_way_to_write_it_is_that_name() -> None:
    for text in WRITTEN.values():
        assert names_used_twice(project(first=WRITTEN["plain"], second=text))


def test_it_is_found_where_the_configuration_names_assistants() -> None:
    files: dict[str, bytes | str] = {CONFIG_NAME: "defaults: {name: Desk}\n"}
    files |= {"assistants/a.yaml": HEAD, "assistants/b.yaml": HEAD}
    (found,) = names_used_twice(Workspace(MemoryTree(files)), "assistants/b.yaml")
    assert [each.region.path for each in found.related] == [CONFIG_NAME]


def test_other_files_are_not_loaded() -> None:
    workspace = project(own=HEAD + "name: Desk\n", tagged=HEAD + "name: !var desk\n", same="name: Desk\n" + HEAD)
    assert len(names_used_twice(workspace, "assistants/own.yaml")) == 1
    assert workspace.loaded == {f"assistants/{name}.yaml" for name in ("own", "tagged", "same")}


def test_many_files_are_compared_with_all_others() -> None:
    files = {f"assistants/{place}{number}.yaml": f"name: N{number}\n{HEAD}" for place in "ab" for number in range(120)}
    workspace = Workspace(MemoryTree(files))
    later = [each.path for each in workspace.files if "/b" in each.path]
    assert names_used_twice(workspace, *later) == names_used_twice(workspace)
    assert len(names_used_twice(workspace, *later)) == 120
