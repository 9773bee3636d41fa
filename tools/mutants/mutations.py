"""Small changes to a module, each of which a test should notice: a call left out, a condition turned round.

Known tools (mutmut, cosmic-ray) leave no statements out. But what only a crash needs is a line that nobody misses: a
sync to the disk, the end of a step in the journal. They also write into the checkout or a copy of it; here nothing on
disk changes.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

_SWAPPED: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_OPPOSITES: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}
_SHOWN: Final = 120  # characters of the code before and after a change


_Change: TypeAlias = Callable[[ast.AST], ast.AST | None]
"""Changes a node in place, or gives another one; None: it goes from the list that it is in."""
_Path: TypeAlias = tuple[tuple[str, int | None], ...]
"""The way from a module to one of its nodes: fields, and places in those that are lists."""


class Mutant(NamedTuple):
    """A change to a module.

    Attributes:
        lines: those of the code that is changed, from 1.
        scope: the function or class that it is in, dotted; empty for the module itself.
        before: the code that is changed, on one line.
        after: what stands there instead.
        is_remembered: whether its function runs once for each value: later tests get what an earlier one has made.
    """

    lines: range
    scope: str
    before: str
    after: str
    path: _Path
    change: _Change
    is_remembered: bool

    @property
    def line(self) -> int:
        """The first of its lines."""
        return self.lines.start

    @property
    def name(self) -> str:
        """What stays the same when lines move."""
        return f"{self.scope}: {self.before} -> {self.after}"

    def tree(self, source: str) -> ast.Module:
        """The module, whose source this is, with the change."""
        tree = ast.parse(source)
        (name, index), parent = self.path[-1], _at(tree, self.path[:-1])
        after = self.change(_at(tree, self.path))
        if index is None:
            setattr(parent, name, after)
        else:
            getattr(parent, name)[index : index + 1] = [] if after is None else [after]
        return ast.fix_missing_locations(tree)


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its code. Two that look the same on one line count as one."""
    tree, seen = ast.parse(source), set()
    for path, scope in _places(tree, ()):
        node, parent = _at(tree, path), _at(tree, path[:-1])
        lines = _lines(node, parent)
        if (inside := [at for at, (name, _) in enumerate(path) if name == "args" and at]) and path[inside[-1]][
            1
        ] is None:
            lines = _body_lines(_at(tree, path[: inside[-1]]))  # a default counts whenever its function runs
        is_remembered = any(map(_is_cached, (_at(tree, path[:at]) for at in range(len(path)))))
        for change in _changes(node, parent, _at(tree, path[:-2])):
            after = _text(change(copy.deepcopy(node)))
            mutant = Mutant(lines, scope, _text(node), after, path, change, is_remembered)
            if mutant.before != after and (key := (mutant.line, mutant.name)) not in seen:
                seen.add(key)
                yield mutant


def _at(tree: ast.AST, path: _Path) -> ast.AST:
    for name, index in path:
        child = getattr(tree, name)
        tree = child if index is None else child[index]
    return tree


def _is_cached(node: ast.AST) -> bool:
    """Whether it is a function whose results are kept."""
    return isinstance(node, ast.FunctionDef) and any("cache" in ast.unparse(each) for each in node.decorator_list)


def _lines(node: ast.AST, parent: ast.AST) -> range:
    """Lines that show whether a node is reached: of a statement that holds others its head."""
    if isinstance(node, ast.match_case):
        node = node.pattern
    placed = node if hasattr(node, "lineno") else parent
    first = getattr(placed, "lineno", 1)
    last = getattr(node.test if isinstance(node, ast.If | ast.While) else placed, "end_lineno", first)
    return range(first, last + 1)


def _body_lines(function: ast.AST) -> range:
    body = function.body  # type: ignore[attr-defined]  # it has one
    first, last = (body[0], body[-1]) if isinstance(body, list) else (body, body)
    return range(first.lineno, last.end_lineno + 1)


def _text(node: ast.AST | None) -> str:
    """Code on one line; of a statement that holds others its head."""
    if node is None:
        return "(nothing)"
    if isinstance(node, ast.match_case):
        node = ast.Module([ast.Match(ast.Name("_"), [ast.match_case(node.pattern, node.guard, [])])], [])
    elif isinstance(node, ast.If | ast.While):
        node = type(node)(node.test, [], [])
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _places(tree: ast.AST, path: _Path, scope: str = "") -> Iterator[tuple[_Path, str]]:
    """Every node that says what is done; annotations, decorators and docstrings do not."""
    if isinstance(tree, ast.FunctionDef | ast.ClassDef):
        scope = f"{scope}.{tree.name}".lstrip(".")
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list", "bases", "ctx", "op", "ops"}:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST) and not _is_idle(child):
                here: _Path = (*path, (name, index))
                yield here, scope
                yield from _places(child, here, scope)


