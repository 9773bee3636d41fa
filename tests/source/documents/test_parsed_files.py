from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from weakref import ref

from revox_sync.source.documents.document import Loader
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import Workspace


class CountingTree(MemoryTree):
    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        super().__init__(files)
        self.reads: Counter[str] = Counter()

    def read(self, path: str) -> bytes:
        self.reads[path] += 1
        return super().read(path)


FILES = {
    "revox-sync.yaml": (
        "version: 1\n"
        "defaults: {webhook_url: !var hook, voice: !include assistants/_voice.yaml}\n"
        "environments: {a: {vars: {hook: A}}, b: {vars: {hook: B}}}\n"
    ),
    "assistants/one.yaml": "name: !var hook\nprompt: !file one.md\nfaq_items: !include _faq.yaml\n",
    "assistants/two.yaml": "name: Two\nprompt: !file one.md\nfaq_items: !include _faq.yaml#/0/answer\n",
    "assistants/three.yaml": "name: Three # revox: ignore[RVX201] x\nprompt: !include three.yaml#/name\n",
    "assistants/one.md": "Say hello.\n",
    "assistants/_faq.yaml": "- {question: Q, answer: A}\n",
    "assistants/_voice.yaml": "id: v1\n",
}


def load_all(workspace: Workspace) -> list[object]:
    environments = workspace.config.environments.values()
    return [workspace.load(file, each).value for file in workspace.files for each in environments]


def test_each_file_is_read_once_however_many_documents_and_environments_use_it() -> None:
    tree = CountingTree(FILES)
    workspace = Workspace(tree)
    assert len(load_all(workspace)) == 6
    assert tree.reads == dict.fromkeys(FILES, 1)


def test_asking_for_comments_reads_only_files_that_have_some() -> None:
    tree = CountingTree(FILES)
    workspace = Workspace(tree)
    load_all(workspace)
    tree.reads.clear()
    found = {path for path in FILES if workspace.commented(path)}
    assert found == set(tree.reads) == {"assistants/three.yaml"}


def test_comments_in_other_texts_of_a_file_are_found() -> None:
    workspace = Workspace(MemoryTree(FILES))
    load_all(workspace)
    later = workspace.over({"assistants/one.yaml": "name: One # revox: ignore[RVX201] x\n"})
    assert later.commented("assistants/one.yaml")
    assert workspace.commented("assistants/one.yaml") is None


def test_a_document_is_composed_once_for_all_environments_that_load_it_in_turn() -> None:
    loader = Loader(MemoryTree(FILES), variables={}, environ=None)
    loaded = [each.load("assistants/one.yaml") for each in (loader, loader.with_variables({"hook": "A"}))]
    assert loaded[0].nodes.root is loaded[1].nodes.root


def test_the_nodes_of_a_document_go_when_the_next_one_is_loaded() -> None:
    loader = Loader(MemoryTree(FILES), variables={}, environ=None)
    document = loader.load("assistants/one.yaml")
    own = ref(document.nodes.root)
    shared = ref(loader.load("assistants/_faq.yaml", shared=True).nodes.root)
    del document
    assert own() is not None
    loader.load("assistants/three.yaml")
    assert own() is None  # at once: nothing waits for the garbage collector
    assert shared() is not None


def test_a_document_that_includes_itself_is_one_file() -> None:
    loader = Loader(MemoryTree({"a.yaml": "x: !include a.yaml#/y\ny: [1]\n"}), variables={}, environ=None)
    document = loader.load("a.yaml")
    assert document.value == {"x": [1], "y": [1]}
    assert [each.node for each in document.nodes.shared()] == [document.nodes.trail(("y",))[-1][1].node]
