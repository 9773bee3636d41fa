"""Edits of files as the protocol carries them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from lsprotocol.types import (
    ClientCapabilities,
    CreateFile,
    OptionalVersionedTextDocumentIdentifier,
    Position,
    Range,
    ResourceOperationKind,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from revox_sync.lint.model.finding import FixedRegion
from revox_sync.server.texts.open_text import OpenText
from revox_sync.server.texts.positions import Positions
from revox_sync.source.model.place import SourceText

Edits = Mapping[str, list[TextEdit]]
"""Edits by path from the project root."""


class Editing:
    """What an editor can do with an edit.

    Args:
        capabilities: as the editor has told them.
    """

    def __init__(self, capabilities: ClientCapabilities) -> None:
        workspace = capabilities.workspace
        edits = workspace.workspace_edit if workspace else None
        self._versioned: Final = bool(edits and edits.document_changes)
        operations = (edits.resource_operations if edits else None) or ()
        self.creates_files: Final = self._versioned and ResourceOperationKind.Create in operations

    def edit(self, text: OpenText, edits: Edits, new: Mapping[str, str] | None = None) -> WorkspaceEdit:
        """One edit of several files.

        Args:
            text: the open text that it belongs to.
            new: texts of files to be created, by path from the root.
        """
        if not self._versioned:
            return WorkspaceEdit(changes={text.uri_of(path): those for path, those in edits.items()})
        changes: list[TextDocumentEdit | CreateFile] = []
        for path, content in (new or {}).items():
            changes += [CreateFile(text.uri_of(path)), _document(text, path, [TextEdit(_AT_START, content)])]
        changes += [_document(text, path, those) for path, those in edits.items()]
        return WorkspaceEdit(document_changes=changes)


_AT_START: Final = Range(Position(0, 0), Position(0, 0))


def _document(text: OpenText, path: str, edits: list[TextEdit]) -> TextDocumentEdit:
    document = text.opened.get(path)
    named = OptionalVersionedTextDocumentIdentifier(text.uri_of(path), document.version if document else None)
    return TextDocumentEdit(named, list(edits))


def edits_of_regions(text: OpenText, regions: Iterable[FixedRegion]) -> Edits:
    """The edits of a fix."""
    found: dict[str, list[TextEdit]] = {}
    for region, replacement in regions:
        places = text.positions_in(region.path)
        found.setdefault(region.path, []).append(TextEdit(places.of_region(region), replacement))
    return found


def edits_to(text: OpenText, texts: Mapping[str, str]) -> Edits:
    """Edits that make of files what they should be: of each, what lies between the first and last difference."""
    found: dict[str, list[TextEdit]] = {}
    for path, wanted in texts.items():
        document = text.opened.get(path)
        before = document.text if document else text.source_of(path).text
        after = wanted if before.startswith("\ufeff") else wanted.removeprefix("\ufeff")
        start = _common(before, after)
        # No edit begins or ends inside a line break, where the protocol has no position.
        start -= before[start - 1 : start] == "\r"
        end = _common(before[start:][::-1], after[start:][::-1])
        end -= end > 0 and before[len(before) - end] == "\n"
        if before != after:
            places = Positions(SourceText(path, before), text.encoding)
            changed = places.range(start, len(before) - end)
            found[path] = [TextEdit(changed, after[start : len(after) - end])]
    return found


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    differ = (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(differ, min(len(one), len(other)))
