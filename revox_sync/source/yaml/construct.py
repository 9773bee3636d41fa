"""Nodes to values: the YAML 1.2 core schema, duplicate keys, merge keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from revox_sync.source.model.problem import Problem, ProblemKind, Related
from revox_sync.source.model.value import Deferred, Scalar, Value
from revox_sync.source.yaml.nodes import (
    BROKEN,
    CORE,
    MAX_DEPTH,
    PLAIN,
    QUOTED,
    STRING,
    TooDeepError,
    is_merge,
    key_text,
    span,
)
from revox_sync.source.yaml.pyyaml import MappingNode, Node, ScalarNode, SequenceNode
from revox_sync.source.yaml.scalars import SPECIAL_STARTS, WORDS, NoJsonValueError, ambiguity, plain_value

if TYPE_CHECKING:
    from revox_sync.source.model.place import Place, SourceText


_DOUBTFUL_KEY_STARTS: Final = "0123456789+-.<"
_CORE_COLLECTIONS: Final[dict[str, type[Node]]] = {CORE + "seq": SequenceNode, CORE + "map": MappingNode}
_CORE_SCALARS: Final[dict[str, tuple[type, ...]]] = {
    STRING: (str,),
    CORE + "int": (int,),
    CORE + "float": (int, float),
    CORE + "bool": (bool,),
    CORE + "null": (type(None),),
}


class Builder:
    """Builds the value of one document and collects what is wrong with it. A subclass reads tags that are not YAML's.

    Args:
        source: the document's file.

    Attributes:
        source: the file whose nodes are being built.
        trail: tags that led into that file, the innermost first.
        problems: mistakes found so far.
        ambiguous: reason and place of every unquoted scalar that readers disagree about, by id of the node.
    """

    own_tags: ClassVar[tuple[str, ...]] = ()

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.trail: tuple[Related, ...] = ()
        self.problems: list[Problem] = []
        self.ambiguous: dict[int, tuple[str, Place]] = {}

    def build(self, node: Node, depth: int) -> Value:
        """The value of a node. Raises TooDeepError beyond MAX_DEPTH levels.

        Args:
            node: a node of `source`.
            depth: number of collections around it.
        """
        # Most nodes are texts without a tag; they are decided first, without a call.
        tag = node.tag
        if node.__class__ is ScalarNode:
            text: str = node.value
            if tag == PLAIN:
                return text if text[:1] not in SPECIAL_STARTS else self._special(node)
            if tag == QUOTED:
                return text
        elif tag == PLAIN:
            return self._collection(node, depth)
        return self._tagged(node, depth)

    def report(self, kind: ProblemKind, message: str, label: str, node: Node, *related: Related) -> Deferred:
        """Adds a problem at a node of `source`, and returns what stands for the node's value."""
        place = span(node, self.source.text, self.source.path)
        self.problems.append(Problem(kind, message, label, place, (*related, *self.trail)))
        return Deferred()

    def adopt(self, problems: tuple[Problem, ...]) -> None:
        """Adds problems of a file that a tag brings in."""
        self.problems.extend(problem._replace(related=(*problem.related, *self.trail)) for problem in problems)

    def _special(self, node: Node) -> Value:
        text: str = node.value
        try:
            value = plain_value(text)
        except NoJsonValueError as error:
            return self._no_json_value(node, str(error))
        reason = ambiguity(text, value)
        if reason is not None:
            self.ambiguous[id(node)] = reason, span(node, self.source.text, self.source.path)
        return value

    def _no_json_value(self, node: Node, reason: str) -> Deferred:
        message = f"`{_shortened(node.value)}` has no JSON value: {reason}"
        return self.report(ProblemKind.NO_JSON_VALUE, message, "write another number, or quote it", node)

    def _collection(self, node: Node, depth: int) -> Value:
        if depth >= MAX_DEPTH:
            raise TooDeepError(node.start_mark.index)
        if not isinstance(node, MappingNode):
            return [self.build(part, depth + 1) for part in node.value]
        if _is_placeholder(node):
            message = "`{{…}}` without quotes is a mapping, not a placeholder"
            return self.report(ProblemKind.NO_JSON_VALUE, message, "put the text in quotes", node)
        return self._mapping(node, depth + 1)

    def _mapping(self, node: Node, depth: int) -> dict[str, Value]:
        value: dict[str, Value] = {}
        merges = []
        later = []
        for key_node, child in node.value:
            key = key_node.value
            # This line runs for every key of every file, and decides nearly all of them.
            if key_node.__class__ is not ScalarNode or (
                key_node.tag != QUOTED and (key_node.tag != PLAIN or key[:1] in _DOUBTFUL_KEY_STARTS or key in WORDS)
            ):
                if is_merge(key_node):
                    merges.append(child)
                    continue
                key = self._key(key_node)
            if key in value:
                later.append(key_node)
            elif key is not None:
                value[key] = self.build(child, depth)
        if later:
            self._report_duplicates(node, later)
        for child in merges:  # last, because keys that are written win over merged ones
            self._merge(value, child, depth)
        return value

    def _key(self, node: Node) -> str | None:
        key = key_text(node)
        if key is None and node.tag != BROKEN:
            self.report(ProblemKind.NO_JSON_VALUE, "a key must be a string", "write the key in quotes", node)
        return key

    def _report_duplicates(self, node: Node, later: list[Node]) -> None:
        first = {
            key_text(key): key for key, _ in reversed(node.value)
        }  # the last one put in stays: the first in the text
        for key in later:
            place = span(first[key.value], self.source.text, self.source.path)
            message = f"key `{_shortened(key.value)}` is already set"
            related = Related("first set here", place)
            self.report(ProblemKind.DUPLICATE_KEY, message, "remove one of the two", key, related)

    def _merge(self, value: dict[str, Value], node: Node, depth: int) -> None:
        merged = self.build(node, depth)
        for part in merged if isinstance(merged, list) else [merged]:
            if isinstance(part, dict):
                for key, entry in part.items():
                    value.setdefault(key, entry)
            elif not isinstance(part, Deferred):
                message = "`<<` merges a mapping or a list of mappings"
                self.report(ProblemKind.SYNTAX, message, "name a mapping, or quote the key", node)

    def _tagged(self, node: Node, depth: int) -> Value:
        tag = node.tag
        if tag in self.own_tags:
            return self.read_own_tag(node, depth)
        if tag == BROKEN:
            return Deferred()
        if tag in _CORE_COLLECTIONS and isinstance(node, _CORE_COLLECTIONS[tag]):
            return self._collection(node, depth)
        if tag in _CORE_SCALARS and isinstance(node, ScalarNode):
            return self._core_scalar(node)
        return self._misfit(node) if tag in _CORE_SCALARS or tag in _CORE_COLLECTIONS else self._unknown(node)

    def read_own_tag(self, node: Node, depth: int) -> Value:
        """The value of a node whose tag is one of `own_tags`; see `build`."""
        raise NotImplementedError

    def _core_scalar(self, node: ScalarNode) -> Value:
        if node.tag == STRING:
            return str(node.value)
        try:
            value: Scalar = plain_value(node.value)
        except NoJsonValueError as error:
            return self._no_json_value(node, str(error))
        # To Python a bool is an int, to YAML it is not.
        kinds = _CORE_SCALARS[node.tag]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            return self._misfit(node)
        return float(value) if node.tag == CORE + "float" and isinstance(value, int) else value

    def _misfit(self, node: Node) -> Deferred:
        message = f"tag `{node.tag.replace(CORE, '!!')}` does not fit this value"
        return self.report(ProblemKind.SYNTAX, message, "remove the tag or change the value", node)

    def _unknown(self, node: Node) -> Deferred:
        from difflib import get_close_matches  # only needed to describe a problem

        tag = node.tag.replace(CORE, "!!")
        near = get_close_matches(tag, self.own_tags, 1)
        known = ", ".join(f"`{name}`" for name in self.own_tags)
        label = f"did you mean `{near[0]}`?" if near else "put the text in quotes, or use a known tag"
        return self.report(ProblemKind.UNKNOWN_TAG, f"unknown tag `{tag}`; known are {known}", label, node)


def _is_placeholder(node: MappingNode) -> bool:
    # YAML reads `{{name}}` as a mapping whose one key is a mapping.
    return bool(node.flow_style and len(node.value) == 1 and node.value[0][0].__class__ is MappingNode)


def _shortened(text: object) -> str:
    words = str(text)
    return words if len(words) <= 40 else words[:39] + "…"
