"""What a project starts with: which files, which of them are missing, and what `init` says about them."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Final

from revox_sync.config import CONFIG_NAME, Config
from revox_sync.contract.fields import newest_contract
from revox_sync.errors import UsageError
from revox_sync.home import IS_PLACEHOLDER
from revox_sync.output.text.visible import visible
from revox_sync.remote.http.endpoint import KEY_VARIABLE
from revox_sync.source.files.env_file import ENV_FILE
from revox_sync.source.files.git_tree import Git
from revox_sync.source.files.text_files import create_files
from revox_sync.source.files.tree import DiskTree, TreeError, find_root, read_regular
from revox_sync.source.workspace import Workspace
from revox_sync.usecases.project.commands import runnable
from revox_sync.usecases.project.editor_files import (
    SCHEMA_FILE,
    YAML_EXTENSION,
    modeline,
    project_schema,
    schema_text,
    vscode_extensions,
    vscode_settings,
)
from revox_sync.usecases.project.request import CodeHost
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.address import as_arguments

_TEMPLATES: Final = Path(__file__).parent / "templates"
_UNKNOWN_COMMIT: Final = re.compile(r"(?:@|: )SHA\b")
_NO_HOST: Final = "skipped  a review workflow: no remote is on GitHub or GitLab; --ci github or --ci gitlab writes one"
_NEXT: Final = (
    ("revox-sync lint", ""),
    ("revox-sync emulate", "in another terminal: a Revox on this machine, no account needed"),
    ("revox-sync plan", ""),
    ("revox-sync apply", ""),
)
"""Commands that follow, and what to know about them."""
_IGNORED: Final = f"# Keys and other secrets, for commands that talk to the API; never commit them.\n{ENV_FILE}\n"
_HOOK_FILES: Final = r"^(assistants/.+|revox-sync\.yaml)$"
_LOCAL: Final = re.compile(r"https?://(?:localhost|127\.|\[::1\])")
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
        outside: path, from `root`, of the file above the project that the lines belong into; empty for one in it.
    """

    path: str
    text: str
    unfit: str | None = None
    shared: bool = False
    mark: str = "revox-sync"
    outside: str = ""


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
            hint=f"`revox-sync init -C {as_arguments(str(outer))}`, or choose a folder outside of it",
        )


def guess_code_host(root: Path) -> CodeHost:
    """Where the repository around `root` is reviewed, by the addresses of its remotes."""
    try:
        remotes = Git(root).ask("config", "--get-regexp", r"^remote\..*\.url$") or ""
    except UsageError:  # no repository, or no git
        return "none"
    hosts = " ".join(_HOST.findall(remotes))
    return "github" if "github" in hosts else "gitlab" if "gitlab" in hosts else "none"


