"""Where references lead: links that can be clicked, and "go to definition"."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import DocumentLink, Location

from revox_sync.server.texts.node_at import NodeSpot, references, spot_at
from revox_sync.server.texts.open_text import OpenText
from revox_sync.source.documents.document import Document
from revox_sync.source.model.place import Place
from revox_sync.source.yaml.nodes import VAR, ScalarNode, span


def document_links(text: OpenText) -> list[DocumentLink]:
    """Every path behind `!file` and `!include` that leads to a file of the project which may be read."""
    document = text.loaded
    if document is None:
        return []
    links = document.nodes.links
    return [
        DocumentLink(text.range(place), text.uri_of(links[id(node)].path), tooltip=links[id(node)].path)
        for node, place in references(document)
        if id(node) in links
    ]


def definitions(text: OpenText, offset: int) -> list[Location]:
    """Where the value at an offset is written: the file of a reference, the anchor of an alias, the variable."""
    document = text.loaded
    spot = spot_at(document, offset) if document else None
    return [] if spot is None or document is None else [text.location(place) for place in _places(text, document, spot)]


def _places(text: OpenText, document: Document, spot: NodeSpot) -> Iterator[Place]:
    link = document.nodes.links.get(id(spot.node))
    if spot.is_alias:
        yield span(spot.node, text.text, text.path)
    elif link is not None and link.node is not None:
        source = text.source_of(link.path)
        yield Place(link.path, link.node.start_mark.index, span(link.node, source.text, link.path).end)
    elif link is not None:
        yield Place(link.path, 0, 0)
    elif spot.node.tag == VAR and isinstance(spot.node, ScalarNode) and text.workspace is not None:
        for environment in text.environments:
            found = text.workspace.variable_place(environment.name, spot.node.value.strip())
            if found is not None:
                yield found[0]
