from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.errors import UsageError
from revox_sync.lint.engine.worker_pool import check_in_processes
from revox_sync.source.files.git_tree import Git, same_content
from revox_sync.source.files.revision_range import chosen_range
from revox_sync.source.files.tree import MAX_BYTES, DiskTree, MemoryTree, Tree, TreeError
from tests.source.repository import Repository

FILES: dict[str, str | bytes] = {
    "assistants/a.yaml": "name: A\n",
    "assistants/sales/b.yaml": b"name: B\r\n",
    "assistants/prompts/é l.md": "Bonjour\n",
    "assistants/empty.yaml": "",
    "revox-sync.yaml": "version: 1\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "repository")


def test_a_commit_reads_like_the_disk_it_was_made_from(repository: Repository) -> None:
    commit = repository.commit(FILES)
    disk = DiskTree(repository.root)
    with Git(repository.root).tree(commit) as tree:
        assert tree.files("assistants") == disk.files("assistants")
        assert tree.files(".") == sorted(FILES)
        assert {path: tree.read(path) for path in tree.files(".")} == {path: disk.read(path) for path in FILES}
        assert tree.exists("assistants/prompts")
        assert not tree.exists("assistants/c.yaml")


def test_later_changes_are_not_seen(repository: Repository) -> None:
    commit = repository.commit(FILES)
    repository.commit({"assistants/a.yaml": "name: Changed\n", "assistants/new.yaml": "name: N\n"})
    with Git(repository.root).tree(commit) as tree:
        assert tree.read("assistants/a.yaml") == b"name: A\n"
        assert not tree.exists("assistants/new.yaml")


def test_a_project_below_the_top_of_the_repository_sees_its_own_files_only(repository: Repository) -> None:
    commit = repository.commit({f"project/{path}": text for path, text in FILES.items()} | {"outside.md": "x"})
    with Git(repository.root / "project").tree(commit) as tree:
        assert tree.files(".") == sorted(FILES)
        with pytest.raises(TreeError, match="is outside the project"):
            tree.read("../outside.md")


@pytest.mark.parametrize(
    ("link", "target", "path", "expected"),
    [
        ("assistants/link.yaml", "a.yaml", "assistants/link.yaml", b"name: A\n"),
        ("assistants/folder", "sales", "assistants/folder/b.yaml", b"name: B\r\n"),
        ("assistants/up.yaml", "../revox-sync.yaml", "assistants/up.yaml", b"version: 1\n"),
    ],
)
def test_links_are_followed(repository: Repository, link: str, target: str, path: str, expected: bytes) -> None:
    repository.write(FILES)
    (repository.root / link).symlink_to(target)
    with Git(repository.root).tree(repository.commit()) as tree:
        assert tree.read(path) == expected == DiskTree(repository.root).read(path)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("../../secret", "is outside the project"),
        ("/etc/passwd", "is outside the project"),
        ("gone.yaml", "does not exist"),
        ("link.yaml", "is a link that leads in a circle"),
    ],
)
def test_links_lead_nowhere_else(repository: Repository, target: str, reason: str) -> None:
    repository.write(FILES)
    (repository.root / "assistants/link.yaml").symlink_to(target)
    with Git(repository.root).tree(repository.commit()) as tree, pytest.raises(TreeError, match=reason):
        tree.read("assistants/link.yaml")


def test_a_file_past_the_limit_is_not_read(repository: Repository) -> None:
    commit = repository.commit({"assistants/big.yaml": b"#" * (MAX_BYTES + 1)})
    with Git(repository.root).tree(commit) as tree, pytest.raises(TreeError, match=r"is too large \(1,048,577 bytes"):
        tree.read("assistants/big.yaml")


def test_a_folder_outside_any_repository_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is in no repository that git can read: not a git repository"):
        Git(tmp_path)


def test_without_git_the_message_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not installed, or not on PATH"):
        Git(tmp_path)


@pytest.mark.parametrize("revision", ["--output=x", "-h", "nope", "HEAD~5", ":/x", "HEAD:assistants"])
def test_what_is_no_commit_here_is_none(repository: Repository, revision: str) -> None:
    repository.commit(FILES)
    assert Git(repository.root).commit(revision) is None
    assert sorted(each.name for each in repository.root.iterdir()) == [".git", "assistants", "revox-sync.yaml"]


def test_a_branch_cannot_bring_a_repository_of_its_own(repository: Repository, tmp_path: Path) -> None:
    """Files that make the project's folder look like a bare repository, with a command to run."""
    project = repository.root / "voice"
    repository.commit({f"voice/{path}": text for path, text in FILES.items()})
    inner = Repository.create(tmp_path / "inner")
    inner.commit(FILES)
    for name in ("HEAD", "objects", "refs"):
        (inner.root / ".git" / name).rename(project / name)
    ran = tmp_path / "ran"
    repository.write({"voice/config": f'[core]\n bare = false\n worktree = .\n fsmonitor = "touch {ran}; false"\n'})
    with pytest.raises(UsageError):
        chosen_range(Git(project), None, {})
    assert not ran.exists()


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_what_is_the_same_is_known_without_being_brought(tmp_path: Path, algorithm: str) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "--quiet", f"--object-format={algorithm}", "--initial-branch=main")
    commit = repository.commit({**FILES, "outside.yaml": "name: A\n", "other/big.yaml": b"a" * (MAX_BYTES + 1)})
    (tmp_path / "link.yaml").symlink_to("assistants/a.yaml")
    later = repository.commit({"assistants/empty.yaml": "name: E\n"})
    same = ["assistants/a.yaml", "assistants/sales/b.yaml", "assistants/prompts/é l.md", "revox-sync.yaml"]
    differing = ["assistants/empty.yaml", "other/big.yaml", "other", "missing.yaml", "../outside.yaml", "link.yaml"]
    git, disk = Git(tmp_path), DiskTree(tmp_path)
    with git.tree(commit) as before, git.tree(later) as after:
        pairs: list[tuple[Tree, Tree]] = [(before, after), (before, disk), (disk, before), (MemoryTree(FILES), disk)]
        for one, other in pairs:
            assert [each for each in (*same, *differing) if same_content(one, other, each)] == same
        assert same_content(after, disk, "link.yaml")


def test_a_copy_of_the_process_takes_no_answers(repository: Repository) -> None:
    files = {f"assistants/n{number}.yaml": f"name: N{number}\n" for number in range(8)}
    with Git(repository.root).tree(repository.commit(files)) as tree:
        assert check_in_processes(2, tree.read, list(files)) == [text.encode() for text in files.values()]


def test_folders_that_are_links(repository: Repository, tmp_path: Path) -> None:
    """A revision shows what the disk shows, and names what cannot be followed."""
    repository.write({"shared/deep/two.yaml": "x: 1\n", "assistants/a.yaml": "name: A\n"})
    here = repository.root / "assistants"
    links = {"own": "../shared", "chain": "own", "out": str(tmp_path), "nowhere": "../missing", "up": ".."}
    for name, target in links.items():
        (here / name).symlink_to(target)
    (repository.root / "shared/back").symlink_to("../assistants")
    commit = repository.commit({"assistants/b.yaml": "name: B\n"})
    with Git(repository.root).tree(commit) as tree:
        assert tree.files("assistants") == DiskTree(repository.root).files("assistants")
        assert tree.files("assistants")[2:6] == [
            f"assistants/{path}" for path in ("chain/back/", "chain/deep/two.yaml", "nowhere/", "out/")
        ]
        assert tree.read("assistants/own/deep/two.yaml") == b"x: 1\n"
