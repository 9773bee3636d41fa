"""Whether a value fits a JSON Schema (2020-12), decided fast: yes or no, without reasons.

Only the keywords of our schemas are known; tests compare the answers with those of jsonschema and jsonschema-rs.
`contract.explain` says why a value does not fit.

A schema becomes rules; a rule is a table from the class of a value to a check. Each rule is made when a value first
needs it, so that a document pays only for the fields it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, Final

from revox_sync.contract.formats import TEXT_FORMATS

Checker = Callable[[Any], bool]
Schema = Mapping[str, Any]
_Rule = Mapping[type, Checker | None]
"""The check of every accepted class of values; None accepts all values of the class, a class without entry none."""
_OpenRule = dict[type, Checker | None]
"""A rule that is still being made."""

_ANYTHING: Final[_Rule] = MappingProxyType(dict.fromkeys((NoneType, bool, int, float, str, list, dict)))
_NOTHING: Final[_Rule] = MappingProxyType({})
_TYPES: Final[Mapping[str, _Rule]] = {
    "null": {NoneType: None},
    "boolean": {bool: None},
    "integer": {int: None, float: float.is_integer},
    "number": {int: None, float: None},
    "string": {str: None},
    "array": {list: None},
    "object": {dict: None},
}
_NUMBERS: Final = (int, float)


def compile_schema(schema: Schema, root: Schema | None = None) -> Checker:
    """A function that says whether a value of plain JSON (`dict`, `list` and so on, no subclasses) fits the schema.

    The errors are raised now, or when a value first needs the part of the schema that is wrong.

    Args:
        schema: a schema, or a part of one.
        root: the schema that references point into; None: `schema` itself.

    Raises:
        ValueError: a keyword is not known here, or the `x-discriminator` of a `oneOf` does not tell its branches apart.
        KeyError: a format or a definition does not exist, or a `oneOf` has no discriminator.
    """
    rule = _Compiler(schema if root is None else root).rule(schema)
    return lambda value: _passes(rule, value)


@cache
def ecma_pattern(expression: str) -> re.Pattern[str]:
    """A `pattern` of JSON Schema, to be searched for."""
    # In ECMA, `$` matches only where the text ends; in Python also before a line break at the end.
    return re.compile(rf"{expression[:-1]}\Z" if expression.endswith("$") else expression)


class _LazyRules(dict[str, _Rule]):
    """Rules by name, each made when it is first looked up."""

    def __init__(self, make: Callable[[str], _Rule]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> _Rule:
        rule = self[name] = self._make(name)
        return rule


class _Compiler:
    """Makes the rules of one schema.

    Args:
        root: the schema that references point into.
    """

    def __init__(self, root: Schema) -> None:
        self.definitions = _LazyRules(lambda name: self.rule(root["$defs"][name.removeprefix("#/$defs/")]))

    def rule(self, schema: Any) -> _Rule:
        """The rule of a part of the schema. Raises what `compile_schema` raises."""
        if isinstance(schema, bool):
            return _ANYTHING if schema else _NOTHING
        rule = dict(_of_type(schema))
        for keyword, argument in schema.items():
            if keyword in _KEYWORDS:
                _KEYWORDS[keyword](rule, argument)
            elif keyword in _APPLICATORS:
                _APPLICATORS[keyword](self, rule, schema)
            elif keyword not in _ANNOTATIONS and not keyword.startswith("x-"):
                raise ValueError(f"the JSON Schema keyword `{keyword}` is not known")
        return rule

    def properties(self, rule: _OpenRule, schema: Schema) -> None:
        """`properties` with `additionalProperties`."""
        declared, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        rules = _LazyRules(lambda name: self.rule(declared.get(name, rest)))

        def are_accepted(mapping: dict[str, Any]) -> bool:
            for key, value in mapping.items():
                # `_passes`, written out: this line runs once per key of every document.
                check = rules[key].get(type(value), _refuse)
                if check is not None and not check(value):
                    return False
            return True

        _narrow(rule, dict, are_accepted)

    def names(self, rule: _OpenRule, schema: Schema) -> None:
        """`propertyNames`."""
        of_name = self.rule(schema["propertyNames"])
        _narrow(rule, dict, lambda mapping: all(_passes(of_name, name) for name in mapping))

    def items(self, rule: _OpenRule, schema: Schema) -> None:
        """`items`."""
        rules = _LazyRules(lambda keyword: self.rule(schema[keyword]))

        def are_accepted(entries: list[Any]) -> bool:
            of_entry = rules["items"]
            for entry in entries:
                check = of_entry.get(type(entry), _refuse)
                if check is not None and not check(entry):
                    return False
            return True

        _narrow(rule, list, are_accepted)

    def one_of(self, rule: _OpenRule, schema: Schema) -> None:
        """`oneOf` of branches that a discriminator tells apart."""
        key = schema["x-discriminator"]
        branches = _branches_by_text(schema["oneOf"], key)
        rules = _LazyRules(lambda text: self.rule(branches.get(text, False)))

        def fits_chosen(mapping: dict[str, Any]) -> bool:
            text = mapping.get(key)
            return isinstance(text, str) and _passes(rules[text], mapping)

        _intersect(rule, {dict: fits_chosen})


def _branches_by_text(branches: Iterable[Schema], key: str) -> Mapping[str, Schema]:
    """Branches by the text that each requires at `key`, so that a mapping fits no branch but that of its text."""
    by_text: dict[str, Schema] = {}
    for branch in branches:
        text = branch["properties"][key]["const"]
        is_required = branch["type"] == "object" and key in branch["required"]
        if not is_required or not isinstance(text, str) or text in by_text:
            raise ValueError(f"`{key}` does not tell the branches of a `oneOf` apart")
        by_text[text] = branch
    return by_text


def _of_type(schema: Schema) -> _Rule:
    kinds = schema.get("type")
    if kinds is None:
        return _ANYTHING
    return _TYPES[kinds] if isinstance(kinds, str) else _union([_TYPES[kind] for kind in kinds])


def _passes(rule: _Rule, value: Any) -> bool:
    check = rule.get(type(value), _refuse)
    return check is None or check(value)


def _refuse(_: Any) -> bool:
    return False


def _narrow(rule: _OpenRule, kind: type, check: Checker) -> None:
    """Accept values of a class only if they also pass `check`."""
    if kind in rule:
        first = rule[kind]
        rule[kind] = check if first is None else lambda value: first(value) and check(value)


def _intersect(rule: _OpenRule, other: _Rule) -> None:
    for kind in tuple(rule):
        if kind not in other:
            del rule[kind]
        elif (check := other[kind]) is not None:
            _narrow(rule, kind, check)


def _union(rules: list[_Rule]) -> _Rule:
    kinds = {kind for rule in rules for kind in rule}
    return {kind: _either([rule[kind] for rule in rules if kind in rule]) for kind in kinds}


def _either(checks: list[Checker | None]) -> Checker | None:
    some = [check for check in checks if check is not None]
    if len(some) < len(checks):
        return None
    return some[0] if len(some) == 1 else lambda value: any(check(value) for check in some)


def _choices(rule: _OpenRule, choices: list[Any]) -> None:
    for kind in tuple(rule):
        # 1 and 1.0 are one number; True, which Python holds equal to 1, is none.
        alike = _NUMBERS if kind in _NUMBERS else (kind,)
        own = frozenset(choice for choice in choices if type(choice) in alike)
        if own:
            _narrow(rule, kind, own.__contains__)
        else:
            del rule[kind]


def _of_number(holds: Callable[[Any, Any], bool]) -> Callable[[_OpenRule, Any], None]:
    def narrow(rule: _OpenRule, bound: Any) -> None:
        for kind in _NUMBERS:
            _narrow(rule, kind, lambda number: holds(number, bound))

    return narrow


def _required(rule: _OpenRule, names: Iterable[str]) -> None:
    needed = frozenset(names)
    _narrow(rule, dict, lambda mapping: mapping.keys() >= needed)


def _pattern(rule: _OpenRule, expression: str) -> None:
    _narrow(rule, str, lambda text: ecma_pattern(expression).search(text) is not None)


_KEYWORDS: Final[Mapping[str, Callable[[_OpenRule, Any], None]]] = {
    "enum": _choices,
    "const": lambda rule, choice: _choices(rule, [choice]),
    "minimum": _of_number(lambda number, bound: not number < bound),
    "maximum": _of_number(lambda number, bound: not number > bound),
    "exclusiveMinimum": _of_number(lambda number, bound: not number <= bound),
    "minLength": lambda rule, least: _narrow(rule, str, lambda text: len(text) >= least),
    "minItems": lambda rule, least: _narrow(rule, list, lambda entries: len(entries) >= least),
    "pattern": _pattern,
    "format": lambda rule, name: _narrow(rule, str, TEXT_FORMATS[name].accepts),
    "required": _required,
}
_APPLICATORS: Final[Mapping[str, Callable[[_Compiler, _OpenRule, Schema], None]]] = {
    "properties": _Compiler.properties,
    # With `properties`, that keyword has already done it.
    "additionalProperties": lambda compiler, rule, schema: (
        None if "properties" in schema else compiler.properties(rule, schema)
    ),
    "propertyNames": _Compiler.names,
    "items": _Compiler.items,
    "$ref": lambda compiler, rule, schema: _intersect(rule, compiler.definitions[schema["$ref"]]),
    "anyOf": lambda compiler, rule, schema: _intersect(
        rule, _union([compiler.rule(branch) for branch in schema["anyOf"]])
    ),
    "oneOf": _Compiler.one_of,
}
_ANNOTATIONS: Final = frozenset(
    (
        *("type", "$schema", "$id", "$defs", "$comment", "title", "description", "default", "deprecated", "readOnly"),
        *("examples", "enumDescriptions"),
    )
)
"""Keywords that refuse nothing by themselves; `type` is where a rule begins."""
