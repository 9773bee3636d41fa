"""Text files: those of the command line, changed ones of the project, and new ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from revox_sync.errors import RefusedError, UsageError
from revox_sync.source.files.text_files import create_files, read_file, save_texts, write_file
from revox_sync.source.files.tree import DiskTree, TreeError
from revox_sync.source.files.watched_tree import WatchedTree


@pytest.mark.parametrize("name", ["out.txt", "new/folder/out.txt"])
def test_a_written_file_reads_the_same(tmp_path: Path, name: str) -> None:
    write_file(tmp_path / name, "é\r\n\n")
    assert read_file(tmp_path / name) == "é\r\n\n"


def test_a_link_is_not_written_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "other").symlink_to("own")
    (tmp_path / "out").symlink_to(tmp_path.parent)
    for name, target in {"link.txt": "own/target.txt", "lost.txt": "missing.txt", "pipe.txt": "/dev/null"}.items():
        (tmp_path / name).symlink_to(target)
        with pytest.raises(UsageError, match="is a link; nothing was written"):
            write_file(name, "text")
    for path in ("out/x.txt", "out/../x.txt", "out/new/x.txt"):
        with pytest.raises(UsageError, match="leads through a link to another place"):
            write_file(path, "text")
    # What a path says by itself, a folder of one's own behind a link, and the links of the system.
    for path in ("other/x.txt", "../x.txt", "/dev/stderr"):
        write_file(path, "text")
    assert sorted(each.name for each in (tmp_path / "own").iterdir()) == ["x.txt"]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(pipe, "report")
    assert os.read(reader, 100) == b"report"
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "cannot read `{path}`: No such file or directory"),
        ("folder", "`{path}` is a folder"),
        ("latin-1", "`{path}` is not UTF-8 text"),
        ("pipe", "`{path}` is not a regular file"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin-1").write_bytes(b"caf\xe9")
    os.mkfifo(tmp_path / "pipe")
    path = tmp_path / name
    with pytest.raises(UsageError) as error:
        read_file(path)
    assert error.value.message == message.format(path=path)


@pytest.mark.parametrize(("name", "reason"), [("file/x", "File exists"), ("x" * 300, "File name too long")])
def test_what_cannot_be_written_is_said(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match=f"cannot write `.*`: {reason}"):
        write_file(tmp_path / name, "text")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(b"old\r\n")
    (tmp_path / "a.yaml").chmod(0o640)
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    return tmp_path


def save(root: Path, texts: dict[str, str], meanwhile: Callable[[], object] = dict) -> None:
    """Read files, let something happen, and save them."""
    tree = WatchedTree(DiskTree(root))
    for path in texts:
        with suppress(TreeError):
            tree.read(path)
    meanwhile()
    save_texts(root, texts, tree)


def test_a_file_that_was_edited_meanwhile_is_left_as_it_is(root: Path) -> None:
    (root / "c.yaml").write_bytes(b"c\n")
    with pytest.raises(RefusedError, match=r"`c\.yaml` was edited while this command ran"):
        save(root, {"a.yaml": "new\n", "c.yaml": "new\n"}, lambda: (root / "c.yaml").write_text("typed\n"))
    assert ((root / "a.yaml").read_bytes(), (root / "c.yaml").read_bytes()) == (b"old\r\n", b"typed\n")
    with pytest.raises(RefusedError, match="was edited"):
        save(root, {"a.yaml": "new\n"}, (root / "a.yaml").unlink)
    assert not (root / "a.yaml").exists()


def test_what_we_have_written_ourselves_is_no_edit(root: Path) -> None:
    tree = WatchedTree(DiskTree(root))
    tree.read("a.yaml")
    for text in ("one\n", "two\n"):
        save_texts(root, {"a.yaml": text}, tree)
    assert (root / "a.yaml").read_bytes() == b"two\n"


def test_a_file_is_replaced_byte_for_byte_and_keeps_its_mode(root: Path) -> None:
    save(root, {"a.yaml": "é\r\n"})
    assert (root / "a.yaml").read_bytes() == "é\r\n".encode()
    assert (root / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in root.iterdir()) == ["a.yaml", "b.yaml"]


def test_the_target_of_a_link_is_replaced(root: Path) -> None:
    save(root, {"b.yaml": "new\n"})
    assert (root / "b.yaml").is_symlink()
    assert (root / "a.yaml").read_bytes() == b"new\n"


def test_two_names_of_one_file_are_refused(root: Path) -> None:
    with pytest.raises(UsageError, match="are one file"):
        save(root, {"a.yaml": "1\n", "b.yaml": "2\n"})
    assert (root / "a.yaml").read_bytes() == b"old\r\n"


def test_a_read_only_file_is_refused_before_anything_is_written(root: Path) -> None:
    (root / "c.yaml").write_bytes(b"c\n")
    (root / "c.yaml").chmod(0o444)
    with pytest.raises(UsageError, match="is read-only"):
        save(root, {"a.yaml": "new\n", "c.yaml": "new\n"})
    assert (root / "a.yaml").read_bytes() == b"old\r\n"


def test_a_place_that_takes_no_file(root: Path) -> None:
    (root / "folder.yaml").mkdir()
    with pytest.raises(RefusedError, match=r"`folder\.yaml` was edited"):
        save(root, {"folder.yaml": "new\n"})
    assert sorted(path.name for path in root.iterdir() if path.suffix == ".tmp") == []


def present(root: Path) -> dict[str, str]:
    """Every file below a folder."""
    found = (each for each in root.rglob("*") if each.is_file())
    return {each.relative_to(root).as_posix(): each.read_bytes().decode() for each in found}


def test_folders_are_made_and_bytes_are_kept(tmp_path: Path) -> None:
    texts = {"a/prompts/x.md": "é\r\n\n", "a/x.yaml": "name: X\n"}
    create_files(tmp_path, texts)
    assert present(tmp_path) == texts


@pytest.mark.parametrize("taken", ["file", "folder", "dangling link", "link"])
def test_nothing_is_overwritten(tmp_path: Path, taken: str) -> None:
    target = tmp_path / "x.yaml"
    match taken:
        case "file":
            target.write_text("mine")
        case "folder":
            target.mkdir()
        case "dangling link":
            target.symlink_to("nowhere")
        case _:
            (tmp_path / "other").write_text("mine")
            target.symlink_to("other")
    before = present(tmp_path)
    with pytest.raises(RefusedError, match=r"`x\.yaml` exists; nothing was overwritten"):
        create_files(tmp_path, {"prompts/x.md": "long", "x.yaml": "new"})
    assert present(tmp_path) == before
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("outside", ["elsewhere", "."])
def test_a_link_leads_nowhere_but_inside(tmp_path: Path, outside: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "project"
    root.mkdir()
    (root / "prompts").symlink_to(tmp_path / outside)
    before = sorted(tmp_path.rglob("*"))
    for path in ("prompts/x.md", "prompts/deep/x.md"):
        with pytest.raises(RefusedError, match="outside the project"):
            create_files(root, {path: "long"})
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "prompts").symlink_to("real")
    create_files(tmp_path, {"prompts/x.md": "long"})
    assert (tmp_path / "real" / "x.md").read_text() == "long"


@pytest.mark.parametrize("path", ["file/x.yaml", "x" * 300 + ".yaml"], ids=["a file for a folder", "too long"])
def test_what_the_system_refuses_is_said(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="cannot write"):
        create_files(tmp_path, {"prompts/x.md": "long", path: "new"})
    assert present(tmp_path) == {"file": "mine"}


def test_without_second_names(tmp_path: Path) -> None:
    """FAT and some network folders have no hard links."""

    def refuse(_: Path, __: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    create_files(tmp_path, {"x.yaml": "new"}, refuse)
    with pytest.raises(RefusedError):
        create_files(tmp_path, {"x.yaml": "newer"}, refuse)
    assert present(tmp_path) == {"x.yaml": "new"}
