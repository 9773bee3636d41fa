"""All texts of an assistant with what the schema says of them, and the placeholders in them: walked once per file."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property
from typing import Any, Final, NamedTuple

from revox_sync.contract import Node, assistant_node
from revox_sync.pointer import Pointer

BRACES: Final = re.compile(r"(\{+)([^{}\n]*)(\}*)")
NAME: Final = re.compile(r"\w[\w .'’/-]*")


class Text(NamedTuple):
    """A string of an assistant file.

    Attributes:
        node: what the schema says of its place.
    """

    pointer: Pointer
    text: str
    node: Node


class Braces(NamedTuple):
    """A run of braces with what follows on its line, up to the next brace and the closing ones.

    Attributes:
        opening: how many braces open it.
        closing: how many close it.
        start: offset of `inside` in the text.
    """

    of: Text
    opening: int
    inside: str
    closing: int
    start: int

    @property
    def name(self) -> str:
        """What stands between the braces, without blanks around it."""
        return self.inside.strip()

    @property
    def is_placeholder(self) -> bool:
        """Whether this is `{{name}}`; names are free, and further braces around it are those of JSON."""
        return self.opening >= 2 and self.closing >= 2 and NAME.fullmatch(self.name) is not None

    def span(self, braces: int) -> tuple[int, int]:
        """Offsets in the text of what stands inside and at most that many braces on each side."""
        end = self.start + len(self.inside)
        return self.start - min(braces, self.opening), end + min(braces, self.closing)


class Texts:
    """The strings of one assistant that are known.

    Args:
        value: the assistant as plain JSON of any shape.
        hidden: pointers of values whose content is not known.

    Attributes:
        anywhere: every string, in order, those at places the schema does not know included.
        known: strings at places the schema knows, without the state of visual editors.
    """

    def __init__(self, value: Any, hidden: Collection[Pointer]) -> None:
        self.anywhere: Final[list[Text]] = []
        self.known: Final[list[Text]] = []
        self._hidden = hidden
        self._walk(value, assistant_node(), (), known=True)

    def _walk(self, value: Any, node: Node, at: Pointer, *, known: bool) -> None:
        if isinstance(value, dict):
            properties = node.branch(value).properties
            for key, child in value.items():
                self._visit(child, properties.get(key), (*at, key), known)
        elif isinstance(value, list):
            for index, child in enumerate(value):
                self._visit(child, node.element, (*at, index), known)

    def _visit(self, value: Any, node: Node | None, at: Pointer, known: bool) -> None:  # noqa: FBT001 - once per value
        known = known and node is not None
        if isinstance(value, str):
            if not self._hidden or at not in self._hidden:
                text = Text(at, value, node or NOWHERE)
                self.anywhere.append(text)
                if known:
                    self.known.append(text)
        elif isinstance(value, dict | list):
            # The one thing without impact that is no text is the state of the editor.
            self._walk(value, node or NOWHERE, at, known=known and node is not None and node.impact != "cosmetic")

    @cached_property
    def joined(self) -> str:
        """All strings in one, to ask quickly for what none of them holds."""
        return "\n".join([each.text for each in self.anywhere])

    @cached_property
    def spoken(self) -> list[Text]:
        """Texts that a voice reads out word for word, if it reads them at all."""
        return [each for each in self.known if each.node.spoken]

    @cached_property
    def braces(self) -> list[Braces]:
        """Everything in braces, in all known texts."""
        return [
            Braces(each, len(found[1]), found[2], len(found[3]), found.start(2))
            for each in self.known
            if "{" in each.text
            for found in BRACES.finditer(each.text)
        ]

    @cached_property
    def placeholders(self) -> list[Braces]:
        """Every `{{name}}`."""
        return [each for each in self.braces if each.is_placeholder]


NOWHERE: Final = Node({}, {})


def local_names(value: Any, text: Text) -> set[str]:
    """Names that are filled in for one text besides the prompt variables: see `x-variables` in docs/schema.md."""
    allowed = text.node.variables
    if allowed is None or allowed.keys() == {"prompt_variables"}:
        return set()
    names = set(allowed.get("known", ()))
    if allowed.get("structured_outputs"):
        names |= _names(value.get("structured_output_config"))
    if allowed.get("tool_inputs"):
        tools, index, *_ = text.pointer
        names |= _names(value[tools][index].get("input_schema"))
    return names


def _names(entries: Any) -> set[str]:
    found = [each.get("name") for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    return {each for each in found if isinstance(each, str)}