def starters(root: Path, host: CodeHost, *, modelines: bool = False, example: bool = True) -> list[Starter]:
    """The files a project in `root` may start with.

    Args:
        modelines: whether assistants name the schema for editors themselves, instead of the settings of VS Code.
        example: whether an assistant is among them.

    Raises:
        ConfigError: the project's configuration is broken.
    """
    workspace = Workspace(DiskTree(root))
    directory = workspace.config.directories[0]
    # A new configuration would not name the environments of the locks, and apply would create every assistant again.
    unconfigured = not workspace.tree.exists(CONFIG_NAME) and workspace.locked_addresses()
    hello = f"{directory}/hello.yaml"
    first = Starter(
        hello,
        (modeline(hello) if modelines else "") + _template("hello.yaml"),
        "there are assistants already" if workspace.files else None,
    )
    return [
        Starter(
            CONFIG_NAME,
            _template("configuration.yaml").replace("NEWEST", newest_contract()),
            "assistants were applied without one, and its environments would not be theirs" if unconfigured else None,
        ),
        *([first] if example else []),
        _ignore_file(root),
        *_repository_files(root, host, workspace.config),
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


def init_report(root: Path, started: Started, settings: Settings, *, undecided: bool, example: bool = True) -> str:
    """What became of each file, what is left to do by hand, and the next commands.

    Args:
        undecided: nobody said, and no remote tells, where the project is reviewed.
        example: whether the project starts with an assistant, and not with those of an account.
    """
    lines = [f"written  {visible(starter.path)}" for starter in started.written]
    lines += [f"kept     {visible(starter.path)}" for starter in started.kept]
    lines += [f"skipped  {visible(starter.path)}: {visible(starter.unfit or '')}" for starter in started.unfit]
    hint = [_NO_HOST] if undecided else []
    commands = _NEXT if example else _adopting(Workspace(DiskTree(root)).config)
    return "\n".join([*lines, *hint, *_by_hand(root, started)]) + "\n" + _next_text(commands, settings)


def _adopting(config: Config) -> tuple[tuple[str, str], ...]:
    """The commands with which the assistants of an account become files."""
    # Not the API on this machine: it holds nothing that anybody would want to adopt.
    real = [name for name, each in config.environments.items() if not _is_local(each.base_url)]
    own = config.default_environment or next(iter(config.environments))
    option = "" if not real or own in real else f" -e {real[0]}"
    return (
        (f"revox-sync env --online{option}", f"tries the key ({KEY_VARIABLE} or {ENV_FILE})"),
        (f"revox-sync pull --new{option}", "writes a file for each assistant"),
        ("revox-sync lint", ""),
        (f"revox-sync plan{option}", "says that nothing would change"),
    )


def _is_local(base_url: object) -> bool:
    return isinstance(base_url, str) and _LOCAL.match(base_url) is not None


def _next_text(commands: Sequence[tuple[str, str]], settings: Settings) -> str:
    # `-C` and the like are added where the command would not work without them.
    lines = [(runnable(f"`{command}`", settings).strip("`"), about) for command, about in commands]
    width = max(len(command) for command, about in lines if about)
    shown = (f"  {command:<{width}}    {about}".rstrip() for command, about in lines)
    return "\nNext:\n" + "".join(f"{line}\n" for line in shown)


def _by_hand(root: Path, started: Started) -> Iterator[str]:
    for kept in started.kept:
        if kept.shared and not kept.unfit and not _mentions_us(root, kept):
            yield _lines_for(f"Add to {kept.path}:", kept.text)
    for unfit in started.unfit:
        if unfit.outside:
            above = root / unfit.outside
            if not above.exists():
                yield _lines_for(f"Write into {visible(unfit.outside)}:", unfit.text)
            elif unfit.mark not in _text_above(above):
                yield _lines_for(f"Add to {visible(unfit.outside)}:", unfit.text)
    for starter in (*started.written, *(each for each in started.unfit if each.outside)):
        if _UNKNOWN_COMMIT.search(starter.text):
            owner = (
                "the owner of the repository you get revox-sync from in place of OWNER,\nand " if IS_PLACEHOLDER else ""
            )
            where = visible(starter.outside or starter.path)
            yield f"\nIn {where}, write {owner}the commit of its release in place of SHA."


def _lines_for(heading: str, text: str) -> str:
    return f"\n{heading}\n\n" + "".join(f"  {line}".rstrip() + "\n" for line in text.splitlines()).rstrip("\n")


def _text_above(path: Path) -> str:
    try:
        return read_regular(str(path)).decode("utf-8", "replace")
    except (OSError, TreeError):
        return ""


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


def _top(root: Path) -> Path:
    """The top of the repository around a project; the project's own root where it is in none."""
    real = root.resolve()
    return next((folder for folder in (real, *real.parents) if (folder / ".git").exists()), real)


def _not_at_top(root: Path) -> str | None:
    """Why what belongs to the top of a repository does not fit a project."""
    top = _top(root)
    return (
        None
        if top == root.resolve()
        else f"it belongs to the top of the repository, `{top}`, and must name this folder"
    )


def _ignore_file(root: Path) -> Starter:
    """What keeps the file with the keys out of git."""
    try:
        ignored = Git(root).ask("check-ignore", "--quiet", "--", ENV_FILE) is not None
    except UsageError:  # no repository yet, or no git
        ignored = False
    reason = f"git ignores {ENV_FILE} already" if ignored else None
    return Starter(".gitignore", _IGNORED, reason, shared=True, mark=f"{ENV_FILE}\n")


def _repository_files(root: Path, host: CodeHost, config: Config) -> Iterator[Starter]:
    """Hooks and workflows; where the project is not the top of its repository, lines for files that are there."""
    top, real = _top(root), root.resolve()
    folder = "" if top == real else real.relative_to(top).as_posix()
    reason = _not_at_top(root)
    unfit = f"{reason}; its lines are below" if reason else None

    def starter(path: str, text: str, *, shared: bool = False) -> Starter:
        outside = os.path.relpath(top / path, real) if folder else ""
        return Starter(path, text, unfit, shared, mark=folder or "revox-sync", outside=outside)

    yield starter(".pre-commit-config.yaml", _hooks(folder, config), shared=True)
    if host == "github":
        yield starter(".github/workflows/revox-sync.yml", _github_workflow(folder))
    elif host == "gitlab":
        own = ".gitlab/revox-sync.gitlab-ci.yml"
        yield Starter(own, _integration("gitlab/revox-sync.gitlab-ci.yml"))
        yield starter(".gitlab-ci.yml", _gitlab_include(folder, own), shared=True)


def _hooks(folder: str, config: Config) -> str:
    """The configuration of pre-commit, for the folders of a project in a folder of the repository."""
    text = _template("hooks.yaml")
    if config.directories == Config().directories and not folder:
        return text
    prefix = f"{re.escape(folder)}/" if folder else ""
    folders = "|".join(f"{re.escape(posixpath.normpath(each))}/.+" for each in config.directories)
    if "." in map(posixpath.normpath, config.directories):
        folders = r".+\.ya?ml"
    return text.replace(_HOOK_FILES, f"^{prefix}({folders}|revox-sync\\.yaml)$")


def _github_workflow(folder: str) -> str:
    text = _integration("github/review.yml")
    if not folder:
        return text
    # Quoted as JSON, which is YAML: a folder may have any name.
    return text.replace(
        "          mode: diff\n", f"          mode: diff\n          working-directory: {dumps(folder)}\n"
    )


def _gitlab_include(folder: str, own: str) -> str:
    if not folder:
        return _template("gitlab-ci.yml")
    path = dumps(f"{folder}/{own}", ensure_ascii=False)
    return f"include:\n  - local: {path}\nvariables:\n  REVOX_SYNC_FOLDER: {dumps(folder, ensure_ascii=False)}\n"


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _integration(name: str) -> str:
    """A file that projects copy: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[2]
    packaged = package / "integrations"
    return ((packaged if packaged.is_dir() else package.parent / "integrations") / name).read_text("utf-8")
