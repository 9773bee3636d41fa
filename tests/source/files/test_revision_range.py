from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.errors import UsageError
from revox_sync.source.files.git_tree import Git
from revox_sync.source.files.revision_range import FETCH, Range, chosen_range
from tests.source.repository import Repository


class History:
    """`main` with two commits and one more since `topic` left it; `topic` has one commit of its own."""

    def __init__(self, root: Path) -> None:
        self.repository = Repository.create(root)
        self.first = self.repository.commit({"a.yaml": "1"})
        self.fork = self.repository.commit({"a.yaml": "2"})
        self.repository.git("checkout", "--quiet", "-b", "topic")
        self.topic = self.repository.commit({"a.yaml": "3"})
        self.repository.git("checkout", "--quiet", "main")
        self.main = self.repository.commit({"b.yaml": "1"})

    def on(self, branch: str) -> History:
        self.repository.git("checkout", "--quiet", branch)
        return self

    def range(self, asked: str | None = None, **environ: str) -> Range:
        return chosen_range(Git(self.repository.root), asked, environ)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "repository")


def test_a_branch_counts_from_where_it_left_the_default_branch(history: History) -> None:
    found = history.on("topic").range()
    assert (found.before, found.after) == (history.fork, None)
    assert found.title == f"main (merge base {history.fork[:7]}) → the work tree"


def test_a_named_base_counts_from_the_merge_base_too(history: History) -> None:
    assert history.on("topic").range("main").before == history.fork


def test_two_dots_are_taken_as_they_are_and_three_start_at_the_merge_base(history: History) -> None:
    two, three = history.range("main..topic"), history.range("main...topic")
    assert (two.before, two.after) == (history.main, history.topic)
    assert (three.before, three.after) == (history.fork, history.topic)
    assert history.on("topic").range("main..").after == history.topic


def test_on_the_default_branch_uncommitted_changes_come_first(history: History) -> None:
    history.repository.write({"new.yaml": "untracked"})
    found = history.range()
    assert (found.before, found.after) == (history.main, None)


def test_on_the_clean_default_branch_it_is_the_last_commit(history: History) -> None:
    found = history.range()
    assert (found.before, found.after) == (history.fork, history.main)


def test_the_first_commit_comes_after_nothing(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path)
    commit = repository.commit({"a.yaml": "1"})
    found = chosen_range(Git(tmp_path), None, {})
    assert found.after == commit
    with Git(tmp_path).tree(found.before) as tree:
        assert tree.files(".") == []


def test_without_any_commit_everything_is_new(tmp_path: Path) -> None:
    Repository.create(tmp_path)
    found = chosen_range(Git(tmp_path), None, {})
    assert (found.after, found.title) == (None, "nothing, as there is no commit yet → the work tree")


def test_ci_names_the_target(history: History) -> None:
    history.repository.git("update-ref", "refs/remotes/origin/release", history.first)
    history.on("topic")
    assert history.range(GITHUB_BASE_REF="release").before == history.first
    assert history.range(CI_MERGE_REQUEST_DIFF_BASE_SHA=history.fork).before == history.fork
    assert history.range(GITHUB_BASE_REF="").before == history.fork


def test_a_tag_cannot_take_the_place_of_the_base(history: History) -> None:
    git = history.on("topic").repository.git
    git("update-ref", "refs/remotes/origin/main", history.fork)
    git("tag", "origin/main")
    git("tag", "main")
    assert history.range(GITHUB_BASE_REF="main").before == history.fork
    assert history.range().before == history.fork


def test_a_shallow_clone_is_told_what_to_fetch(history: History, tmp_path: Path) -> None:
    source = f"file://{history.repository.root}"
    history.repository.git("clone", "--quiet", "--depth=1", "--branch=topic", source, str(tmp_path / "shallow"))
    git = Git(tmp_path / "shallow")
    for asked, environ in [("main", {}), (None, {"GITHUB_BASE_REF": "main"}), (history.fork, {})]:
        with pytest.raises(UsageError) as error:
            chosen_range(git, asked, environ)
        assert error.value.hint == FETCH


@pytest.mark.parametrize("asked", ["nope", "nope..main", "main..nope", "--help"])
def test_a_revision_that_is_not_here_is_named(history: History, asked: str) -> None:
    with pytest.raises(UsageError, match=r"git knows no commit `(nope|--help)`"):
        history.range(asked)


def test_histories_without_a_common_commit_are_said_to_be_so(history: History) -> None:
    history.repository.git("checkout", "--quiet", "--orphan", "other")
    history.repository.commit({"c.yaml": "1"})
    with pytest.raises(UsageError, match="have no common commit"):
        history.range("main")
    assert history.range("main..other").before == history.main
