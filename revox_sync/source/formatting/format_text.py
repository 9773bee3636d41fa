"""Formats one YAML file: the same meaning in the one layout that all files have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from revox_sync.source.formatting.layout_tree import UnformattableError
from revox_sync.source.formatting.read_layout import read_layout
from revox_sync.source.formatting.same_meaning import difference
from revox_sync.source.formatting.schema_order import sort_by_schema
from revox_sync.source.formatting.write_layout import write_layout
from revox_sync.source.model.problem import Problem, ProblemKind
from revox_sync.source.yaml.decode import decode_text
from revox_sync.source.yaml.entry_spans import is_flow
from revox_sync.source.yaml.nodes import CollectionNode
from revox_sync.source.yaml.parse import Composition, compose
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.outer_lines import with_line_feeds

if TYPE_CHECKING:
    from revox_sync.contract.fields import Node

_MARK: Final = "file starts with a byte order mark"
_READABLE: Final = frozenset({ProblemKind.CONTROL_CHARACTER})
"""Problems with which all values are known, and are read the same again."""


class Formatted(NamedTuple):
    """What became of a file.

    Attributes:
        text: the new text; None where the file cannot be formatted.
        problem: why it cannot be read; None where it can.
        line: where the reason to leave it is, from 1; 0 where there is no one place.
        reason: why it is left as it is, as a clause; empty where it is not.
    """

    text: str | None
    problem: Problem | None = None
    line: int = 0
    reason: str = ""


def format_bytes(content: bytes, path: str, node: Node | None) -> Formatted:
    """The text of a file in the layout of the formatter, proven to mean the same.

    Args:
        content: the file; CRLF stays CRLF where its first line ends so, and a byte order mark goes.
        path: the file, for the places of problems.
        node: what the schema knows about the file, whose order its keys get; None leaves their order.
    """
    original, encoding = decode_text(content, path)
    wrong = [problem for problem in encoding if problem.message != _MARK]
    text = with_line_feeds(original)
    composed = compose(text, path) if not wrong else Composition(None, tuple(wrong))
    wrong += [problem for problem in composed.problems if problem.kind not in _READABLE]
    if wrong:
        return Formatted(None, wrong[0], text.count("\n", 0, wrong[0].place.start) + 1)
    root = composed.root
    if not isinstance(root, CollectionNode) or is_flow(root) or not root.value:
        return Formatted(original)
    try:
        tree = read_layout(root, text)
    except UnformattableError as error:
        return Formatted(None, None, text.count("\n", 0, error.offset) + 1, error.reason)
    sort_by_schema(tree.root, node)
    new = write_layout(tree)
    reason = difference(text, composed, new, path)
    if reason is not None:
        return Formatted(None, None, 0, reason)
    first = original.find("\n")
    return Formatted(new.replace("\n", "\r\n") if first > 0 and original[first - 1] == "\r" else new)
