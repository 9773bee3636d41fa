"""The texts that are open in the editor, kept up to date by the edits that it sends."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Final

from lsprotocol.types import PositionEncodingKind, TextDocumentContentChangeEvent, TextDocumentContentChangePartial
from pygls.uris import from_fs_path, to_fs_path

from revox_sync.server.texts.positions import Positions
from revox_sync.source.model.place import SourceText


class OpenDocument:
    """One text in the editor.

    Attributes:
        uri: its name, as the editor spells it.
        path: of the file that it belongs to, absolute.
        version: counts its edits.
    """

    def __init__(self, uri: str, path: str, version: int | None, text: str) -> None:
        self.uri: Final = uri
        self.path: Final = path
        self.version = version
        self.source = SourceText(path, text)

    @property
    def text(self) -> str:
        """All of it."""
        return self.source.text

    def change(self, changes: Iterable[TextDocumentContentChangeEvent], version: int | None, encoding: str) -> None:
        """Edit it, one change after the other."""
        for change in changes:
            text = change.text
            if isinstance(change, TextDocumentContentChangePartial):
                places = Positions(self.source, encoding)
                start, end = sorted((places.offset(change.range.start), places.offset(change.range.end)))
                text = self.text[:start] + change.text + self.text[end:]
            self.source = SourceText(self.path, text)
        self.version = version


class OpenDocuments:
    """All texts in the editor that belong to files.

    Attributes:
        encoding: what columns are counted in.
        edits: grows with each change, so that whoever knows the number knows whether something has changed.
    """

    def __init__(self) -> None:
        self.encoding: str = PositionEncodingKind.Utf16
        self.edits = 0
        self._documents: dict[str, OpenDocument] = {}

    def open(self, uri: str, version: int | None, text: str) -> OpenDocument | None:
        """Begin to follow a text; None for one that belongs to no file."""
        path = file_path(uri)
        if path is None:
            return None
        self.edits += 1
        document = self._documents[uri] = OpenDocument(uri, path, version, text)
        return document

    def change(
        self, uri: str, version: int | None, changes: Iterable[TextDocumentContentChangeEvent]
    ) -> OpenDocument | None:
        """Edit a text; None for one that was never opened."""
        document = self._documents.get(uri)
        if document is not None:
            self.edits += 1
            document.change(changes, version, self.encoding)
        return document

    def close(self, uri: str) -> OpenDocument | None:
        """Stop to follow a text."""
        self.edits += 1
        return self._documents.pop(uri, None)

    def get(self, uri: str) -> OpenDocument | None:
        """The text of that name."""
        return self._documents.get(uri)

    def by_path(self) -> Mapping[str, OpenDocument]:
        """All texts by the paths of their files."""
        return {document.path: document for document in self._documents.values()}


def file_path(uri: str) -> str | None:
    """The absolute path that a URI names; None for one that names no file, such as `untitled:1`."""
    if not uri.startswith("file:"):
        return None
    path = to_fs_path(uri)
    return os.path.normpath(path) if path and os.path.isabs(path) and "\0" not in path else None  # noqa: PTH117


def file_uri(path: str) -> str:
    """The URI of a file by its absolute path."""
    return from_fs_path(path) or ""
