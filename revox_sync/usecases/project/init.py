"""What a project starts with: which files, which of them are missing, and what `init` says about them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from revox_sync.config import CONFIG_NAME, Config
from revox_sync.contract.fields import newest_contract
from revox_sync.errors import UsageError
from revox_sync.home import IS_PLACEHOLDER
from revox_sync.output.text.visible import visible
from revox_sync.source.files.git_tree import Git
from revox_sync.source.files.text_files import create_files
from revox_sync.source.files.tree import DiskTree, TreeError, find_root
from revox_sync.source.workspace import Workspace
from revox_sync.usecases.project.editor_files import (
    SCHEMA_FILE,
    YAML_EXTENSION,
    modeline,
    project_schema,
    schema_text,
    vscode_extensions,
    vscode_settings,
)

CodeHost: TypeAlias = Literal["github", "gitlab", "none"]

_TEMPLATES: Final = Path(__file__).parent / "templates"
_UNKNOWN_COMMIT: Final = re.compile(r"(?:@|: )SHA\b")
_NO_HOST: Final = "skipped  a review workflow: no remote is on GitHub or GitLab; --ci github or --ci gitlab writes one"
_NEXT: Final = """
Next:
  revox-sync lint
  revox-sync emulate    in another terminal: a Revox on this machine, no account needed
  revox-sync plan
  revox-sync apply
"""
_HOST: Final = re.compile(r"(?:@|//)([^/:@\s]+)[/:]")
"""In the address of a remote: `git@github.com:a/b.git`, `https://token@gitlab.example.com:8443/a/b`."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A file that a project may start with.

    Attributes:
        path: below the project root.
        text: its content.
        unfit: why this project should not have it; None if it should.
        shared: whether such a file may exist for other programs, so that our lines have to be added to it by hand.
        mark: a text that a file with our lines in it has.
    """

    path: str
    text: str
    unfit: str | None = None
    shared: bool = False
    mark: str = "revox-sync"


@dataclass(frozen=True, slots=True)
class Started:
    """What became of each starter.

    Attributes:
        kept: those that existed.
        unfit: those that this project should not have.
    """

    written: tuple[Starter, ...]
    kept: tuple[Starter, ...]
    unfit: tuple[Starter, ...]


def require_outermost(folder: Path) -> None:
    """Raises UsageError if `folder` is part of a project already."""
    # Commands look for the project from the current folder upward: nobody could tell which of the two they mean.
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
    hosts = " ".join(_HOST.findall(remotes))
    return "github" if "github" in hosts else "gitlab" if "gitlab" in hosts else "none"


def starters(root: Path, host: CodeHost, *, modelines: bool = False) -> list[Starter]:
    """The files a project in `root` may start with.

    Args:
        modelines: whether assistants name the schema for editors themselves, instead of the settings of VS Code.

    Raises:
        ConfigError: the project's configuration is broken.
    """
    workspace = Workspace(DiskTree(root))
    directory = workspace.config.directories[0]
    # A new configuration would not name the environments of the locks, and apply would create every assistant again.
    unconfigured = not workspace.tree.exists(CONFIG_NAME) and workspace.locked_addresses()
    elsewhere = _elsewhere(root, workspace.config)
    hello = f"{directory}/hello.yaml"
    return [
        Starter(
            CONFIG_NAME,
            _template("configuration.yaml").replace("NEWEST", newest_contract()),
            "assistants were applied without one, and its environments would not be theirs" if unconfigured else None,
        ),
        Starter(
            hello,
            (modeline(hello) if modelines else "") + _template("hello.yaml"),
            "there are assistants already" if workspace.files else None,
        ),
        Starter(".pre-commit-config.yaml", _template("hooks.yaml"), elsewhere, shared=True),
        *(Starter(path, text, elsewhere, shared) for path, text, shared in _review(host)),
        *_editor_files(root, workspace, modelines=modelines),
    ]


def write_starters(root: Path, files: Sequence[Starter]) -> Started:
    """Write the starters that fit and are missing; none of them if an error is raised.

    Raises:
        RefusedError: a folder leads out of the root, or a file has just appeared.
        UsageError: the system refuses.
    """
    kept = tuple(starter for starter in files if os.path.lexists(root / starter.path))
    unfit = tuple(starter for starter in files if starter.unfit and starter not in kept)
    missing = tuple(starter for starter in files if starter not in kept and starter not in unfit)
    create_files(root, {starter.path: starter.text for starter in missing})
    return Started(missing, kept, unfit)


def init_report(root: Path, started: Started, *, undecided: bool) -> str:
    """What became of each file, what is left to do by hand, and the next commands.

    Args:
        undecided: nobody said, and no remote tells, where the project is reviewed.
    """
    lines = [f"written  {visible(starter.path)}" for starter in started.written]
    lines += [f"kept     {visible(starter.path)}" for starter in started.kept]
    lines += [f"skipped  {visible(starter.path)}: {visible(starter.unfit or '')}" for starter in started.unfit]
    hint = [_NO_HOST] if undecided else []
    return "\n".join([*lines, *hint, *_by_hand(root, started)]) + "\n" + _NEXT


def _by_hand(root: Path, started: Started) -> Iterator[str]:
    for kept in started.kept:
        if kept.shared and not kept.unfit and not _mentions_us(root, kept):
            yield f"\nAdd to {kept.path}:\n\n" + "".join(f"  {line}\n" for line in kept.text.splitlines()).rstrip("\n")
    for written in started.written:
        if _UNKNOWN_COMMIT.search(written.text):
            owner = (
                "the owner of the repository you get revox-sync from in place of OWNER,\nand " if IS_PLACEHOLDER else ""
            )
            yield f"\nIn {written.path}, write {owner}the commit of its release in place of SHA."


def _mentions_us(root: Path, starter: Starter) -> bool:
    try:
        return starter.mark.encode() in DiskTree(root).read(starter.path)
    except TreeError:
        return False


def _editor_files(root: Path, workspace: Workspace, *, modelines: bool) -> Iterator[Starter]:
    """The schema for editors, and what points to it unless each assistant does."""
    new = not workspace.tree.exists(CONFIG_NAME)
    yield Starter(SCHEMA_FILE, schema_text(newest_contract(), ()) if new else project_schema(workspace))
    if not modelines:
        elsewhere = _not_at_top(root)
        yield Starter(".vscode/settings.json", vscode_settings(workspace.config), elsewhere, shared=True)
        yield Starter(".vscode/extensions.json", vscode_extensions(), elsewhere, shared=True, mark=YAML_EXTENSION)


def _not_at_top(root: Path) -> str | None:
    """Why what belongs to the top of a repository does not fit a project."""
    real = root.resolve()
    top = next((folder for folder in (real, *real.parents) if (folder / ".git").exists()), real)
    return None if top == real else f"it belongs to the top of the repository, `{top}`, and must name this folder"


def _elsewhere(root: Path, config: Config) -> str | None:
    """Why hooks and workflows, which belong to the top of a repository, do not fit a project."""
    if (reason := _not_at_top(root)) is not None:
        return reason
    if config.directories != Config().directories:
        return "it must name the folders of the assistants"
    return None


def _review(host: CodeHost) -> list[tuple[str, str, bool]]:
    """The files that let a code host lint and review: path, text and whether it is shared."""
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
    return (_TEMPLATES / name).read_text("utf-8")


def _integration(name: str) -> str:
    """A file that projects copy: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[2]
    packaged = package / "integrations"
    return ((packaged if packaged.is_dir() else package.parent / "integrations") / name).read_text("utf-8")
