"""What the API accepts: answers to questions about fields from `schemas/`, the only place that describes them.

`contract-<version>.schema.json` and `contract-any.schema.json` decide whether a document is valid.
`assistant.schema.json` has every field of every contract, with annotations (docs/schema.md).
A file is read, and a schema compiled, when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Final

from revox_sync.contract.schema_files import JsonSchema, load_schema
from revox_sync.contract.validator import compile_schema
from revox_sync.errors import ConfigError
from revox_sync.values.did_you_mean import nearest
from revox_sync.values.pointer import Pointer, value_at
from revox_sync.values.secret import Secret
from revox_sync.values.walk import entries

_ANY: Final = "any"


def contract_number(version: str) -> tuple[int, ...]:
    """The version as numbers, by which contracts are ordered: as texts, `0.10` would come before `0.4`."""
    return tuple(int(part) for part in version.split("."))


def oldest_first(versions: Iterable[str]) -> tuple[str, ...]:
    """Contract versions in the order of their numbers."""
    return tuple(sorted(versions, key=contract_number))


def known_contracts() -> tuple[str, ...]:
    """Contract versions, oldest first."""
    return oldest_first(load_schema("assistant")["x-contracts"])


def newest_contract() -> str:
    """The contract of the newest SDK release we know."""
    return known_contracts()[-1]


class Node:
    """One place of the assistant schema, with references resolved and annotations as attributes.

    What each annotation means is in docs/schema.md. A node makes each of its children once.
    """

    def __init__(self, schema: JsonSchema, root: JsonSchema) -> None:
        reference = schema.get("$ref")
        if reference is not None:
            target = root["$defs"][reference.removeprefix("#/$defs/")]
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        self.schema: Final = schema
        self._root = root
        self.read_only: Final[bool] = schema.get("readOnly", False)
        self.secret: Final[bool] = schema.get("x-secret", False)
        self.deprecated: Final[bool] = schema.get("deprecated", False)
        self.order_free: Final[bool] = schema.get("x-order") == "free"
        self.key: Final[str | None] = schema.get("x-key")
        self.discriminator: Final[str | None] = schema.get("x-discriminator")
        self.impact: Final[str | None] = schema.get("x-impact")
        self.absent_from_list: Final[bool] = schema.get("x-absent-from-list", False)
        self.spoken: Final[bool] = schema.get("x-spoken") == "verbatim"
        self.budget: Final[Mapping[str, Any] | None] = schema.get("x-budget")
        self.url: Final[bool] = schema.get("format", "").endswith("-url")
        self.variables: Final[Mapping[str, Any] | None] = schema.get("x-variables")
        self.providers: Final[list[str] | None] = schema.get("x-providers")
        self.provider_range: Final[Mapping[str, list[float]]] = schema.get("x-provider-range", {})
        self.needs: Final[str | None] = schema.get("x-needs")
        self.triggers: Final[str | None] = schema.get("x-triggers")
        self.replaced_by: Final[str | None] = schema.get("x-replaced-by")
        self.plausible: Final[Mapping[str, Any] | None] = schema.get("x-plausible")
        self.hidden_from_list: Final[list[str]] = schema.get("x-hidden-from-list", [])
        self.server_grown: Final[list[Mapping[str, Any]]] = schema.get("x-server-grown", [])

    @property
    def has_default(self) -> bool:
        """Whether the server fills the field in when a create leaves it out."""
        return "default" in self.schema

    @property
    def default(self) -> Any:
        """What the server fills in; None where it fills in nothing."""
        return self.schema.get("default")

    @cached_property
    def types(self) -> tuple[str, ...]:
        """JSON types accepted here, with `null` where it clears the field."""
        kinds = self.schema.get("type")
        if kinds is None:
            return ("object",) if "oneOf" in self.schema else ()
        return (kinds,) if isinstance(kinds, str) else tuple(kinds)

    @property
    def nullable(self) -> bool:
        """Whether some contract accepts null, which clears the field."""
        return "null" in self.types

    @cached_property
    def branches(self) -> Mapping[str, Node]:
        """Variants of a discriminated union by discriminator value; empty elsewhere."""
        return {
            variant["properties"][self.discriminator]["const"]: Node(variant, self._root)
            for variant in self.schema.get("oneOf", [])
        }

    def branch(self, value: object) -> Node:
        """The variant a value belongs to; the node itself where there is no choice or none fits."""
        if not self.branches or not isinstance(value, dict):
            return self
        kind = value.get(self.discriminator)
        return self.branches.get(kind, self) if isinstance(kind, str) else self

    @cached_property
    def properties(self) -> Mapping[str, Node]:
        """Known keys of a mapping, in the schema's order."""
        return {name: Node(schema, self._root) for name, schema in self.schema.get("properties", {}).items()}

    @cached_property
    def element(self) -> Node | None:
        """The node of the entries of a list; None elsewhere."""
        return Node(self.schema["items"], self._root) if "items" in self.schema else None

    @cached_property
    def holds_secret(self) -> bool:
        """Whether the place, or one inside of it in some variant, is a secret."""
        inside = (*self.properties.values(), *self.branches.values(), *((self.element,) if self.element else ()))
        return self.secret or any(node.holds_secret for node in inside)

    def child(self, key: str | int, value: object = None) -> Node | None:
        """The node of a key or list index in `value`; None where the schema has none."""
        if isinstance(key, int):
            return self.element
        return self.branch(value).properties.get(key) or self.any_key

    @cached_property
    def any_key(self) -> Node | None:
        """The node of the keys that have no node of their own; None where there are no such keys."""
        schema = self.schema.get("additionalProperties")
        return Node(schema, self._root) if isinstance(schema, Mapping) else None

    def at(self, pointer: Pointer, value: object = None) -> Node | None:
        """The node at a pointer into `value`, which decides between variants; None where the schema has none."""
        node: Node | None = self
        for key in pointer:
            if node is None:
                return None
            node, value = node.child(key, value), value_at(value, (key,))
        return node


