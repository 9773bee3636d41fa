"""A loaded file: its value, what is wrong with it, and where everything is written; and the loader that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revox_sync.source.documents.locate import NodeMap
from revox_sync.source.documents.parsed_files import Files, YamlFile
from revox_sync.source.documents.tags import TagReader
from revox_sync.source.files.tree import TreeError
from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.model.problem import AmbiguousScalar, Problem, ProblemKind
from revox_sync.source.model.value import Deferred, Value
from revox_sync.source.yaml.nodes import Node, TooDeepError, span
from revox_sync.source.yaml.parse import too_deep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from revox_sync.source.files.tree import Tree
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Self

from revox_sync.source.documents.locate import Location
from revox_sync.source.yaml.nodes import ENV, SUB, VAR
from revox_sync.values.pointer import Pointer


class Loader:
    """Loads documents from a tree.

    Args:
        tree: where files come from.
        variables: values for `!var` and `!sub`; None leaves their values Deferred.
        environ: values for `!env`; None leaves them secrets that are not known. An empty value counts as unset.
    """

    def __init__(self, tree: Tree, *, variables: Mapping[str, Value] | None, environ: Mapping[str, str] | None) -> None:
        self._files = Files(tree)
        self._variables = variables
        self._environ = environ

    def load(self, path: str, *, shared: bool = False) -> Document:
        """The document of a file; a file that cannot be read is a document with that problem.

        Args:
            shared: whether it is loaded again after others, as the configuration is: then it is not composed again.
        """
        try:
            return self._document(self._files.yaml(path) if shared else self._files.document(path))
        except TreeError as error:
            return _unreadable(path, error)

    def is_uncommented(self, path: str) -> bool:
        """Whether a YAML file was read, and held no comment addressed to us."""
        return self._files.is_uncommented(path)

    def with_variables(self, variables: Mapping[str, Value] | None) -> Loader:
        """A loader with other variables that shares all files read and composed so far."""
        return self._like(self._files, variables)

    def over(self, texts: Mapping[str, str]) -> Loader:
        """A loader that reads these texts in place of the files at their paths."""
        return self._like(self._files.over(texts), self._variables)

    def _like(self, files: Files, variables: Mapping[str, Value] | None) -> Loader:
        loader = object.__new__(Loader)
        loader._files = files
        loader._variables = variables
        loader._environ = self._environ
        return loader

    def _document(self, file: YamlFile) -> Document:
        reader = TagReader(self._files, file.source, self._variables, self._environ)
        root = file.composition.root
        value: Value = None
        try:
            if root is not None:
                value = reader.build(root, 0)
        except TooDeepError as error:
            path = reader.source.path
            reader.problems.append(too_deep(Place(path, error.offset, error.offset + 1)))
            root = None
        problems = [*file.composition.problems, *reader.problems]
        if not isinstance(value, (dict, Deferred)):
            value = None
            if root is not None or not problems:
                problems.append(_not_a_mapping(file.source, root))
        return _finished(file.source.path, value, problems, reader, root)


def _finished(path: str, value: Value, problems: list[Problem], reader: TagReader, root: Node | None) -> Document:
    nodes = NodeMap(path, root, reader.links, reader.sources)
    return Document(
        path=path,
        value=value,
        problems=_ordered(problems, path) if problems else (),
        ambiguous=_ambiguous(reader, nodes) if reader.ambiguous else (),
        sources=reader.sources,
        uses_variables=reader.uses_variables,
        uses_secrets=reader.uses_secrets,
        missing_env=tuple(dict.fromkeys(reader.missing_env)),
        nodes=nodes,
    )


def _ordered(problems: list[Problem], path: str) -> tuple[Problem, ...]:
    """Each problem once, though aliases and includes may bring a place in again; the document's own file first."""
    once = {(problem.kind, problem.message, problem.place): problem for problem in reversed(problems)}
    ordered = sorted(
        once.values(), key=lambda problem: (problem.place.path != path, problem.place.path, problem.place.start)
    )
    return tuple(ordered)


def _ambiguous(reader: TagReader, nodes: NodeMap) -> tuple[AmbiguousScalar, ...]:
    found = reader.ambiguous
    return tuple(
        AmbiguousScalar(pointer, node.value, *found[id(node)]) for pointer, node in nodes.walk() if id(node) in found
    )


