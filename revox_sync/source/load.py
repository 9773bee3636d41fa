"""Files in: from a path to a document with its value, its problems and its places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yaml.nodes import Node

from revox_sync.source.compose import too_deep
from revox_sync.source.document import Document
from revox_sync.source.files import Files, YamlFile
from revox_sync.source.locate import NodeMap
from revox_sync.source.nodes import TooDeepError, span
from revox_sync.source.problem import AmbiguousScalar, Problem, ProblemKind
from revox_sync.source.tags import TagReader
from revox_sync.source.text import Place, SourceText
from revox_sync.source.tree import TreeError
from revox_sync.source.value import Deferred, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from revox_sync.source.tree import Tree


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
