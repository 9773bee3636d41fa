"""Files of one run: each is read and composed once, and kept only where several documents may use it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from revox_sync.source.files.tree import OverlayTree, TreeError
from revox_sync.source.model.place import MARKER, SourceText
from revox_sync.source.model.problem import Problem, ProblemKind
from revox_sync.source.yaml.decode import control_problems, decode_text, has_suspects
from revox_sync.source.yaml.parse import Composition, compose

if TYPE_CHECKING:
    from revox_sync.source.files.tree import Tree


class YamlFile(NamedTuple):
    """A YAML file's text and nodes."""

    source: SourceText
    composition: Composition


class TextFile(NamedTuple):
    """A text file, line breaks as they are in the file."""

    source: SourceText
    problems: tuple[Problem, ...]


_Read = TypeVar("_Read", YamlFile, TextFile)


class Files:
    """Reads from a tree and remembers, failures too.

    What files share is remembered for good; of the documents themselves the last one, which several environments load
    in turn. A project's nodes would fill hundreds of megabytes, and looking them through for garbage takes longer than
    composing them.

    Args:
        tree: where files come from.
    """

    def __init__(self, tree: "Tree") -> None:
        self._tree = tree
        self._yaml: dict[str, YamlFile | TreeError] = {}
        self._text: dict[str, TextFile | TreeError] = {}
        self._passing: dict[str, YamlFile | TreeError] = {}
        self._uncommented: set[str] = set()

    def document(self, path: str) -> YamlFile:
        """A composed YAML file, remembered until another one is asked for. Raises TreeError."""
        if path in self._yaml:
            return self.yaml(path)
        if path not in self._passing:
            self._passing.clear()
        return self._once(path, self._passing, self._read_yaml)

    def yaml(self, path: str) -> YamlFile:
        """A composed YAML file that documents share. Raises TreeError."""
        if path in self._passing:
            self._yaml[path] = self._passing.pop(path)
        return self._once(path, self._yaml, self._read_yaml)

    def text(self, path: str) -> TextFile:
        """A text file. Raises TreeError."""
        return self._once(path, self._text, _read_text)

    def is_uncommented(self, path: str) -> bool:
        """Whether a YAML file was read, and held no comment addressed to us."""
        return path in self._uncommented

    def over(self, texts: Mapping[str, str]) -> "Files":
        """These files with other texts in some of them; what is remembered of the rest is not read again."""
        files = Files(OverlayTree(self._tree, texts))
        files._yaml = {path: file for path, file in self._yaml.items() if path not in texts}
        files._text = {path: file for path, file in self._text.items() if path not in texts}
        files._passing = {path: file for path, file in self._passing.items() if path not in texts}
        files._uncommented = self._uncommented.intersection((*files._yaml, *files._passing))
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

    def _read_yaml(self, path: str, content: bytes) -> YamlFile:
        text, encoding = decode_text(content, path)
        if MARKER not in text:
            self._uncommented.add(path)
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
    text, encoding = decode_text(content, path)
    hidden = control_problems(text, path) if not encoding and has_suspects(text) else []
    return TextFile(SourceText(path, text), (*encoding, *hidden))
