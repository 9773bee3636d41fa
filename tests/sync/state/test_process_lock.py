"""One apply at a time, and what is said to the second."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from revox_sync.errors import RefusedError
from revox_sync.sync.state.process_lock import hold_process_lock, is_taken


def test_the_holder_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".revox" / "test.apply"
    with hold_process_lock(path, "test"):
        since = path.read_text("ascii").split()[1]
        with pytest.raises(RefusedError) as caught, hold_process_lock(path, "test"):
            pass
    assert caught.value.message == (f"another apply to `test` is running here (process {os.getpid()}, since {since})")
    assert path.read_text("ascii") == ""
    with hold_process_lock(path, "test"):
        pass


@pytest.mark.parametrize("text", ["{dead} 2026-01-01T00:00:00Z\n", "", "garbage", "9" * 400, "\x00\xff", "12"])
def test_what_a_dead_process_left_counts_for_nothing(tmp_path: Path, text: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    path = tmp_path / "test.apply"
    with hold_process_lock(path, "test"):
        path.write_text(text.format(dead=process.pid), "latin-1")
        with pytest.raises(RefusedError) as caught, hold_process_lock(path, "test"):
            pass
    assert caught.value.message == "another apply to `test` is running here"


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom revox_sync.sync.state.process_lock import hold_process_lock\n"
        "with hold_process_lock(Path(sys.argv[1]), 'test'):\n    os.kill(os.getpid(), 9)\n"
    )
    path = tmp_path / "test.apply"
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == -9
    assert path.read_text("ascii")
    with hold_process_lock(path, "test"):
        assert path.read_text("ascii").startswith(f"{os.getpid()} ")


class Patience:
    """A clock that goes on while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[str] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_it_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    path, clock = tmp_path / "test.apply", Patience()
    with (
        hold_process_lock(path, "test"),
        pytest.raises(RefusedError),
        hold_process_lock(path, "test", patience=5, tell=clock.told.append, sleep=clock.sleep),
    ):
        pass
    assert clock.now == pytest.approx(5)
    (told,) = clock.told
    assert told.endswith("; waiting up to 5 s")


def test_it_goes_on_when_the_other_is_done(tmp_path: Path) -> None:
    path = tmp_path / "test.apply"
    first = hold_process_lock(path, "test")
    first.__enter__()
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        first.__exit__(None, None, None)

    with hold_process_lock(path, "test", patience=5, sleep=sleep):
        assert len(slept) == 1


def test_the_text_goes_however_it_ends(tmp_path: Path) -> None:
    with pytest.raises(KeyError), hold_process_lock(tmp_path / "test.apply", "test"):
        raise KeyError
    assert (tmp_path / "test.apply").read_text("ascii") == ""


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_a_file_system_without_locks_is_named_as_such(tmp_path: Path, number: int) -> None:
    """Nobody holds the lock: to wait for it would be to wait for ever."""

    def lock(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with (tmp_path / "test.apply").open("w") as file, pytest.raises(RefusedError, match="cannot lock files") as caught:
        is_taken(tmp_path / "test.apply", file.fileno(), lock)
    assert "another apply" not in caught.value.message


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "test.apply").symlink_to("victim")
    with pytest.raises(RefusedError, match="is a link"), hold_process_lock(tmp_path / "test.apply", "test"):
        pass
    assert (tmp_path / "victim").read_text() == "precious"
