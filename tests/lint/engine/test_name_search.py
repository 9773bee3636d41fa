from __future__ import annotations

from collections.abc import Collection

import pytest

from revox_sync.config import Environment
from revox_sync.lint.engine.name_search import NameSearch, plain_name
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace
from revox_sync.values.loose_name import loose_name
from tests.source.yaml.test_suite import CASES

PLAIN = {
    "name: Support\nprompt: Hi\n": "Support",
    "prompt: Hi\nname: Support\n": "Support",
    'name: "Support: sales"\n': "Support: sales",
    "name: 'Support # 1'\n": "Support # 1",
    "name: Chez l'ami  # old\n\nprompt: Hi\n": "Chez l'ami",
    "name:  Support": "Support",
    "name: Hôtel & co\r\nprompt: Hi\r\n": "Hôtel & co",
    "---\nname: Support\n...\n": "Support",
    "prompt: !file a.md\nname: Support\n": "Support",
    'prompt: "a\\nb"\nname: Support\n': "Support",
    "voice: {name: x}\ntools:\n  - name: y\nname: Support\n": "Support",
}
UNKNOWN = [
    "prompt: Hi\n",
    "name:\n  Support\n",
    "name: Support\n  sales\n",
    "name: Support\n\n  sales\n",
    "name: |\n  Support\n",
    "name: !file name.txt\n",
    "name: *n\n",
    "name: &n Support\n",
    'name: "Sup\\x70ort"\n',
    'name: "Support\n  sales"\n',
    "name: 'it''s'\n",
    "name: a: b\n",
    "name:\tSupport\n",
    "name: Support\nname: Sales\n",
    'name: Support\n"name": Sales\n',
    "name: Support\n? name\n: Sales\n",
    "{a: 1,\nname: Support,\nb: {name: x}}\n",
    "a: 1\n{\nname: Support\n}\n",
    "name: Sup\u200bport\n",
    "name: Sup\xa0port\n",
    "name: ~\n..name: x\n",
    "name: Support\rprompt: Hi\r",
]


class Names:
    """Names in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Collection[str]] = {}

    def names(self, path: str) -> Collection[str] | None:
        return self.kept.get(path)

    def without(self, names: Collection[str]) -> Collection[str]:
        return {path for path, kept in self.kept.items() if set(names).isdisjoint(kept)}

    def keep_names(self, path: str, names: Collection[str]) -> None:
        self.kept[path] = names


class CountingTree(MemoryTree):
    """Counts what is read."""

    reads = 0

    def read(self, path: str) -> bytes:
        self.reads += path.startswith("assistants/")
        return super().read(path)


def workspace(texts: dict[str, str], configuration: str = "version: 1\n") -> Workspace:
    files = {f"assistants/{name}.yaml": text for name, text in texts.items()}
    return Workspace(CountingTree({"revox-sync.yaml": configuration, **files}))


def environment(project: Workspace) -> Environment:
    return next(iter(project.config.environments.values()))


@pytest.mark.parametrize(("text", "name"), PLAIN.items())
def test_a_plain_name_is_known_without_a_parser(text: str, name: str) -> None:
    assert loose_name(plain_name(text) or "") == loose_name(name)
    project = workspace({"a": text})
    value = project.load(project.files[0], environment(project)).value
    assert isinstance(value, dict)
    assert value["name"] == name


@pytest.mark.parametrize("text", UNKNOWN)
def test_any_other_is_left_to_the_parser(text: str) -> None:
    assert plain_name(text) is None or text.startswith("name: ~")


@pytest.mark.parametrize("around", ["{}", "{}name: Plain name\n", "name: Plain name\n{}"])
def test_what_is_said_without_a_parser_is_what_the_parser_says(around: str) -> None:
    told = 0
    for text in (*PLAIN, *UNKNOWN, *(case["yaml"] for case in CASES[::6])):
        whole = around.replace("{}", text)
        name = plain_name(whole)
        if name is None:
            continue
        project = workspace({"a": whole})
        document = project.load(project.files[0], environment(project))
        if isinstance(document.value, dict) and not document.problems:
            told += 1
            said = document.value.get("name")
            assert not isinstance(said, str) or loose_name(said) == loose_name(name), whole
    assert told


def test_known_names_are_not_read_again() -> None:
    texts = {f"a{number}": f"name: Name {number}\n" for number in range(20)} | {"odd": "name: |\n  Name 3\n"}
    project, known = workspace(texts), Names()

    def found(name: str) -> list[str]:
        search = NameSearch(project, [environment(project)], [name], known)
        return [file.address for file in search.among(project.files)]

    assert isinstance(project.tree, CountingTree)
    assert found("name 3") == ["a3", "odd"]
    read = project.tree.reads
    assert found("name 4") == ["a4"]
    assert found("another") == []
    # What only a parser can tell is searched each time.
    assert project.tree.reads == read + 2
    assert len(known.kept) == 20
