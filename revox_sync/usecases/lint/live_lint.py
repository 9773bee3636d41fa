"""Lint for a process that goes on while somebody types: the texts on the screen take the place of files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from revox_sync.config import CONFIG_NAME, Environment, LintOptions
from revox_sync.errors import UsageError
from revox_sync.lint.engine.engine import FileChecks, lint
from revox_sync.lint.model.finding import LintReport, Region
from revox_sync.lint.registry import select
from revox_sync.source.dependents import Dependents
from revox_sync.source.documents.config_file import BrokenConfigError
from revox_sync.source.files.recorded_tree import digest_of
from revox_sync.source.files.tree import DiskTree, OverlayTree, Tree
from revox_sync.source.model.place import SourceText
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.source.yaml.decode import source_of
from revox_sync.usecases.lint.result_memory import RememberedLook, ResultMemory
from revox_sync.usecases.project.open_project import environments
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.named_tuple import NamedTuple


class Fault(NamedTuple):
    """Why a project cannot be checked: what is wrong with its configuration, and where."""

    region: Region
    message: str


class LiveProject:
    """A project that is checked again and again.

    Args:
        root: the project root.
        settings: name the environment, if only one is to be tried.
    """

    def __init__(self, root: str, settings: Settings) -> None:
        self.root: Final = root
        self._settings = settings
        self._memory = ResultMemory()

    def look(self, texts: Mapping[str, str]) -> Look:
        """The project as it is now, with other texts in some of its files, by path."""
        return Look(OverlayTree(DiskTree(self.root), texts), self._settings, self._memory)


class Look:
    """One look at a project.

    Attributes:
        faults: what is wrong with the configuration; empty where it can be used.
        workspace: None where it cannot.
    """

    def __init__(self, tree: Tree, settings: Settings, memory: ResultMemory) -> None:
        self.tree: Final = tree
        self.faults: tuple[Fault, ...] = ()
        self.workspace: Workspace | None = None
        self._settings = settings
        self._memory = memory
        try:
            self.workspace = workspace = _RememberingWorkspace(tree)
            self.environments: list[Environment] = environments(workspace, settings)
            self.options: LintOptions = workspace.config.lint
            self._selection = select(self.options)
        except BrokenConfigError as error:
            self.workspace = None
            regions = ((Region.of(place, error.sources), message, label) for place, message, label in error.faults)
            self.faults = tuple(
                Fault(region, f"{message}; {label}" if label else message) for region, message, label in regions
            )
        except UsageError as error:
            self.workspace = None
            message = f"{error.message}; {error.hint}" if error.hint else error.message
            self.faults = (Fault(Region(CONFIG_NAME, 1, 1, 1, 1), message),)
        else:
            self._cache = workspace.cache = memory.look(tree, self._key(workspace))
            memory.forget_others(file.path for file in workspace.files)

    def _key(self, workspace: Workspace) -> str:
        names = [environment.name for environment in self.environments]
        configuration = sorted(workspace.configuration_texts().items())
        return digest_of(repr((self.options, names, configuration)).encode("utf-8", "backslashreplace"))

    @cached_property
    def dependents(self) -> Dependents:
        """Finds out which assistants use a file."""
        if self.workspace is None:
            raise ValueError("the configuration is broken")
        return Dependents(self.workspace)

    def users(self, paths: Iterable[str]) -> list[AssistantFile]:
        """The assistants that depend on files of the project, in order.

        As for `lint --stdin-filename`, but for a YAML file that no assistant uses: in an editor it is opened for other
        reasons than to be checked as an assistant.
        """
        if self.workspace is None:
            return []
        own = set(self.workspace.files)
        found = {user for path in paths for user in self.dependents.of(path)}
        return [file for file in self.workspace.files if file in found & own]

    def source(self, path: str) -> SourceText:
        """The text of a file of the project. Raises TreeError where it cannot be read."""
        return source_of(self.tree.read(path), path)[0]

    def check(self, files: Collection[AssistantFile]) -> Iterator[AssistantFile]:
        """Check files one by one, so that `report` has little left to do; each one that had to be checked."""
        if self.workspace is None:
            return
        checks = FileChecks(self.workspace, self.environments, self._selection, cache=self._cache)
        for file in files:
            if self._cache.recall(file) is None:
                self._cache.hold(file, checks.results([file], 1)[file])
                yield file

    def report(self, files: Collection[AssistantFile]) -> LintReport:
        """What is wrong with files, rules that compare assistants included."""
        if self.workspace is None or not files:
            return LintReport((), 0)
        ordered = list(files)
        found = lint(self.workspace, ordered, self.environments, self.options, cache=self._cache, processes=1)
        return found.bounded


class _RememberingWorkspace(Workspace):
    """A workspace that remembers, beyond itself, of which files each assistant is made."""

    cache: RememberedLook | None = None

    def files_read(self, file: AssistantFile, environment: Environment) -> Collection[str]:
        def read() -> tuple[Collection[str], bool]:
            document = self.load(file, environment)
            # A file that could not be read has no text whose change could be noticed.
            complete = all(problem.kind is not ProblemKind.UNRESOLVED for problem in document.problems)
            return document.sources.keys(), complete

        return read()[0] if self.cache is None else self.cache.files_read(file, read)
