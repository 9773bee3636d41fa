"""What is shown beside the text under the pointer: the rule, the field, and what a tag stands for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lsprotocol.types import Hover, MarkupContent, MarkupKind

from revox_sync.contract.field_page import field_page
from revox_sync.contract.fields import Node as Field
from revox_sync.lint.fixes.fix_files import shown_text
from revox_sync.lint.registry import find_rule
from revox_sync.output.markup.markdown import fence
from revox_sync.output.rules.markdown import markdown_prose
from revox_sync.output.text.visible import visible
from revox_sync.server.texts.node_at import NodeSpot, spot_at
from revox_sync.server.texts.open_text import OpenText
from revox_sync.source.files.tree import TreeError
from revox_sync.source.model.value import Deferred, plain_json
from revox_sync.source.yaml.nodes import ENV, FILE, INCLUDE, SUB, VAR, ScalarNode
from revox_sync.usecases.lint.rule_pages import brief_page
from revox_sync.values.credential_patterns import without_credentials
from revox_sync.values.pointer import Pointer, dotted, value_at
from revox_sync.values.secret import Secret

_MOST_LINES: Final = 24
_MOST_CHARACTERS: Final = 400
_MASK: Final = "•••"
_SECRET: Final = "a secret"  # noqa: S105 - says that there is one


def hover(text: OpenText, offset: int) -> Hover | None:
    """What is known of the text at an offset; None where nothing is."""
    document = text.loaded
    spot = spot_at(document, offset) if document else None
    parts = [*_rules(text, offset), *(_place(text, spot) if spot else ())]
    if not parts:
        return None
    shown = text.range(spot.place) if spot else None
    return Hover(MarkupContent(MarkupKind.Markdown, "\n\n---\n\n".join(parts)), shown)


def _rules(text: OpenText, offset: int) -> Iterator[str]:
    """The page of each rule that has found something there."""
    for code in dict.fromkeys(finding.code for finding in text.findings_at(offset, offset)):
        page = brief_page(find_rule(code))
        yield f"**{page.code} {page.name}**\n\n{markdown_prose(page)}"


def _place(text: OpenText, spot: NodeSpot) -> Iterator[str]:
    field = text.field(spot.pointer, plain_json(text.loaded.value) if text.loaded else None) if spot.pointer else None
    if field is not None:
        page = field.schema.get("markdownDescription") or field_page(field.schema)
        yield f"**{visible(dotted(spot.pointer))}**\n\n{page}"
    if spot.is_key:
        yield from _environments(text, spot.pointer, field, always=False)
    elif isinstance(spot.node, ScalarNode):
        yield from _tag(text, spot, spot.node, field)


def _tag(text: OpenText, spot: NodeSpot, node: ScalarNode, field: Field | None) -> Iterator[str]:
    """What a tagged value stands for. Environment variables are not read."""
    if node.tag == ENV:
        yield f"{_SECRET}, from the environment variable `{visible(node.value.strip())}`; it is not read here"
    elif node.tag in {VAR, SUB}:
        yield from _environments(text, spot.pointer, field, always=True)
    elif node.tag in {FILE, INCLUDE} and text.loaded is not None:
        link = text.loaded.nodes.links.get(id(node))
        if link is not None:
            yield _file(text, link.path)


def _file(text: OpenText, path: str) -> str:
    """The beginning of a file, with every secret in it masked."""
    if text.workspace is None:
        return ""
    try:
        lines = shown_text(text.workspace, path).splitlines()
    except TreeError:
        return f"`{visible(path)}` cannot be read"
    shown = [visible(line[:_MOST_CHARACTERS]) for line in lines[:_MOST_LINES]]
    more = f"\n\n… {len(lines) - len(shown)} more lines" if len(lines) > len(shown) else ""
    language = "yaml" if path.endswith((".yaml", ".yml")) else "markdown"
    return f"`{visible(path)}`\n\n" + "\n".join(fence(shown, language)) + more


def _environments(text: OpenText, pointer: Pointer, field: Field | None, *, always: bool) -> Iterator[str]:
    """The value in each environment, where they differ or are asked for."""
    shown: Mapping[str, str] = {
        environment.name: _shown(value_at(document.value, pointer), field) for environment, document in text.values()
    }
    if not shown:
        return
    if len(set(shown.values())) > 1:
        rows = (f"| {name} | {value} |" for name, value in shown.items())
        yield "\n".join(["| environment | value |", "|---|---|", *rows])
    elif always:
        yield f"stands for {next(iter(shown.values()))}"


def _shown(value: Any, field: Field | None) -> str:
    """A value in a cell of a table, without anything that is a secret."""
    if isinstance(value, Secret) or (field is not None and field.secret and value is not None):
        return _SECRET
    if isinstance(value, Deferred):
        return "not set"
    if field is not None and field.holds_secret:
        return "holds a secret"
    plain = json.dumps(plain_json(value), ensure_ascii=False)
    text = visible(without_credentials(plain, lambda _: _MASK)).replace("`", "'").replace("|", "\\|")
    return f"`{text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + '…'}`"
