from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.config import Environment
from revox_sync.errors import ConfigError
from revox_sync.source.files.tree import DiskTree, MemoryTree
from revox_sync.source.workspace import Workspace

GOOD = "name: A\nprompt: Hi\n"


def test_a_configuration_of_another_name_is_not_passed_over() -> None:
    files = {"revox-sync.yml": "version: 1\nassistants: bots\n", "bots/a.yaml": GOOD}
    with pytest.raises(ConfigError) as error:
        Workspace(MemoryTree(files))
    assert error.value.message == "`revox-sync.yml` is not read"
    assert error.value.hint == "rename it to `revox-sync.yaml`"
    assert Workspace(MemoryTree(files), past=True).files == ()
    assert addresses({**files, "revox-sync.yaml": "version: 1\nassistants: bots\n"}) == ["a"]


def addresses(files: dict[str, str]) -> list[str]:
    return [each.address for each in Workspace(MemoryTree(files)).files]


def test_assistants_are_yaml_files_whose_names_do_not_hide() -> None:
    names = ["b.yaml", "a.yml", "sales/out.yaml", "_x.yaml", ".y.yaml", "_shared/z.yaml", "prompts/a.md"]
    assert addresses({f"assistants/{name}": GOOD for name in names}) == ["a", "b", "sales/out"]


def test_several_directories_are_searched_and_each_once() -> None:
    files = {
        "revox-sync.yaml": "version: 1\nassistants: [bots, more, bots]\n",
        "bots/a.yaml": GOOD,
        "more/b.yaml": GOOD,
        "assistants/c.yaml": GOOD,
    }
    assert addresses(files) == ["a", "b"]


def test_the_second_of_two_files_with_one_address_is_broken() -> None:
    files = {f"assistants/{name}": "name: A\nprompt: Hi\n" for name in ("a.yml", "a.yaml", "B.yaml", "b.yaml", "c.YML")}
    workspace = Workspace(MemoryTree(files))
    broken = {file.path for file in workspace.files if workspace.load(file, Environment("default")).problems}
    assert broken == {"assistants/a.yml", "assistants/b.yaml", "assistants/c.YML"}
    addresses = [file.address for file in workspace.files]
    assert len({address.casefold() for address in addresses}) == len(files) == len(addresses)


@pytest.mark.parametrize("directory", ["../other", "/etc"])
def test_a_directory_outside_the_project_is_refused(tmp_path: Path, directory: str) -> None:
    (tmp_path / "revox-sync.yaml").write_text(f"version: 1\nassistants: {directory}\n")
    with pytest.raises(ConfigError) as error:
        Workspace(DiskTree(tmp_path))
    assert "is outside the project" in error.value.message


def test_defaults_fill_what_an_assistant_does_not_name() -> None:
    configuration = "version: 1\ndefaults: {first_sentence: Hello, voicemail_message: Bye}\n"
    workspace = Workspace(
        MemoryTree({"revox-sync.yaml": configuration, "assistants/a.yaml": f"{GOOD}voicemail_message: null\n"})
    )
    document = workspace.load(workspace.files[0], workspace.config.environment(None))
    assert document.value == {"name": "A", "prompt": "Hi", "voicemail_message": None, "first_sentence": "Hello"}


def test_state_that_lies_outside_the_project_holds_no_address(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    lock = '{"assistants": {"a": {}}}'
    for folder in (root, outside):
        folder.mkdir()
    (outside / "default.lock.json").write_text(lock)
    (root / ".revox").symlink_to(outside)
    assert Workspace(DiskTree(root)).locked_addresses() == frozenset()
    assert Workspace(MemoryTree({".revox/default.lock.json": lock})).locked_addresses() == {"a"}
