"""A project on disk, in memory or in git: configuration, assistant files, and how to load them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from revox_sync.config import CONFIG_NAME, STATE_FOLDER, Config, Environment, parse_config
from revox_sync.contract import Pointer, fast_check, known_contracts, load_schema
from revox_sync.errors import ConfigError
from revox_sync.source.characters import decode
from revox_sync.source.comments import MARKER
from revox_sync.source.document import Document
from revox_sync.source.load import Loader
from revox_sync.source.locate import Location
from revox_sync.source.plain import opaque, plain
from revox_sync.source.problem import Problem
from revox_sync.source.text import SourceText
from revox_sync.source.tree import OverlayTree, Tree, TreeError
from revox_sync.source.value import Deferred
from revox_sync.suggest import did_you_mean

SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class AssistantFile:
    """One assistant.

    Attributes:
        address: path below the assistants directory without suffix: `sales/outbound`.
        path: path below the project root: `assistants/sales/outbound.yaml`.
    """

    address: str
    path: str


def find_root(start: Path) -> Path:
    """The project root: nearest folder upward with revox-sync.yaml, else with .git, else `start` itself."""
    folders = [start, *start.parents]
    for marker in (CONFIG_NAME, ".git"):
        for folder in folders:
            if (folder / marker).exists():
                return folder
    return start


class Workspace:
    """Configuration and assistant files of one project.

    Args:
        tree: where files come from.
        environ: environment variables for `!env`, or None where they are never read (lint, diff, show).

    Raises:
        ConfigError: revox-sync.yaml is broken, or two files have one address.
    """

    def __init__(self, tree: Tree, environ: Mapping[str, str] | None = None) -> None:
        self.tree = tree
        self._environ = environ
        self._loader = Loader(tree, variables=None, environ=environ)
        self._configuration = self._load_configuration()
        self.config: Final = _parsed(self._configuration)
        self._defaults: dict[str, Document] = {}
        self.files: Final = tuple(self._find_files())

    def file_at(self, path: str) -> AssistantFile:
        """The assistant file at a project path, inside an assistants directory or elsewhere."""
        known = next((each for each in self.files if each.path == path), None)
        return known or AssistantFile(posixpath.splitext(path)[0], path)

    def loader(self, environment: Environment) -> Loader:
        """What reads files as one environment sees them."""
        return self._loader.with_variables(environment.variables)

    def over(self, texts: Mapping[str, str]) -> Workspace:
        """This project with other texts in some of its files; what is read already is shared."""
        if not texts:
            return self
        tree = OverlayTree(self.tree, texts)
        if CONFIG_NAME in texts:
            return Workspace(tree, self._environ)
        workspace = copy(self)
        workspace.tree = tree
        workspace._loader = self._loader.over(texts)  # noqa: SLF001 - a copy of our own
        workspace._defaults = {}  # noqa: SLF001 - same
        return workspace

    def source(self, path: str) -> SourceText:
        """The text of a file of the project. Raises TreeError where it cannot be read."""
        return SourceText(path, decode(self.tree.read(path), path)[0])

    def commented(self, path: str) -> SourceText | None:
        """The text of a YAML file that may hold comments addressed to us; None for any other file."""
        if not path.endswith(SUFFIXES):
            return None
        try:
            content = self.tree.read(path)
        except TreeError:
            return None
        return SourceText(path, decode(content, path)[0]) if MARKER.encode() in content else None

    def locked_addresses(self) -> frozenset[str]:
        """Addresses that the lock of some environment holds; a lock that cannot be read holds none."""
        import json

        found: set[str] = set()
        for path in self.tree.files(STATE_FOLDER):
            if path.endswith(".lock.json"):
                with suppress(TreeError, ValueError, AttributeError):
                    found.update(json.loads(self.tree.read(path)).get("assistants", {}))
        return frozenset(found)

    def load(self, file: AssistantFile, environment: Environment) -> Document:
        """The assistant as one environment sees it, defaults included. What is wrong is in `problems`."""
        loader = self.loader(environment)
        document = loader.load(file.path)
        if self._configuration is None or not _has_defaults(self._configuration):
            return document
        if environment.name not in self._defaults:
            self._defaults[environment.name] = loader.load(CONFIG_NAME)
        return _inheriting(document, self._defaults[environment.name])

    def _load_configuration(self) -> Document | None:
        return self._loader.load(CONFIG_NAME) if self.tree.exists(CONFIG_NAME) else None

    def _paths(self, directory: str) -> list[str]:
        try:
            return self.tree.files(directory)
        except TreeError as error:
            message = f"the assistants directory `{directory}` {error.reason}"
            raise ConfigError(message, hint=f"name a folder below that of {CONFIG_NAME}") from error

    def _find_files(self) -> Iterator[AssistantFile]:
        seen: dict[str, str] = {}
        for directory in dict.fromkeys(self.config.directories):
            for path in self._paths(directory):
                address, suffix = posixpath.splitext(posixpath.relpath(path, directory))
                if suffix not in SUFFIXES or any(part[0] in "_." for part in address.split("/")):
                    continue
                if address in seen:
                    raise ConfigError(
                        f"`{seen[address]}` and `{path}` have the same address `{address}`", hint="rename one of them"
                    )
                seen[address] = path
                yield AssistantFile(address, path)


def _inheriting(document: Document, defaults: Document) -> Document:
    """The document with the defaults it does not name, and what is wrong with those in its environment."""
    merged = document.with_defaults(defaults)
    if merged is document or not defaults.problems:
        return merged
    own = document.value if isinstance(document.value, dict) else {}
    taken = merged.value.keys() - own.keys() if isinstance(merged.value, dict) else set()
    spans = [defaults.locate(("defaults", key)) for key in taken]
    inherited = [each for each in defaults.problems if any(_within(each, span) for span in spans)]
    return replace(merged, problems=(*merged.problems, *inherited))


def _within(problem: Problem, location: Location) -> bool:
    """Whether a problem lies at a location, or in a file that is included there."""
    around = location.via or location.place
    at = problem.related[-1].place if problem.related else problem.place
    return around.path == at.path and around.start <= at.start < max(around.end, around.start + 1)


def _has_defaults(configuration: Document) -> bool:
    return isinstance(configuration.value, dict) and bool(configuration.value.get("defaults"))


def _parsed(configuration: Document | None) -> Config:
    if configuration is None:
        return Config()
    faults = [*_problems(configuration), *_violations(configuration)]
    if faults or not isinstance(configuration.value, dict):
        raise ConfigError("\n".join(faults))
    config = parse_config(configuration.value)
    faults.extend(_unknown_names(configuration, config))
    if faults:
        raise ConfigError("\n".join(faults))
    return config


def _unknown_names(configuration: Document, config: Config) -> Iterator[str]:
    """Contracts and environments that are named but do not exist."""
    named: dict[Pointer, str | None] = {("contract",): config.contract}
    named |= {("environments", name, "contract"): each.contract for name, each in config.environments.items()}
    for pointer, version in named.items():
        own = pointer == ("contract",) or version != config.contract
        if own and version is not None and version not in known_contracts():
            label = f"known contracts, in quotes: {', '.join(known_contracts())}"
            yield _fault_at(configuration, pointer, f"contract `{version}` does not exist", label)
    default = config.default_environment
    if default is not None and default not in config.environments:
        label = did_you_mean(default, config.environments) or f"environments: {', '.join(config.environments)}"
        yield _fault_at(configuration, ("default_environment",), f"environment `{default}` does not exist", label)


def _fault_at(configuration: Document, pointer: Pointer, message: str, label: str) -> str:
    place = configuration.locate(pointer).place
    return _fault(place.path, configuration.sources[place.path].position(place.start), message, label)


def _problems(configuration: Document) -> Iterator[str]:
    for problem in configuration.problems:
        text = configuration.sources.get(problem.place.path)
        position = text.position(problem.place.start) if text else (1, 1)
        yield _fault(problem.place.path, position, problem.message, problem.label)


def _violations(configuration: Document) -> Iterator[str]:
    value = plain(configuration.value)
    schema = load_schema("config")
    if isinstance(value, dict) and not fast_check(schema)(value):
        from revox_sync.explanation import explain

        for each in explain(value, schema):
            pointer = (*each.pointer, each.key) if each.key else each.pointer
            place = configuration.locate(pointer, key=bool(each.key or each.missing)).place
            position = configuration.sources[place.path].position(place.start)
            yield _fault(place.path, position, each.message, each.label)
    for pointer, found in opaque(configuration.value):
        if isinstance(found, Deferred) and pointer[0] != "defaults":
            message = "`!var` and `!sub` work only below `defaults`"
            yield _fault_at(configuration, pointer, message, "write the value here")


def _fault(path: str, position: tuple[int, int], message: str, label: str) -> str:
    line, column = position
    return f"{path}:{line}:{column}: {message}" + (f"; {label}" if label else "")


def selected(files: Iterable[AssistantFile], addresses: Iterable[str]) -> list[AssistantFile]:
    """The files that addresses or globs name; all of them without any.

    Raises:
        UsageError: a pattern matches nothing.
    """
    from fnmatch import fnmatchcase

    from revox_sync.errors import UsageError

    known, patterns = list(files), list(addresses)
    for pattern in patterns:
        if not any(fnmatchcase(each.address, pattern) for each in known):
            names = [each.address for each in known]
            hint = (
                did_you_mean(pattern, names)
                or f"addresses are paths below the assistants directory: {', '.join(names[:8])}"
            )
            raise UsageError(f"no assistant has the address `{pattern}`", hint=hint)
    return [each for each in known if not patterns or any(fnmatchcase(each.address, p) for p in patterns)]
