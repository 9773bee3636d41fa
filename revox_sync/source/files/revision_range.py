"""Which revisions `diff` compares (docs/design.md, "Revisions that diff compares")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from revox_sync.errors import UsageError
from revox_sync.source.files.git_tree import Git
from revox_sync.values.address import as_arguments

GITHUB: Final = "GITHUB_BASE_REF"
GITLAB: Final = "CI_MERGE_REQUEST_DIFF_BASE_SHA"
_REMOTES: Final = "refs/remotes/"
_HEADS: Final = "refs/heads/"
_WORK_TREE: Final = "the work tree"
_USUAL: Final = ("main", "master")
FETCH: Final = "this clone is shallow: fetch more of the history (GitHub: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`)"


class Range(NamedTuple):
    """Two states of the project.

    Attributes:
        before: name of the older commit, or of a tree.
        after: name of the newer commit; None: the work tree, with files that git does not know yet.
        title: both in words, such as `main (merge base 1a2b3c4) → the work tree`.
    """

    before: str
    after: str | None
    title: str


def chosen_range(git: Git, asked: str | None, environ: Mapping[str, str]) -> Range:
    """What the command line says, else what a pull or merge request changes, else the changes since the default branch.

    `A..B` compares these two, `A...B` compares B with their merge base. The work tree is compared with its merge base
    with a single revision, a target or a branch. On the default branch itself, uncommitted changes are shown or, if
    there are none, the last commit.

    Args:
        asked: revision or range from the command line.
        environ: environment variables of the CI job.

    Raises:
        UsageError: a revision is not in this clone, or two have no common history.
    """
    if asked is not None and ".." in asked:
        return _between(git, asked)
    if asked is not None:
        return _since(git, asked, _required(git, asked))
    if environ.get(GITLAB):
        commit = _required(git, environ[GITLAB])
        return Range(commit, None, f"{commit[:7]} ({GITLAB}) → {_WORK_TREE}")
    if environ.get(GITHUB):
        name = f"origin/{environ[GITHUB]}"
        return _since(git, name, _required(git, name, _REMOTES + name))
    return _from_default_branch(git)


def _between(git: Git, asked: str) -> Range:
    symmetric = "..." in asked
    left, _, right = (revision or "HEAD" for revision in asked.partition("..." if symmetric else ".."))
    before, after = _required(git, left), _required(git, right)
    if symmetric:
        base = _merge_base(git, left, before, after)
        return Range(base, after, f"{left} (merge base {base[:7]}) → {_named(right, after)}")
    return Range(before, after, f"{_named(left, before)} → {_named(right, after)}")


def _since(git: Git, name: str, commit: str) -> Range:
    head = git.commit("HEAD")
    if head is None or head == commit:
        return Range(commit, None, f"{_named(name, commit)} → {_WORK_TREE}")
    base = _merge_base(git, name, commit, head)
    known = _named(name, commit) if base == commit else f"{name} (merge base {base[:7]})"
    return Range(base, None, f"{known} → {_WORK_TREE}")


def _from_default_branch(git: Git) -> Range:
    head = git.commit("HEAD")
    if head is None:
        return Range(_empty(git), None, f"nothing, as there is no commit yet → {_WORK_TREE}")
    name = _default_branch(git)
    if name is not None and not _stands_on(git, name, head):
        return _since(git, name, _required(git, name, _full(name)))
    if git.ask("status", "--porcelain", "--untracked-files=normal", "--", "."):
        return Range(head, None, f"HEAD ({head[:7]}) → {_WORK_TREE}")
    parent = git.commit("HEAD^")
    if parent is None and git.shallow:
        raise UsageError("the commit before HEAD is not here", hint=FETCH)
    if parent is None:
        return Range(_empty(git), head, f"nothing → HEAD ({head[:7]}), the first commit")
    return Range(parent, head, f"HEAD^ ({parent[:7]}) → HEAD ({head[:7]})")


def _default_branch(git: Git) -> str | None:
    """The default branch of origin, else `main` or `master`, if there is one."""
    origin = git.ask("symbolic-ref", "--quiet", _REMOTES + "origin/HEAD")
    guesses = [f"{prefix}{name}" for name in _USUAL for prefix in ("origin/", "")]
    found = (origin.removeprefix(_REMOTES) if origin else None, *guesses)
    return next((name for name in found if name and git.commit(_full(name))), None)


def _full(name: str) -> str:
    # Without the prefix, git would prefer a tag of the same name.
    return (_REMOTES if name.startswith("origin/") else _HEADS) + name


def _stands_on(git: Git, name: str, head: str) -> bool:
    branch = git.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    return branch == name.removeprefix("origin/") or (branch is None and git.commit(_full(name)) == head)


def _required(git: Git, revision: str, full: str | None = None) -> str:
    commit = git.commit(full or revision)
    if commit is None:
        raise UsageError(
            f"git knows no commit `{revision}`",
            hint=FETCH if git.shallow else "`git fetch` brings what others have pushed; `git branch -a` lists branches",
        )
    return commit


def _merge_base(git: Git, name: str, commit: str, head: str) -> str:
    base = git.ask("merge-base", commit, head)
    if base is None:
        raise UsageError(
            f"`{name}` and what is checked out have no common commit",
            hint=FETCH
            if git.shallow
            else f"`revox-sync diff {as_arguments(f'{name}..HEAD')}` compares them all the same",
        )
    return base


def _named(name: str, commit: str) -> str:
    return name if commit.startswith(name) else f"{name} ({commit[:7]})"


def _empty(git: Git) -> str:
    # Asked of git, because the name depends on the repository's hash algorithm.
    return git.ask("hash-object", "-t", "tree", "--stdin") or ""
