from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from revox_sync.source.files.replace_file import OWNER_ONLY, replace_file, temporary_name, write_new
from tests.source.files.disk_effects import effects


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def test_a_new_file_and_a_replaced_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666])
def test_the_mode_of_the_old_file_stays_whatever_the_mask(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    path.chmod(mode)
    mask = os.umask(0o077)
    try:
        replace_file(path, b"two")
    finally:
        os.umask(mask)
    assert mode_of(path) == mode


@pytest.mark.parametrize(("mode", "mask", "expected"), [(OWNER_ONLY, 0o022, 0o600), (0o666, 0o027, 0o640)])
def test_a_given_mode_wins_as_far_as_the_mask_allows(tmp_path: Path, mode: int, mask: int, expected: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    assert mode_of(path) != expected
    before = os.umask(mask)
    try:
        replace_file(path, b"two", mode=mode)
        replace_file(tmp_path / "new.txt", b"one")
    finally:
        os.umask(before)
    assert mode_of(path) == expected
    assert mode_of(tmp_path / "new.txt") == 0o666 & ~mask


def test_a_path_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    replace_file("a.txt", b"one")
    assert (tmp_path / "a.txt").read_bytes() == b"one"


def test_a_link_is_replaced_and_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"precious")
    link = tmp_path / "a.txt"
    link.symlink_to(outside)
    replace_file(link, b"new")
    assert (outside.read_bytes(), link.read_bytes(), link.is_symlink()) == (b"precious", b"new", False)


def test_a_link_in_the_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    link = tmp_path / temporary_name()
    link.symlink_to(outside)
    with pytest.raises(FileExistsError):
        write_new(str(link), b"new", OWNER_ONLY, None)
    assert not outside.exists()


def test_temporary_names_cannot_be_guessed() -> None:
    assert len({temporary_name() for _ in range(100)}) == 100


@pytest.mark.parametrize(("durable", "synced"), [(True, 1), (False, 0)])
def test_the_content_is_on_disk_before_the_name(tmp_path: Path, *, durable: bool, synced: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    seen = []

    def sync(descriptor: int) -> None:
        os.fsync(descriptor)
        # Beside it: a name can change at once only within one disk.
        seen.append((path.read_bytes(), os.fstat(descriptor).st_size, len(list(tmp_path.iterdir()))))

    replace_file(path, b"new", durable=durable, sync=sync)
    assert seen == [(b"one", 3, 2)] * synced
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, *, is_gone: bool) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")

    def refuse(_: int) -> None:
        for temporary in tmp_path.glob(".*.tmp") if is_gone else ():
            temporary.unlink()
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"two", sync=refuse)
    assert path.read_bytes() == b"one"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="folders are forced to disk where they can be opened")
def test_the_content_is_on_disk_before_the_name_changes_and_the_name_after_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    durable = ["sync file", "close", "replace", "sync folder", "close"]
    assert effects(lambda: replace_file(path, b"one")) == durable
    assert effects(lambda: replace_file(path, b"two", durable=False)) == ["close", "replace"]
