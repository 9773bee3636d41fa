from __future__ import annotations

import os
from pathlib import Path

import pytest

from revox_sync.source.files.tree import MAX_BYTES, DiskTree, MemoryTree, TreeError, find_root, read_regular


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "one.yaml").write_text("x: é\n", "utf-8")
    (root / "a" / "b" / "two.yaml").write_text("y: 2\n", "utf-8")
    (tmp_path / "secret").write_text("do not show", "utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.yaml").write_text("do not show", "utf-8")
    return root


def refusal(root: Path, path: str) -> str:
    with pytest.raises(TreeError) as caught:
        DiskTree(root).read(path)
    assert "do not show" not in str(caught.value)
    return caught.value.reason


def test_reads_and_lists_files(project: Path) -> None:
    tree = DiskTree(project)
    assert tree.read("a/one.yaml") == "x: é\n".encode()
    assert tree.files("a") == ["a/b/two.yaml", "a/one.yaml"]
    assert tree.files(".") == ["a/b/two.yaml", "a/one.yaml"]
    assert tree.files("nowhere") == []


def test_link_inside_the_project_is_followed(project: Path) -> None:
    (project / "link.yaml").symlink_to(project / "a" / "one.yaml")
    (project / "folder").symlink_to(project / "a")
    assert DiskTree(project).read("link.yaml") == "x: é\n".encode()
    assert DiskTree(project).read("folder/one.yaml") == "x: é\n".encode()


