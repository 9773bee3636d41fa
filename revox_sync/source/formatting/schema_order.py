"""The order of the schema's fields, in a layout tree."""

from __future__ import annotations

from revox_sync.contract.fields import Node as SchemaNode
from revox_sync.contract.fields import element_of, fields_of
from revox_sync.source.formatting.layout_tree import Block
from revox_sync.source.yaml.nodes import MappingNode, ScalarNode, is_merge, walk_nodes


def sort_by_schema(block: Block, node: SchemaNode | None) -> None:
    """Puts the keys of a block, and of those inside, into the schema's order; unknown ones follow in their own.

    A mapping stays as it is if an alias in one entry means an anchor in another, or if it has a merge key.
    """
    if not isinstance(block.node, MappingNode):
        for entry in block.entries:
            if isinstance(entry.value, Block):
                sort_by_schema(entry.value, element_of(node))
        return
    # Which variant of a union it is, a text of it decides.
    texts = {entry.name: entry.node.value for entry in block.entries if isinstance(entry.node, ScalarNode)}
    fields = fields_of(node, texts)
    for entry in block.entries:
        if isinstance(entry.value, Block):
            sort_by_schema(entry.value, fields.get(entry.name) if entry.name is not None else None)
    if fields and _is_free(block):
        positions = {name: position for position, name in enumerate(fields)}
        block.entries.sort(key=lambda entry: positions.get(str(entry.name), len(positions)))


def _is_free(block: Block) -> bool:
    """Whether the order of the entries says nothing."""
    if any(is_merge(key) for key, _ in block.node.value):
        return False
    nodes = [{id(part) for part in walk_nodes(entry.node)} for entry in block.entries]
    return sum(map(len, nodes)) == len(set().union(*nodes))
