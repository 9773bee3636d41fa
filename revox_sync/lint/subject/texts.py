"""All texts of an assistant with what the schema says of them, and the placeholders in them: walked once per file."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.values.pointer import Pointer

BRACES: Final = re.compile(r"(\{+)([^{}\n]*)(\}*)")
PLACEHOLDER: Final = re.compile(r"\{\{([^{}\n]*)\}\}")
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
        name: what stands between the braces, without blanks around it.
        is_placeholder: whether this is `{{name}}`; names are free, and further braces around it are those of JSON.
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


class Named(NamedTuple):
    """The names of the placeholders of one text, in order."""

    text: Text
    names: list[str]


class Texts:
    """The strings of one assistant that are known.

    Args:
        value: the assistant as plain JSON; what is no mapping has no texts.
        hidden: pointers of values whose content is not known.

    Attributes:
        anywhere: every string, in order, those at places the schema does not know included.
        known: strings at places the schema knows, without the state of visual editors.
    """

    def __init__(self, value: Any, hidden: Collection[Pointer]) -> None:
        self.anywhere: Final[list[Text]] = []
        self.known: Final[list[Text]] = []
        self._hidden = hidden
        if isinstance(value, dict):
            self._walk(value, assistant_node(), (), known=True)

    def _walk(self, value: Any, node: Node, at: Pointer, *, known: bool) -> None:
        parts, place_of = _parts(value, node)
        for key, child in parts:
            kind = child.__class__  # plain JSON has no other classes, and an assistant many values
            if kind is str:
                pointer = (*at, key)
                if pointer not in self._hidden:
                    self._take(Text(pointer, child, place_of(key) or NOWHERE), known=known)
            elif kind is dict or kind is list:
                place = place_of(key)
                # The one thing without impact that is no text is the state of the editor.
                inside = known and place is not None and place.impact != "cosmetic"
                self._walk(child, place or NOWHERE, (*at, key), known=inside)

    def _take(self, text: Text, *, known: bool) -> None:
        self.anywhere.append(text)
        if known and text.node is not NOWHERE:
            self.known.append(text)

    @cached_property
    def joined(self) -> str:
        """All strings in one, to ask quickly for what none of them holds."""
        return "\n".join([each.text for each in self.anywhere])

    @cached_property
    def spoken(self) -> list[Text]:
        """Texts that a voice reads out word for word, if it reads them at all."""
        return [each for each in self.known if each.node.spoken]

    @cached_property
    def urls(self) -> list[Text]:
        """Texts that are URLs, as the schema says."""
        return [each for each in self.anywhere if each.node.url]

    @cached_property
    def named(self) -> list[Named]:
        """Known texts with placeholders, and the names of these: all that is mostly asked of them, and fast."""
        named = (
            Named(each, [one.name for one in placeholders_in(each)] if names is None else names)
            for each, names in self._with_braces
        )
        return [each for each in named if each.names]

    @cached_property
    def odd_braces(self) -> list[Braces]:
        """Everything in braces, in those known texts in which not all of it is placeholders."""
        return [braces for each, names in self._with_braces if names is None for braces in braces_in(each)]

    @cached_property
    def _with_braces(self) -> list[tuple[Text, list[str] | None]]:
        return [(each, _names_in(each.text)) for each in self.known if "{" in each.text]


def _parts(value: Any, node: Node) -> tuple[Iterable[tuple[Any, Any]], Callable[[Any], Node | None]]:
    """What a collection holds, by key, and how to find what the schema says of a key."""
    if isinstance(value, dict):
        return value.items(), node.branch(value).properties.get
    element = node.element
    return enumerate(value), lambda _: element


def braces_in(text: Text) -> Iterator[Braces]:
    """Everything in braces in a text."""
    return (_braces(text, found) for found in BRACES.finditer(text.text))


def placeholders_in(text: Text) -> Iterator[Braces]:
    """Every `{{name}}` in a text."""
    return (each for each in braces_in(text) if each.is_placeholder)


def _names_in(text: str) -> list[str] | None:
    """The names of a text's placeholders; None where something in its braces is none."""
    names = list(map(str.strip, PLACEHOLDER.findall(text)))
    regular = text.count("{") == text.count("}") == 2 * len(names)
    return names if regular and all(map(_is_name, names)) else None


def _braces(text: Text, found: re.Match[str]) -> Braces:
    opening, inside, closing = found.groups()
    name = inside.strip()
    is_placeholder = len(opening) >= 2 and len(closing) >= 2 and _is_name(name)
    return Braces(text, len(opening), inside, len(closing), found.start(2), name, is_placeholder)


@lru_cache(maxsize=1000)  # a project has few names, again and again
def _is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None


NOWHERE: Final = Node({}, {})


def local_names(value: Any, text: Text) -> set[str]:
    """Names that are filled in for one text besides the prompt variables: see `x-variables` in docs/schema.md."""
    allowed = text.node.variables
    if allowed is None or (len(allowed) == 1 and "prompt_variables" in allowed):
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
