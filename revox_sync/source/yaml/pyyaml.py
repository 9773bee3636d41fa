"""What we use of PyYAML: libyaml's parser, nodes and marks.

PyYAML's own reader, resolver and constructor come along, and with them a dozen regular expressions that libyaml's
parser never needs. To compile them is a sixth of a one-file lint, most of it for one that lists nearly all characters;
so they are compiled when somebody matches with them.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _LatePattern:
    """Stands for a pattern, which it compiles when anything is asked of it."""

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._arguments), name)


@contextmanager
def _late_patterns() -> Iterator[None]:
    """Let modules that are imported in the block have late patterns; where threads run, others could get them, too."""
    if "threading" in sys.modules and sys.modules["threading"].active_count() > 1:
        yield
        return
    compile_now, re.compile = re.compile, _LatePattern  # type: ignore[assignment]
    try:
        yield
    finally:
        re.compile = compile_now


with _late_patterns():
    from yaml._yaml import CParser
    from yaml.error import Mark, YAMLError
    from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

__all__ = ["CParser", "CollectionNode", "MappingNode", "Mark", "Node", "ScalarNode", "SequenceNode", "YAMLError"]