def _is_idle(node: ast.AST) -> bool:
    """Whether a statement has no effect while the program runs: a docstring, an import, a type."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name):
        return node.test.id == "TYPE_CHECKING"  # it imports what only types name
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return isinstance(node.value.func, ast.Name) and node.value.func.id == "TypeVar"
    named = node.target if isinstance(node, ast.AnnAssign) else None
    alias = node.annotation if isinstance(node, ast.AnnAssign) else None
    is_alias = isinstance(alias, ast.Name) and alias.id == "TypeAlias"
    return isinstance(node, ast.Import | ast.ImportFrom) or (named is not None and is_alias)


def _changes(  # noqa: C901, PLR0912 - a line for each kind of node
    node: ast.AST, parent: ast.AST, grandparent: ast.AST
) -> Iterator[_Change]:
    if _may_go(node, parent, grandparent):
        yield lambda _: None
    match node:
        case ast.Expr() | ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign() | ast.Delete():
            yield _nothing
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield _nothing
        case ast.Assign(targets=[ast.Name(id=name)]) if _is_used(name, node.value):
            yield _nothing  # without it there is still a value
        case ast.ExceptHandler() if not isinstance(node.body[-1], ast.Raise):
            yield _raises_again
        case ast.Call(func=ast.Name("suppress")):
            yield _suppresses_nothing
        case ast.Return(value=ast.AST()) if not _is_none_or_false(node.value):
            yield _returns_none
        case ast.If() | ast.While() | ast.IfExp() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield _negated_test  # the others are turned round themselves
        case ast.BoolOp():
            yield _swapped
            yield from (_operand_only("values", at) for at in range(len(node.values)))
        case ast.BinOp() if type(node.op) in _SWAPPED:
            yield _swapped
        case ast.Compare(ops=[_]):
            yield _swapped_compare
        case ast.UnaryOp(op=ast.Not()):
            yield lambda found: found.operand  # type: ignore[attr-defined]  # it is a UnaryOp
        case ast.Constant():
            yield from _constant_changes(node, parent)
        case ast.Call(func=ast.Name(id=name)) if name in _OPPOSITES:
            yield _opposite
        case ast.Dict() if len(node.keys) > 1:
            yield from (_without_key(at) for at in range(len(node.keys)))
        case ast.match_case(pattern=pattern) if node.guard is not None and not isinstance(pattern, ast.MatchAs):
            yield _without_guard  # behind `case _` without a guard nothing may follow
        case ast.Subscript(slice=ast.Slice() as part):
            yield from (_without_bound(name) for name in ("lower", "upper") if getattr(part, name) is not None)


def _may_go(node: ast.AST, parent: ast.AST, grandparent: ast.AST) -> bool:
    """Whether the list that a node is in may do without it."""
    match parent:
        case ast.Set() | ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()):
            return len(parent.elts) > 1 and not _is_counted(grandparent)
        case ast.comprehension():
            return node in parent.ifs
        case ast.Match():
            return len(parent.cases) > 1 and isinstance(node, ast.match_case)
        case ast.Call():
            return isinstance(node, ast.keyword) and not _is_default(node)
    return False


def _is_default(keyword: ast.keyword) -> bool:
    """Whether a call does the same without it: `strict=False` of `zip`, which lint wants to be written out."""
    return keyword.arg == "strict" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False


def _is_counted(node: ast.AST) -> bool:
    """Whether it takes as many values as it gets: a subscript, or an assignment to several names."""
    targets = node.targets if isinstance(node, ast.Assign) else ()
    return isinstance(node, ast.Subscript) or any(isinstance(target, ast.Tuple) for target in targets)


def _is_none_or_false(node: ast.AST | None) -> bool:
    # Whoever asks for a truth value is told the same by both, and mypy tells them apart.
    return isinstance(node, ast.Constant) and (node.value is None or node.value is False)


def _is_used(name: str, value: ast.AST) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))


def _constant_changes(node: ast.Constant, parent: ast.AST) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, bool):
        yield _constant(not value)
    elif isinstance(value, int | float):
        yield _constant(value + 1)
    # A text with blanks is a message; what it says is for people to judge.
    elif isinstance(value, str) and value and " " not in value and not isinstance(parent, ast.JoinedStr):
        yield _constant(f"x{value}")


def _nothing(node: ast.AST) -> ast.AST:
    return ast.copy_location(ast.Pass(), node)


def _returns_none(node: ast.AST) -> ast.AST:
    return ast.copy_location(ast.Return(ast.Constant(None)), node)


def _raises_again(node: ast.AST) -> ast.AST:
    node.body = [ast.copy_location(ast.Raise(), node)]  # type: ignore[attr-defined]  # it is an ExceptHandler
    return node


def _suppresses_nothing(node: ast.AST) -> ast.AST:
    node.args = []  # type: ignore[attr-defined]  # it is a Call
    return node


def _negated_test(node: ast.AST) -> ast.AST:
    node.test = ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]  # it has one
    return node


def _swapped(node: ast.AST) -> ast.AST:
    node.op = _SWAPPED[type(node.op)]()  # type: ignore[attr-defined]
    return node


def _swapped_compare(node: ast.AST) -> ast.AST:
    (operator,) = node.ops  # type: ignore[attr-defined]
    node.ops = [_SWAPPED[type(operator)]()]  # type: ignore[attr-defined]
    return node


def _operand_only(name: str, at: int) -> _Change:
    """All but one of the operands."""

    def change(node: ast.AST) -> ast.AST:
        values = getattr(node, name)
        del values[at]
        left: ast.AST = node if len(values) > 1 else values[0]
        return left

    return change


def _without_key(at: int) -> _Change:
    def change(node: ast.AST) -> ast.AST:
        del node.keys[at], node.values[at]  # type: ignore[attr-defined]
        return node

    return change


def _without_bound(name: str) -> _Change:
    def change(node: ast.AST) -> ast.AST:
        setattr(node.slice, name, None)  # type: ignore[attr-defined]  # it is a Subscript
        return node

    return change


def _without_guard(node: ast.AST) -> ast.AST:
    node.guard = None  # type: ignore[attr-defined]
    return node


def _constant(value: object) -> _Change:
    return lambda node: ast.copy_location(ast.Constant(value), node)  # type: ignore[arg-type]


def _opposite(node: ast.AST) -> ast.AST:
    node.func.id = _OPPOSITES[node.func.id]  # type: ignore[attr-defined]
    return node
