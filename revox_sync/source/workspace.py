"""A project on disk, in memory or in git: configuration, assistant files, and how to load them."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Final

from revox_sync.config import CONFIG_NAME, STATE_FOLDER, Environment
from revox_sync.errors import ConfigError, UsageError
from revox_sync.source.documents.config_file import read_config
from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.documents.locate import Location
from revox_sync.source.files.tree import OverlayTree, Tree, TreeError
from revox_sync.source.model.place import Place, SourceText, may_have_comments
from revox_sync.source.model.problem import Problem, ProblemKind
from revox_sync.source.model.value import Value
from revox_sync.source.yaml.decode import source_of
from revox_sync.source.yaml.nodes import MappingNode
from revox_sync.values.address import Selection, is_named
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.named_tuple import NamedTuple

SUFFIXES: Final = (".yaml", ".yml")
_JSON: Final = ".json"
_ADDRESSED: Final = (*SUFFIXES, "/")
_MISTAKEN_NAME: Final = posixpath.splitext(CONFIG_NAME)[0] + ".yml"


class AssistantFile(NamedTuple):
    """The file of one assistant.

    Attributes:
        address: path from the assistants directory without suffix: `sales/outbound`.
        path: path from the project root: `assistants/sales/outbound.yaml`.
    """

    address: str
    path: str


class Workspace:
    """Configuration and assistant files of one project.

    Args:
        tree: where files come from.
        environ: environment variables for `!env`; None where they must not be read, as in lint, diff and show.
        past: whether it is a former revision, in which nobody can rename a configuration with a mistaken name.

    Raises:
        ConfigError: revox-sync.yaml is broken or has another name, or a file is in two assistants directories.
    """

    def __init__(self, tree: Tree, environ: Mapping[str, str] | None = None, *, past: bool = False) -> None:
        self.tree = tree
        self._environ = environ
        self._loader = Loader(tree, variables=None, environ=environ)
        self._configuration = self._load_configuration(past=past)
        self.config: Final = read_config(self._configuration)
        self._defaults: dict[str, Document] = {}
        self._stray: dict[str, tuple[str, str]] = {}
        self.files: Final = tuple(self._find_files(past=past))

    def unmatched_globs(self) -> Iterator[str]:
        """What to say of each glob of `ignore_changes` that matches no assistant, with its place."""
        if self._configuration is None:
            return
        addresses = [file.address for file in self.files if self.config.ignore_changes]
        for glob in self.config.ignore_changes:
            if not any(is_named(address, glob) for address in addresses):
                place = self._configuration.locate(("ignore_changes", glob), key=True).place
                line, column = self._configuration.sources[place.path].position(place.start)
                hint = did_you_mean(glob, addresses)
                text = f"{place.path}:{line}:{column}: `{glob}` of `ignore_changes` matches no assistant"
                yield f"{text}; {hint}" if hint else text

    def appeared(self, addresses: Collection[str]) -> list[AssistantFile]:
        """Files that some addresses have by now which had none when this workspace listed its files."""
        folders = (posixpath.normpath(directory) for directory in self.config.directories)
        places = [posixpath.join(*place) for place in product(folders, addresses)]
        if not any(self.tree.exists(place + suffix) for place in places for suffix in SUFFIXES):
            return []
        # Where the file system ignores case, that may have been a file of another address.
        now = Workspace(self.tree, self._environ)
        return [file for file in now.files if file.address in addresses]

    def file_at(self, path: str) -> AssistantFile:
        """The assistant file at a project path, inside an assistants directory or elsewhere."""
        known = next((file for file in self.files if file.path == path), None)
        return known or AssistantFile(posixpath.splitext(path)[0], path)

    def loader(self, environment: Environment) -> Loader:
        """A loader that reads files with the variables of one environment."""
        return self._loader.with_variables(environment.variables)

    def over(self, texts: Mapping[str, str]) -> "Workspace":
        """This project with other texts in some of its files. Files that are read already are not read again."""
        if not texts:
            return self
        tree = OverlayTree(self.tree, texts)
        if CONFIG_NAME in texts:
            return Workspace(tree, self._environ)
        from copy import copy

        workspace = copy(self)
        workspace.tree = tree
        workspace._loader = self._loader.over(texts)  # noqa: SLF001 - a copy of our own
        workspace._defaults = {}  # noqa: SLF001 - same
        return workspace

    def configuration_texts(self) -> dict[str, str]:
        """revox-sync.yaml and every file it includes, by path."""
        sources = self._configuration.sources if self._configuration is not None else {}
        return {path: source.text for path, source in sources.items()}

    def configured(self, keys: Collection[str]) -> Mapping[str, Value]:
        """What revox-sync.yaml says, but for some of its top-level keys."""
        value = self._configuration.value if self._configuration is not None else None
        return {key: part for key, part in value.items() if key not in keys} if isinstance(value, dict) else {}

    def configuration_text(self, keys: Collection[str]) -> str:
        """The text of revox-sync.yaml, but for some top-level keys, each with all that stands before the next."""
        if self._configuration is None:
            return ""
        text = self._configuration.sources[CONFIG_NAME].text
        root = self._configuration.nodes.root
        entries = root.value if isinstance(root, MappingNode) else []
        starts = [key.start_mark.index for key, _ in entries]
        if starts != sorted(starts):  # a key is an alias, whose node is written elsewhere
            return text
        spans = zip(entries, starts, [*starts[1:], len(text)], strict=True)
        kept = [text[start:end] for (key, _), start, end in spans if key.value not in keys]
        return "".join([text[: starts[0]] if starts else text, *kept])

    def variable_place(self, environment: str, name: str) -> tuple[Place, SourceText] | None:
        """Where an environment's variable is set, and the text of that file; None where it is not in the project."""
        configuration = self._configuration
        if configuration is None or name not in self.config.environment(environment).variables:
            return None
        place = configuration.locate(("environments", environment, "vars", name)).written
        return place, configuration.sources[place.path]

    def source(self, path: str) -> SourceText:
        """The text of a file of the project. Raises TreeError where it cannot be read."""
        return source_of(self.tree.read(path), path)[0]

    def commented(self, path: str) -> SourceText | None:
        """The text of a YAML file that may have comments addressed to us; None for any other file."""
        if not path.endswith(SUFFIXES) or self._loader.is_uncommented(path):
            return None
        try:
            content = self.tree.read(path)
        except TreeError:
            return None
        return source_of(content, path)[0] if may_have_comments(content) else None

    def locked_ids(self) -> dict[str, dict[str, str]]:
        """Ids by address of each lock file, by its path; none of one that cannot be read: who needs it reports that."""
        from revox_sync.values.json_text import load_json  # most runs of lint need no lock

        found: dict[str, dict[str, str]] = {}
        paths: list[str] = []
        with suppress(TreeError):
            paths = self.tree.files(STATE_FOLDER)
        for path in paths:
            if path.endswith(".lock.json"):
                found[path] = {}
                with suppress(TreeError, ValueError, AttributeError, TypeError, RecursionError):
                    entries = load_json(self.tree.read(path)).get("assistants", {})
                    found[path] = {address: _id_of(entry) for address, entry in entries.items()}
        return found

    def locked_addresses(self) -> frozenset[str]:
        """Addresses in the lock file of some environment."""
        return frozenset(address for ids in self.locked_ids().values() for address in ids)

    def load(self, file: AssistantFile, environment: Environment) -> Document:
        """The assistant with the variables of one environment, defaults included. What is wrong is in `problems`."""
        loader = self.loader(environment)
        if file.path in self._stray:
            return loader.broken(file.path, ProblemKind.STRAY, *self._stray[file.path])
        document = loader.load(file.path)
        if self._configuration is None or not _has_defaults(self._configuration):
            return document
        if environment.name not in self._defaults:
            self._defaults[environment.name] = loader.load(CONFIG_NAME, shared=True)
        return _inheriting(document, self._defaults[environment.name])

    def files_read(self, file: AssistantFile, environment: Environment) -> Collection[str]:
        """Paths of the files that an assistant is made of: its own, those it includes, and those of its defaults."""
        return self.load(file, environment).sources.keys()

    def defaults(self, environment: Environment) -> Mapping[str, Value]:
        """The fields that assistants get which do not name them, with the variables of one environment."""
        if self._configuration is None or not _has_defaults(self._configuration):
            return {}
        value = self.loader(environment).load(CONFIG_NAME, shared=True).value
        defaults = value.get("defaults") if isinstance(value, dict) else None
        return defaults if isinstance(defaults, dict) else {}

    def _load_configuration(self, *, past: bool) -> Document | None:
        if self.tree.exists(CONFIG_NAME):
            return self._loader.load(CONFIG_NAME, shared=True)
        if not past and self.tree.exists(_MISTAKEN_NAME):
            raise ConfigError(f"`{_MISTAKEN_NAME}` is not read", hint=f"rename it to `{CONFIG_NAME}`")
        return None

    def _paths(self, directory: str) -> list[str]:
        try:
            return self.tree.files(directory)
        except TreeError as error:
            message = f"the assistants directory `{directory}` {error.reason}"
            raise ConfigError(message, hint=f"name a folder below the one that holds {CONFIG_NAME}") from error

    def _find_files(self, *, past: bool) -> list[AssistantFile]:
        found, directories = list[AssistantFile](), list(dict.fromkeys(self.config.directories))
        owners: dict[str, str] | None = {} if len(directories) > 1 else None
        for directory in directories:
            folder = posixpath.normpath(directory)
            start = 0 if folder == "." else len(folder) + 1
            paths = self._paths(directory)
            # A run over one of thousands of files would spend much of its time on the names of the others.
            if start and owners is None and _are_plain(paths):
                return list(map(AssistantFile._make, zip([path[start:-5] for path in paths], paths, strict=True)))
            for path in paths:
                address, suffix = _split(path[start:])
                if suffix not in _ADDRESSED:
                    if past or _is_hidden(address) or (said := self._stray_suffix(path, suffix)) is None:
                        continue
                    self._stray[path] = said
                own_path = path.rstrip("/")  # of a link that cannot be followed, see `Tree.files`
                if not _is_hidden(address) and path != CONFIG_NAME:
                    found.append(AssistantFile(address, own_path))
                    if owners is not None and owners.setdefault(own_path, directory) != directory:
                        raise ConfigError(
                            f"`{path}` is in two assistants directories, `{owners[own_path]}` and `{directory}`",
                            hint="name directories that do not overlap: each file is one assistant",
                        )
        return self._with_own_addresses(found, past=past)

    def _stray_suffix(self, path: str, suffix: str) -> tuple[str, str] | None:
        """What is wrong with the suffix of a file, and what to do; None for a file that need not be an assistant."""
        if suffix.lower() in SUFFIXES:
            return f"the file is not read: its suffix is `{suffix}`", f"rename it to `{suffix.lower()}`"
        if suffix.lower() != _JSON:
            return None
        from revox_sync.values.json_text import load_json  # few projects have such a file

        with suppress(TreeError, ValueError, RecursionError):
            content = load_json(self.tree.read(path))
            if isinstance(content, dict) and {"name", "prompt"} <= content.keys():
                stem = posixpath.splitext(posixpath.basename(path))[0]
                return f"the file is not read: its suffix is `{suffix}`", f"rename it to `{stem}.yaml`: YAML reads JSON"
        return None

    def _with_own_addresses(self, files: list[AssistantFile], *, past: bool) -> list[AssistantFile]:
        """The files, with another address for each of which another file has the address already: it is a stray."""
        # Where the file system ignores case, only one of two such files can be there: the other would be gone.
        keys = [address for address, _ in files]
        keys = keys if past else list(map(str.casefold, keys))
        if len(set(keys)) == len(keys):
            return files
        # Of a file that is a stray already, the address is the one that gives way.
        seen: dict[str, AssistantFile] = {}
        for key, file in sorted(zip(keys, files, strict=True), key=lambda pair: pair[1].path in self._stray):
            former = seen.setdefault(key, file)
            if former is not file and file.path not in self._stray:
                same = "has the same address" if former.address == file.address else "differs only in case"
                self._stray[file.path] = f"`{former.path}` {same}", "rename one of them"
        kept = {file.path for file in seen.values()}
        return [file if file.path in kept else AssistantFile(file.path, file.path) for file in files]