def test_root_may_be_a_link_itself(project: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(project)
    assert DiskTree(tmp_path / "alias").read("a/one.yaml") == "x: é\n".encode()


@pytest.mark.parametrize("target", ["../secret", "{outside}/secret", "chain"])
def test_link_out_of_the_project_is_refused(project: Path, tmp_path: Path, target: str) -> None:
    (project / "chain").symlink_to(tmp_path / "secret")
    (project / "link.yaml").symlink_to(target.format(outside=tmp_path))
    assert "outside the project" in refusal(project, "link.yaml")


def test_folder_that_links_out_of_the_project_is_refused(project: Path, tmp_path: Path) -> None:
    (project / "out").symlink_to(tmp_path / "outside")
    assert "outside the project" in refusal(project, "out/x.yaml")
    assert "outside the project" in refusal(project, "out/missing.yaml")  # nor does anybody learn what is there
    assert DiskTree(project).files("a") == ["a/b/two.yaml", "a/one.yaml"]
    with pytest.raises(TreeError, match="outside the project"):
        DiskTree(project).files("out")


def test_sibling_whose_name_starts_like_the_root_is_outside(project: Path, tmp_path: Path) -> None:
    (tmp_path / "project-old").mkdir()
    (tmp_path / "project-old" / "x").write_text("do not show", "utf-8")
    (project / "link").symlink_to(tmp_path / "project-old" / "x")
    assert "outside the project" in refusal(project, "link")


@pytest.mark.parametrize("path", ["../secret", "a/../../secret", "/etc/passwd", "a\0b"])
def test_path_out_of_the_project_is_refused(project: Path, path: str) -> None:
    assert "outside the project" in refusal(project, path)


@pytest.mark.parametrize(
    ("known", "path"),
    [
        ("a/one.yaml", "a/../../secret"),
        ("a/one.yaml", "a/../a/../../secret"),
        ("link/project", "link/secret"),
        ("link/project/a/one.yaml", "link/secret"),
        ("top.yaml", "/secret"),
        ("a/b/two.yaml", "a/b/\0"),
    ],
)
def test_a_known_folder_lets_nothing_out(project: Path, known: str, path: str) -> None:
    (project / "link").symlink_to(project.parent)
    (project / "top.yaml").write_text("x: 1\n")
    tree = DiskTree(project)
    tree.status(known)
    for _ in range(2):
        assert tree.status(path) is None
        with pytest.raises(TreeError):
            tree.read(path)
    assert tree.read("a/one.yaml") == DiskTree(project).read("a/one.yaml")


def test_pipe_is_never_opened(project: Path) -> None:
    # Opened for reading, a pipe without a writer blocks for ever.
    os.mkfifo(project / "pipe.yaml")
    assert "not a regular file" in refusal(project, "pipe.yaml")


def test_device_is_refused_even_inside_the_root() -> None:
    assert "not a regular file" in refusal(Path("/dev"), "null")


def test_missing_folder_circle_and_size_have_reasons(project: Path) -> None:
    (project / "circle").symlink_to("circle")
    (project / "dangling").symlink_to("nowhere")
    (project / "large").write_bytes(b"x" * (MAX_BYTES + 1))
    (project / "full").write_bytes(b"x" * MAX_BYTES)
    assert refusal(project, "nope.yaml") == "does not exist"
    assert refusal(project, "a/one.yaml/x") == "does not exist"
    assert refusal(project, "dangling") == "does not exist"
    assert "circle" in refusal(project, "circle")
    assert refusal(project, "a") == "is a folder"
    assert "too large" in refusal(project, "large")
    assert len(DiskTree(project).read("full")) == MAX_BYTES


def test_memory_tree_behaves_like_a_disk() -> None:
    tree = MemoryTree({"a/one.yaml": "x: é\n", "a/b/two.yaml": b"y", "ab": "", "large": b"x" * (MAX_BYTES + 1)})
    assert tree.read("a/one.yaml") == "x: é\n".encode()
    assert tree.files("a") == ["a/b/two.yaml", "a/one.yaml"]
    assert len(tree.files(".")) == 4
    assert tree.files("nowhere") == []
    for path, reason in {"nope": "does not exist", "../x": "outside", "/x": "outside", "large": "too large"}.items():
        with pytest.raises(TreeError, match=reason):
            tree.read(path)


def test_file_that_is_longer_than_it_says_is_read_up_to_the_limit() -> None:
    # Files below /proc say that they are empty; a file that grows while it is read is no different.
    status = "/proc/self/status"
    assert read_regular(status).startswith(b"Name:")
    with pytest.raises(TreeError, match="too large"):
        read_regular(status, 10)


@pytest.mark.parametrize("marker", ["revox-sync.yaml", ".git"])
def test_the_root_is_the_nearest_marked_folder(tmp_path: Path, marker: str) -> None:
    (tmp_path / marker).mkdir()
    inner = tmp_path / "assistants" / "sales"
    inner.mkdir(parents=True)
    assert find_root(str(inner)) == str(tmp_path)


def test_a_configuration_wins_over_a_nearer_repository(tmp_path: Path) -> None:
    (tmp_path / "revox-sync.yaml").touch()
    (tmp_path / "inner" / ".git").mkdir(parents=True)
    assert find_root(str(tmp_path / "inner")) == str(tmp_path)


def test_without_a_marker_the_root_is_where_it_starts(tmp_path: Path) -> None:
    assert find_root(str(tmp_path)) == str(tmp_path)


def test_folders_that_are_links(project: Path) -> None:
    """What cannot be followed is named: what may be in it is not gone."""
    (project / "shared/deep").mkdir(parents=True)
    (project / "shared/deep/two.yaml").write_text("x: 1\n")
    here = project / "assistants"
    here.mkdir()
    for name, target in {
        "own": "../shared",
        "chain": "own",
        "out": "../../outside",
        "nowhere": "../missing",
        "up": "..",
        "self": "self",
        "suffix.md": "../missing",
    }.items():
        (here / name).symlink_to(target)
    (project / "shared/back").symlink_to("../assistants")
    expected = ["chain/back/", "chain/deep/two.yaml", "nowhere/", "out/", "own/back/", "own/deep/two.yaml", "self/"]
    expected += ["suffix.md", "up/"]
    assert DiskTree(project).files("assistants") == [f"assistants/{path}" for path in expected]
    assert DiskTree(project).read("assistants/own/deep/two.yaml") == b"x: 1\n"
    assert "outside" in refusal(project, "assistants/out")
    assert "link to a folder" in refusal(project, "assistants/up")
    (project / "lost").symlink_to("missing")
    with pytest.raises(TreeError, match="leads nowhere"):
        DiskTree(project).files("lost")
