"""What a request of the editor is about: an open text, its project, and what the schema knows about its places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from lsprotocol.types import Location, Position, Range

from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.contract.editor_schema import documented_schema
from revox_sync.contract.fields import Node as Field
from revox_sync.contract.fields import newest_contract
from revox_sync.contract.schema_files import load_schema
from revox_sync.lint.model.finding import Finding, Region
from revox_sync.server.texts.documents import OpenDocument, file_uri
from revox_sync.server.texts.positions import Positions
from revox_sync.server.texts.projects import Project
from revox_sync.source.documents.document import Document
from revox_sync.source.files.tree import TreeError
from revox_sync.source.model.place import Place, SourceText
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace
from revox_sync.usecases.lint.live_lint import Look
from revox_sync.usecases.project.project_root import path_in_project
from revox_sync.values.pointer import Pointer

_DEFAULTS: Final = "defaults"


class OpenText:
    """One open text as it is now.

    Attributes:
        path: of its file, from the project root.
        opened: all open texts of the project, by path.
        source: the text without a byte order mark.
        look: the project.
    """

    def __init__(
        self, document: OpenDocument, project: Project, opened: Mapping[str, OpenDocument], encoding: str
    ) -> None:
        self.document: Final = document
        self.opened: Final = opened
        self.project: Final = project
        self.encoding: Final = encoding
        self.look: Final[Look] = project.look()
        self.path: Final = path_in_project(project.root, document.path)
        marked = document.text.startswith("\ufeff")
        self.source: Final = SourceText(self.path, document.text.removeprefix("\ufeff"), has_mark=marked)
        self.positions: Final = Positions(self.source, encoding, marked=marked)

    @property
    def text(self) -> str:
        """All of it."""
        return self.source.text

    @property
    def is_yaml(self) -> bool:
        """Whether it is YAML; else it is a text for `!file`."""
        return self.path.endswith(SUFFIXES)

    @property
    def workspace(self) -> Workspace | None:
        """The project; None where its configuration is broken."""
        return self.look.workspace

    @property
    def environments(self) -> Sequence[Environment]:
        """Those that are tried; none where the configuration is broken."""
        return self.look.environments if self.workspace else ()

    @cached_property
    def users(self) -> list[AssistantFile]:
        """The assistants that are made of it."""
        return self.look.users([self.path])

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with it, and with what it belongs to."""
        return self.project.report(self.users).findings

    def findings_at(self, start: int, end: int) -> Iterator[Finding]:
        """Findings in this text that touch the characters from `start` to `end`."""
        for finding in self.findings:
            if finding.region.path == self.path:
                first, last = self.span(finding.region)
                if first <= end and start <= last:
                    yield finding

    def span(self, region: Region) -> tuple[int, int]:
        """Offsets of a region of this text."""
        return self.source.offset(region.line, region.column), self.source.offset(region.end_line, region.end_column)

    @cached_property
    def loaded(self) -> Document | None:
        """The text as a document, with the variables of the first environment; None for what is no YAML."""
        if not self.is_yaml or self.workspace is None:
            return None
        return self.workspace.loader(self.environments[0]).load(self.path)

    def values(self) -> Iterator[tuple[Environment, Document]]:
        """The assistant that the text is, in each environment."""
        for file in self.users if self.workspace else ():
            if file.path == self.path:
                yield from ((each, self.workspace.load(file, each)) for each in self.environments if self.workspace)

    @cached_property
    def root(self) -> tuple[Field, Pointer] | None:
        """What the schema knows: a field, and the pointer of this text's root below it; None where nothing is known."""
        if self.path == CONFIG_NAME:
            return Field(load_schema("config"), load_schema("config")), ()
        assistant = self._assistant_schema
        if self.workspace is None or any(file.path == self.path for file in self.workspace.files):
            return assistant, ()
        for user in self.users:
            document = self.workspace.load(user, self.environments[0])
            for pointer, node in document.nodes.walk():
                link = document.nodes.links.get(id(node))
                if link is not None and link.path == self.path and link.node is not None:
                    inner = self._inside(link.node)
                    return (assistant, pointer) if inner == () else None
        return None

    def _inside(self, target: object) -> Pointer | None:
        """Where a node is in its own file: the root, or somewhere in it."""
        root = self.loaded.nodes.root if self.loaded else None
        # The node belongs to another reading of the same text: places tell whether both are the same.
        same = root is not None and getattr(target, "start_mark", None) is not None
        return () if same and root.start_mark.index == target.start_mark.index and root.tag == target.tag else None  # type: ignore[union-attr,attr-defined]

    @cached_property
    def _assistant_schema(self) -> Field:
        contract = self.environments[0].contract if self.environments else None
        schema = documented_schema(contract or newest_contract())
        return Field(schema, schema)

    def field(self, pointer: Pointer, value: object = None) -> Field | None:
        """What the schema knows of a place of this text; None where it knows nothing.

        Args:
            value: of the whole text; decides between variants.
        """
        if self.root is None:
            return None
        schema, base = self.root
        if self.path == CONFIG_NAME and pointer[:1] == (_DEFAULTS,) and len(pointer) > 1:
            return self.mapping(pointer, value)
        above = schema.at(base)
        return above.at(pointer, value) if above is not None else None

    def mapping(self, pointer: Pointer, value: object = None) -> Field | None:
        """What the schema knows of the keys at a place: those below `defaults` are an assistant's."""
        if self.path == CONFIG_NAME and pointer[:1] == (_DEFAULTS,):
            inside = value.get(_DEFAULTS) if isinstance(value, dict) else None
            return self._assistant_schema.at(pointer[1:], inside)
        return self.field(pointer, value)

    def range(self, place: Place) -> Range:
        """A place of this text as the editor counts."""
        return self.positions.range(place.start, place.end)

    def offset(self, position: Position) -> int:
        """The character at a position."""
        return self.positions.offset(position)

    def location(self, place: Place) -> Location:
        """A place of any file of the project."""
        if place.path == self.path:
            return Location(self.document.uri, self.range(place))
        return Location(self.uri_of(place.path), self.positions_in(place.path).range(place.start, place.end))

    def uri_of(self, path: str) -> str:
        """The URI of a file of the project, as the editor spells it where it is open."""
        document = self.opened.get(path)
        return document.uri if document else file_uri(self.project.absolute(path))

    def positions_in(self, path: str) -> Positions:
        """Positions in a file of the project, whose byte order mark counts only where the editor has kept it."""
        if path == self.path:
            return self.positions
        document = self.opened.get(path)
        marked = document is not None and document.text.startswith("\ufeff")
        return Positions(self.source_of(path), self.encoding, marked=marked)

    def source_of(self, path: str) -> SourceText:
        """The text of another file of the project; empty where it cannot be read."""
        try:
            return self.look.source(path)
        except TreeError:
            return SourceText(path, "")