def _id_of(entry: object) -> str:
    """The id in an entry of a lock; empty where it has none."""
    found = entry.get("id") if isinstance(entry, dict) else None
    return found if isinstance(found, str) else ""


def _split(path: str) -> tuple[str, str]:
    """Address and suffix of a path below the assistants directory.

    A link to a folder that cannot be followed has the suffix `/`: it is a broken file, because nobody knows what is in
    the folder.
    """
    return (path[:-1], "/") if path.endswith("/") else posixpath.splitext(path)


def _are_plain(paths: Sequence[str]) -> bool:
    """Whether their names tell at once that all files are assistants, none is hidden, and case tells no two apart."""
    text = "\0".join([*paths, ""])
    shown = "/_" not in text and "/." not in text
    return shown and text == text.casefold() and text.count(".yaml\0") == len(paths)


def _is_hidden(address: str) -> bool:
    """Whether a folder or file in a path starts with `_` or `.`: these are parts to include, no assistants."""
    return address[0] in "_." or "/_" in address or "/." in address


def _inheriting(document: Document, defaults: Document) -> Document:
    """The document with the defaults that it does not set itself, and the problems of those."""
    merged = document.with_defaults(defaults)
    if merged is document or not defaults.problems:
        return merged
    own = document.value if isinstance(document.value, dict) else {}
    taken = merged.value.keys() - own.keys() if isinstance(merged.value, dict) else set()
    spans = [defaults.locate(("defaults", key)) for key in taken]
    inherited = [problem for problem in defaults.problems if any(_within(problem, span) for span in spans)]
    return merged._replace(problems=(*merged.problems, *inherited))


