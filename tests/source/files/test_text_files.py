"""Texts on their way to the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.errors import UsageError
from revox_sync.source.files.text_files import save_texts


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(b"old\r\n")
    (tmp_path / "a.yaml").chmod(0o640)
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    return tmp_path


def test_a_file_is_replaced_byte_for_byte_and_keeps_its_mode(root: Path) -> None:
    save_texts(root, {"a.yaml": "é\r\n"})
    assert (root / "a.yaml").read_bytes() == "é\r\n".encode()
    assert (root / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in root.iterdir()) == ["a.yaml", "b.yaml"]


def test_the_target_of_a_link_is_replaced(root: Path) -> None:
    save_texts(root, {"b.yaml": "new\n"})
    assert (root / "b.yaml").is_symlink()
    assert (root / "a.yaml").read_bytes() == b"new\n"


def test_two_names_of_one_file_are_refused(root: Path) -> None:
    with pytest.raises(UsageError, match="are one file"):
        save_texts(root, {"a.yaml": "1\n", "b.yaml": "2\n"})
    assert (root / "a.yaml").read_bytes() == b"old\r\n"


def test_a_read_only_file_is_refused_before_anything_is_written(root: Path) -> None:
    (root / "c.yaml").write_bytes(b"c\n")
    (root / "c.yaml").chmod(0o444)
    with pytest.raises(UsageError, match="is read-only"):
        save_texts(root, {"a.yaml": "new\n", "c.yaml": "new\n"})
    assert (root / "a.yaml").read_bytes() == b"old\r\n"


def test_a_place_that_takes_no_file(root: Path) -> None:
    (root / "folder.yaml").mkdir()
    with pytest.raises(UsageError, match=r"cannot write `folder\.yaml`"):
        save_texts(root, {"folder.yaml": "new\n"})
    assert sorted(path.name for path in root.iterdir() if path.suffix == ".tmp") == []
