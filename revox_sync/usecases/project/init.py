"""What a project starts with: which files, and which of them are missing."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from revox_sync.config import CONFIG_NAME, Config
from revox_sync.contract.fields import newest_contract
from revox_sync.errors import UsageError
from revox_sync.source.files.git_tree import Git
from revox_sync.source.files.project_root import find_root
from revox_sync.source.files.tree import DiskTree
from revox_sync.source.files.write_files import create_files
from revox_sync.source.workspace import Workspace

CodeHost: TypeAlias = Literal["github", "gitlab", "none"]

TEMPLATES: Final = Path(__file__).parent / "templates"
HOST: Final = re.compile(r"(?:@|//)([^/:@\s]+)[/:]")
"""In the address of a remote: `git@github.com:a/b.git`, `https://token@gitlab.example.com:8443/a/b`."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A file that a project may start with.

    Attributes:
        path: below the project root.
        text: its content.
        unfit: why it is not for this project; None: it is.
        shared: whether other programs have their lines in such a file, so that ours can be added by hand.
    """

    path: str
    text: str
    unfit: str | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """What became of each starter."""

    written: tuple[Starter, ...]
    kept: tuple[Starter, ...]
    unfit: tuple[Starter, ...]


def require_outermost(folder: Path) -> None:
    """Raises UsageError where `folder` is part of a project: commands would not know which of the two is meant."""
    outer = Path(find_root(str(folder)))
    nested = outer != folder and (outer / CONFIG_NAME).exists()
    if nested or folder.is_relative_to(outer / Config().directories[0]):
        raise UsageError(
            f"`{folder}` is part of the project in `{outer}`",
            hint=f"revox-sync init -C {outer}, or choose a folder outside of it",
        )


def guess_code_host(root: Path) -> CodeHost:
    """Where the repository around `root` is reviewed, by the addresses of its remotes."""
    try:
        remotes = Git(root).ask("config", "--get-regexp", r"^remote\..*\.url$") or ""
    except UsageError:  # no repository, or no git
        return "none"
    hosts = " ".join(HOST.findall(remotes))
    return "github" if "github" in hosts else "gitlab" if "gitlab" in hosts else "none"


def starters(root: Path, host: CodeHost) -> list[Starter]:
    """The files a project in `root` may start with. Raises ConfigError where its configuration is broken."""
    workspace = Workspace(DiskTree(root))
    directory = workspace.config.directories[0]
    # Another configuration would name other environments than the locks, and apply would create everything again.
    unconfigured = not workspace.tree.exists(CONFIG_NAME) and workspace.locked_addresses()
    elsewhere = _elsewhere(root, workspace.config)
    return [
        Starter(
            CONFIG_NAME,
            _template("configuration.yaml").replace("NEWEST", newest_contract()),
            "assistants were applied without one, and its environments would not be theirs" if unconfigured else None,
        ),
        Starter(
            f"{directory}/hello.yaml",
            _template("hello.yaml"),
            "there are assistants already" if workspace.files else None,
        ),
        Starter(".pre-commit-config.yaml", _template("hooks.yaml"), elsewhere, shared=True),
        *(Starter(path, text, elsewhere, shared) for path, text, shared in _review(host)),
    ]


def write_starters(root: Path, files: Sequence[Starter]) -> Started:
    """Write the starters that fit and are missing: all of them or, where an error is raised, none.

    Raises:
        RefusedError: a folder leads out of the root, or a file has just appeared.
        UsageError: the system refuses.
    """
    kept = tuple(each for each in files if os.path.lexists(root / each.path))
    unfit = tuple(each for each in files if each.unfit and each not in kept)
    missing = tuple(each for each in files if each not in kept and each not in unfit)
    create_files(root, {each.path: each.text for each in missing})
    return Started(missing, kept, unfit)


def _elsewhere(root: Path, config: Config) -> str | None:
    """Why hooks and workflows, which belong to the top of a repository, do not fit a project."""
    real = root.resolve()
    top = next((each for each in (real, *real.parents) if (each / ".git").exists()), real)
    if top != real:
        return f"it belongs to the top of the repository, `{top}`, and must name this folder"
    if config.directories != Config().directories:
        return "it must name the folders of the assistants"
    return None


def _review(host: CodeHost) -> list[tuple[str, str, bool]]:
    """Path, text and whether it is shared, of the files that let a code host lint and review."""
    match host:
        case "github":
            return [(".github/workflows/revox-sync.yml", _integration("github/review.yml"), False)]
        case "gitlab":
            return [
                (".gitlab/revox-sync.gitlab-ci.yml", _integration("gitlab/revox-sync.gitlab-ci.yml"), False),
                (".gitlab-ci.yml", _template("gitlab-ci.yml"), True),
            ]
        case "none":
            return []


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def _integration(name: str) -> str:
    """A file that projects copy: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[2]
    packaged = package / "integrations"
    return ((packaged if packaged.is_dir() else package.parent / "integrations") / name).read_text("utf-8")
