from __future__ import annotations

import re

import pytest

from revox_sync.errors import ConfigError
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace

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


def test_faults_are_told_in_the_order_of_the_file() -> None:
    # In the order of their keys' hashes, the chance to pass would be one in 40,320.
    environments = "".join(f"  {name}: {{x: 1}}\n" for name in "hgfedcba")
    with pytest.raises(ConfigError) as error:
        Workspace(MemoryTree({"revox-sync.yaml": f"version: 1\nenvironments:\n{environments}"}))
    found = [line.partition(": ")[0] for line in error.value.message.splitlines()]
    assert found == [f"revox-sync.yaml:{line}:7" for line in range(3, 11)]


@pytest.mark.parametrize("key", ["987654321", "[canary]", "{a: canary}", "true"])
def test_a_key_of_a_wrong_type_is_not_printed(key: str) -> None:
    with pytest.raises(ConfigError) as error:
        Workspace(MemoryTree({"revox-sync.yaml": f"version: 1\nenvironments: {{a: {{api_key: {key}}}}}\n"}))
    place, _, said = error.value.message.partition(": ")
    assert place == "revox-sync.yaml:2:29"
    assert "is a secret of another type, not a string" in said
    assert not re.search("987654321|canary|true", said)
