"""Text to nodes with marks: the only place that chooses between the two YAML parsers.

PyYAML's C parser reads nearly every file. Where it fails, and where it is known to read otherwise than YAML 1.2.2 asks,
ruamel.yaml's Python parser decides and explains, with a scanner of ours.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import Problem, ProblemKind
from revox_sync.source.yaml.decode import control_problems, space_indents, without_forbidden
from revox_sync.source.yaml.nodes import (
    MAX_DEPTH,
    MAX_NODES,
    PLAIN,
    QUOTED,
    ExpansionError,
    TooDeepError,
    expanded_size,
    walk_nodes,
)
from revox_sync.source.yaml.pyyaml import CollectionNode, CParser, MappingNode, Node, ScalarNode, YAMLError
from revox_sync.values.named_tuple import NamedTuple

if TYPE_CHECKING:
    from revox_sync.source.yaml.pyyaml import Mark

_EXPLICIT_KEY: Final = r" *(?:- +)*\?[ \r\n]"
# What libyaml reads otherwise than YAML 1.2.2 asks, as patterns by a character that each has: most texts lack it, and
# need no search. Where a pattern begins with more than one character may, so that a search tries every place of the
# text, one goes before it that begins with a single character, and that whatever it fits fits, too.
_DISPUTED: Final = (
    # It drops text behind a block scalar's sign as if it were a comment, and takes comments without a space before `#`.
    ("#", r"#(?:(?<=[|>\"'\]},\[{]#)|(?<=[|>][-+0-9]#)|(?<=[|>][-+0-9][-+0-9]#)|(?<=[\"'\]}]:#))"),
    # It ends the name of an anchor or alias at these signs.
    ("&", r"&(?<![^\s\[{,]&)[\w-]+[:?%@`]"),
    ("*", r"\*(?<![^\s\[{,]\*)[\w-]+[:?%@`]"),
    # It takes flow indicators and further `!` as part of a tag ...
    ("!", r"!(?<![^\s\[{,]!)(?:[^\s,\[\]{}]*[,\[\]{}]|[^\s!]*![^\s!]*!)"),
    # ... a lone dash in brackets as a text, and a question mark there always as the sign of a key.
    ("-", r"-(?<=[\s\[{,]-)\s*[,\]}]"),
    ("?", r"\?(?<=[\s\[{,]\?)[^\s,\[\]{}]", r"[\[{,]\s*\?[^\s,\[\]{}]"),
    # It puts a value that is not written behind `? key` on the next line. This is about the second line and later ones.
    ("?", rf"\n{_EXPLICIT_KEY}"),
    # It lets empty lines above the text of a block be indented further than the text.
    ("|", r"\|(?<=\s\|)[-+]?(?: +#[^\r\n]*| *)\r?\n(?: *\r?\n)*? +\r?\n"),
    (">", r">(?<=\s>)[-+]?(?: +#[^\r\n]*| *)\r?\n(?: *\r?\n)*? +\r?\n"),
    ("\r", r"\r(?!\n)"),
)
_LINE_OF_OPENER: Final = re.compile(r" *(?:[-?:] +)*")
_NEXT_LINE: Final = re.compile(r"(?:\r\n?|\n)( *)([^\s][^\r\n]*)")
_QUOTES: Final = ("'", '"')
_DEEP_INDENT: Final = 40
_SAFE_LEVELS: Final = 300


class Composition(NamedTuple):
    """A text's first document.

    Attributes:
        root: its nodes, without circles and at most MAX_NODES through aliases; None where there is none to use.
        problems: what is wrong with it.
        size: number of nodes through aliases; 0 where there are no aliases.
    """

    root: Node | None
    problems: tuple[Problem, ...] = ()
    size: int = 0


def compose(text: str, path: str) -> Composition:
    """Nodes of a YAML text, the file's without a byte order mark; `path` is for the places of problems."""
    hidden = control_problems(text, path)
    try:
        root, problems = _compose_pure(without_forbidden(text), path) if hidden else _compose_any(text, path)
        if not text.isascii():
            root, problems = _explained_by_characters(text, path, root, problems, hidden)
        size = expanded_size(root) if root is not None and "*" in text and "&" in text else 0
    except TooDeepError as error:
        return Composition(None, (*hidden, too_deep(Place(path, error.offset, error.offset + 1))))
    except ExpansionError as error:
        return Composition(None, (*hidden, _bad_expansion(error, path)))
    return Composition(root, (*hidden, *problems), size)


def _explained_by_characters(
    text: str, path: str, root: Node | None, problems: tuple[Problem, ...], hidden: Sequence[Problem]
) -> tuple[Node | None, tuple[Problem, ...]]:
    """Nodes and problems, where a character that nobody can see is to blame without what follows from it."""
    if root is None:
        broken = [problem for problem in problems if any(_on_one_line(text, problem, other) for other in hidden)]
        problems = tuple(problem for problem in problems if problem not in broken)
    indents = space_indents(text, path)
    if not indents:
        return root, problems
    if root is None:
        causes = [found for found in indents.values() if any(_on_one_line(text, found, other) for other in problems)]
    else:
        mappings = [node for node in walk_nodes(root) if node.__class__ is MappingNode]
        starts = {key.start_mark.index for node in mappings for key, _ in node.value if key.tag == PLAIN}
        causes = [found for start, found in indents.items() if start in starts]
    # One line tells what is wrong with all of them, and nothing below it is where it seems to be.
    return (None, (causes[0],)) if causes else (root, problems)


