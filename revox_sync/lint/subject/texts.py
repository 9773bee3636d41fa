"""All texts of an assistant, what the schema says about them, and their placeholders: walked once per file."""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, Final

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.lint.subject.field_paths import Path, values_at
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer

# No newline inside: an opening brace that is never closed must not swallow the rest of a prompt.
BRACES: Final = re.compile(r"(\{+)([^{}\n]*)(\}*)")
DOUBLE_BRACES: Final = re.compile(r"\{\{([^{}\n]*)\}\}")
VARIABLE_NAME: Final = re.compile(r"\w[\w .'’/-]*")
_UNKNOWN_PLACE: Final = Node({}, {})


class Text(NamedTuple):
    """A string of an assistant file, and what the schema says about its place."""

    pointer: Pointer
    text: str
    node: Node


class Braces(NamedTuple):
    """A run of opening braces, what follows it on its line up to the next brace, and the closing braces after that.

    Attributes:
        of: the text they stand in.
        opening: how many braces open it.
        closing: how many close it.
        start: offset of `inside` in the text.
        name: `inside` without blanks around it.
        is_placeholder: whether this is `{{name}}`. A name may have any letters, and further braces are those of JSON.
    """

    of: Text
    opening: int
    inside: str
    closing: int
    start: int
    name: str
    is_placeholder: bool

    def span(self, braces: int) -> tuple[int, int]:
        """Offsets in the text of what stands inside and at most that many braces on each side."""
        end = self.start + len(self.inside)
        return self.start - min(braces, self.opening), end + min(braces, self.closing)


class Texts:
    """The strings of one assistant that are known.

    Args:
        value: the assistant as plain JSON; anything but a mapping has no texts.
        hidden: pointers of values whose content is not known.

    Attributes:
        anywhere: every string, in order, also at places that the schema does not know.
        known: strings at places that the schema knows.
    """

    def __init__(self, value: Any, hidden: Collection[Pointer]) -> None:
        self.anywhere: Final[list[Text]] = []
        self.known: Final[list[Text]] = []
        self._hidden = hidden
        if isinstance(value, dict):
            self._walk(value, assistant_node(), (), known=True)

    def _walk(self, value: Any, node: Node, at: Pointer, *, known: bool) -> None:
        # An assistant has hundreds of values and lint walks them all, so this is written for speed: plain JSON has no
        # subclasses, and the branch of a union is chosen once for all keys of a mapping.
        properties = node.branch(value).properties if value.__class__ is dict else None
        children: Iterable[tuple[Any, Any]] = enumerate(value) if properties is None else value.items()
        for key, child in children:
            kind = child.__class__
            if kind is str:
                pointer = (*at, key)
                if pointer not in self._hidden:
                    place = node.element if properties is None else properties.get(key)
                    text = Text(pointer, child, place or _UNKNOWN_PLACE)
                    self.anywhere.append(text)
                    if known and place is not None:
                        self.known.append(text)
            elif kind is dict or kind is list:
                place = node.element if properties is None else properties.get(key)
                is_written = known and place is not None
                self._walk(child, place or _UNKNOWN_PLACE, (*at, key), known=is_written)

    @cached_property
    def joined(self) -> str:
        """All strings in one. A search in it rules out quickly what none of them contains."""
        return "\n".join([text.text for text in self.anywhere])

    @cached_property
    def urls(self) -> list[Text]:
        """The strings at places where the schema expects a URL."""
        return [text for text in self.anywhere if text.node.url]

    @cached_property
    def braces(self) -> list[Braces]:
        """Everything in braces in known texts, in order."""
        return [braces for text in self.known if "{" in text.text for braces in _braces_in(text)]

    @cached_property
    def placeholders(self) -> list[tuple[Text, list[Braces]]]:
        """Known texts with placeholders, and the placeholders of each."""
        found = (braces for braces in self.braces if braces.is_placeholder)
        return [(text, list(placeholders)) for text, placeholders in groupby(found, lambda braces: braces.of)]

    @cached_property
    def placeholder_names(self) -> frozenset[str]:
        """The names of all placeholders in known texts."""
        return frozenset(braces.name for braces in self.braces if braces.is_placeholder)


def _braces_in(text: Text) -> Iterator[Braces]:
    """Everything in braces in a text."""
    for found in BRACES.finditer(text.text):
        opening, inside, closing = found.groups()
        name = inside.strip()
        is_placeholder = len(opening) >= 2 and len(closing) >= 2 and _is_name(name)
        yield Braces(text, len(opening), inside, len(closing), found.start(2), name, is_placeholder)


@lru_cache(maxsize=1000)  # the same few names occur all over a project
def _is_name(text: str) -> bool:
    return VARIABLE_NAME.fullmatch(text) is not None


def local_names(value: Any, text: Text) -> set[str]:
    """Names that are filled in for one text besides the prompt variables: see `x-variables` in docs/schema.md."""
    allowed = text.node.variables or {}
    names = set(allowed.get("known", ()))
    if allowed.get("structured_outputs"):
        names |= _strings_at(value, ("structured_output_config", None, "name"))
    if allowed.get("tool_inputs"):
        tools, index, *_ = text.pointer
        names |= _strings_at(value[tools][index], ("input_schema", None, "name"))
    return names


def _strings_at(value: Any, path: Path) -> set[str]:
    return {found for _, found in values_at(value, path) if isinstance(found, str)}
