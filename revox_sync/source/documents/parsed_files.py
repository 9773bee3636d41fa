"""The files of one run: each is read and parsed once, and remembered where several documents may use it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from revox_sync.source.files.tree import OverlayTree, TreeError
from revox_sync.source.model.place import SourceText, may_have_comments
from revox_sync.source.model.problem import Problem, ProblemKind
from revox_sync.source.yaml.decode import control_problems, source_of
from revox_sync.source.yaml.parse import Composition, compose
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from revox_sync.source.files.tree import Tree


class YamlFile(NamedTuple):
    """A YAML file's text and nodes."""

    source: SourceText
    composition: Composition


class TextFile(NamedTuple):
    """A text file, with the line breaks that it has."""

    source: SourceText
    problems: tuple[Problem, ...]


_Read = TypeVar("_Read", YamlFile, TextFile)


class ParsedFiles:
    """Reads and parses files of a tree, and remembers the results, failures included.

    Files that documents share are remembered for good; of the documents themselves only the last one, because every
    environment loads it in turn. The nodes of all documents of a large project would fill hundreds of megabytes, and
    searching them for garbage would take longer than parsing the files.

    Args:
        tree: where files come from.
    """

    def __init__(self, tree: "Tree") -> None:
        self._tree = tree
        self._yaml: dict[str, YamlFile | TreeError] = {}
        self._text: dict[str, TextFile | TreeError] = {}
        self._last_document: dict[str, YamlFile | TreeError] = {}
        self._uncommented: set[str] = set()

    def document(self, path: str) -> YamlFile:
        """A parsed YAML file, remembered until another one is asked for. Raises TreeError."""
        if path in self._yaml:
            return self.yaml(path)
        if path not in self._last_document:
            self._last_document.clear()
        return self._once(path, self._last_document, self._read_yaml)

    def yaml(self, path: str) -> YamlFile:
        """A parsed YAML file that several documents may use. Raises TreeError."""
        if path in self._last_document:
            self._yaml[path] = self._last_document.pop(path)
        return self._once(path, self._yaml, self._read_yaml)

    def text(self, path: str) -> TextFile:
        """A text file. Raises TreeError."""
        return self._once(path, self._text, _read_text)

    def ignored(self, path: str) -> bool:
        """Whether git keeps a file out of the repository."""
        return self._tree.ignored(path)

    def is_uncommented(self, path: str) -> bool:
        """Whether a YAML file was read, and has no comment addressed to us."""
        return path in self._uncommented

    def over(self, texts: Mapping[str, str]) -> "ParsedFiles":
        """These files with other texts in some of them; what is remembered of the rest is not read again."""
        files = ParsedFiles(OverlayTree(self._tree, texts))
        files._yaml = {path: file for path, file in self._yaml.items() if path not in texts}
        files._text = {path: file for path, file in self._text.items() if path not in texts}
        files._last_document = {path: file for path, file in self._last_document.items() if path not in texts}
        files._uncommented = self._uncommented.intersection((*files._yaml, *files._last_document))
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
        source, encoding = source_of(content, path)
        text = source.text
        if not may_have_comments(text):
            self._uncommented.add(path)
        composition = compose(text, path)
        if encoding:
            composition = _with_encoding(encoding, composition, text)
        return YamlFile(source, composition)


def _with_encoding(encoding: tuple[Problem, ...], composition: Composition, text: str) -> Composition:
    later = composition.problems
    if "\ufffd" in text:
        # The author did not write U+FFFD: what it breaks follows from the encoding, and would be a second finding.
        consequences = (ProblemKind.SYNTAX, ProblemKind.CONTROL_CHARACTER)
        later = tuple(problem for problem in later if problem.kind not in consequences)
    return Composition(composition.root, (*encoding, *later), composition.size)


def _read_text(path: str, content: bytes) -> TextFile:
    source, encoding = source_of(content, path)
    hidden = control_problems(source.text, path) if not encoding else []
    return TextFile(source, (*encoding, *hidden))
