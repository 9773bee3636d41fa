from __future__ import annotations

import subprocess
import sys

import pytest

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import MAX_BYTES, MemoryTree, OverlayTree, TreeError
from revox_sync.source.model.value import Deferred, Value


def load(files: dict[str, bytes | str], variables: dict[str, Value] | None = None, **environ: str) -> Document:
    return Loader(MemoryTree(files), variables=variables, environ=environ or None).load("a/main.yaml")


class CountingTree(MemoryTree):
    def __init__(self, files: dict[str, bytes | str]) -> None:
        super().__init__(files)
        self.reads: list[str] = []

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        return super().read(path)


def test_files_are_read_once_for_all_environments() -> None:
    tree = CountingTree({"a.yaml": "x: !var v\ny: !file t\nz: !file nope\n", "t": "text"})
    loader = Loader(tree, variables=None, environ=None)
    values = [loader.with_variables({"v": number}).load("a.yaml").value for number in (1, 2)]
    assert values == [{"x": number, "y": "text", "z": Deferred()} for number in (1, 2)]
    assert sorted(tree.reads) == ["a.yaml", "nope", "t"]


def test_missing_file_is_a_document_with_a_problem() -> None:
    document = Loader(MemoryTree({}), variables=None, environ=None).load("nope.yaml")
    assert [(problem.kind.value, problem.message) for problem in document.problems] == [
        ("unresolved", "file `nope.yaml` does not exist")
    ]
    assert document.value is None
    assert document.locate(("a",)).place.path == "nope.yaml"


def test_text_from_an_editor_uses_the_tree_for_references() -> None:
    tree = MemoryTree({"a/t": "text", "a/main.yaml": "old: 1"})

    def over(text: bytes) -> Document:
        return Loader(OverlayTree(tree, {"a/main.yaml": text}), variables=None, environ=None).load("a/main.yaml")

    assert over(b"x: !file t\n").value == {"x": "text"}
    assert "too large" in over(b"x" * (MAX_BYTES + 1)).problems[0].message


def test_emoji_and_scripts_that_need_joiners_are_no_problem() -> None:
    text = "a: 👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿\nb: می‌خواهم\nc: « bonjour\u202f»\n"
    document = load({"a/main.yaml": text})
    assert document.problems == ()


def test_tree_error_is_remembered_as_words() -> None:
    with pytest.raises(TreeError, match="does not exist"):
        MemoryTree({}).read("x")


LOADS = """
import sys
from revox_sync.source.documents.document import Loader
from revox_sync.source.files.tree import MemoryTree

tree = MemoryTree({"a.yaml": "name: Ana\\nprompt: 'Où ? 10\\xa0h'\\nspeed: 0.75\\n"})
document = Loader(tree, variables={}, environ={}).load("a.yaml")
assert not document.problems
document.locate(("name",))
print(*(name.removeprefix("revox_sync.source.") for name in sys.modules))
"""
FOR_FINDINGS = {"yaml.comments", "edits.edit", "yaml.syntax_errors", "yaml.ruamel_parser", "yaml.scalar_offsets"}
SLOW = {"ast", "dataclasses", "difflib", "inspect", "pathlib", "ruamel"}


def test_reading_a_clean_file_imports_nothing_that_only_findings_need() -> None:
    process = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert {"yaml.parse", "documents.locate"} <= set(process.stdout.split())
    assert (FOR_FINDINGS | SLOW).isdisjoint(process.stdout.split())
