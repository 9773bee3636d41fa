from __future__ import annotations

import re
from pathlib import Path

import pytest

from revox_sync.errors import ConfigError
from revox_sync.source.files.tree import DiskTree, MemoryTree
from revox_sync.source.workspace import Workspace

GOOD = "name: A\nprompt: Hi\n"

# Text of revox-sync.yaml, position of the fault, words of the message.
BROKEN_CONFIGURATIONS = {
    "tabs": ("version: 1\nlint:\n\tselect: [ALL]\n", "3:1", "use spaces"),
    "empty": ("", "1:1", "empty"),
    "no mapping": ("- version: 1\n", "1:1", "not a mapping"),
    "two documents": ("version: 1\n---\nversion: 1\n", "2:1", "one document"),
    "duplicate key": ("version: 1\nversion: 1\n", "2:1", "remove one"),
    "not UTF-8": (b"version: 1 # \xe9\n", "1:14", "UTF-8"),
    "version of another day": ("version: 2\n", "1:10", "choices: 1"),
    "unknown key": ("version: 1\nenviroments: {}\n", "2:1", "did you mean `environments`?"),
    "unknown key inside": ("version: 1\nenvironments:\n  a:\n    apikey: x\n", "4:5", "did you mean `api_key`?"),
    "wrong type": ("version: 1\nlint: {select: ALL}\n", "2:16", "expected a list"),
    "unquoted contract": ("version: 1\ncontract: 0.4\n", "2:11", "put it in quotes"),
    "unknown contract": ('version: 1\ncontract: "0.3"\n', "2:11", "known contracts"),
    "unknown contract inside": ('version: 1\nenvironments: {a: {contract: "1"}}\n', "2:30", "known contracts"),
    "unknown environment": (
        "version: 1\ndefault_environment: stagin\nenvironments: {staging: {}}\n",
        "2:22",
        "did you mean `staging`?",
    ),
    "name of an environment": ("version: 1\nenvironments: {'a b': {}}\n", "2:15", "use letters"),
    "null section": ("version: 1\nlint:\n", "2:6", "remove the key"),
    "unknown severity": ("version: 1\nlint: {severity: {RVX101: eror}}\n", "2:27", "did you mean `error`?"),
    "missing file": ("version: 1\ndefaults: {prompt: !file gone.md}\n", "2:20", "does not exist"),
    "include loop": ("version: 1\ndefaults: !include revox-sync.yaml#/defaults\n", "2:11", "break the circle"),
    "variable outside defaults": (
        "version: 1\nenvironments: {a: {base_url: !var x}}\n",
        "2:30",
        "work only below `defaults`",
    ),
    "negative limit": ("version: 1\nsafety: {max_deletes: -1}\n", "2:23", "0 or more"),
}


@pytest.mark.parametrize(("text", "place", "words"), BROKEN_CONFIGURATIONS.values(), ids=BROKEN_CONFIGURATIONS.keys())
def test_a_broken_configuration_names_the_place_and_the_way_on(text: str | bytes, place: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        Workspace(MemoryTree({"revox-sync.yaml": text}))
    assert error.value.message.startswith(f"revox-sync.yaml:{place}: ")
    assert words in error.value.message
    assert not re.search(r"Error|Deferred|Traceback|None", error.value.message)


def test_all_faults_of_a_configuration_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        Workspace(MemoryTree({"revox-sync.yaml": "version: 1\nfoo: 1\nlint: {select: ALL}\n"}))
    assert error.value.message.count("revox-sync.yaml:") == 2


@pytest.mark.parametrize("key", ["987654321", "[canary]", "{a: canary}", "true"])
def test_a_key_of_a_wrong_type_is_not_printed(key: str) -> None:
    with pytest.raises(ConfigError) as error:
        Workspace(MemoryTree({"revox-sync.yaml": f"version: 1\nenvironments: {{a: {{api_key: {key}}}}}\n"}))
    place, _, said = error.value.message.partition(": ")
    assert place == "revox-sync.yaml:2:29"
    assert "is a secret of another type, not a string" in said
    assert not re.search("987654321|canary|true", said)


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


def test_two_files_with_one_address_are_refused() -> None:
    with pytest.raises(ConfigError) as error:
        Workspace(MemoryTree({"assistants/a.yaml": GOOD, "assistants/a.yml": GOOD}))
    assert "`assistants/a.yaml` and `assistants/a.yml`" in error.value.message
    assert error.value.hint == "rename one of them"


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
