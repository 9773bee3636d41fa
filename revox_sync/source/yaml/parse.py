"""Text to nodes with marks: the only place that chooses between the two YAML parsers.

PyYAML's C parser reads nearly every file. Where it fails, and where the two are known to disagree (tabs, a CR alone,
control characters, directives), ruamel.yaml's Python parser decides and explains.
"""

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.nodes import Node, ScalarNode

from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import Problem, ProblemKind
from revox_sync.source.yaml.decode import control_problems, has_suspects, without_forbidden
from revox_sync.source.yaml.nodes import (
    MAX_DEPTH,
    MAX_NODES,
    PLAIN,
    QUOTED,
    ExpansionError,
    TooDeepError,
    expanded_size,
)

if TYPE_CHECKING:
    from yaml.error import Mark

# libyaml drops text behind a block scalar's sign as if it were a comment (YAML 1.2 wants a space before `#`) ...
_TEXT_BEHIND_SIGN: Final = r"#(?:(?<=[|>]#)|(?<=[|>][-+0-9]#)|(?<=[|>][-+0-9][-+0-9]#))"
# ... and ends the name of an anchor or alias at a colon, which YAML 1.2 takes as part of the name.
_COLON_IN_ANCHOR: Final = r"&(?<![^\s\[{,]&)[\w-]+:"
_COLON_IN_ALIAS: Final = r"\*(?<![^\s\[{,]\*)[\w-]+:"
# By the character that each starts with: most texts do not have it, and need no search.
_DISPUTED: Final = (
    ("#", _TEXT_BEHIND_SIGN),
    ("&", _COLON_IN_ANCHOR),
    ("*", _COLON_IN_ALIAS),
    ("\r", r"\r(?!\n)"),
)
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
    suspects = has_suspects(text)
    hidden = control_problems(text, path) if suspects else []
    try:
        root, problems = _compose_pure(without_forbidden(text), path) if suspects else _compose_any(text, path)
        size = expanded_size(root) if root is not None and "*" in text and "&" in text else 0
    except TooDeepError as error:
        return Composition(None, (*hidden, too_deep(Place(path, error.offset, error.offset + 1))))
    except ExpansionError as error:
        return Composition(None, (*hidden, _bad_expansion(error, path)))
    return Composition(root, (*hidden, *problems), size)


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
    except YAMLError:
        return _compose_pure(text, path)


def is_disputed(text: str) -> bool:
    """Whether the two parsers are known to read the text differently, but for characters: see `has_suspects`."""
    return (
        "\t" in text
        or ("%" in text and (text.startswith("%") or "\n%" in text))
        or any(start in text and re.search(source, text) for start, source in _DISPUTED)
    )


def _compose_pure(text: str, path: str) -> tuple[Node | None, tuple[Problem, ...]]:
    if _levels_bound(text) > _SAFE_LEVELS:
        # The Python parser's time grows with length times open brackets; the C parser raises TooDeepError much sooner.
        with suppress(YAMLError):
            compose_c(text)
    from revox_sync.source.yaml.ruamel_parser import compose_pure

    return compose_pure(text, path)


def compose_c(text: str) -> Node | None:
    """Nodes of the one document in a text by PyYAML; None when it has none. Raises YAMLError, TooDeepError."""
    parser = _Composer(text) if _levels_bound(text) <= _SAFE_LEVELS else _CountingComposer(text)
    return parser.get_single_node()


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
