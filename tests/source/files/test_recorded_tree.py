"""A witness reads again what may have changed, and nothing else."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from revox_sync.source.files.recorded_tree import _SETTLED_NS, RecordedTree, digest_of
from revox_sync.source.files.tree import DiskTree, TreeError

NOTHING: dict[str, Any] = {"read": {}, "refused": {}, "listed": {"assistants": ""}, "asked": {}, "ignored": {}}
LATER = 10 * _SETTLED_NS
"""How long after the files were written a run begins that may trust their times."""


class CountingTree(DiskTree):
    """A tree on disk that counts what is read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.reads: list[str] = []

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        return super().read(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "a.yaml").write_text("name: A\n")
    (tmp_path / "assistants" / "b.yaml").write_text("name: B\n")
    return tmp_path


def witness(root: Path, past: Mapping[str, Any] | None = None, later: int = LATER) -> tuple[RecordedTree, CountingTree]:
    tree = CountingTree(root)
    return RecordedTree(tree, past or {}, time.time_ns() + later), tree


def seen(root: Path, later: int = LATER) -> dict[str, Any]:
    """The record of a run that looks at everything, as a cache keeps it."""
    run, _ = witness(root, later=later)
    run.exists("revox-sync.yaml")
    for path in run.files("assistants"):
        run.read(path)
    with pytest.raises(TreeError):
        run.read("missing.md")
    record: dict[str, Any] = json.loads(json.dumps(run.record))
    return record


def test_nothing_changed_nothing_read(root: Path) -> None:
    run, tree = witness(root, seen(root))
    assert run.sees_the_same()
    assert tree.reads == ["missing.md"]


def test_the_digest_is_that_of_the_content_read_or_not(root: Path) -> None:
    past = seen(root)
    assert witness(root)[0].digest("assistants/a.yaml") == digest_of(b"name: A\n")
    assert witness(root, past)[0].digest("assistants/a.yaml") == digest_of(b"name: A\n")
    assert witness(root)[0].digest("missing.md") is None


def test_each_file_is_read_once_for_its_digest(root: Path) -> None:
    run, tree = witness(root)
    run.read("assistants/a.yaml")
    assert [run.digest(f"assistants/{name}.yaml") for name in "aabb"]
    assert tree.reads == ["assistants/a.yaml", "assistants/b.yaml"]


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "assistants" / "a.yaml").write_text("name: Ä\n"),
        lambda root: (root / "assistants" / "a.yaml").unlink(),
        lambda root: (root / "assistants" / "c.yaml").write_text(""),
        lambda root: (root / "revox-sync.yaml").write_text(""),
        lambda root: (root / "missing.md").write_text("no longer"),
        lambda root: (root / "assistants").rename(root / "other"),
    ],
    ids=["content", "gone", "new file", "new configuration", "a file that was missing", "folder gone"],
)
def test_every_change_is_seen(change: Any, root: Path) -> None:
    past = seen(root)
    change(root)
    assert not witness(root, past)[0].sees_the_same()


def test_a_change_that_sets_size_and_time_back_is_seen(root: Path) -> None:
    file = root / "assistants" / "a.yaml"
    past, before = seen(root), file.stat()
    file.write_text("name: Z\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert not witness(root, past)[0].sees_the_same()


def test_a_link_that_leads_elsewhere_is_seen(root: Path) -> None:
    (root / "old.md").write_text("Hi\n")
    (root / "new.md").write_text("Ho\n")
    link = root / "assistants" / "prompt.md"
    link.symlink_to(root / "old.md")
    past = seen(root)
    link.unlink()
    link.symlink_to(root / "new.md")
    assert not witness(root, past)[0].sees_the_same()


@pytest.mark.parametrize("each_file", [False, True], ids=["a link to the folder", "a link to each file"])
def test_a_file_that_has_come_to_lie_outside_is_not_believed(tmp_path: Path, *, each_file: bool) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    (root / "shared").mkdir(parents=True)
    (root / "shared" / "prompt.md").write_text("Hi\n")
    run, _ = witness(root)
    run.read("shared/prompt.md")
    # The file stays what it is, its times and its number included.
    (root / "shared").rename(outside)
    if each_file:
        (root / "shared").mkdir()
        (root / "shared" / "prompt.md").symlink_to(outside / "prompt.md")
    else:
        (root / "shared").symlink_to(outside)
    later, _ = witness(root, json.loads(json.dumps(run.record)))
    assert not later.sees_the_same()
    assert later.digest("shared/prompt.md") is None


def test_a_file_that_changes_while_it_is_looked_at_is_not_known(root: Path) -> None:
    run, _ = witness(root)
    run.read("assistants/a.yaml")
    (root / "assistants" / "a.yaml").write_text("name: Z\n")
    run.read("assistants/a.yaml")
    assert run.digest("assistants/a.yaml") is None
    assert not witness(root, json.loads(json.dumps(run.record)))[0].sees_the_same()


def test_a_file_written_a_moment_ago_is_read_again(root: Path) -> None:
    # Its next change could come in the same tick of the file system's clock.
    run, tree = witness(root, seen(root, later=0))
    assert run.sees_the_same()
    assert tree.reads == ["assistants/a.yaml", "assistants/b.yaml", "missing.md"]


@pytest.mark.parametrize(
    "past",
    [
        {},
        {"read": {}, "listed": {}},
        {**NOTHING, "read": []},
        {**NOTHING, "read": {"paths": [], "digests": "", "signatures": "x"}, "refused": {"assistants/a.yaml": 1}},
        {**NOTHING, "read": {"paths": ["assistants/a.yaml"], "digests": [], "signatures": ""}},
        {**NOTHING, "read": {"paths": ["assistants/a.yaml"], "digests": "x" * 32, "signatures": "00" * 8}},
        {**NOTHING, "read": {"paths": ["\0"], "digests": "x" * 32, "signatures": "11" * 8}},
        {**NOTHING, "read": {"paths": ["\0"], "digests": "x" * 32, "signatures": "11" * 8}, "listed": {"\0": "x"}},
    ],
    ids=repr,
)
def test_a_record_that_is_none_counts_for_nothing(past: dict[str, Any], root: Path) -> None:
    run, _ = witness(root, past)
    assert not run.sees_the_same()
    assert run.digest("assistants/a.yaml") == digest_of(b"name: A\n")