def _not_a_mapping(source: SourceText, root: Node | None) -> Problem:
    if root is None:
        message = "file is empty"
        return Problem(ProblemKind.NOT_A_MAPPING, message, "write `key: value` lines", Place(source.path, 0, 0))
    place = span(root, source.text, source.path)
    line_end = place.start + len(source.line(source.position(place.start)[0])) - source.position(place.start)[1] + 1
    place = Place(source.path, place.start, min(place.end, line_end))
    return Problem(ProblemKind.NOT_A_MAPPING, "file is not a mapping", "write `key: value` lines", place)


def _unreadable(path: str, error: TreeError) -> Document:
    source = SourceText(path, "")
    problem = Problem(ProblemKind.UNRESOLVED, f"file `{path}` {error.reason}", "", Place(path, 0, 0))
    return Document(
        path=path,
        value=None,
        problems=(problem,),
        ambiguous=(),
        sources={path: source},
        uses_variables=False,
        uses_secrets=False,
        missing_env=(),
        nodes=NodeMap(path, None, {}, {path: source}),
    )


_DEFAULTS = "defaults"


class Inherited:
    """The document that defaults come from, and the keys taken from it."""

    __slots__ = ("document", "keys")

    def __init__(self, document: Document, keys: frozenset[str]) -> None:
        self.document = document
        self.keys = keys


class Document(NamedTuple):
    """One loaded YAML file.

    Attributes:
        path: the file it was loaded from.
        value: its value; None when it is broken beyond use.
        problems: everything wrong with it and the files it includes, in order of place.
        ambiguous: values, not keys, that YAML versions read differently.
        sources: every file that took part, by path.
        uses_variables: whether some value depends on the environment's variables.
        uses_secrets: whether some value comes from an environment variable.
        missing_env: unset environment variables and where they are asked for; empty where none may be read.
        nodes: where its values are written.
        inherited: where its defaults come from; None without any.
    """

    path: str
    value: Value
    problems: tuple[Problem, ...]
    ambiguous: tuple[AmbiguousScalar, ...]
    sources: Mapping[str, SourceText]
    uses_variables: bool
    uses_secrets: bool
    missing_env: tuple[tuple[str, Place], ...]
    nodes: NodeMap
    inherited: Inherited | None = None

    def locate(self, pointer: Pointer, *, key: bool = False) -> Location:
        """Place of the value at `pointer`, or of its key; of the longest part of the pointer that exists.

        The root, and an entry of a list asked for its key, are shown by the first key inside.
        """
        document, inside = self.owner(pointer)
        return document.nodes.locate(inside, key=key)

    def locate_text(self, pointer: Pointer, start: int, end: int) -> Location:
        """Place of the characters [start, end) of the text at `pointer`, escapes and indentation accounted for.

        Where they cannot be told, as in the result of a `!sub`, it is the place of the whole value.

        Args:
            pointer: keys and positions that lead to a string.
            start: offset of the first character in the value.
            end: offset behind the last character in the value.
        """
        document, inside = self.owner(pointer)
        return document.nodes.locate_text(inside, start, end)

    def owner(self, pointer: Pointer) -> tuple[Document, Pointer]:
        """The document that writes the value at `pointer`, this one or that of the defaults, and the pointer there."""
        inherited = self.inherited
        if inherited is not None and pointer and pointer[0] in inherited.keys:
            return inherited.document, (_DEFAULTS, *pointer)
        return self, pointer

    def reloaded(self, loader: Loader) -> Document:
        """This document, and the defaults it takes, as another loader reads them."""
        document = loader.load(self.path)
        return document.with_defaults(loader.load(self.inherited.document.path)) if self.inherited else document

    def with_defaults(self, defaults: Self) -> Self:
        """This document with the top-level defaults that it does not name; a key set to null counts as named.

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
        """Tags, and offsets of nodes, that write the given defaults."""
        origins = [self.nodes.origins((_DEFAULTS, key)) for key in keys]
        return {tag for tags, _ in origins for tag in tags}, {place for _, places in origins for place in places}

    def _ambiguous_below(self, keys: Mapping[str, Value]) -> tuple[AmbiguousScalar, ...]:
        return tuple(
            scalar._replace(pointer=scalar.pointer[1:])
            for scalar in self.ambiguous
            if scalar.pointer[0] == _DEFAULTS and scalar.pointer[1] in keys
        )
