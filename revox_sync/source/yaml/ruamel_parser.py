"""The second parser: nodes from ruamel.yaml's Python parser, which is slow and exact and says what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.parser import Parser, ParserError
from ruamel.yaml.reader import Reader
from ruamel.yaml.tokens import DirectiveToken, DocumentEndToken

from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import Problem, ProblemKind, Related
from revox_sync.source.yaml.nodes import BROKEN, MAX_DEPTH, PLAIN, QUOTED, TooDeepError
from revox_sync.source.yaml.pyyaml import MappingNode, Mark, Node, ScalarNode, SequenceNode
from revox_sync.source.yaml.ruamel_scanner import INNER_DIRECTIVE, StrictScanner
from revox_sync.source.yaml.syntax_errors import QUOTE_TEXT, explain_failure, explain_syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruamel.yaml.events import Event


_COLON: Final = re.compile(r"(?>\s+|#[^\r\n]*+)*+:")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def compose_pure(text: str, path: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Nodes of the first document in a text and what is wrong with it; after a syntax error there are no nodes.

    Raises TooDeepError.
    """
    composer = _Composer(text, path)
    loader = _Loader()
    try:
        composer.read(loader.events(text))
    except MarkedYAMLError as error:
        return None, (explain_syntax(error, text, path),)
    except TooDeepError:
        raise
    except Exception:  # noqa: BLE001 - whatever the library stumbles over is in the text, not in us
        return None, (explain_failure(text, path, loader.offset),)
    return composer.root, (*(_ignored(text, *warning, path) for warning in loader.scanner.warnings), *composer.problems)


def _ignored(text: str, start: int, size: int, path: str) -> Problem:
    directive = text[start : start + size]
    message = f"`{directive}` is ignored: the file is read as YAML 1.2"
    return Problem(ProblemKind.DIRECTIVE, message, "remove the line", Place(path, start, start + size))


class _Loader:
    """What binds reader, scanner and parser of ruamel.yaml together, and no more; its own also read the values."""

    typ = comment_handling = None
    processing_version = (1, 2)

    def __init__(self) -> None:
        self.reader = Reader(None, self)
        self.resolver = self

    def events(self, text: str) -> Iterator[Event]:
        """Events of a text."""
        self.reader.stream = text
        self.scanner = StrictScanner(self)
        parser = _StrictParser(self)
        while parser.check_event():
            yield parser.get_event()

    @property
    def offset(self) -> int:
        """How far the text was read."""
        index: int = self.reader.index
        return index


class _StrictParser(Parser):
    """Where documents begin and end by YAML 1.2.2 §9; all else is the base class's."""

    def parse_implicit_document_start(self) -> Event:
        # A document may have no content at all, not even a node (§9.1.2, §9.2).
        while self.scanner.check_token(DocumentEndToken):
            self.scanner.get_token()
        event: Event = super().parse_implicit_document_start()
        return event

    def parse_document_end(self) -> Event:
        event: DocumentEndEvent = super().parse_document_end()
        if not event.explicit and self.scanner.check_token(DirectiveToken):
            mark = self.scanner.peek_token().start_mark
            raise ParserError(None, None, INNER_DIRECTIVE, mark)
        return event


class _Composer:
    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._path = path
        self._anchors: dict[str, Node] = {}

    def read(self, events: Iterator[Event]) -> None:
        starts = []
        for event in events:
            if isinstance(event, DocumentStartEvent):
                starts.append(event)
            elif isinstance(event, NodeEvent) and len(starts) == 1:
                self.root = self._node(event, events, 0)
        if len(starts) > 1:
            message, label = "file holds more than one YAML document", "keep one document per file"
            first = Related("the first document starts here", Place(self._path, 0, 0))
            self._report(starts[1], ProblemKind.SEVERAL_DOCUMENTS, message, label, first)

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if depth >= MAX_DEPTH and not isinstance(event, ScalarEvent):
            raise TooDeepError(event.start_mark.index)
        if not isinstance(event, ScalarEvent | CollectionStartEvent):
            raise TypeError(f"{event!r} starts no node")
        node = _empty_node(event)
        if isinstance(node, ScalarNode) and _SURROGATE.search(node.value):
            node = self._paired(node, event)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        if isinstance(node, SequenceNode):
            node.value.extend(self._node(part, events, depth + 1) for part in _parts(events, node))
        elif isinstance(node, MappingNode):
            for key in _parts(events, node):
                key_node = self._node(key, events, depth + 1)
                value = self._node(next(events), events, depth + 1)
                if value.value == "" and value.start_mark.index == value.end_mark.index:
                    self._place_nothing(value, key.end_mark.index, flow=bool(node.flow_style))
                node.value.append((key_node, value))
        return node

    def _place_nothing(self, value: Node, key_end: int, *, flow: bool) -> None:
        # The parser may put a value that is not written at the next token, lines below; we put it behind the colon, or
        # behind a key that has none.
        colon = _COLON.match(self._text, key_end)
        if colon or not flow:
            value.start_mark = value.end_mark = Mark("", colon.end() if colon else key_end, 0, 0, "", 0)

    def _paired(self, node: ScalarNode, event: Event) -> Node:
        # JSON writes a character beyond U+FFFF as two escapes, a surrogate pair.
        try:
            node.value = node.value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            message = "an escape sequence is half a character"
            return self._broken(event, ProblemKind.SYNTAX, message, "write the character itself")
        return node

    def _alias(self, event: AliasEvent) -> Node:
        node = self._anchors.get(event.anchor)
        if node is not None:
            return node
        name = event.anchor
        label = f"write `&{name}` before the value it means" if name.isidentifier() else QUOTE_TEXT
        return self._broken(event, ProblemKind.UNRESOLVED, f"alias `*{name}` names no anchor above it", label)

    def _broken(self, event: Event, kind: ProblemKind, message: str, label: str) -> Node:
        self._report(event, kind, message, label)
        return ScalarNode(BROKEN, "", event.start_mark, event.end_mark)

    def _report(self, event: Event, kind: ProblemKind, message: str, label: str, *related: Related) -> None:
        place = Place(self._path, event.start_mark.index, event.end_mark.index)
        self.problems.append(Problem(kind, message, label, place, related))


def _parts(events: Iterator[Event], node: Node) -> Iterator[Event]:
    """Events up to the end of a collection, whose end mark is then known."""
    for event in events:
        if isinstance(event, CollectionEndEvent):
            node.end_mark = event.end_mark
            return
        yield event


def _empty_node(event: ScalarEvent | CollectionStartEvent) -> Node:
    marks = (event.start_mark, event.end_mark)
    tag = None if event.tag == QUOTED else event.tag
    if isinstance(event, ScalarEvent):
        # libyaml reads `! 12` like `12`, and so do we; only `!` alone is the empty string.
        untagged = PLAIN if event.implicit[0] and (event.tag is None or event.value) else QUOTED
        return ScalarNode(tag or untagged, event.value, *marks, style=event.style)
    kind = SequenceNode if isinstance(event, SequenceStartEvent) else MappingNode
    return kind(tag or PLAIN, [], *marks, flow_style=event.flow_style)
