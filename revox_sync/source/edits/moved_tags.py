"""The text of a file that moves to another folder: its tags lead where they led before."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from revox_sync.errors import RefusedError
from revox_sync.source.documents.document import Document
from revox_sync.source.yaml.nodes import FILE, INCLUDE, ScalarNode, span, walk_nodes


def text_at(document: Document, target: str, moved: Mapping[str, str]) -> str:
    """The text of a document as it has to be at another path; every other byte stays.

    Args:
        target: the new path, from the project root.
        moved: new paths of other files that move along, by their old ones.

    Raises RefusedError where the path in a tag is written in a way that cannot be replaced.
    """
    text = document.sources[document.path].text
    folder, new_folder = posixpath.dirname(document.path), posixpath.dirname(target)
    edits = []
    for node in walk_nodes(document.nodes.root):
        if not isinstance(node, ScalarNode) or node.tag not in {FILE, INCLUDE}:
            continue
        path, mark, pointer = node.value.partition("#")
        there = posixpath.normpath(posixpath.join(folder, path))
        wanted = posixpath.relpath(moved.get(there, there), new_folder or ".")
        if posixpath.normpath(path) == wanted:
            continue
        place = span(node, text, document.path)
        start = text.rfind(node.value, place.start, place.end)
        if start < 0:
            raise RefusedError(
                f"`{document.path}`: the path in `{text[place.start : place.end]}` cannot be replaced",
                hint="write it without escapes first",
            )
        edits.append((start, start + len(node.value), f"{wanted}{mark}{pointer}"))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
