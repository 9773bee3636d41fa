"""Whether a value fits a JSON Schema, decided fast: a yes or a no, without reasons.

A schema becomes rules, a rule is one look-up by the class of a value, and both are made when a value first needs them:
a document pays for the fields it has. Only the keywords that our schemas use are known (JSON Schema 2020-12); tests
hold the answers to those of jsonschema and jsonschema-rs. Why a value does not fit: `revox_sync.explanation`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, Final

from revox_sync.contract.formats import FORMATS

Checker = Callable[[Any], bool]
KeywordRule = Mapping[type, Checker | None]
"""What is accepted, by the class of a value: those that pass a check, or (None) all. A class that lacks is refused."""

Growing = dict[type, Checker | None]
Schema = Mapping[str, Any]

ANYTHING: Final[KeywordRule] = MappingProxyType(dict.fromkeys((NoneType, bool, int, float, str, list, dict)))
NOTHING: Final[KeywordRule] = MappingProxyType({})
TYPES: Final[Mapping[str, KeywordRule]] = {
    "null": {NoneType: None},
    "boolean": {bool: None},
    "integer": {int: None, float: float.is_integer},
    "number": {int: None, float: None},
    "string": {str: None},
    "array": {list: None},
    "object": {dict: None},
}
NUMBERS: Final = (int, float)


def compile_schema(schema: Schema, root: Schema | None = None) -> Checker:
    """What decides whether a value of plain JSON (`dict`, `list` and so on, no subclasses) fits the schema.

    Args:
        schema: a schema, or a place inside of one.
        root: the schema that references point into; absent: `schema` itself.

    Raises:
        ValueError: now, or when a place is first needed, if the schema has a keyword that is not known here, or a
            `oneOf` whose branches its `x-discriminator` does not tell apart.
        KeyError: the same, if it names a format or a definition that does not exist, or no discriminator for a `oneOf`.
    """
    rule = _Compiler(schema if root is None else root).rule(schema)

    def is_valid(value: Any) -> bool:
        return _passes(rule, value)

    return is_valid


@cache
def ecma_pattern(expression: str) -> re.Pattern[str]:
    """A `pattern` of JSON Schema, to be searched for."""
    # ECMA patterns end where the text ends; Python's `$` also matches before a last line break.
    return re.compile(rf"{expression[:-1]}\Z" if expression.endswith("$") else expression)


class _Places(dict[str, KeywordRule]):
    """Rules by name, each made when it is first looked up."""

    def __init__(self, make: Callable[[str], KeywordRule]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> KeywordRule:
        rule = self[name] = self._make(name)
        return rule


class _Compiler:
    """Makes the rules of one schema.

    Args:
        root: the schema that references point into.
    """

    def __init__(self, root: Schema) -> None:
        self._definitions = _Places(lambda name: self.rule(root["$defs"][name.removeprefix("#/$defs/")]))

    def rule(self, schema: Any) -> KeywordRule:
        """The rule of a place. Raises what `compile_schema` raises."""
        if isinstance(schema, bool):
            return ANYTHING if schema else NOTHING
        rule = dict(_of_type(schema))
        for keyword, argument in schema.items():
            if keyword in KEYWORDS:
                KEYWORDS[keyword](rule, argument)
            elif keyword in APPLICATORS:
                APPLICATORS[keyword](self, rule, schema)
            elif keyword not in ANNOTATIONS and not keyword.startswith("x-"):
                raise ValueError(f"the JSON Schema keyword `{keyword}` is not known")
        return rule

    def properties(self, rule: Growing, schema: Schema) -> None:
        """`properties` with `additionalProperties`."""
        declared, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        places = _Places(lambda name: self.rule(declared.get(name, rest)))

        def are_accepted(mapping: dict[str, Any]) -> bool:
            for key, value in mapping.items():
                # `_passes`, written out: this line runs once per key of every document.
                check = places[key].get(type(value), _refuse)
                if check is not None and not check(value):
                    return False
            return True

        _narrow(rule, dict, are_accepted)

    def additional(self, rule: Growing, schema: Schema) -> None:
        """`additionalProperties`, where it does not come with `properties`."""
        if "properties" not in schema:
            self.properties(rule, schema)

    def names(self, rule: Growing, schema: Schema) -> None:
        """`propertyNames`."""
        of_name = self.rule(schema["propertyNames"])
        _narrow(rule, dict, lambda mapping: all(_passes(of_name, each) for each in mapping))

    def items(self, rule: Growing, schema: Schema) -> None:
        """`items`."""
        places = _Places(lambda keyword: self.rule(schema[keyword]))

        def are_accepted(entries: list[Any]) -> bool:
            of_entry = places["items"]
            for each in entries:
                check = of_entry.get(type(each), _refuse)
                if check is not None and not check(each):
                    return False
            return True

        _narrow(rule, list, are_accepted)

    def reference(self, rule: Growing, schema: Schema) -> None:
        """`$ref` to an entry of `$defs`."""
        _intersect(rule, self._definitions[schema["$ref"]])

    def any_of(self, rule: Growing, schema: Schema) -> None:
        """`anyOf`."""
        _intersect(rule, _union([self.rule(each) for each in schema["anyOf"]]))

    def one_of(self, rule: Growing, schema: Schema) -> None:
        """`oneOf` of branches that a discriminator tells apart."""
        key = schema["x-discriminator"]
        _intersect(rule, {dict: self._chosen(key, _told_apart(schema["oneOf"], key))})

    def _chosen(self, key: str, branches: Mapping[str, Schema]) -> Checker:
        variants = _Places(lambda kind: self.rule(branches.get(kind, False)))

        def fits(mapping: dict[str, Any]) -> bool:
            kind = mapping.get(key)
            return isinstance(kind, str) and _passes(variants[kind], mapping)

        return fits


def _told_apart(branches: Iterable[Schema], key: str) -> Mapping[str, Schema]:
    """Branches by the one text that each demands under `key`: a mapping then fits no branch but that of its text."""
    by_text: dict[str, Schema] = {}
    for each in branches:
        text = each["properties"][key]["const"]
        demanded = each["type"] == "object" and key in each["required"]
        if not demanded or not isinstance(text, str) or text in by_text:
            raise ValueError(f"`{key}` does not tell the branches of a `oneOf` apart")
        by_text[text] = each
    return by_text


def _of_type(schema: Schema) -> KeywordRule:
    kinds = schema.get("type")
    if kinds is None:
        return ANYTHING
    return TYPES[kinds] if isinstance(kinds, str) else _union([TYPES[each] for each in kinds])


def _passes(rule: KeywordRule, value: Any) -> bool:
    check = rule.get(type(value), _refuse)
    return check is None or check(value)


def _refuse(_: Any) -> bool:
    return False


def _narrow(rule: Growing, kind: type, check: Checker) -> None:
    """Let values of a class pass only if they also pass `check`."""
    if kind in rule:
        first = rule[kind]
        rule[kind] = check if first is None else lambda value: first(value) and check(value)


def _intersect(rule: Growing, other: KeywordRule) -> None:
    for kind in tuple(rule):
        if kind not in other:
            del rule[kind]
        elif (check := other[kind]) is not None:
            _narrow(rule, kind, check)


def _union(rules: list[KeywordRule]) -> KeywordRule:
    return {kind: _either([each[kind] for each in rules if kind in each]) for each in rules for kind in each}


def _either(checks: list[Checker | None]) -> Checker | None:
    some = [each for each in checks if each is not None]
    if len(some) < len(checks):
        return None
    return some[0] if len(some) == 1 else lambda value: any(each(value) for each in some)


def _choices(rule: Growing, choices: list[Any]) -> None:
    for kind in tuple(rule):
        alike = NUMBERS if kind in NUMBERS else (kind,)
        own = frozenset(each for each in choices if type(each) in alike)
        if own:
            _narrow(rule, kind, own.__contains__)
        else:
            del rule[kind]


def _of_number(holds: Callable[[Any, Any], bool]) -> Callable[[Growing, Any], None]:
    def narrow(rule: Growing, bound: Any) -> None:
        for kind in NUMBERS:
            _narrow(rule, kind, lambda number: holds(number, bound))

    return narrow


def _required(rule: Growing, names: Iterable[str]) -> None:
    needed = frozenset(names)
    _narrow(rule, dict, lambda mapping: mapping.keys() >= needed)


def _pattern(rule: Growing, expression: str) -> None:
    _narrow(rule, str, lambda text: ecma_pattern(expression).search(text) is not None)


KEYWORDS: Final[Mapping[str, Callable[[Growing, Any], None]]] = {
    "enum": _choices,
    "const": lambda rule, choice: _choices(rule, [choice]),
    "minimum": _of_number(lambda number, bound: not number < bound),
    "maximum": _of_number(lambda number, bound: not number > bound),
    "exclusiveMinimum": _of_number(lambda number, bound: not number <= bound),
    "minLength": lambda rule, least: _narrow(rule, str, lambda text: len(text) >= least),
    "minItems": lambda rule, least: _narrow(rule, list, lambda entries: len(entries) >= least),
    "pattern": _pattern,
    "format": lambda rule, name: _narrow(rule, str, FORMATS[name].accepts),
    "required": _required,
}
APPLICATORS: Final[Mapping[str, Callable[[_Compiler, Growing, Schema], None]]] = {
    "properties": _Compiler.properties,
    "additionalProperties": _Compiler.additional,
    "propertyNames": _Compiler.names,
    "items": _Compiler.items,
    "$ref": _Compiler.reference,
    "anyOf": _Compiler.any_of,
    "oneOf": _Compiler.one_of,
}
ANNOTATIONS: Final = frozenset(
    ("type", "$schema", "$id", "$defs", "$comment", "title", "description", "default", "deprecated", "readOnly")
)
"""Keywords that refuse nothing where they stand; `type` is where a rule begins."""
