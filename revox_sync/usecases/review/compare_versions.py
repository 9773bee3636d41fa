"""The two versions of the files that `diff` compares."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from revox_sync.config import Environment, LintOptions
from revox_sync.errors import ConfigError, RefusedError
from revox_sync.lint.baseline.broken_files import broken_files, needed_to_plan
from revox_sync.lint.baseline.changed_rules import differ_in_rules_only, results_of_changed_rules
from revox_sync.lint.baseline.configuration_reach import ConfigurationReach
from revox_sync.lint.baseline.delta import Delta, delta
from revox_sync.lint.baseline.reused_results import SharedResults, UnchangedResults, name_in, same_files
from revox_sync.lint.engine.engine import ResultCache, lint
from revox_sync.lint.model.file_result import FileResult
from revox_sync.lint.model.finding import LintReport
from revox_sync.source.documents.document import Document
from revox_sync.source.files.git_tree import Git, GitTree
from revox_sync.source.files.revision_range import Range
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.comparing.desired import Desired, desire
from revox_sync.sync.model.comparison import Comparison, Unread
from revox_sync.sync.model.plan import Change
from revox_sync.sync.planning.file_versions import changes_between
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.review.compare_configuration import compare_configuration
from revox_sync.values.secret import Secret


@dataclass(frozen=True, slots=True)
class Version:
    """The files at one revision, or as they are on disk.

    Attributes:
        name: in words that follow "in": `1a2b3c4`, `the work tree`.
        results: for each file, what lint says about that which can keep it from being planned. A file that is the same
            in both versions, as are all files that take part in it, has the same result object in both.
    """

    name: str
    workspace: Workspace
    environment: Environment
    results: Mapping[AssistantFile, FileResult]

    @property
    def broken(self) -> Mapping[AssistantFile, int]:
        """Files that cannot be read, with their number of errors."""
        return broken_files(self.results)

    @property
    def options(self) -> LintOptions:
        """How lint is configured."""
        return self.workspace.config.lint

    def desired(self, without: Collection[str]) -> list[Desired]:
        """What the files want, but those of some addresses. Raises RefusedError if one was broken meanwhile."""
        files = [file for file in self.workspace.files if file.address not in without]
        ignored = self.workspace.config.ignored_fields
        wanted = desire((file.address, self._loaded(file)) for file in files)
        return [replace(wish, ignored=ignored(wish.address)) for wish in wanted]

    def lint(self, cache: ResultCache) -> LintReport:
        """All findings."""
        workspace, processes = self.workspace, _processes(self.workspace)
        return lint(workspace, workspace.files, [self.environment], cache=cache, processes=processes)

    def _loaded(self, file: AssistantFile) -> Document:
        """A file that was not broken when it was checked. Raises RefusedError if somebody has broken it since."""
        document = self.workspace.load(file, self.environment)
        named = isinstance(document.value, dict) and isinstance(document.value.get("name"), str | Secret)
        if not named or any(problem.kind is ProblemKind.UNRESOLVED for problem in document.problems):
            raise RefusedError(f"`{file.path}` has changed in the meantime", hint="compare again")
        return document


@contextmanager
def open_versions(
    git: Git, chosen: Range, workspace: Workspace, settings: Settings
) -> Iterator[tuple[Version, Version]]:
    """Both versions, readable while the block runs.

    Args:
        workspace: the files on disk.

    Raises ConfigError if a configuration is broken, or the later one has no such environment.
    """
    with ExitStack() as trees:
        former = _workspace_at(git, chosen.before, trees)
        later = workspace if chosen.after is None else _workspace_at(git, chosen.after, trees)
        config, past = later.config, former.config.environments
        default = config.default_environment or next(iter(config.environments))
        after = config.environment(default if settings.environment is None else settings.environment)
        before = past.get(after.name) or next(iter(past.values()))
        name = "the work tree" if chosen.after is None else chosen.after[:7]
        yield read_versions((chosen.before[:7], former, before), (name, later, after))


def read_versions(
    before: tuple[str, Workspace, Environment], after: tuple[str, Workspace, Environment]
) -> tuple[Version, Version]:
    """Both versions, each by its name, its files and the environment that is compared."""
    (_, former, former_environment), (_, later, environment) = before, after
    reach = ConfigurationReach(later, former, (environment, former_environment))
    # The later version first: it is mostly on disk, and git need not bring the files that are the same there.
    shared = SharedResults(later, former, reach)
    results = needed_to_plan(later, environment, shared, _processes(later))
    former_results = needed_to_plan(former, former_environment, shared, _processes(former))
    return Version(*before, former_results), Version(*after, results)


def compare_versions(title: str, before: Version, after: Version) -> Comparison:
    """The changes of the configuration, and of the assistants that can be read in both versions."""
    broken = [(version, file, errors) for version in (before, after) for file, errors in version.broken.items()]
    names = _unchanged_names(before, after)
    left_out = {*names, *(file.address for _, file, _ in broken)}
    return Comparison(
        title=title,
        environment=after.environment.name,
        changes=changes_between(before.desired(left_out), after.desired(left_out), names),
        unread=tuple(Unread(version.name, file.path, errors) for version, file, errors in broken),
        configuration=compare_configuration(
            before.workspace, after.workspace, (before.results, after.results), after.environment.name
        ),
    )


def compare_findings(before: Version, after: Version, changes: Iterable[Change]) -> Delta:
    """The lint findings that are new, and those that are gone."""
    former, later = (version.lint(cache) for version, cache in _caches(before, after))
    old_paths, new_paths = (
        {file.address: file.path for file in version.workspace.files} for version in (before, after)
    )
    moves = [(change.previous_address, change.address) for change in changes if change.previous_address is not None]
    return delta(former, later, {old_paths[old]: new_paths[new] for old, new in moves})


def addresses_by_path(before: Version, after: Version, changes: Iterable[Change]) -> dict[str, str]:
    """Addresses by the path of their file in either version; for a file that moved, the new address."""
    moved = {change.previous_address: change.address for change in changes if change.previous_address is not None}
    former = {file.path: moved.get(file.address, file.address) for file in before.workspace.files}
    return former | {file.path: file.address for file in after.workspace.files}


def _caches(before: Version, after: Version) -> Iterator[tuple[Version, ResultCache]]:
    """Both versions, each with what saves checking what shows the same in the other one."""
    checked = SharedResults(before.workspace, after.workspace)
    if not differ_in_rules_only(before.options, after.options):
        yield from ((before, checked), (after, checked))
        return
    unchanged = UnchangedResults(before.results, after.results, checked)
    for version, other in ((before, after), (after, before)):
        found = results_of_changed_rules(
            version.workspace, version.environment, unchanged.bystanders, other.options, _processes(version.workspace)
        )
        yield version, unchanged.but(found)


def _unchanged_names(before: Version, after: Version) -> dict[str, str]:
    """Names, by address, of the assistants that cannot differ; broken files are reported elsewhere."""
    names = {file.address: name_in(after.results[file]) for file in same_files(before.results, after.results)}
    broken = {file.address for file in after.broken}
    return {address: name for address, name in names.items() if name is not None and address not in broken}


def _processes(workspace: Workspace) -> int | None:
    """How many processes read the files; None leaves it to lint."""
    # One process of git answers for all files, so more of ours would only wait for it.
    return 1 if isinstance(workspace.tree, GitTree) else None


def _workspace_at(git: Git, commit: str, trees: ExitStack) -> Workspace:
    try:
        return Workspace(trees.enter_context(git.tree(commit)), past=True)
    except ConfigError as error:
        raise ConfigError(f"at {commit[:7]}: {error.message}", hint=error.hint) from None