@cache
def assistant_node() -> Node:
    """The root of the assistant schema with every field of every contract."""
    schema = load_schema("assistant")
    return Node(schema, schema)


def secret_pointers(value: Any, node: Node | None = None, at: Pointer = ()) -> Iterator[Pointer]:
    """Pointers of every value that is, or was meant as, a secret of the schema; those of type Secret are left out."""
    node = node or assistant_node()
    for key, child in entries(value):
        # Where the variant is unknown, a secret of any variant counts, and so does a misspelt name of a secret: to mask
        # too much is better than to print a key.
        inner = node.child(key, value) or _nearest_secret(node, key)
        if inner is None or not inner.holds_secret or child is None or isinstance(child, Secret):
            continue
        if inner.secret:
            yield (*at, key)
        else:
            yield from secret_pointers(child, inner, (*at, key))


def fields_of(node: Node | None, value: object) -> Mapping[str, Node]:
    """What the schema knows about the keys of a mapping: those of the variant that the value belongs to."""
    return node.branch(value).properties if node is not None else {}


def element_of(node: Node | None) -> Node | None:
    """What the schema knows about the entries of a list."""
    return node.element if node is not None else None


def is_hidden(assistant: Mapping[str, Any]) -> bool:
    """Whether the API's list leaves the assistant out (docs/api.md, "Lists and answers")."""
    fields = assistant_node().properties
    return any(value in fields[key].hidden_from_list for key, value in assistant.items() if key in fields)


def _nearest_secret(node: Node, key: str | int) -> Node | None:
    variants = (node, *node.branches.values())
    secrets = {name: field for variant in variants for name, field in variant.properties.items() if field.secret}
    found = nearest(str(key), secrets) if secrets else None
    return secrets[found] if found else None


class Contract:
    """The create bodies that one contract accepts or, where none is pinned, that some contract accepts."""

    def __init__(self, version: str) -> None:
        self.version: Final = version
        self.pinned: Final = version != _ANY

    @cached_property
    def schema(self) -> JsonSchema:
        """The schema of a create body in this contract."""
        return load_schema(f"contract-{self.version}")

    @cached_property
    def is_valid(self) -> Callable[[Any], bool]:
        """Decides fast whether plain JSON is a create body of this contract."""
        return compile_schema(self.schema)


@cache
def contract(version: str | None) -> Contract:
    """The contract of that version; None: what any contract accepts. Raises ConfigError for an unknown version."""
    if version is not None and version not in known_contracts():
        raise ConfigError(
            f"contract `{version}` does not exist", hint=f"known contracts: {', '.join(known_contracts())}"
        )
    return Contract(version or _ANY)
