"""Files of one run: each is read and composed once, however many documents and environments use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from revox_sync.source.characters import control_problems, decode, has_suspects
from revox_sync.source.compose import Composition, compose
from revox_sync.source.problem import Problem, ProblemKind
from revox_sync.source.text import SourceText
from revox_sync.source.tree import OverlayTree, TreeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from revox_sync.source.tree import Tree


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A YAML file's text and nodes."""

    source: SourceText
    composition: Composition


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file, line breaks as they are in the file."""

    source: SourceText
    problems: tuple[Problem, ...]


_Read = TypeVar("_Read", YamlFile, TextFile)


class Files:
    """Reads from a tree and remembers, failures too.

    Args:
        tree: where files come from.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._yaml: dict[str, YamlFile | TreeError] = {}
        self._text: dict[str, TextFile | TreeError] = {}

    def yaml(self, path: str) -> YamlFile:
        """A composed YAML file. Raises TreeError."""
        return self._once(path, self._yaml, read_yaml)

    def text(self, path: str) -> TextFile:
        """A text file. Raises TreeError."""
        return self._once(path, self._text, _read_text)

    def over(self, texts: Mapping[str, str]) -> Files:
        """These files with other texts in some of them; the rest is not read again."""
        files = Files(OverlayTree(self._tree, texts))
        files._yaml = {path: file for path, file in self._yaml.items() if path not in texts}
        files._text = {path: file for path, file in self._text.items() if path not in texts}
        return files

    def _once(self, path: str, known: dict[str, _Read | TreeError], read: Callable[[str, bytes], _Read]) -> _Read:
        result = known.get(path)
        if result is None:
            try:
                result = read(path, self._tree.read(path))
            except TreeError as error:
                result = error
            known[path] = result
        if isinstance(result, TreeError):
            raise result
        return result


def read_yaml(path: str, content: bytes) -> YamlFile:
    """Decodes and composes the content of a YAML file."""
    text, encoding = decode(content, path)
    composition = compose(text, path)
    if encoding:
        composition = _with_encoding(encoding, composition, text)
    return YamlFile(SourceText(path, text), composition)


def _with_encoding(encoding: tuple[Problem, ...], composition: Composition, text: str) -> Composition:
    later = composition.problems
    if "\ufffd" in text:
        # Where characters were lost, what they broke is no mistake of its own.
        consequences = (ProblemKind.SYNTAX, ProblemKind.CONTROL_CHARACTER)
        later = tuple(problem for problem in later if problem.kind not in consequences)
    return Composition(composition.root, (*encoding, *later), composition.size)


def _read_text(path: str, content: bytes) -> TextFile:
    text, encoding = decode(content, path)
    hidden = control_problems(text, path) if not encoding and has_suspects(text) else []
    return TextFile(SourceText(path, text), (*encoding, *hidden))