def _on_one_line(text: str, one: Problem, other: Problem) -> bool:
    first, last = sorted((one.place.start, other.place.start))
    return "\n" not in text[first:last]


def too_deep(place: Place) -> Problem:
    """The problem of a value that is nested beyond MAX_DEPTH."""
    return Problem(ProblemKind.SYNTAX, f"values are nested more than {MAX_DEPTH} levels deep", "", place)


def _bad_expansion(error: ExpansionError, path: str) -> Problem:
    start = error.node.start_mark.index
    place = Place(path, start, start + 1)
    if error.endless:
        message = "an alias inside its own anchor makes the value endless"
        return Problem(ProblemKind.UNRESOLVED, message, "write the value out", place)
    return Problem(ProblemKind.SYNTAX, f"aliases make this more than {MAX_NODES:,} values", "use fewer aliases", place)


def _compose_any(text: str, path: str) -> tuple[Node | None, tuple[Problem, ...]]:
    if is_disputed(text):
        return _compose_pure(text, path)
    try:
        return compose_c(text), ()
    except TooDeepError:
        raise
    except Exception:  # noqa: BLE001 - the other parser says what is wrong, also where this one stumbles
        return _compose_pure(text, path)


def is_disputed(text: str) -> bool:
    """Whether the two parsers are known to read the text differently, but for characters: see `control_problems`."""
    return (
        "\t" in text
        or ("%" in text and (text.startswith("%") or "\n%" in text))
        or re.match(_EXPLICIT_KEY, text) is not None
        or any(start in text and all(re.search(source, text) for source in sources) for start, *sources in _DISPUTED)
    )


def _compose_pure(text: str, path: str) -> tuple[Node | None, tuple[Problem, ...]]:
    if _levels_bound(text) > _SAFE_LEVELS:
        # The Python parser's time grows with length times open brackets; the C parser raises TooDeepError much sooner.
        with suppress(YAMLError):
            compose_c(text)
    from revox_sync.source.yaml.ruamel_parser import compose_pure

    return compose_pure(text, path)


def compose_c(text: str) -> Node | None:
    """Nodes of the one document in a text by PyYAML; None when it has none.

    Raises TooDeepError, or YAMLError for what libyaml refuses and for lines whose indentation it does not check.
    """
    parser = _Composer(text) if _levels_bound(text) <= _SAFE_LEVELS else _CountingComposer(text)
    root = parser.get_single_node()
    if any(_has_shallow_line(node, text) for node in _multi_line(root)):
        raise YAMLError("a line of a quoted text or bracket may not be indented enough")
    return root


def _multi_line(root: Node | None) -> Iterator[Node]:
    """Quoted texts and outermost brackets that go on for more than a line."""
    # This runs for all nodes of all files: it asks for classes, and for lines before anything else.
    pending, seen = [root] if root is not None else [], set[int]()
    while pending:
        node = pending.pop()
        if node.__class__ is ScalarNode:
            if node.style in _QUOTES and node.start_mark.line != node.end_mark.line:
                yield node
        elif cast("CollectionNode", node).flow_style:
            if node.start_mark.line != node.end_mark.line:
                yield node
        elif id(node) not in seen:  # an alias leads to its anchor's node again
            seen.add(id(node))
            if node.__class__ is MappingNode:
                for pair in node.value:
                    pending.extend(pair)
            else:
                pending.extend(node.value)


def _has_shallow_line(node: Node, text: str) -> bool:
    """Whether a line of a node may be indented too little to be part of it; then the pure parser decides."""
    start, end = node.start_mark.index, node.end_mark.index
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    least = len(_LINE_OF_OPENER.match(text, line_start)[0])  # type: ignore[index]  # it matches nothing, too
    for found in _NEXT_LINE.finditer(text, start, end):
        # A closing bracket or quote may stand below its key.
        is_closer = found[2][0] in "]}" or found[2] in _QUOTES
        if len(found[1]) < least + (not is_closer):
            return True
    return False


def _levels_bound(text: str) -> int:
    """No text has more levels: brackets, entries on one line, and two collections per column of indentation."""
    if "\n" + _DEEP_INDENT * " " in text or text.startswith(_DEEP_INDENT * " "):
        return _SAFE_LEVELS + 1
    # Single characters are counted three times faster, and mostly leave no doubt.
    rough = sum(map(text.count, "[{-?")) + 2 * _DEEP_INDENT
    return rough if rough <= _SAFE_LEVELS else sum(map(text.count, ("[", "{", "- ", "? "))) + 2 * _DEEP_INDENT


class _Composer(CParser):
    """Leaves the types of scalars open: PyYAML's resolver knows YAML 1.1, not the core schema of `construct`."""

    def resolve(self, kind: type[Node], _value: object, implicit: tuple[bool, bool]) -> str:
        return QUOTED if kind is ScalarNode and not implicit[0] else PLAIN

    def descend_resolver(self, parent: Node | None, index: object) -> None:
        """Nothing to keep track of."""

    def ascend_resolver(self) -> None:
        """Nothing to keep track of."""


class _CountingComposer(_Composer):
    """For texts that may be nested deeply: PyYAML's composer is recursive and would crash the process.

    It is slower by a quarter, and so not used for all.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def descend_resolver(self, parent: Node | None, index: object) -> None:  # noqa: ARG002  PyYAML's signature
        self._depth += 1
        if self._depth > MAX_DEPTH + 1 and parent is not None:
            raise TooDeepError(cast("Mark", parent.start_mark).index)

    def ascend_resolver(self) -> None:
        self._depth -= 1
