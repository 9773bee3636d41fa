"""A lock as a file: what is saved, what is loaded, and what is refused."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from revox_sync.errors import RefusedError
from revox_sync.sync.state.lock_file import load_lock, save_lock
from tests.sync.state.locks import EMPTY, LOCK


def test_a_lock_belongs_to_one_url_unless_another_one_is_said_to_be_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x.lock.json"
    save_lock(path, replace(LOCK, base_url="https://old/api/"))
    assert load_lock(path, "production", None).organization_id == "org_1"
    assert load_lock(path, "production", "https://old/api").organization_id == "org_1"
    assert load_lock(path, "production", "https://new/api", lambda url: url == "https://old/api/") is not None
    with pytest.raises(RefusedError, match="base URL") as caught:
        load_lock(path, "production", "https://new/api", lambda _: False)
    assert "one environment has one lock" in str(caught.value.hint)


def test_the_gitignore_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / ".revox" / "local" / "x.lock.json"
    save_lock(path, LOCK)
    ignored = tmp_path / ".revox" / ".gitignore"
    assert not (path.parent / ".gitignore").exists()
    current = ignored.read_bytes()
    assert b"!/*.lock.json\n" in current
    ignored.write_bytes(b"# Locks are committed; journal, backups and local locks are not.\n/*\n!/*.lock.json\n")
    save_lock(path, LOCK)
    assert ignored.read_bytes() == current
    for own in (b"# ours\n", b""):
        ignored.write_bytes(own)
        save_lock(path, LOCK)
        assert ignored.read_bytes() == own
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"# Locks are committed; journal, backups and local locks are not.\n/*\n!/*.lock.json\n")
    ignored.unlink()
    ignored.symlink_to(elsewhere)
    save_lock(path, LOCK)
    assert (ignored.is_symlink(), elsewhere.read_bytes() == current) == (True, False)


def test_a_saved_lock_is_loaded_again(tmp_path: Path) -> None:
    path = tmp_path / ".revox" / "production.lock.json"
    assert load_lock(path, EMPTY.environment, EMPTY.base_url) == EMPTY
    assert load_lock(path, EMPTY.environment, None).base_url == ""
    save_lock(path, EMPTY)
    save_lock(path, LOCK)
    assert load_lock(path, LOCK.environment, LOCK.base_url + "/") == LOCK
    assert sorted(each.name for each in path.parent.iterdir()) == [".gitignore", "production.lock.json"]
    assert stat.S_IMODE(path.stat().st_mode) & 0o600 == 0o600


def test_a_lock_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "production.lock.json"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        save_lock(path, LOCK)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".gitignore", "production.lock.json"]


def test_a_longer_path_is_another_api(tmp_path: Path) -> None:
    path = tmp_path / "x.lock.json"
    save_lock(path, replace(LOCK, base_url="https://revox/apix/"))
    assert load_lock(path, "production", "https://revox/apix") is not None
    with pytest.raises(RefusedError, match="belongs to the base URL https://revox/apix, not https://revox/api"):
        load_lock(path, "production", "https://revox/api")


@pytest.mark.parametrize(
    ("environment", "base_url", "words"),
    [
        ("staging", LOCK.base_url, "belongs to the environment production, not staging"),
        (
            "production",
            "https://other/api",
            "belongs to the base URL https://www.getrevox.com/api, not https://other/api",
        ),
    ],
)
def test_a_lock_of_another_place_is_refused(tmp_path: Path, environment: str, base_url: str, words: str) -> None:
    path = tmp_path / "x.lock.json"
    save_lock(path, LOCK)
    with pytest.raises(RefusedError, match=words):
        load_lock(path, environment, base_url)


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.lock.json"
    path.write_bytes(content) if content else path.mkdir()
    with pytest.raises(RefusedError, match=r"cannot be read|is a folder") as caught:
        load_lock(path, "e", "u")
    assert f"restore {path} from git" in str(caught.value.hint)


def test_a_file_that_one_may_not_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RefusedError, match=r"cannot be read: \w") as caught:
        load_lock(tmp_path / "file" / "x.lock.json", "e", "u")
    assert "that you may read" in str(caught.value.hint)
