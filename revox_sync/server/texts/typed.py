"""What somebody is about to write: the place in the value, found although the text is not finished.

A marker takes the place of the word at the cursor, and the text is read with it, as a key and as a value. What is
below the line of the cursor may be broken for other reasons; then the text up to the cursor is read alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.model.value import plain_json
from revox_sync.source.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, key_text
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer, value_at

_MARKER: Final = "RvxCursor"
_WORD_BEFORE: Final = re.compile(r"[\w.+/-]*\Z")
_WORD_BEHIND: Final = re.compile(r"[\w.+/-]*")
_PATH: Final = "typed.yaml"


class Typed(NamedTuple):
    """What is written at the cursor.

    Attributes:
        pointer: of the mapping or list that a key is written into, or of the value.
        is_key: whether a key is written.
        value: of the whole text, as far as it can be read.
        keys: that the mapping has besides.
        start: offset of the word at the cursor.
        end: offset behind it.
        inside_text: whether it is a part of a longer text, such as a prompt.
    """

    pointer: Pointer
    is_key: bool
    value: Any
    keys: frozenset[str]
    start: int
    end: int
    inside_text: bool = False


def typed_at(text: str, offset: int) -> Typed | None:
    """What is written at an offset of a YAML text; None where nobody can tell."""
    start = offset - len(_WORD_BEFORE.search(text, max(0, offset - 200), offset)[0])  # type: ignore[index]
    end = offset + len(_WORD_BEHIND.match(text, offset)[0])  # type: ignore[index]
    for variant in _variants(text, start, end):
        document = Loader(MemoryTree({_PATH: variant}), variables=None, environ=None).load(_PATH)
        root = document.nodes.root
        found = _find(root, (), document) if root is not None else None
        if found is not None:
            return found._replace(start=start, end=end)
    return None


def _variants(text: str, start: int, end: int) -> Iterator[str]:
    before, behind = text[:start], text[end:]
    has_colon = re.match(r"[\"']?[ \t]*:(?=\s|$)", behind) is not None
    line = before[max(before.rfind("\n"), before.rfind("\r")) + 1 :]
    key, value = _MARKER + ("" if has_colon else ": "), _MARKER
    # Behind `key: ` a value is written, unless brackets have been opened there.
    is_value = re.search(r":[ \t]+(?:[&!]\S+[ \t]+)*[\"']?$", line) is not None
    words = (value, key) if is_value else (key, value)
    for rest in (behind, _closing(before)):
        yield from (before + word + rest for word in words)


def _closing(before: str) -> str:
    """Brackets that close those which are open at the end of a text."""
    line = before[max(before.rfind("\n"), before.rfind("\r")) + 1 :]
    opened = [sign for sign in line if sign in "[{"]
    return "".join("]" if sign == "[" else "}" for sign in reversed(opened)) + "\n"


def _find(node: Node, pointer: Pointer, document: Document) -> Typed | None:
    """The marker in a node, which may be a key, a value, or a part of a text."""
    if isinstance(node, ScalarNode):
        if _MARKER not in node.value:
            return None
        inside = node.value.strip() != _MARKER
        return Typed(pointer, False, _value(document), frozenset(), 0, 0, inside_text=inside)  # noqa: FBT003
    if not isinstance(node, CollectionNode):
        return None
    for position, entry in enumerate(node.value):
        if not isinstance(node, MappingNode):
            found = _find(entry, (*pointer, position), document)
        elif key_text(entry[0]) == _MARKER:
            keys = frozenset(name for key, _ in node.value if (name := key_text(key)) is not None and name != _MARKER)
            return Typed(pointer, True, _value(document), keys, 0, 0)  # noqa: FBT003
        else:
            found = _find(entry[1], (*pointer, key_text(entry[0]) or ""), document)
        if found is not None:
            return found
    return None


def _value(document: Document) -> Any:
    return plain_json(document.value)


def names_in(typed: Typed | None, pointer: Pointer) -> Iterator[str]:
    """The names of the entries of a list in the text that is written."""
    entries = value_at(typed.value, pointer) if typed else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            yield entry["name"]
