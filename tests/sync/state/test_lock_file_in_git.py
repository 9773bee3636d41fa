"""A lock in git: what is committed, and which edits git merges."""

from __future__ import annotations

import json
import subprocess
from itertools import product
from pathlib import Path

from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.state.lock_file import read_lock, save_lock, write_lock
from tests.sync.state.locks import DIGESTS, EMPTY, Leaves


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *settings, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_git_commits_locks_and_nothing_else(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    save_lock(tmp_path / ".revox" / "local" / "staging.lock.json", EMPTY)
    save_lock(tmp_path / ".revox" / "production.lock.json", EMPTY)
    (tmp_path / ".revox" / "production.journal.jsonl").write_text("{}")
    git(tmp_path, "add", "-A")
    assert git(tmp_path, "ls-files").stdout.split() == [".revox/production.lock.json"]


def numbered(*numbers: int, changed: int | None = None) -> str:
    lock = EMPTY
    for number in numbers:
        leaves: Leaves = {("prompt",): DIGESTS} if number == changed else {}
        lock = lock.with_entry(f"a{number}", LockEntry(f"asst_{number}", "A", leaves))
    return write_lock(lock)


BASE = (2, 4, 6, 8)
EDITS = (
    {f"change {each}": (BASE, each) for each in BASE}
    | {f"remove {each}": (tuple(other for other in BASE if other != each), None) for each in BASE}
    | {f"add {each}": (tuple(sorted((*BASE, each))), None) for each in (1, 3, 5, 7, 9)}
)
PAIRS = [pair for pair in product(sorted(EDITS), repeat=2) if pair[0].split()[1] < pair[1].split()[1]]


def test_git_merges_edits_of_different_assistants(tmp_path: Path) -> None:
    conflicts = [pair for pair in PAIRS if merged(tmp_path, *pair) is None]
    assert [pair for pair in conflicts if not touching(*pair)] == []


def touching(left: str, right: str) -> bool:
    """A removal beside another branch's removal or addition leaves no common line between the two: git asks."""
    (kind, number), (other_kind, other) = left.split(), right.split()
    return "remove" in {kind, other_kind} and "change" not in {kind, other_kind} and abs(int(number) - int(other)) <= 2


def test_git_leaves_two_additions_in_one_gap_to_people(tmp_path: Path) -> None:
    files = {"base": numbered(2, 9), "ours": numbered(2, 3, 9), "theirs": numbered(2, 4, 9)}
    assert merge(tmp_path, files) is None


def merged(folder: Path, left: str, right: str) -> Lock | None:
    (ours, our_change), (theirs, their_change) = EDITS[left], EDITS[right]
    files = {
        "base": numbered(*BASE),
        "ours": numbered(*ours, changed=our_change),
        "theirs": numbered(*theirs, changed=their_change),
    }
    text = merge(folder, files)
    if text is None:
        return None
    wanted = (set(ours) | set(theirs)) - (set(BASE) - set(ours)) - (set(BASE) - set(theirs))
    lock = read_lock(text, "merged")
    assert lock.entries.keys() == {f"a{each}" for each in wanted}
    assert {key for key, entry in lock.entries.items() if entry.leaves} == {
        f"a{each}" for each in (our_change, their_change) if each is not None
    }
    return lock


def merge(folder: Path, files: dict[str, str]) -> str | None:
    for name, text in files.items():
        (folder / name).write_text(text)
    result = git(folder, "merge-file", "-p", "ours", "base", "theirs")
    return result.stdout if result.returncode == 0 else None


def test_git_merges_branches_of_a_repository(tmp_path: Path) -> None:
    path = tmp_path / "x.lock.json"
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, path, numbered(2, 4))
    git(tmp_path, "checkout", "-q", "-b", "theirs")
    commit(tmp_path, path, numbered(2, 4, 5))
    git(tmp_path, "checkout", "-q", "main")
    commit(tmp_path, path, numbered(2, 4, changed=4))
    assert git(tmp_path, "merge", "-q", "theirs").returncode == 0
    assert json.loads(path.read_text())["assistants"].keys() == {"", "a2", "a4", "a5"}


def commit(folder: Path, path: Path, text: str) -> None:
    path.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
