"""The two versions of the files that `diff` compares."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from revox_sync.config import Config, Environment
from revox_sync.errors import ConfigError, RefusedError
from revox_sync.lint.baseline.broken_files import broken_files, needed_to_plan
from revox_sync.lint.baseline.delta import Delta, delta
from revox_sync.lint.baseline.reused_results import SharedResults, UnchangedResults, name_in, same_files
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.file_result import FileResult
from revox_sync.source.documents.document import Document
from revox_sync.source.files.git_tree import Git, GitTree
from revox_sync.source.files.revision_range import Range
from revox_sync.source.files.tree import Tree
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.comparing.desired import Desired, desire
from revox_sync.sync.model.comparison import Comparison, Unread
from revox_sync.sync.model.plan import Change
from revox_sync.sync.planning.file_versions import changes_between
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.secret import Secret


@dataclass(frozen=True, slots=True)
class Version:
    """The files at one revision, or as they are on disk.

    Attributes:
        name: in words that follow "in": `1a2b3c4`, `the work tree`.
        results: what each file shows of that which can keep it from being planned. A file that is the same in both
            versions, as is all that takes part in it, has one result in both.
        broken: files that cannot be read, with their number of errors.
    """

    name: str
    workspace: Workspace
    environment: Environment
    results: Mapping[AssistantFile, FileResult]
    broken: Mapping[AssistantFile, int]

    def desired(self, without: Container[str]) -> list[Desired]:
        """What the files want, but those of some addresses. Raises RefusedError where one was broken meanwhile."""
        files = [each for each in self.workspace.files if each.address not in without]
        return desire((each.address, self._loaded(each)) for each in files)

    def _loaded(self, file: AssistantFile) -> Document:
        """A file that was not broken when it was checked. Raises RefusedError where somebody has broken it since."""
        document = self.workspace.load(file, self.environment)
        named = isinstance(document.value, dict) and isinstance(document.value.get("name"), str | Secret)
        if not named or any(each.kind is ProblemKind.UNRESOLVED for each in document.problems):
            raise RefusedError(f"`{file.path}` has changed in the meantime", hint="compare again")
        return document


@contextmanager
def open_versions(
    git: Git, chosen: Range, workspace: Workspace, settings: Settings
) -> Iterator[tuple[Version, Version]]:
    """Both versions, readable while the block runs.

    Args:
        workspace: the files on disk.

    Raises ConfigError where a configuration is broken, or the later one has no such environment.
    """
    with git.tree(chosen.before) as former:
        if chosen.after is None:
            yield _pair(chosen, _at(former, chosen.before), workspace, settings)
        else:
            with git.tree(chosen.after) as later:
                yield _pair(chosen, _at(former, chosen.before), _at(later, chosen.after), settings)


def compare_versions(title: str, before: Version, after: Version) -> Comparison:
    """The changes of the assistants that can be read in both versions."""
    unread = [(each, version) for version in (before, after) for each in version.broken]
    names = _untouched(before, after)
    left_out = {*names, *(file.address for file, _ in unread)}
    return Comparison(
        title=title,
        environment=after.environment.name,
        changes=changes_between(before.desired(left_out), after.desired(left_out), names),
        unread=tuple(Unread(version.name, file.path, version.broken[file]) for file, version in unread),
    )


def compare_findings(before: Version, after: Version, changes: Iterable[Change]) -> Delta:
    """The lint findings that are new, and those that are gone."""
    echo = UnchangedResults(before.results, after.results, SharedResults(before.workspace, after.workspace))
    former, later = (
        lint(
            each.workspace,
            each.workspace.files,
            [each.environment],
            cache=echo,
            processes=_processes(each.workspace),
        )
        for each in (before, after)
    )
    paths = [{each.address: each.path for each in version.workspace.files} for version in (before, after)]
    moves = [(each.previous_address, each.address) for each in changes if each.previous_address is not None]
    return delta(former, later, {paths[0][old]: paths[1][new] for old, new in moves})


def addresses_by_path(before: Version, after: Version, changes: Iterable[Change]) -> dict[str, str]:
    """Addresses by the path of their file in either version; of one that moved, the new address."""
    moved = {each.previous_address: each.address for each in changes if each.previous_address is not None}
    former = {each.path: moved.get(each.address, each.address) for each in before.workspace.files}
    return former | {each.path: each.address for each in after.workspace.files}


def _untouched(before: Version, after: Version) -> dict[str, str]:
    """Names, by address, of the assistants that cannot differ; what keeps a file from being read is told elsewhere."""
    names = {file.address: name_in(after.results[file]) for file in same_files(before.results, after.results)}
    broken = {file.address for file in after.broken}
    return {address: name for address, name in names.items() if name is not None and address not in broken}


def _pair(chosen: Range, former: Workspace, later: Workspace, settings: Settings) -> tuple[Version, Version]:
    after = _environment(later.config, settings.environment)
    names = (chosen.before[:7], "the work tree" if chosen.after is None else chosen.after[:7])
    before = former.config.environments.get(after.name) or next(iter(former.config.environments.values()))
    # The later version is mostly on disk, and what git has need not be brought where it is the same.
    echo = SharedResults(later, former)
    version = _version(names[1], later, after, echo)
    return _version(names[0], former, before, echo), version


def _environment(config: Config, wanted: str | None) -> Environment:
    """The named environment, else the default one, else the first."""
    return config.environment(wanted or config.default_environment or next(iter(config.environments)))


def _version(name: str, workspace: Workspace, environment: Environment, echo: SharedResults) -> Version:
    results = needed_to_plan(workspace, environment, echo, _processes(workspace))
    return Version(name, workspace, environment, results, broken_files(results))


def _processes(workspace: Workspace) -> int | None:
    """How many processes may read the files: what is asked of git only one, on disk as many as make it faster."""
    return 1 if isinstance(workspace.tree, GitTree) else None


def _at(tree: Tree, commit: str) -> Workspace:
    try:
        return Workspace(tree, past=True)
    except ConfigError as error:
        raise ConfigError(f"at {commit[:7]}: {error.message}", hint=error.hint) from None