def _within(problem: Problem, location: Location) -> bool:
    """Whether a problem is at a location, or in a file that is included there."""
    around = location.via or location.place
    at = problem.related[-1].place if problem.related else problem.place
    return around.path == at.path and around.start <= at.start < max(around.end, around.start + 1)


def _has_defaults(configuration: Document) -> bool:
    return isinstance(configuration.value, dict) and bool(configuration.value.get("defaults"))


def selected(files: Iterable[AssistantFile], selection: Selection, orphans: Iterable[str] = ()) -> list[AssistantFile]:
    """The files that a command line means.

    Args:
        orphans: addresses without a file that may be meant as well.

    Raises:
        UsageError: a pattern matches nothing, or `--exclude` leaves nothing.
    """
    known = list(files)
    names = [*(file.address for file in known), *sorted(orphans)]
    for pattern in (*selection.addresses, *selection.exclude):
        if not any(is_named(address, pattern) for address in names):
            raise UsageError(f"no assistant has the address `{pattern}`", hint=_nearest_address(pattern, known, names))
    if selection.exclude and not any(map(selection.has, names)):
        raise UsageError("--exclude leaves no assistant", hint="name fewer")
    return [file for file in known if selection.has(file.address)]


def _nearest_address(pattern: str, files: Iterable[AssistantFile], addresses: Sequence[str]) -> str:
    path = posixpath.normpath(pattern)
    for file in files:
        # Shells complete paths of files, so these are what people type.
        if path in {file.path, file.address, posixpath.splitext(file.path)[0]} or path == file.address + SUFFIXES[0]:
            return f"did you mean `{file.address}`?"
    listed = ", ".join(addresses[:8])
    return did_you_mean(pattern, addresses) or f"addresses are paths below the assistants directory: {listed}"
