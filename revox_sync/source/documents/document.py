"""A loaded file: its value, what is wrong with it, and where everything is written; and the loader that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from revox_sync.source.documents.locate import Location, NodeMap
from revox_sync.source.documents.parsed_files import ParsedFiles, YamlFile
from revox_sync.source.documents.tags import TagReader
from revox_sync.source.files.tree import Tree, TreeError
from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.problem import AmbiguousScalar, Problem, ProblemKind
from revox_sync.source.model.value import Deferred, Value
from revox_sync.source.yaml.nodes import ENV, SUB, VAR, Node, TooDeepError, span
from revox_sync.source.yaml.parse import too_deep
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer

_DEFAULTS = "defaults"


class Inherited(NamedTuple):
    """The document that defaults come from, and the keys taken from it."""

    document: Document
    keys: frozenset[str]


class Document(NamedTuple):
    """One loaded YAML file.

    Attributes:
        path: the file it was loaded from.
        value: its value; None where the file is no mapping or cannot be parsed.
        problems: everything wrong with it and the files it includes, in order of place.
        sources: every file that was read for it, by path.
        nodes: where its values are written.
        ambiguous: values, not keys, that YAML versions read differently.
        uses_variables: whether some value depends on the environment's variables.
        uses_secrets: whether some value comes from an environment variable.
        missing_env: environment variables that are not set, and where they are used; empty where none may be read.
        inherited: where its defaults come from; None where it has none.
    """

    path: str
    value: Value
    problems: tuple[Problem, ...]
    sources: Mapping[str, SourceText]
    nodes: NodeMap
    ambiguous: tuple[AmbiguousScalar, ...] = ()
    uses_variables: bool = False
    uses_secrets: bool = False
    missing_env: tuple[tuple[str, Place], ...] = ()
    inherited: Inherited | None = None

    def locate(self, pointer: Pointer, *, key: bool = False) -> Location:
        """Place of the value at `pointer`, or of its key. Where it does not exist, the place of what is around it.

        The root, and the key of a list entry, are shown by the first key inside.
        """
        document, inside = self.owner(pointer)
        return document.nodes.locate(inside, key=key)

    def locate_text(self, pointer: Pointer, start: int, end: int) -> Location:
        """Place of the characters [start, end) of the string at `pointer`, whatever escapes and indentation it has.

        Where they are not written anywhere, as in the result of a `!sub`, it is the place of the whole value.
        """
        document, inside = self.owner(pointer)
        return document.nodes.locate_text(inside, start, end)

    def owner(self, pointer: Pointer) -> tuple[Document, Pointer]:
        """The document that writes the value at `pointer`, this one or the configuration, and the pointer there."""
        inherited = self.inherited
        if inherited is not None and pointer and pointer[0] in inherited.keys:
            return inherited.document, (_DEFAULTS, *pointer)
        return self, pointer

    def reloaded(self, loader: Loader) -> Document:
        """This document, and the defaults that it inherits, as another loader reads them."""
        document = loader.load(self.path)
        return document.with_defaults(loader.load(self.inherited.document.path)) if self.inherited else document

    def with_defaults(self, defaults: Self) -> Self:
        """This document with the top-level defaults that it does not set; a key that is null is set.

        Args:
            defaults: the loaded configuration, whose key `defaults` is a mapping.
        """
        offered = defaults.value.get(_DEFAULTS) if isinstance(defaults.value, dict) else None
        if not isinstance(offered, dict) or not isinstance(self.value, dict):
            return self
        taken = {key: value for key, value in offered.items() if key not in self.value}
        if not taken:
            return self
        tags, places = defaults._origins(taken)
        return self._replace(
            value={**self.value, **taken},
            ambiguous=self.ambiguous + defaults._ambiguous_below(taken),
            sources={**defaults.sources, **self.sources},
            uses_variables=self.uses_variables or not tags.isdisjoint((VAR, SUB)),
            uses_secrets=self.uses_secrets or ENV in tags,
            missing_env=self.missing_env + tuple(entry for entry in defaults.missing_env if entry[1].start in places),
            inherited=Inherited(defaults, frozenset(taken)),
        )

    def _origins(self, keys: Mapping[str, Value]) -> tuple[set[str], set[int]]:
        """Tags and offsets of the nodes in which the given defaults are written."""
        origins = [self.nodes.origins((_DEFAULTS, key)) for key in keys]
        return {tag for tags, _ in origins for tag in tags}, {place for _, places in origins for place in places}

    def _ambiguous_below(self, keys: Mapping[str, Value]) -> tuple[AmbiguousScalar, ...]:
        return tuple(
            scalar._replace(pointer=scalar.pointer[1:])
            for scalar in self.ambiguous
            if scalar.pointer[0] == _DEFAULTS and scalar.pointer[1] in keys
        )


class Loader:
    """Loads documents from a tree.

    Args:
        tree: where files come from.
        variables: values for `!var` and `!sub`; with None, values that need them are Deferred.
        environ: values for `!env`; with None, they are secrets that are not known. An empty value counts as unset.
    """

    def __init__(self, tree: Tree, *, variables: Mapping[str, Value] | None, environ: Mapping[str, str] | None) -> None:
        self._files = ParsedFiles(tree)
        self._variables = variables
        self._environ = environ

    def load(self, path: str, *, shared: bool = False) -> Document:
        """The document of a file; a file that cannot be read is a document with that problem.

        Args:
            shared: whether it is loaded again after others, as the configuration is: then it is not parsed again.
        """
        try:
            return self._document(self._files.yaml(path) if shared else self._files.document(path))
        except TreeError as error:
            return self.broken(path, ProblemKind.UNRESOLVED, f"file `{path}` {error.reason}", "")

    @staticmethod
    def broken(path: str, kind: ProblemKind, message: str, label: str) -> Document:
        """The document of a file that is not read."""
        sources = {path: SourceText(path, "")}
        problem = Problem(kind, message, label, Place(path, 0, 0))
        return Document(path, None, (problem,), sources, NodeMap(path, None, {}, sources))

    def is_uncommented(self, path: str) -> bool:
        """Whether a YAML file was read, and has no comment addressed to us."""
        return self._files.is_uncommented(path)

    def with_variables(self, variables: Mapping[str, Value] | None) -> Loader:
        """A loader with other variables that shares all files parsed so far."""
        return self._like(self._files, variables)

    def over(self, texts: Mapping[str, str]) -> Loader:
        """A loader that reads these texts instead of the files at their paths."""
        return self._like(self._files.over(texts), self._variables)

    def _like(self, files: ParsedFiles, variables: Mapping[str, Value] | None) -> Loader:
        loader = object.__new__(Loader)
        loader._files, loader._variables, loader._environ = files, variables, self._environ
        return loader

    def _document(self, file: YamlFile) -> Document:
        path = file.source.path
        reader = TagReader(self._files, file.source, self._variables, self._environ)
        root = file.composition.root
        value: Value = None
        try:
            if root is not None:
                value = reader.build(root, 0)
        except TooDeepError as error:
            reader.problems.append(too_deep(Place(reader.source.path, error.offset, error.offset + 1)))
            root = None
        problems = [*file.composition.problems, *reader.problems]
        if not isinstance(value, (dict, Deferred)):
            value = None
            # Where there is a reason why there is no value, "not a mapping" would be a second finding for it.
            if root is not None or not problems:
                problems.append(_not_a_mapping(file.source, root))
        nodes = NodeMap(path, root, reader.links, reader.sources)
        return Document(
            path,
            value,
            _ordered(problems, path),
            reader.sources,
            nodes,
            ambiguous=_ambiguous(reader, nodes) if reader.ambiguous else (),
            uses_variables=reader.uses_variables,
            uses_secrets=reader.uses_secrets,
            missing_env=tuple(dict.fromkeys(reader.missing_env)),
        )


def _ordered(problems: list[Problem], path: str) -> tuple[Problem, ...]:
    """Each problem once, though aliases and includes may lead to a place again; the document's own file first."""
    once = {(problem.kind, problem.message, problem.place): problem for problem in reversed(problems)}
    return tuple(
        sorted(once.values(), key=lambda problem: (problem.place.path != path, problem.place.path, problem.place.start))
    )


def _ambiguous(reader: TagReader, nodes: NodeMap) -> tuple[AmbiguousScalar, ...]:
    found = reader.ambiguous
    return tuple(
        AmbiguousScalar(pointer, node.value, *found[id(node)]) for pointer, node in nodes.walk() if id(node) in found
    )


def _not_a_mapping(source: SourceText, root: Node | None) -> Problem:
    message, place = "file is empty", Place(source.path, 0, 0)
    # Behind a lone `---`, the root is a value that is not written.
    if root is not None and root.start_mark.index < root.end_mark.index:
        message, whole = "file is not a mapping", span(root, source.text, source.path)
        line, column = source.position(whole.start)
        # The first line is enough to show what it is instead.
        place = whole._replace(end=min(whole.end, whole.start + len(source.line(line)) - column + 1))
    return Problem(ProblemKind.NOT_A_MAPPING, message, "write `key: value` lines", place)
