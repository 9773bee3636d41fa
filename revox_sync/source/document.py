"""A loaded file: its value, what is wrong with it, and where everything is written."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Self

from revox_sync.pointer import Pointer
from revox_sync.source.locate import Location, NodeMap
from revox_sync.source.problem import AmbiguousScalar, Problem
from revox_sync.source.tags import ENV, SUB, VAR
from revox_sync.source.text import Place, SourceText
from revox_sync.source.value import Value

if TYPE_CHECKING:
    from revox_sync.source.load import Loader

_DEFAULTS = "defaults"


class Inherited:
    """The document that defaults come from, and the keys taken from it."""

    __slots__ = ("document", "keys")

    def __init__(self, document: "Document", keys: frozenset[str]) -> None:
        self.document = document
        self.keys = keys


class Document(NamedTuple):
    """One loaded YAML file.

    Attributes:
        path: the file it was loaded from.
        value: its value; None when it is broken beyond use.
        problems: everything wrong with it and the files it includes, in order of place.
        ambiguous: values, not keys, that YAML versions read differently.
        sources: every file that took part, by path.
        uses_variables: whether some value depends on the environment's variables.
        uses_secrets: whether some value comes from an environment variable.
        missing_env: unset environment variables and where they are asked for; empty where none may be read.
        nodes: where its values are written.
        inherited: where its defaults come from; None without any.
    """

    path: str
    value: Value
    problems: tuple[Problem, ...]
    ambiguous: tuple[AmbiguousScalar, ...]
    sources: Mapping[str, SourceText]
    uses_variables: bool
    uses_secrets: bool
    missing_env: tuple[tuple[str, Place], ...]
    nodes: NodeMap
    inherited: Inherited | None = None

    def locate(self, pointer: Pointer, *, key: bool = False) -> Location:
        """Place of the value at `pointer`, or of its key; of the longest part of the pointer that exists.

        The root, and an entry of a list asked for its key, are shown by the first key inside.
        """
        document, inside = self.owner(pointer)
        return document.nodes.locate(inside, key=key)

    def locate_text(self, pointer: Pointer, start: int, end: int) -> Location:
        """Place of the characters [start, end) of the text at `pointer`, escapes and indentation accounted for.

        Where they cannot be told, as in the result of a `!sub`, it is the place of the whole value.

        Args:
            pointer: keys and positions that lead to a string.
            start: offset of the first character in the value.
            end: offset behind the last character in the value.
        """
        document, inside = self.owner(pointer)
        return document.nodes.locate_text(inside, start, end)

    def owner(self, pointer: Pointer) -> "tuple[Document, Pointer]":
        """The document that writes the value at `pointer`, this one or that of the defaults, and the pointer there."""
        inherited = self.inherited
        if inherited is not None and pointer and pointer[0] in inherited.keys:
            return inherited.document, (_DEFAULTS, *pointer)
        return self, pointer

    def reloaded(self, loader: "Loader") -> "Document":
        """This document, and the defaults it takes, as another loader reads them."""
        document = loader.load(self.path)
        return document.with_defaults(loader.load(self.inherited.document.path)) if self.inherited else document

    def with_defaults(self, defaults: Self) -> Self:
        """This document with the top-level defaults that it does not name; a key set to null counts as named.

        Args:
            defaults: the loaded configuration, whose key `defaults` is a mapping.
        """
        offered = defaults.value.get(_DEFAULTS) if isinstance(defaults.value, dict) else None
        if not isinstance(offered, dict) or not isinstance(self.value, dict):
            return self
        taken = {key: value for key, value in offered.items() if key not in self.value}
        if not taken:
            return self
        tags, places = defaults._origins(taken)
        return self._replace(
            value={**self.value, **taken},
            ambiguous=self.ambiguous + defaults._ambiguous_below(taken),
            sources={**defaults.sources, **self.sources},
            uses_variables=self.uses_variables or not tags.isdisjoint((VAR, SUB)),
            uses_secrets=self.uses_secrets or ENV in tags,
            missing_env=self.missing_env + tuple(entry for entry in defaults.missing_env if entry[1].start in places),
            inherited=Inherited(defaults, frozenset(taken)),
        )

    def _origins(self, keys: Mapping[str, Value]) -> tuple[set[str], set[int]]:
        """Tags, and offsets of nodes, that write the given defaults."""
        origins = [self.nodes.origins((_DEFAULTS, key)) for key in keys]
        return {tag for tags, _ in origins for tag in tags}, {place for _, places in origins for place in places}

    def _ambiguous_below(self, keys: Mapping[str, Value]) -> tuple[AmbiguousScalar, ...]:
        return tuple(
            scalar._replace(pointer=scalar.pointer[1:])
            for scalar in self.ambiguous
            if scalar.pointer[0] == _DEFAULTS and scalar.pointer[1] in keys
        )
